import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatTestSupport
import Testing

@testable import ConcordatCore

/// A text is in force for each party that has signed it; flows with another are refused, and the rest go on.
@Suite struct SignedPartiesTests {
    private func update(_ id: MessageID, _ opened: OpenedCase, to recipients: [PartyID]) -> TestMessage {
        TestMessage(
            "update", id, from: "hub", to: recipients, subject: opened.id, people: [.init(opened.ada, name: "Ada")])
    }

    /// The same text, from now on in force for these parties.
    private func sign(_ gateway: TestGateway, _ parties: Set<PartyID>?, serial: Int) {
        var text = gateway.house.inForce.text
        text.signed = parties
        gateway.house.registers.begin(TextInForce(OpenedProtocol(text: text), serial: serial))
    }

    @Test func aSenderThatHasNotSignedIsRefusedAndThatIsOnRecord() async throws {
        let gateway = try await TestGateway.inMemory()
        sign(gateway, ["hub"], serial: 2)
        let referral = TestMessage(
            "referral", "m-1", from: "police", to: ["hub"], subject: "ref-1", people: [.init("a1", name: "Ada")])
        let reply = await gateway.send(referral)
        #expect(reply.status == 403 && reply.code == "party.not-signed")
        #expect(gateway.house.registers.counts == (0, 0))
        let codes =
            try gateway.leaves().compactMap { if case .refusal(let leaf) = $0.body { leaf.code } else { nil } }
            + gateway.leaves().compactMap { if case .decision(let leaf) = $0.body { leaf.code } else { nil } }
        #expect(codes == ["party.not-signed"])
        await gateway.close()
    }

    @Test func aRecipientThatHasNotSignedGetsNothingAndTheRestGoOn() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        sign(gateway, ["hub", "police"], serial: 2)
        let reply = await gateway.send(update("m-2", opened, to: ["police", "unit"]))
        #expect(reply.status == 202)
        let answers = reply.json["answers"]?.arrayValue ?? []
        let byParty = answers.reduce(into: [String: String]()) { table, answer in
            table[answer["recipient"]?.stringValue ?? ""] = answer["code"]?.stringValue ?? answer["answer"]?.stringValue
        }
        #expect(byParty == ["police": "share", "unit": "party.not-signed"])
        #expect(await gateway.pull("unit").isEmpty)
        #expect(await gateway.pull("police").count == 1)
        await gateway.close()
    }

    @Test func whatWaitsForAPartyWhoseSignatureFallsAwayWaitsOn() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        #expect(await gateway.send(update("m-2", opened, to: ["police"])).status == 202)
        sign(gateway, ["hub"], serial: 2)
        #expect(await gateway.pull("police").isEmpty)
        #expect(gateway.house.registers.queueLength(of: "police") == 1)
        sign(gateway, ["hub", "police"], serial: 3)
        #expect(await gateway.pull("police").count == 1)
        await gateway.close()
    }

    @Test func signaturesAreOnRecordAtTheStart() async throws {
        let gateway = try await TestGateway.inMemory()
        let digest = try #require(LeafDigest(bytes: [UInt8](repeating: 7, count: 32)))
        let signed = (0..<SignOffLeaf.partiesMax + 1).map { number in
            SignOffLeaf.Signed(party: PartyID(unchecked: "p-\(number)"), advice: "supports", signatures: [digest])
        }
        var opened = gateway.house.inForce.opened
        opened.signatures = signed
        gateway.house.registers.begin(TextInForce(opened, serial: 2))
        try await gateway.gateway.open()
        let leaves = try gateway.leaves().compactMap { if case .signOff(let leaf) = $0.body { leaf } else { nil } }
        #expect(leaves.map(\.signed.count) == [SignOffLeaf.partiesMax, 1])
        #expect(leaves.flatMap(\.signed) == signed)
        await gateway.close()
    }
}
