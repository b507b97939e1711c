import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatPayload
import ConcordatTerms
import ConcordatTestSupport
import Testing

@testable import ConcordatCore

/// What passes a clause only because a ground is claimed is a use of break glass, whichever permit let it through.
@Suite struct GlassPassageTests {
    private static let reason = "He has said that he is on his way to her new home with a knife"

    /// A clause for the ground, and a rule of the text that gives way to it.
    private func text(_ effect: CompiledRule.Effect) throws -> CompiledProtocol {
        var text = try TestProtocol.text()
        text.breakGlass = CompiledBreakGlass(
            grounds: ["life": "Life"], reasonMin: 30, reviewWithin: .seconds(2 * 86_400), closesWhenUnreviewed: false)
        var clause = CompiledRule(
            id: "B1", title: "", effect: .permit(.keep, ConsentNeed(level: .none)), categories: ["location"],
            about: nil, messages: ["update"], from: nil, fromCapacity: nil, to: ["police"], toCapacity: nil,
            purposes: nil, when: .test(.ground, .containsAny(["life"])), silent: false, tell: [])
        clause.isBreakGlass = true
        let categories: Set<ConcordatTerms.Category> = if case .prohibit = effect { ["identity"] } else { [] }
        text.rules += [
            clause,
            CompiledRule(
                id: "Y1", title: "", effect: effect, categories: categories, about: nil, messages: ["update"],
                from: nil, fromCapacity: nil, to: ["police"], toCapacity: nil, purposes: nil,
                when: .not(.test(.ground, .containsAny(["life"]))), silent: false, tell: []),
        ]
        return text
    }

    /// A name, which an ordinary permit lets pass: no break-glass clause is asked.
    private func update(_ opened: OpenedCase, claims: Bool) -> TestMessage {
        var message = TestMessage(
            "update", claims ? "m-2" : "m-3", from: "hub", to: ["police"], subject: opened.id,
            people: [.init(opened.ada, name: "Ada")])
        if claims { message.breakGlass = ("life", Self.reason) }
        return message
    }

    /// What is narrowed at hand-over went by the ground all the same.
    @Test func aSecondDecisionNamesTheGroundAndWhatGaveWay() async throws {
        let gateway = try await TestGateway.inMemory(text: try text(.prohibit))
        let opened = await gateway.openCase()
        #expect(await gateway.send(update(opened, claims: true)).status == 202)
        #expect(await gateway.gateway.stops.stop(.category("offence"), by: "ann").status == 200)
        let got = try #require(await gateway.pull("police").first { $0.message == "m-2" })
        #expect(got.text.contains("Ada"))
        let decisions = try gateway.leaves().compactMap { leaf -> DecisionLeaf? in
            if case .decision(let decision) = leaf.body, decision.message == "m-2" { decision } else { nil }
        }
        #expect(decisions.count == 2)
        #expect(decisions.map(\.ground) == ["life", "life"])
        #expect(decisions.map(\.brokenGlass) == [["Y1"], ["Y1"]])
        await gateway.close()
    }

    /// Sends the name under a claim: it goes, is marked with the ground, and is a use that names the clause.
    private func passesMarked(_ gateway: TestGateway, _ opened: OpenedCase, by clause: RuleID) async throws {
        #expect(await gateway.send(update(opened, claims: true)).status == 202)
        let got = try #require(await gateway.pull("police").first { $0.message == "m-2" })
        #expect(got.text.contains("Ada"))
        #expect(got.event["breakglass"]?.stringValue == "life")
        let uses = gateway.house.registers.glassCases(unreviewed: true).flatMap(\.glass)
        #expect(uses.map(\.message) == ["m-2"])
        #expect(uses.first?.clauses == [clause])
    }

    @Test(arguments: [
        CompiledRule.Effect.hold(HoldTerms(until: .officer, atMost: .seconds(86_400), then: .withhold)), .prohibit,
        .refuseMessage,
    ])
    func itIsMarkedHandedOverAndReviewed(effect: CompiledRule.Effect) async throws {
        let gateway = try await TestGateway.inMemory(text: try text(effect))
        let opened = await gateway.openCase()
        _ = await gateway.send(update(opened, claims: false))
        #expect(await gateway.pull("police").allSatisfy { !$0.text.contains("Ada") })
        try await passesMarked(gateway, opened, by: "Y1")
        let leaf = try #require(
            try gateway.leaves().compactMap { leaf -> DecisionLeaf? in
                if case .decision(let decision) = leaf.body, decision.message == "m-2" { decision } else { nil }
            }.first)
        #expect(leaf.ground == "life")
        #expect(leaf.brokenGlass == ["Y1"])
        await gateway.close()
    }

    @Test func aGroundThatOpensNothingIsNoUse() async throws {
        var text = try text(.prohibit)
        text.rules.removeAll { $0.id == "Y1" }
        let gateway = try await TestGateway.inMemory(text: text)
        let opened = await gateway.openCase()
        #expect(await gateway.send(update(opened, claims: true)).status == 202)
        #expect(await gateway.pull("police").first?.event["breakglass"] == nil)
        #expect(gateway.house.registers.glassCases(unreviewed: false).isEmpty)
        await gateway.close()
    }

    @Test func aGroundWhoseFieldsAreStoppedIsNoWayRoundASuspension() async throws {
        var text = try text(.prohibit)
        text.rules.removeAll { $0.id == "Y1" }
        let gateway = try await TestGateway.inMemory(text: text)
        let opened = await gateway.openCase()
        var message = update(opened, claims: true)
        message.people = [.init(opened.ada, name: "Ada", home: "12 Sample Street")]
        let stops = gateway.gateway.stops
        _ = await stops.stop(.party("hub"), by: "ann")
        _ = await stops.stop(.category("location"), by: "ann")
        #expect(await gateway.send(message).status != 202)
        #expect(await gateway.pull("police").isEmpty)
        #expect(gateway.house.registers.glassCases(unreviewed: false).isEmpty)
        await gateway.close()
    }

    @Test func everyoneWhomSomeRefusingClauseWantsToldIsTold() async throws {
        var text = try TestProtocol.text()
        func refuse(_ id: RuleID, to kind: PartyKind, tell: String) -> CompiledRule {
            CompiledRule(
                id: id, title: "", effect: .refuseMessage, categories: [], about: nil, messages: ["update"],
                from: nil, fromCapacity: nil, to: [kind], toCapacity: nil, purposes: nil, when: nil, silent: false,
                tell: [tell])
        }
        text.rules += [refuse("Z1", to: "police", tell: "lead"), refuse("Z2", to: "satellite", tell: "police-b")]
        let gateway = try await TestGateway.inMemory(text: text)
        let opened = await gateway.openCase()
        let message = TestMessage("update", "m-2", from: "hub", to: ["police", "unit"], subject: opened.id)
        #expect(await gateway.send(message).code == "rule.refused")
        let lead = await gateway.pull("lead").first?.event["data"]
        let police = await gateway.pull("police-b").first?.event["data"]
        #expect(lead?["clause"]?.stringValue == "Z1")
        #expect(police?["clause"]?.stringValue == "Z2")
        await gateway.close()
    }

    @Test func whatWentUnderAGroundWaitsWhileNoTextIsInForce() async throws {
        var second = try text(.prohibit)
        (second.version, second.digest) = ("2.0.0", String(repeating: "b", count: 64))
        let library = TestLibrary(["one": try text(.prohibit), "two": second])
        let (ledger, keyring) = (MemoryLedger(), MemoryKeyring())
        let gateway = try await TestGateway(
            driver: ledger, keyring: keyring, library: library, first: try TestLibrary.archive("one"))
        let opened = await gateway.openCase()
        #expect(await gateway.send(update(opened, claims: true)).status == 202)
        let protocols = gateway.gateway.protocols
        let proposed = await protocols.propose(try TestLibrary.archive("two").bytes, by: "ann")
        let id = try #require(proposed.json["id"]?.stringValue.flatMap { VersionID(digest: $0) })
        _ = await protocols.approve(id, by: "bob")
        #expect(await protocols.activate(id, at: nil, beside: nil, by: "bob").status == 200)
        await gateway.close()
        library.spoil("two")
        let again = try await TestGateway(
            driver: ledger, keyring: keyring, clock: gateway.clock, library: library)
        #expect(again.house.inForce.lack != nil)
        let pusher = FakePusher(recipients: ["police"])
        let service = DeliveryService(house: again.house, pusher: pusher, refusals: again.gateway.refusals)
        _ = await service.pushDue(to: "police")
        #expect(pusher.arrivals.isEmpty)
        #expect(again.house.registers.queue(of: "police").map(\.message) == ["m-2"])
        #expect(await again.gateway.protocols.rollBack(id, by: "bob").status == 200)
        _ = await service.pushDue(to: "police")
        #expect(pusher.arrivals.count == 1)
        await again.close()
    }

    /// Ada's name goes by an ordinary permit, her home by the clause alone.
    private func home(_ opened: OpenedCase, _ id: MessageID) -> TestMessage {
        var message = update(opened, claims: true)
        message.id = id
        message.people = [.init(opened.ada, name: "Ada", home: "12 Sample Street")]
        return message
    }

    @Test func aSuspendedSenderAndALapsedTextCarryWhatTheClauseNamesAndNothingElse() async throws {
        var text = try text(.prohibit)
        text.rules.removeAll { $0.id == "Y1" }
        for isLapsed in [false, true] {
            let gateway = try await TestGateway.inMemory(text: text)
            let opened = await gateway.openCase()
            #expect(await gateway.send(home(opened, "m-2")).status == 202)
            if isLapsed {
                gateway.clock.advance(.seconds(400 * 86_400))
            } else {
                try await gateway.stop(suspended: ["hub"])
            }
            #expect(await gateway.send(home(opened, "m-3")).status == 202)
            let got = await gateway.pull("police")
            // What was accepted before waits no longer than the other, and is cut alike; it may have expired meanwhile.
            #expect(got.compactMap(\.message) == (isLapsed ? ["m-3"] : ["m-2", "m-3"]))
            #expect(got.allSatisfy { $0.text.contains("12 Sample Street") && !$0.text.contains("Ada") })
            await gateway.close()
        }
    }

    @Test func aSuspendedSenderMayWarnAlsoOfWhatAPermitWouldLetPass() async throws {
        var text = try text(.prohibit)
        text.rules.removeAll { $0.id == "Y1" }
        // The name is permitted without a ground as well; for a suspended sender no such permit counts.
        text.rules = text.rules.map { rule in
            var rule = rule
            if rule.id == "B1" { rule.categories = ["identity", "location"] }
            return rule
        }
        let gateway = try await TestGateway.inMemory(text: text)
        let opened = await gateway.openCase()
        try await gateway.stop(suspended: ["hub"])
        #expect(await gateway.send(update(opened, claims: false)).code == "party.suspended")
        try await passesMarked(gateway, opened, by: "B1")
        await gateway.close()
    }

    @Test func whatAGroundOnlyMovedOutOfTheWayWaitsForItsSenderToBeResumed() async throws {
        let gateway = try await TestGateway.inMemory(text: try text(.prohibit))
        let opened = await gateway.openCase()
        #expect(await gateway.send(update(opened, claims: true)).status == 202)
        try await gateway.stop(suspended: ["hub"])
        #expect(await gateway.pull("police").isEmpty)
        try await gateway.stop()
        #expect(await gateway.pull("police").first?.text.contains("Ada") == true)
        await gateway.close()
    }
}
