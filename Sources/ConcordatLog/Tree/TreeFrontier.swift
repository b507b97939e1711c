/// The right edge of the tree: all that is needed to append to it and to know its root.
///
/// At most 63 hashes, whatever the size.
package struct TreeFrontier: Equatable, Sendable {
    /// The number of leaves.
    package private(set) var size: UInt64
    /// The roots of the complete subtrees that make up the tree, largest first.
    ///
    /// Invariant: one for every bit set in `size`.
    package private(set) var peaks: [MerkleHash]

    /// The edge of the tree without leaves.
    package init() {
        size = 0
        peaks = []
    }

    /// Reads what ``serialised`` wrote. Refuses any other number of bytes than the size asks for.
    package init(restoring bytes: [UInt8]) throws(LogError) {
        guard bytes.count >= 8 else { throw .malformedFrontier }
        size = bytes[0..<8].reduce(0) { $0 << 8 | UInt64($1) }
        guard size <= MerkleTree.sizeMax, bytes.count == 8 + size.nonzeroBitCount * MerkleHash.byteCount else {
            throw .malformedFrontier
        }
        peaks = stride(from: 8, to: bytes.count, by: MerkleHash.byteCount).compactMap { start in
            MerkleHash(bytes[start..<start + MerkleHash.byteCount])
        }
    }

    /// The size as eight bytes, big-endian, and the peaks' hashes, largest first.
    package var serialised: [UInt8] {
        var bytes = (0..<8).map { UInt8(truncatingIfNeeded: size >> UInt64(56 - 8 * $0)) }
        for peak in peaks { peak.append(to: &bytes) }
        return bytes
    }

    /// The root of the tree.
    package var root: MerkleHash { MerkleTree.fold(peaks) }

    /// The addresses of ``peaks``, in their order.
    package var peakAddresses: [SubtreeAddress] { SubtreeAddress.covering(0..<size) }

    /// Adds a leaf at index ``size``.
    ///
    /// `completed` hears of every subtree that this leaf completes, the leaf itself first: what a store of tiles must keep.
    package mutating func append(
        _ leafHash: MerkleHash, completed: (SubtreeAddress, MerkleHash) -> Void = { _, _ in }
    ) {
        precondition(size < MerkleTree.sizeMax, "the tree is full")
        var hash = leafHash
        var address = SubtreeAddress(level: 0, index: size)
        completed(address, hash)
        while address.index & 1 == 1 {
            hash = .node(peaks.removeLast(), hash)
            address = SubtreeAddress(level: address.level + 1, index: address.index >> 1)
            completed(address, hash)
        }
        peaks.append(hash)
        size += 1
    }
}
