import ConcordatCrypto
import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatPayload
import ConcordatTerms
import ConcordatTestSupport
import Testing

@testable import ConcordatCore

/// What leaves is what the newest decision on record says, and no more.
@Suite struct NarrowedCopyTests {
    private func decisions(_ gateway: TestGateway, _ message: MessageID = "m-2") throws -> [DecisionLeaf] {
        try gateway.leaves().compactMap { leaf in
            guard case .decision(let decision) = leaf.body, decision.message == message else { return nil }
            return decision
        }
    }

    private func action(_ path: String, _ decision: DecisionLeaf?) -> FieldGroup.Action? {
        decision?.fields.first { $0.path.rawValue == path }?.action
    }

    private func update(_ opened: OpenedCase) -> TestMessage {
        TestMessage(
            "update", "m-2", from: "hub", to: ["unit"], subject: opened.id,
            people: [.init(opened.ada, name: "Ada", phone: "0123")], offence: nil)
    }

    /// Sent while a consent let the telephone number pass.
    private func sent(_ gateway: TestGateway) async -> OpenedCase {
        let opened = await gateway.openCase()
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        #expect(await gateway.send(update(opened)).status == 202)
        return opened
    }

    @Test func whatFallsAwayBeforeTheHandOverHasALeafThatSaysWhatWent() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await sent(gateway)
        _ = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada)
        let got = try #require(await gateway.pull("unit").first)
        #expect(!got.text.contains("0123"))
        let decisions = try decisions(gateway)
        #expect(decisions.count == 2)
        #expect(action("/people/*/phone", decisions.first) == .keep)
        #expect(action("/people/*/phone", decisions.last) != .keep)
        #expect(action("/people/*/name", decisions.last) == .keep)
        #expect(decisions.last?.delivery == decisions.first?.delivery)
        // The recipient can show by the digest that this is what it got.
        let salt = try #require(got.salt)
        let data = try #require(got.event["data"]?.serialized())
        #expect(decisions.last?.digestOut == LeafDigest(bytes: MAC.hmacSHA256(key: salt, data)))
        let kinds = try gateway.leaves().map(\.body.kind)
        #expect(kinds.suffix(2) == [.decision, .handOver])
        await gateway.close()
    }

    @Test func whatIsHandedOverAsItWasCutNeedsNoSecondLeaf() async throws {
        let gateway = try await TestGateway.inMemory()
        _ = await sent(gateway)
        #expect(await gateway.pull("unit").first?.text.contains("0123") == true)
        #expect(try decisions(gateway).count == 1)
        await gateway.close()
    }

    @Test func whatWasReleasedGoesAsItsLeafSaysWhateverAConsentOpensLater() async throws {
        var text = try TestProtocol.text()
        text.rules.append(
            CompiledRule(
                id: "H1", title: "",
                effect: .hold(HoldTerms(until: .officer, atMost: .seconds(7 * 86_400), then: .withhold)),
                categories: [], about: nil, messages: ["update"], from: nil, fromCapacity: nil, to: ["satellite"],
                toCapacity: nil, purposes: nil, when: nil, silent: false, tell: []))
        let gateway = try await TestGateway.inMemory(text: text)
        let opened = await gateway.openCase()
        #expect(await gateway.send(update(opened)).status == 202)
        let id = try #require(gateway.house.registers.heldDeliveries.first?.id)
        let officer = Officer(id: "dpo", party: "gateway", isOfDeployment: true)
        let reply = await gateway.gateway.holds.decide(id, Array(#"{"decision":"release"}"#.utf8), by: officer)
        #expect(reply.status == 204)
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        let got = try #require(await gateway.pull("unit").first)
        let decisions = try decisions(gateway)
        #expect(action("/people/*/phone", decisions.last) != .keep)
        #expect(!got.text.contains("0123"))
        let data = try #require(got.event["data"]?.serialized())
        #expect(decisions.last?.digestOut == LeafDigest(bytes: MAC.hmacSHA256(key: try #require(got.salt), data)))
        await gateway.close()
    }

    /// A copy holds a form and no longer what it was made from, whatever a later consent would have let pass.
    @Test func aFormThatStandsInTheCopyStandsInTheLeaf() async throws {
        var text = try TestProtocol.text()
        func permit(_ id: RuleID, _ action: FieldAction, _ level: ConsentNeed.Level) -> CompiledRule {
            CompiledRule(
                id: id, title: "", effect: .permit(action, ConsentNeed(level: level)), categories: ["identity"],
                about: nil, messages: nil, from: nil, fromCapacity: nil, to: ["satellite"], toCapacity: nil,
                purposes: nil, when: nil, silent: false, tell: [])
        }
        text.rules = text.rules.map { rule in
            var rule = rule
            if rule.id == "P1" { rule.to = ["hub", "police"] }
            return rule
        }
        text.rules += [permit("P8", .initials, .none), permit("P9", .keep, .given)]
        let gateway = try await TestGateway.inMemory(text: text)
        let opened = await gateway.openCase()
        let message = TestMessage(
            "update", "m-2", from: "hub", to: ["unit"], subject: opened.id, people: [.init(opened.ada, name: "Ada")])
        #expect(await gateway.send(message).status == 202)
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        #expect(await gateway.gateway.stops.stop(.category("offence"), by: "ann").status == 200)
        let got = try #require(await gateway.pull("unit").first)
        #expect(!got.text.contains("Ada"))
        let decisions = try decisions(gateway)
        #expect(decisions.count == 2)
        #expect(decisions.map { action("/people/*/name", $0) } == [.initials, .initials])
        #expect(decisions.map { action("/offence", $0) } == [.keep, .drop])
        await gateway.close()
    }

    /// The first attempt may have arrived, whatever the second was cut to.
    @Test(arguments: [1, 500]) func aRecallIsAboutAllThatAnyAttemptHandedOver(look: Int) async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await sent(gateway)
        #expect(await gateway.pull("unit").first?.text.contains("0123") == true)
        #expect(await gateway.gateway.stops.stop(.category("contact"), by: "ann").status == 200)
        gateway.clock.advance(.seconds(3_600))
        #expect(await gateway.pull("unit").first?.text.contains("0123") == false)
        #expect(try decisions(gateway).count == 2)
        gateway.clock.advance(.seconds(1))
        _ = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada)
        _ = await RecallService(house: gateway.house, decisionsMax: look).send()
        let notice = await gateway.pull("unit").first { $0.event["data"]?["notice"]?.stringValue == "recall" }
        let transfers = notice?.event["data"]?["transfers"]?.arrayValue
        #expect(transfers?.count == 1)
        #expect(transfers?.first?["items"]?.arrayValue?.map(\.stringValue) == ["/people/*/phone"])
        await gateway.close()
    }

    /// What never left is not asked back.
    @Test func aRecallIsNotAboutWhatFellAwayBeforeTheFirstHandOver() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await sent(gateway)
        #expect(await gateway.gateway.stops.stop(.category("contact"), by: "ann").status == 200)
        #expect(await gateway.pull("unit").first?.text.contains("0123") == false)
        gateway.clock.advance(.seconds(1))
        _ = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada)
        _ = await RecallService(house: gateway.house).send()
        let told = try gateway.leaves().compactMap { leaf -> PartyID? in
            if case .notice(let notice) = leaf.body { notice.recipient } else { nil }
        }
        #expect(!told.contains("unit"))
        await gateway.close()
    }
}
