import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatPayload
import ConcordatTerms
import ConcordatTestSupport
import Testing

@testable import ConcordatCore

/// Messages that a clause makes wait: for a consent, for an officer, and not for ever.
@Suite struct HoldTests {
    private let officer = Officer(id: "dpo", party: "gateway", isOfDeployment: true)

    private func text(_ until: HoldTerms.Until, then: HoldTerms.Then) throws -> CompiledProtocol {
        var text = try TestProtocol.text()
        text.rules.append(
            CompiledRule(
                id: "H1", title: "", effect: .hold(HoldTerms(until: until, atMost: .seconds(7 * 86_400), then: then)),
                categories: [], about: nil, messages: ["update"], from: nil, fromCapacity: nil, to: ["satellite"],
                toCapacity: nil, purposes: nil, when: nil, silent: false, tell: []))
        return text
    }

    private struct Scene {
        let gateway: TestGateway
        let opened: OpenedCase
        let sent: Reply
        var service: DeliveryService {
            DeliveryService(
                house: gateway.house, pusher: FakePusher(recipients: []), refusals: gateway.gateway.refusals)
        }
        var held: [Delivery] { gateway.house.registers.heldDeliveries }

        /// How the wait stands, or how it ended.
        var code: String? {
            gateway.gateway.agencies.tracking("m-2", of: "hub").json["recipients"]?.arrayValue?.first?["code"]?
                .stringValue
        }

        func decide(_ word: String, by officer: Officer) async -> Reply {
            let id = held.first?.id ?? "d-none"
            return await gateway.gateway.holds.decide(id, Array(#"{"decision":"\#(word)"}"#.utf8), by: officer)
        }

        /// Nothing more of the case is said than where the delivery stands.
        var state: String? {
            gateway.gateway.agencies.tracking("m-2", of: "hub").json["recipients"]?.arrayValue?.first?["state"]?
                .stringValue
        }
    }

    private func scene(
        _ until: HoldTerms.Until, then: HoldTerms.Then = .withhold, ledger: MemoryLedger = MemoryLedger(),
        keyring: MemoryKeyring = MemoryKeyring()
    ) async throws -> Scene {
        let gateway = try await TestGateway(driver: ledger, keyring: keyring, text: try text(until, then: then))
        let opened = await gateway.openCase()
        let message = TestMessage(
            "update", "m-2", from: "hub", to: ["unit"], subject: opened.id,
            people: [.init(opened.ada, name: "Ada", phone: "0123", home: "12 Sample Street")])
        return Scene(gateway: gateway, opened: opened, sent: await gateway.send(message))
    }

    @Test func whatWaitsIsNotHandedOverAndEveryAnswerSaysSo() async throws {
        let scene = try await scene(.officer)
        #expect(scene.sent.status == 202)
        let answer = scene.sent.json["answers"]?.arrayValue?.first
        #expect(answer?["answer"]?.stringValue == "hold")
        #expect(answer?["clause"]?.stringValue == "H1")
        #expect(scene.state == "held")
        #expect(scene.code == "hold.waiting")
        #expect(await scene.gateway.pull("unit").isEmpty)
        _ = await scene.service.settleHeld()
        #expect(await scene.gateway.pull("unit").isEmpty)
        // It holds up nobody behind it.
        let other = TestMessage("update", "m-3", from: "hub", to: ["police"], subject: scene.opened.id)
        #expect(await scene.gateway.send(other).status == 202)
        #expect(await scene.gateway.pull("police").count == 1)
        await scene.gateway.close()
    }

    @Test func onlyAnOfficerOfTheDeploymentDecides() async throws {
        let scene = try await scene(.officer)
        let stranger = Officer(id: "o-1", party: "hub", isOfDeployment: false)
        #expect(await scene.decide("release", by: stranger).status == 403)
        #expect(await scene.decide("perhaps", by: officer).status == 422)
        #expect(
            await scene.gateway.gateway.holds.decide("d-none", Array(#"{"decision":"release"}"#.utf8), by: officer).code
                == "delivery.unknown")
        #expect(
            await scene.gateway.gateway.holds.holds(for: stranger, skip: 0, limit: 9, isJustified: false).status == 403)
        let shown = await scene.gateway.gateway.holds.holds(for: officer, skip: 0, limit: 9, isJustified: false)
        #expect(shown.json["holds"]?.arrayValue?.first?["clause"]?.stringValue == "H1")
        #expect(!shown.text.contains("Ada"))
        #expect(await scene.decide("release", by: officer).status == 204)
        #expect(await scene.decide("release", by: officer).code == "delivery.unknown")
        let got = await scene.gateway.pull("unit")
        // Released is not permitted: what needs a consent still does.
        #expect(got.first?.text.contains("Ada") == true)
        #expect(got.first?.text.contains("0123") == false)
        #expect(got.first?.text.contains("Sample") == false)
        let acts = try scene.gateway.leaves().compactMap {
            if case .admin(let leaf) = $0.body { leaf.act } else { nil }
        }
        #expect(acts == ["hold.release"])
        await scene.gateway.close()
    }

    @Test func whatAnOfficerRefusesEndsWithItsCopy() async throws {
        let ledger = MemoryLedger()
        let scene = try await scene(.officer, ledger: ledger)
        #expect(await scene.decide("refuse", by: officer).status == 204)
        #expect(ledger.copyCount == 0)
        #expect(scene.state == "ended")
        #expect(scene.code == "hold.refused")
        #expect(await scene.gateway.pull("unit").isEmpty)
        let ends = try scene.gateway.leaves().compactMap {
            if case .deliveryEnd(let leaf) = $0.body { leaf } else { nil }
        }
        #expect(ends.map(\.code) == ["hold.refused"])
        await scene.gateway.close()
    }

    @Test func theConsentThatItWaitsForLetsItGoWide() async throws {
        let scene = try await scene(.consent)
        #expect(scene.state == "held")
        #expect(await scene.decide("release", by: officer).code == "hold.not-for-officer")
        var looked = await scene.service.settleHeld()
        #expect(await scene.gateway.pull("unit").isEmpty)
        _ = await scene.gateway.consent("k-1", .given, case: scene.opened.id, person: scene.opened.ada)
        looked = await scene.service.settleHeld(looked)
        #expect(looked.isEmpty)
        let got = await scene.gateway.pull("unit")
        #expect(got.first?.text.contains("0123") == true)
        // What no consent could have opened was never kept.
        #expect(got.first?.text.contains("Sample") == false)
        await scene.gateway.close()
    }

    @Test func aConsentThatIsWithdrawnBeforeItGoesNarrowsItAgain() async throws {
        let scene = try await scene(.consent)
        _ = await scene.gateway.consent("k-1", .given, case: scene.opened.id, person: scene.opened.ada)
        _ = await scene.service.settleHeld()
        _ = await scene.gateway.consent("k-2", .withdrawn, case: scene.opened.id, person: scene.opened.ada)
        let got = await scene.gateway.pull("unit")
        #expect(got.first?.text.contains("Ada") == true)
        #expect(got.first?.text.contains("0123") == false)
        await scene.gateway.close()
    }

    @Test func atTheEndOfTheWaitItEndsOrGoesNarrowAlsoAfterARestart() async throws {
        for then in [HoldTerms.Then.withhold, .share] {
            let ledger = MemoryLedger()
            // The day's key seals the copy: it outlives the process.
            let keyring = MemoryKeyring()
            let scene = try await scene(.consent, then: then, ledger: ledger, keyring: keyring)
            let looked = await scene.service.settleHeld()
            #expect(looked.count == 1)
            await scene.gateway.close()
            let again = try await TestGateway(
                driver: ledger, keyring: keyring, clock: scene.gateway.clock,
                text: try text(.consent, then: then))
            let late = Scene(gateway: again, opened: scene.opened, sent: scene.sent)
            #expect(late.held.count == 1)
            again.clock.advance(.seconds(7 * 86_400))
            _ = await late.service.settleHeld(looked)
            #expect(late.held.isEmpty)
            let got = await again.pull("unit")
            #expect(got.map(\.message) == (then == .share ? ["m-2"] : []))
            #expect(got.allSatisfy { !$0.text.contains("0123") })
            let ends = try again.leaves().compactMap { if case .deliveryEnd(let leaf) = $0.body { leaf } else { nil } }
            #expect(ends.map(\.code) == (then == .share ? [] : ["hold.expired"]))
            #expect(late.code == (then == .share ? nil : "hold.expired"))
            await again.close()
        }
    }

    @Test func anAnswerThatIsTurnedAwayLeavesItsRequestOpen() async throws {
        var text = try text(.officer, then: .withhold)
        text.rules[text.rules.count - 1].messages = ["response"]
        text.rules[text.rules.count - 1].to = ["hub"]
        text.expectations = [
            CompiledExpectation(
                id: "E1", title: "An answer", after: "request", when: nil, owedBy: .recipient,
                answeredBy: ["response"], within: DaySpan(days: 2, calendar: nil), reminders: [])
        ]
        let gateway = try await TestGateway(driver: MemoryLedger(), keyring: MemoryKeyring(), text: text)
        let opened = await gateway.openCase()
        func owed() -> Int { gateway.gateway.due.tally().open }
        let request = TestMessage(
            "request", "q-1", from: "hub", to: ["police"], subject: opened.id,
            people: [.init(opened.ada, items: ["phone"])])
        #expect(await gateway.send(request).status == 202)
        func answer(_ id: MessageID) async -> Reply {
            await gateway.send(
                TestMessage(
                    "response", id, from: "police", to: ["hub"], subject: opened.id,
                    people: [.init(opened.ada, phone: "0123")], inReplyTo: "q-1"))
        }
        let scene = Scene(gateway: gateway, opened: opened, sent: await answer("a-1"))
        #expect(scene.sent.status == 202)
        #expect(scene.held.count == 1)
        #expect(owed() == 1)
        #expect(await scene.decide("refuse", by: officer).status == 204)
        #expect(owed() == 1)
        // Sent again and let go, it is the answer.
        #expect(await answer("a-2").status == 202)
        #expect(await scene.decide("release", by: officer).status == 204)
        #expect(owed() == 0)
        #expect(await gateway.pull("hub").contains { $0.message == "a-2" })
        #expect(await answer("a-3").code == "request.unknown")
        await gateway.close()
    }

    @Test func whoGetsItLateOwesTheAnswerFromThenOn() async throws {
        var text = try text(.officer, then: .withhold)
        text.expectations = [
            CompiledExpectation(
                id: "E1", title: "An answer", after: "update", when: nil, owedBy: .recipient, answeredBy: ["update"],
                within: DaySpan(days: 2, calendar: nil), reminders: [])
        ]
        let gateway = try await TestGateway(driver: MemoryLedger(), keyring: MemoryKeyring(), text: text)
        let opened = await gateway.openCase()
        let message = TestMessage("update", "m-2", from: "hub", to: ["unit"], subject: opened.id)
        let scene = Scene(gateway: gateway, opened: opened, sent: await gateway.send(message))
        #expect(gateway.gateway.due.tally().open == 0)
        gateway.clock.advance(.seconds(86_400))
        #expect(await scene.decide("release", by: officer).status == 204)
        let record = gateway.house.registers.record(of: CaseID(scene.opened.id) ?? "c-none")
        #expect(record?.due.map(\.debtor) == ["unit"])
        #expect(record?.due.first?.from == gateway.house.now().date)
        await gateway.close()
    }

    @Test func noChangeOfTheTextLetsItPastWhatItWaitsFor() async throws {
        let first = try text(.officer, then: .withhold)
        var second = try TestProtocol.text { schema in
            schema.replacing("\"phone\": {\"type\"", with: "\"telephone\": {\"type\"")
        }
        (second.version, second.digest, second.rules) = ("2.0.0", String(repeating: "b", count: 64), first.rules)
        let library = TestLibrary(["one": first, "two": second])
        let gateway = try await TestGateway(
            driver: MemoryLedger(), keyring: MemoryKeyring(), clock: TestClock(), library: library,
            first: try TestLibrary.archive("one"))
        let opened = await gateway.openCase()
        let message = TestMessage(
            "update", "m-2", from: "hub", to: ["unit"], subject: opened.id, people: [.init(opened.ada, name: "Ada")])
        let scene = Scene(gateway: gateway, opened: opened, sent: await gateway.send(message))
        let proposed = await gateway.gateway.protocols.propose(try TestLibrary.archive("two").bytes, by: "ann")
        let id = try #require(proposed.json["id"]?.stringValue.flatMap { VersionID(digest: $0) })
        _ = await gateway.gateway.protocols.approve(id, by: "bob")
        #expect(await gateway.gateway.protocols.activate(id, at: nil, beside: nil, by: "bob").status == 200)
        _ = await scene.service.settleHeld()
        #expect(scene.state == "held")
        #expect(await gateway.gateway.rescue.retry(scene.held.first?.id ?? "d-none", by: "ann").status != 200)
        #expect(await gateway.pull("unit").isEmpty)
        #expect(await scene.decide("release", by: officer).status == 204)
        #expect(await gateway.pull("unit").first?.text.contains("Ada") == true)
        await gateway.close()
    }
}
