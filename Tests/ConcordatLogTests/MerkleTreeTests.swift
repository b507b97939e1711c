import ConcordatCrypto
import ConcordatLog
import Testing

@Suite struct MerkleTreeTests {
    static let knownEntries = [
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
    ].map { Hex.decode($0)! }

    static let knownRoots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ]

    @Test(arguments: 0...8) func hasTheKnownRoots(size: Int) {
        let root = MerkleTree.root(of: Self.knownEntries.prefix(size).map { .leaf($0) })
        #expect(root.description == Self.knownRoots[size])
    }

    @Test func refusesEveryOtherProofOfInclusion() throws {
        let tree = StoredTree(Self.knownEntries)
        let leaf = MerkleHash.leaf(Self.knownEntries[5])
        let proof = try #require(MerkleTree.inclusionProof(of: 5, in: 8, reading: tree.read))
        func holds(_ leaf: MerkleHash, _ index: UInt64, _ size: UInt64, _ proof: [MerkleHash]) -> Bool {
            MerkleTree.verifyInclusion(of: leaf, at: index, in: size, proof: proof, root: tree.frontier.root)
        }
        #expect(holds(leaf, 5, 8, proof))
        #expect(!holds(.leaf(Self.knownEntries[4]), 5, 8, proof))
        #expect(!holds(leaf, 4, 8, proof))
        #expect(!holds(leaf, 8, 8, proof))
        #expect(!holds(leaf, 5, 5, proof))
        #expect(!holds(leaf, 5, 16, proof))
        #expect(!holds(leaf, 5, 8, proof.dropLast()))
        #expect(!holds(leaf, 5, 8, proof + [leaf]))
        #expect(!holds(leaf, 5, 8, proof.reversed()))
        #expect(!holds(leaf, 5, 8, []))
        #expect(!holds(leaf, .max, .max, proof))
    }

    @Test func hasNoProofOfWhatIsNotThere() {
        let tree = StoredTree(Self.knownEntries)
        #expect(MerkleTree.inclusionProof(of: 8, in: 8, reading: tree.read) == nil)
        #expect(MerkleTree.inclusionProof(of: 0, in: 0, reading: tree.read) == nil)
        #expect(MerkleTree.inclusionProof(of: 0, in: 9, reading: tree.read) == nil)
        #expect(MerkleTree.consistencyProof(from: 9, to: 8, reading: tree.read) == nil)
        #expect(MerkleTree.inclusionProof(of: 0, in: .max, reading: tree.read) == nil)
    }

    @Test func provesEveryLeafOfEveryTreeUpTo130() throws {
        let entries = (0..<130).map { [UInt8($0), 7] }
        let tree = StoredTree(entries)
        let naive = NaiveTree(entries)
        var wrong: [String] = []
        for size in 1...130 {
            let root = try #require(MerkleHash(naive.root(0..<size)))
            for index in 0..<size {
                let proof = MerkleTree.inclusionProof(of: UInt64(index), in: UInt64(size), reading: tree.read) ?? []
                func holds(_ entry: [UInt8]) -> Bool {
                    MerkleTree.verifyInclusion(
                        of: .leaf(entry), at: UInt64(index), in: UInt64(size), proof: proof, root: root)
                }
                let isRight =
                    proof.map(\.bytes) == naive.path(index, 0..<size) && holds(entries[index])
                    && !holds(entries[(index + 1) % 130])
                if !isRight { wrong.append("\(index) in \(size)") }
            }
        }
        #expect(wrong == [])
    }

    @Test func provesConsistencyOfAllPairsUpTo130() throws {
        let entries = (0..<130).map { [UInt8($0), 9] }
        let tree = StoredTree(entries)
        let naive = NaiveTree(entries)
        let roots = try (0...130).map { try #require(MerkleHash(naive.root(0..<$0))) }
        let other = MerkleHash.leaf([1, 2, 3])
        var wrong: [String] = []
        for newSize in 0...130 {
            for oldSize in 0...newSize {
                let proof =
                    MerkleTree.consistencyProof(from: UInt64(oldSize), to: UInt64(newSize), reading: tree.read) ?? [
                        other
                    ]
                func holds(_ old: MerkleHash, _ new: MerkleHash, _ proof: [MerkleHash]) -> Bool {
                    MerkleTree.verifyConsistency(
                        from: UInt64(oldSize), root: old, to: UInt64(newSize), root: new, proof: proof)
                }
                let (old, new) = (roots[oldSize], roots[newSize])
                let isRight =
                    (oldSize == 0 || proof.map(\.bytes) == naive.consistency(oldSize, newSize))
                    && holds(old, new, proof)
                    && !holds(other, new, proof) && (oldSize == 0 || !holds(old, other, proof))
                    && !holds(old, new, proof + [other])
                    && (proof.isEmpty || !holds(old, new, Array(proof.dropFirst())))
                if !isRight { wrong.append("\(oldSize) to \(newSize)") }
            }
        }
        #expect(wrong == [])
    }

    @Test(arguments: [1, 20_260_401, 77]) func agreesWithThePlainDefinitionOnRandomTrees(seed: UInt64) throws {
        var numbers = SeededNumbers(seed: seed)
        for _ in 0..<40 {
            let count = Int.random(in: 0...300, using: &numbers)
            let entries = (0..<count).map { _ in
                (0..<Int.random(in: 0...40, using: &numbers)).map { _ in UInt8.random(in: 0...255, using: &numbers) }
            }
            let tree = StoredTree(entries)
            let naive = NaiveTree(entries)
            try #require(tree.frontier.root.bytes == naive.root(0..<count), "seed \(seed), \(count) leaves")
            guard count > 1 else { continue }
            let index = Int.random(in: 0..<count, using: &numbers)
            let proof = MerkleTree.inclusionProof(of: UInt64(index), in: UInt64(count), reading: tree.read)
            try #require(proof?.map(\.bytes) == naive.path(index, 0..<count), "seed \(seed), \(count) leaves")
        }
    }
}
