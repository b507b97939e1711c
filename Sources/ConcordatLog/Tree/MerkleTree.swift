/// The tree of RFC 6962 (and RFC 9162): its root, and the checks of its proofs.
public enum MerkleTree {
    // Bound: the largest number of leaves, so that sizes fit the signed 64-bit integers of other implementations.
    /// The largest tree.
    public static let sizeMax = UInt64(Int64.max)
    // Bound: a path in the largest tree.
    /// The longest proof, in hashes.
    public static let proofHashesMax = 64

    /// The root over these leaf hashes, in order.
    public static func root(of leafHashes: [MerkleHash]) -> MerkleHash {
        var frontier = TreeFrontier()
        for hash in leafHashes { frontier.append(hash) }
        return frontier.root
    }

    /// Whether `proof` shows that the tree of `size` leaves with this root holds `leafHash` at `index` (RFC 9162
    /// section 2.1.3.2).
    public static func verifyInclusion(
        of leafHash: MerkleHash, at index: UInt64, in size: UInt64, proof: [MerkleHash], root: MerkleHash
    ) -> Bool {
        guard size <= sizeMax, index < size, proof.count <= proofHashesMax else { return false }
        var node = index
        var last = size - 1
        var hash = leafHash
        for sibling in proof {
            guard last != 0 else { return false }
            if node & 1 == 1 || node == last {
                hash = .node(sibling, hash)
                while node & 1 == 0 && node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                hash = .node(hash, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && hash == root
    }

    /// Whether `proof` shows that the tree of `newSize` leaves begins with all the leaves of the one of `oldSize` (RFC
    /// 9162 section 2.1.4.2).
    ///
    /// Every tree begins with the empty one, and every tree with itself; the proof of either is empty.
    public static func verifyConsistency(
        from oldSize: UInt64, root oldRoot: MerkleHash, to newSize: UInt64, root newRoot: MerkleHash,
        proof: [MerkleHash]
    ) -> Bool {
        guard newSize <= sizeMax, oldSize <= newSize, proof.count <= proofHashesMax else { return false }
        if oldSize == newSize { return proof.isEmpty && oldRoot == newRoot }
        if oldSize == 0 { return proof.isEmpty && oldRoot == .empty }
        guard !proof.isEmpty else { return false }
        let isPowerOfTwo = oldSize & (oldSize - 1) == 0
        let start = isPowerOfTwo ? oldRoot : proof[0]
        var node = oldSize - 1
        var last = newSize - 1
        while node & 1 == 1 {
            node >>= 1
            last >>= 1
        }
        var (old, new) = (start, start)
        for sibling in proof.dropFirst(isPowerOfTwo ? 0 : 1) {
            guard last != 0 else { return false }
            if node & 1 == 1 || node == last {
                old = .node(sibling, old)
                new = .node(sibling, new)
                while node & 1 == 0 && node != 0 {
                    node >>= 1
                    last >>= 1
                }
            } else {
                new = .node(new, sibling)
            }
            node >>= 1
            last >>= 1
        }
        return last == 0 && old == oldRoot && new == newRoot
    }
}
