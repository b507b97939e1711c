/// The proofs of a batch of leaves that was just appended, from the right edge before it and the batch alone.
///
/// Reads nothing: a subtree beside the path of a new leaf is either a peak of the tree before, or completed by the batch.
/// Holds about two hashes a leaf of the batch.
package struct BatchProver: Sendable {
    /// The right edge before the batch.
    package let before: TreeFrontier
    /// The right edge after the batch.
    package let after: TreeFrontier
    /// Every subtree that the batch completed, in the order of completion: what a store of tiles must keep.
    package let completed: [(address: SubtreeAddress, hash: MerkleHash)]
    private let hashes: [SubtreeAddress: MerkleHash]

    /// Appends the leaves to the tree with this right edge.
    package init(before: TreeFrontier, leafHashes: [MerkleHash]) {
        var frontier = before
        var hashes = Dictionary(uniqueKeysWithValues: zip(before.peakAddresses, before.peaks))
        var completed: [(address: SubtreeAddress, hash: MerkleHash)] = []
        for leafHash in leafHashes {
            frontier.append(leafHash) { address, hash in
                hashes[address] = hash
                completed.append((address, hash))
            }
        }
        self.before = before
        self.after = frontier
        self.completed = completed
        self.hashes = hashes
    }

    /// The proof that the tree after the batch holds leaf `index`; nil when the leaf is not of this batch.
    package func inclusionProof(of index: UInt64) -> [MerkleHash]? {
        guard index >= before.size else { return nil }
        return MerkleTree.inclusionProof(of: index, in: after.size, reading: read)
    }

    /// The proof that the tree after the batch begins with the tree before it.
    package func consistencyProof() -> [MerkleHash] {
        guard let proof = MerkleTree.consistencyProof(from: before.size, to: after.size, reading: read) else {
            preconditionFailure("a batch from \(before.size) to \(after.size) leaves without its right edge")
        }
        return proof
    }

    private func read(_ addresses: [SubtreeAddress]) -> [MerkleHash] { addresses.compactMap { hashes[$0] } }
}
