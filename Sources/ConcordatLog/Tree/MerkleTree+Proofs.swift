extension MerkleTree {
    /// The hashes that lead from leaf `index` to the root of the tree of `size` leaves, the leaf's sibling first.
    ///
    /// Asks `read` once, for complete subtrees inside the tree, at most ``proofHashesMax`` squared of them; `read` MUST
    /// answer in the order asked. Nil when there is no such leaf, or when `read` answers with another number of hashes.
    package static func inclusionProof<Failure: Error>(
        of index: UInt64, in size: UInt64, reading read: ([SubtreeAddress]) throws(Failure) -> [MerkleHash]
    ) throws(Failure) -> [MerkleHash]? {
        guard size <= sizeMax, index < size else { return nil }
        return try hashes(of: inclusionRanges(of: index, in: size), reading: read)
    }

    /// The hashes that show that the tree of `newSize` leaves begins with the one of `oldSize` (RFC 6962 section 2.1.2).
    ///
    /// Reads like ``inclusionProof(of:in:reading:)``. Empty when `oldSize` is 0 or the same size; nil when it is larger.
    package static func consistencyProof<Failure: Error>(
        from oldSize: UInt64, to newSize: UInt64, reading read: ([SubtreeAddress]) throws(Failure) -> [MerkleHash]
    ) throws(Failure) -> [MerkleHash]? {
        guard newSize <= sizeMax, oldSize <= newSize else { return nil }
        guard oldSize > 0, oldSize < newSize else { return [] }
        return try hashes(of: consistencyRanges(from: oldSize, to: newSize), reading: read)
    }

    /// The siblings on the way up from leaf `index`, lowest first.
    private static func inclusionRanges(of index: UInt64, in size: UInt64) -> [Range<UInt64>] {
        var (low, high) = (UInt64(0), size)
        var ranges: [Range<UInt64>] = []
        while high - low > 1 {
            let middle = split(low..<high)
            if index < middle {
                ranges.append(middle..<high)
                high = middle
            } else {
                ranges.append(low..<middle)
                low = middle
            }
        }
        return ranges.reversed()
    }

    /// SUBPROOF of RFC 6962, walked down instead of recursing; lowest first.
    private static func consistencyRanges(from oldSize: UInt64, to newSize: UInt64) -> [Range<UInt64>] {
        var (low, high) = (UInt64(0), newSize)
        var ranges: [Range<UInt64>] = []
        while high != oldSize {
            let middle = split(low..<high)
            if oldSize <= middle {
                ranges.append(middle..<high)
                high = middle
            } else {
                ranges.append(low..<middle)
                low = middle
            }
        }
        // Someone who holds the old root can make this hash themselves when the old tree is this very subtree.
        if low != 0 { ranges.append(low..<high) }
        return ranges.reversed()
    }

    /// Where the tree over `range` parts: its start and the largest power of two smaller than its count.
    private static func split(_ range: Range<UInt64>) -> UInt64 {
        let count = range.upperBound - range.lowerBound
        return range.lowerBound + 1 << UInt64(63 - (count - 1).leadingZeroBitCount)
    }

    /// The hash of each range, made from the complete subtrees that cover it.
    private static func hashes<Failure: Error>(
        of ranges: [Range<UInt64>], reading read: ([SubtreeAddress]) throws(Failure) -> [MerkleHash]
    ) throws(Failure) -> [MerkleHash]? {
        let covers = ranges.map { SubtreeAddress.covering($0) }
        let addresses = covers.flatMap { $0 }
        let found = try read(addresses)
        guard found.count == addresses.count else { return nil }
        var start = 0
        return covers.map { cover in
            defer { start += cover.count }
            return fold(found[start..<start + cover.count])
        }
    }

    /// The root over complete subtrees given largest first.
    static func fold(_ peaks: some BidirectionalCollection<MerkleHash>) -> MerkleHash {
        guard var hash = peaks.last else { return .empty }
        for peak in peaks.dropLast().reversed() { hash = .node(peak, hash) }
        return hash
    }
}
