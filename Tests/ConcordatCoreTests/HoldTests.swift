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
            await again.close()
        }
    }
}
