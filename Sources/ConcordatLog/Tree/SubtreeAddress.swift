/// A complete subtree: number `index` among those of 2^`level` leaves, counted from the left.
///
/// Level 0 is the leaves. Only complete subtrees have an address, so the hash at an address never changes.
package struct SubtreeAddress: Hashable, Sendable {
    package var level: Int
    package var index: UInt64

    /// The subtree over leaves `index << level` up to `(index + 1) << level`.
    package init(level: Int, index: UInt64) {
        self.level = level
        self.index = index
    }

    /// The complete subtrees that together cover `range`, largest first.
    ///
    /// `range` MUST be one that RFC 6962 splits off: its start is a multiple of the largest power of two within its count.
    static func covering(_ range: Range<UInt64>) -> [SubtreeAddress] {
        var addresses: [SubtreeAddress] = []
        var low = range.lowerBound
        while low < range.upperBound {
            let level = 63 - (range.upperBound - low).leadingZeroBitCount
            // Invariant: every range that a proof names starts on a boundary of its largest complete subtree.
            precondition(low & ((1 << UInt64(level)) - 1) == 0, "a range of the tree at \(low) that is not aligned")
            addresses.append(SubtreeAddress(level: level, index: low >> UInt64(level)))
            low += 1 << UInt64(level)
        }
        return addresses
    }
}
