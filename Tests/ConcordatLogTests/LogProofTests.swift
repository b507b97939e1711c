import ConcordatLog
import Testing

@Suite struct LogProofTests {
    static let entries = LogFixture.entries(13)

    static func proof(_ index: UInt64) -> LogProof {
        let tree = StoredTree(entries)
        let hashes = MerkleTree.inclusionProof(of: index, in: 13, reading: tree.read)
        return LogProof(index: index, hashes: hashes ?? [], checkpoint: LogFixture.checkpoint(tree))
    }

    @Test func provesItsOwnEntryAndNoOther() throws {
        let key = LogFixture.signer.verifierKey
        for index in 0..<13 {
            let proof = try LogProof(parsing: Array(Self.proof(UInt64(index)).text.utf8))
            #expect(try proof.verify(entry: Self.entries[index], logKey: key).checkpoint.size == 13)
            let other = Self.entries[(index + 1) % 13]
            #expect(throws: LogError.inclusionFailed(index: UInt64(index))) {
                try proof.verify(entry: other, logKey: key)
            }
        }
    }

    @Test func refusesACheckpointOfAnotherKey() {
        #expect(throws: LogError.noKnownSignature) {
            try Self.proof(3).verify(entry: Self.entries[3], logKey: LogFixture.stranger.verifierKey)
        }
    }

    @Test func refusesMalformedFiles() {
        let good = Self.proof(3).text
        let bad = [
            "", good.replacing("tlog-proof@v1", with: "tlog-proof@v2"), good.replacing("index 3", with: "index 03"),
            good.replacing("index 3\n", with: ""), good.replacing("index 3", with: "index 3 "),
            good.replacing("index 3", with: "extra AA\nindex 3"), good.replacing("index 3", with: "index 3\nAAAA"),
            good.replacing("index 3\n", with: "index 3\n\n"), good.replacing("@v1\n", with: "@v1\r\n"),
            good.replacing("index 3", with: "index 3\nextra AAAA"),
        ]
        for text in bad {
            #expect(throws: LogError.self) {
                let proof = try LogProof(parsing: Array(text.utf8))
                _ = try proof.verify(entry: Self.entries[3], logKey: LogFixture.signer.verifierKey)
            }
        }
        for count in 0..<good.utf8.count {
            #expect(throws: LogError.self) { try LogProof(parsing: Array(good.utf8.prefix(count))) }
        }
    }

    @Test func takesAnExtraLine() throws {
        let text = Self.proof(3).text.replacing("index 3", with: "extra AAEC\nindex 3")
        let proof = try LogProof(parsing: Array(text.utf8))
        #expect(proof.extra == [0, 1, 2])
        #expect(proof.text == text)
    }

    @Test func aLogOfOneLeafNeedsNoHashes() throws {
        let tree = StoredTree([Self.entries[0]])
        let proof = LogProof(index: 0, hashes: [], checkpoint: LogFixture.checkpoint(tree))
        #expect(proof.text.hasPrefix("c2sp.org/tlog-proof@v1\nindex 0\n\nexample.org/concordat\n1\n"))
        let read = try LogProof(parsing: Array(proof.text.utf8))
        #expect(try read.verify(entry: Self.entries[0], logKey: LogFixture.signer.verifierKey).checkpoint.size == 1)
    }
}
