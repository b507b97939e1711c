import ConcordatDecision
import ConcordatJSON
import ConcordatPayload
import ConcordatTerms
import ConcordatTestSupport
import Testing

@testable import ConcordatCore

/// A message of the version before moves in its case no more than the version in force would let it, and is remembered by it.
@Suite struct BesideMovesTests {
    private func opened(
        from first: CompiledProtocol? = nil, _ edit: (inout CompiledProtocol) -> Void
    ) async throws -> (TestGateway, OpenedCase) {
        let first = try first ?? TestProtocol.text()
        var second = first
        (second.version, second.digest) = ("2.0.0", String(repeating: "b", count: 64))
        for name in second.messages.keys { second.messages[name]?.type = "test.\(name).v2" }
        edit(&second)
        let library = TestLibrary(["one": first, "two": second])
        let gateway = try await TestGateway(
            driver: MemoryLedger(), keyring: MemoryKeyring(), library: library, first: try TestLibrary.archive("one"))
        let opened = await gateway.openCase()
        let protocols = gateway.gateway.protocols
        let proposed = await protocols.propose(try TestLibrary.archive("two").bytes, by: "ann")
        let id = try #require(proposed.json["id"]?.stringValue.flatMap { VersionID(digest: $0) })
        _ = await protocols.approve(id, by: "bob")
        #expect(await protocols.activate(id, at: nil, beside: .seconds(86_400), by: "bob").status == 200)
        return (gateway, opened)
    }

    private func record(_ gateway: TestGateway, _ opened: OpenedCase) throws -> CaseRecord {
        try #require(gateway.house.registers.record(of: CaseID(unchecked: opened.id)))
    }

    @Test func aCapacityThatTheTextInForceDoesNotGrantIsNotGranted() async throws {
        let (gateway, opened) = try await opened { $0.capacities["case-holder"]?.grants = [] }
        let allocation = TestMessage(
            "allocation", "m-2", from: "hub", to: ["unit"], subject: opened.id,
            people: [.init(opened.ada, name: "Ada")])
        #expect(await gateway.send(allocation).status == 202)
        let held = try record(gateway, opened).facts.capacities(of: "unit", at: gateway.house.now())
        #expect(held.isEmpty)
        await gateway.close()
    }

    @Test func aFlagOfTheTextInForceIsRaised() async throws {
        let (gateway, opened) = try await opened {
            $0.flags["offence"] = CompiledFlag(fields: ["update": ["/offence"]])
        }
        let update = TestMessage("update", "m-2", from: "hub", to: ["police"], subject: opened.id)
        #expect(await gateway.send(update).status == 202)
        #expect(try record(gateway, opened).facts.flags["offence"] == ["theft"])
        await gateway.close()
    }

    @Test func aCapacityThatBothGrantIsGrantedAndOneThatEitherEndsIsEnded() async throws {
        let (gateway, opened) = try await opened {
            $0.capacities["screener"]?.ends = [CapacityMove(message: "allocation", holder: .sender, when: nil)]
        }
        let allocation = TestMessage(
            "allocation", "m-2", from: "hub", to: ["unit"], subject: opened.id,
            people: [.init(opened.ada, name: "Ada")])
        #expect(await gateway.send(allocation).status == 202)
        let facts = try record(gateway, opened).facts
        #expect(facts.capacities(of: "unit", at: gateway.house.now()) == ["case-holder"])
        #expect(facts.capacities(of: "hub", at: gateway.house.now() + .seconds(1)).isEmpty)
        await gateway.close()
    }

    @Test func aGroundIsHeardByWhatBothAskOfIt() async throws {
        var first = try TestProtocol.text()
        first.breakGlass = CompiledBreakGlass(
            grounds: ["life": "Life"], reasonMin: 10, reviewWithin: .seconds(3_600), closesWhenUnreviewed: false)
        var clause = CompiledRule(
            id: "B1", title: "", effect: .permit(.keep, ConsentNeed(level: .none)), categories: ["location"],
            about: nil, messages: ["update"], from: nil, fromCapacity: nil, to: ["police"], toCapacity: nil,
            purposes: nil, when: .test(.ground, .containsAny(["life"])), silent: false, tell: [])
        clause.isBreakGlass = true
        first.rules.append(clause)
        let (gateway, opened) = try await opened(from: first) {
            $0.breakGlass?.reasonMin = 40
            $0.breakGlass?.closesWhenUnreviewed = true
        }
        func update(_ id: MessageID, _ reason: String) -> TestMessage {
            var message = TestMessage(
                "update", id, from: "hub", to: ["police"], subject: opened.id,
                people: [.init(opened.ada, home: "12 Sample Street")])
            message.breakGlass = ("life", reason)
            return message
        }
        let long = "He has said that he is on his way to her new home with a knife"
        #expect(await gateway.send(update("m-2", "he is on his way")).code == "break-glass.reason-too-short")
        #expect(await gateway.send(update("m-3", long)).status == 202)
        gateway.clock.advance(.seconds(3_600))
        #expect(await gateway.send(update("m-4", long)).code == "break-glass.review-overdue")
        await gateway.close()
    }
}
