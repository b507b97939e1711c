import ConcordatLog
import Testing

@Suite struct TreeFrontierTests {
    @Test func refusesStoredBytesThatDoNotFitTheirSize() {
        let stored = StoredTree((0..<11).map { [UInt8($0)] }).frontier.serialised
        #expect(throws: LogError.malformedFrontier) { try TreeFrontier(restoring: []) }
        #expect(throws: LogError.malformedFrontier) { try TreeFrontier(restoring: Array(stored.dropLast())) }
        #expect(throws: LogError.malformedFrontier) { try TreeFrontier(restoring: stored + [0]) }
        #expect(throws: LogError.malformedFrontier) {
            try TreeFrontier(restoring: [UInt8](repeating: 0xFF, count: 8 + 64 * 32))
        }
    }

    @Test func comesBackAndGoesOnWhereItStopped() throws {
        var tree = StoredTree()
        for number in 0..<70 {
            var restored = try TreeFrontier(restoring: tree.frontier.serialised)
            #expect(restored == tree.frontier)
            restored.append(.leaf([UInt8(number)]))
            tree.append([UInt8(number)])
            #expect(restored.root == tree.frontier.root)
        }
    }

    @Test func tellsEverySubtreeOnceWhenItIsComplete() {
        let tree = StoredTree((0..<100).map { [UInt8($0)] })
        // 100 + 50 + 25 + 12 + 6 + 3 + 1 complete subtrees.
        #expect(tree.hashes.count == 197)
        #expect(tree.frontier.peakAddresses.map { tree.hashes[$0] } == tree.frontier.peaks)
    }

    @Test func batchProofsNeedNoReadsAndAreThoseOfTheTree() throws {
        for before in 0...40 {
            let tree = StoredTree((0..<before).map { [UInt8($0)] })
            for count in [0, 1, 2, 3, 7, 20, 33] {
                let batch = (0..<count).map { [UInt8(before + $0)] }
                let prover = BatchProver(before: tree.frontier, leafHashes: batch.map { .leaf($0) })
                var whole = tree
                for entry in batch { whole.append(entry) }
                try #require(prover.after == whole.frontier)
                let size = whole.frontier.size
                for index in UInt64(before)..<size {
                    let proof = MerkleTree.inclusionProof(of: index, in: size, reading: whole.read)
                    try #require(prover.inclusionProof(of: index) == proof, "\(index) of \(before)+\(count)")
                }
                let consistency = MerkleTree.consistencyProof(from: UInt64(before), to: size, reading: whole.read)
                try #require(prover.consistencyProof() == consistency, "\(before)+\(count)")
                try #require(prover.inclusionProof(of: size) == nil)
                if before > 0 { try #require(prover.inclusionProof(of: UInt64(before) - 1) == nil) }
            }
        }
    }
}
