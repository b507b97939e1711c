import ConcordatLog
import ConcordatTerms
import Testing

@Suite struct ReceiptTests {
    static let decisions = [
        LogFixture.decision(recipient: "hub"),
        LogFixture.decision(recipient: "prison-a", answer: .withhold, code: "rule.none", clause: "R2"),
    ]

    /// The receipt of a batch in a log of some leaves, all its proofs made from the right edge.
    static func evidence(_ decisions: [DecisionLeaf]) throws -> [Receipt.Evidence] {
        let tree = StoredTree(LogFixture.entries(5))
        let leaves = try decisions.map { try Leaf(time: LogFixture.began, body: .decision($0)).encoded() }
        let prover = BatchProver(before: tree.frontier, leafHashes: leaves.map { .leaf($0) })
        let checkpoint = try Checkpoint(
            origin: LogFixture.origin, size: prover.after.size, root: prover.after.root
        ).signed(by: LogFixture.signer)
        return try leaves.enumerated().map { offset, leaf in
            let index = 5 + UInt64(offset)
            let hashes = try #require(prover.inclusionProof(of: index))
            return Receipt.Evidence(leaf: leaf, proof: LogProof(index: index, hashes: hashes, checkpoint: checkpoint))
        }
    }

    static func receipt(_ decisions: [DecisionLeaf] = decisions) throws -> Receipt {
        try Receipt(persons: ["p1": "person-1"], evidence: evidence(decisions))
    }

    @Test func refusesAnswersThatAreNotThoseOfTheLeaves() throws {
        let text = String(decoding: try Self.receipt().encoded(), as: UTF8.self)
        let changes = [
            (#""answer":"withhold""#, #""answer":"share""#), (#""clause":"R2""#, #""clause":"R3""#),
            (#""recipient":"hub""#, #""recipient":"court""#), (#""message":"m-1""#, #""message":"m-2""#),
            (#""case":"c-1""#, #""case":"c-2""#), (#","code":"rule.none""#, ""),
        ]
        for (old, new) in changes {
            #expect(text.contains(old))
            let receipt = try Receipt(parsing: Array(text.replacing(old, with: new).utf8))
            #expect(throws: LogError.receiptMismatch, "\(new)") {
                try receipt.verify(logKey: LogFixture.signer.verifierKey)
            }
        }
        let honest = try Receipt(parsing: Array(text.utf8))
        #expect(try honest.verify(logKey: LogFixture.signer.verifierKey).map(\.checkpoint.size) == [7, 7])
        #expect(throws: LogError.noKnownSignature) { try honest.verify(logKey: LogFixture.stranger.verifierKey) }
    }

    @Test func refusesALeafThatIsNotInTheLog() throws {
        let evidence = try Self.evidence(Self.decisions)
        let swapped = [
            Receipt.Evidence(leaf: evidence[0].leaf, proof: evidence[1].proof),
            Receipt.Evidence(leaf: evidence[1].leaf, proof: evidence[0].proof),
        ]
        let receipt = try Receipt(evidence: swapped)
        #expect(throws: LogError.inclusionFailed(index: 6)) {
            try receipt.verify(logKey: LogFixture.signer.verifierKey)
        }
    }

    @Test func refusesLeavesThatDoNotBelongTogether() throws {
        let other = LogFixture.decision(recipient: "prison-a", message: "m-2")
        #expect(throws: LogError.receiptMismatch) { try Self.receipt([Self.decisions[0], other]) }
        #expect(throws: LogError.receiptMismatch) { try Self.receipt([Self.decisions[0], Self.decisions[0]]) }
        #expect(throws: LogError.malformedReceipt) { try Receipt(evidence: []) }
        let refusal = try Leaf(time: LogFixture.began, body: .refusal(RefusalLeaf(sender: nil, code: "x"))).encoded()
        let proof = try Self.evidence(Self.decisions)[0].proof
        #expect(throws: LogError.malformedReceipt) {
            try Receipt(evidence: [Receipt.Evidence(leaf: refusal, proof: proof)])
        }
    }

    @Test func refusesOtherJSON() throws {
        let text = String(decoding: try Self.receipt().encoded(), as: UTF8.self)
        let bad = [
            "", "[]", "{}", text + "x", text.replacing(#""leaf""#, with: #""leave""#),
            text.replacing(#""answers":["#, with: #""answers":[],"x":["#),
            text.replacing(#""person-1""#, with: #""not an id""#),
            text.replacing(#""message":"m-1""#, with: #""message":1"#),
            text.replacing(#","more":["#, with: #","more":[{"leaf":"","proof":""},"#),
        ]
        for text in bad { #expect(throws: LogError.self) { try Receipt(parsing: Array(text.utf8)) } }
    }

    @Test func isTheSameBytesAgain() throws {
        let receipt = try Self.receipt()
        let bytes = try receipt.encoded()
        #expect(try Receipt(parsing: bytes) == receipt)
        #expect(try Receipt(parsing: bytes).encoded() == bytes)
        #expect(try Self.receipt().encoded() == bytes)
    }

    @Test func oneRecipientHasLeafAndProofAtTheTop() throws {
        let text = String(decoding: try Self.receipt([Self.decisions[0]]).encoded(), as: UTF8.self)
        #expect(text.hasPrefix(#"{"answers":[{"answer":"share","recipient":"hub"}],"case":"c-1","leaf":""#))
        #expect(!text.contains(#""more""#))
        #expect(text.contains(#""persons":{"p1":"person-1"},"proof":"c2sp.org/tlog-proof@v1\nindex 5\n"#))
    }
}
