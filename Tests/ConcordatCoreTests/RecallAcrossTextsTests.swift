import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatPayload
import ConcordatTerms
import ConcordatTestSupport
import Testing

@testable import ConcordatCore

/// What was accepted under one text and handed over under another rested on what the second asked for.
@Suite struct RecallAcrossTextsTests {
    @Test func whoWasHandedItOnAConsentThatOnlyTheLaterTextAskedForIsTold() async throws {
        var first = try TestProtocol.text()
        first.rules = first.rules.map { rule in
            var rule = rule
            if rule.id == "P4" { rule.effect = .permit(.keep, ConsentNeed(level: .none)) }
            return rule
        }
        var second = try TestProtocol.text()
        (second.version, second.digest) = ("2.0.0", String(repeating: "b", count: 64))
        let gateway = try await TestGateway(
            driver: MemoryLedger(), keyring: MemoryKeyring(), library: TestLibrary(["one": first, "two": second]),
            first: try TestLibrary.archive("one"))
        let opened = await gateway.openCase()
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        for (id, recipient) in [("m-2", "unit"), ("m-3", "unit-b")] as [(MessageID, PartyID)] {
            let message = TestMessage(
                "update", id, from: "hub", to: [recipient], subject: opened.id,
                people: [.init(opened.ada, name: "Ada", phone: "0123")], offence: nil)
            #expect(await gateway.send(message).status == 202)
        }
        // One has it before the text changes, and had it on nobody's consent.
        #expect(await gateway.pull("unit-b").first?.text.contains("0123") == true)
        let protocols = gateway.gateway.protocols
        let proposed = await protocols.propose(try TestLibrary.archive("two").bytes, by: "ann")
        let id = try #require(proposed.json["id"]?.stringValue.flatMap { VersionID(digest: $0) })
        _ = await protocols.approve(id, by: "bob")
        #expect(await protocols.activate(id, at: nil, beside: nil, by: "bob").status == 200)
        #expect(await gateway.pull("unit").first?.text.contains("0123") == true)
        gateway.clock.advance(.seconds(1))
        _ = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada)
        _ = await RecallService(house: gateway.house).send()
        let told = try gateway.leaves().compactMap { leaf -> PartyID? in
            if case .notice(let notice) = leaf.body, notice.reason == .recall { notice.recipient } else { nil }
        }
        #expect(told.contains("unit"))
        #expect(!told.contains("unit-b"))
        let notice = await gateway.pull("unit").first { $0.event["data"]?["notice"]?.stringValue == "recall" }
        #expect(notice?.event["data"]?["transfers"]?[0]?["items"]?[0]?.stringValue == "/people/*/phone")
        await gateway.close()
    }
}
