import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatTestSupport
import Testing

@testable import ConcordatCore

@Suite struct EmergencyStopTests {
    private func update(_ id: MessageID, _ opened: OpenedCase) -> TestMessage {
        TestMessage(
            "update", id, from: "hub", to: ["police"], subject: opened.id,
            people: [.init(opened.ada, name: "Ada")])
    }

    @Test func nothingUnknownIsStoppedAndNothingRunningIsResumed() async throws {
        let gateway = try await TestGateway.inMemory()
        let stops = gateway.gateway.stops
        #expect(await stops.stop(.party("nobody"), by: "ann").code == "stop.unknown")
        #expect(await stops.stop(.category("gossip"), by: "ann").code == "stop.unknown")
        #expect(await stops.resume(.party("police"), by: "ann").code == "stop.unknown")
        #expect(gateway.house.registers.standing == Standing())
    }

    @Test func resumingTakesTwoAndTheSameAdminTwiceIsOne() async throws {
        let gateway = try await TestGateway.inMemory()
        let stops = gateway.gateway.stops
        #expect(await stops.stop(.party("police"), by: "ann").status == 200)
        #expect(await stops.resume(.party("police"), by: "bob").status == 202)
        #expect(await stops.resume(.party("police"), by: "bob").code == "admin.same-person")
        #expect(gateway.house.registers.standing.suspended == ["police"])
        #expect(await stops.resume(.party("police"), by: "ann").status == 200)
        #expect(gateway.house.registers.standing.suspended.isEmpty)
        let acts = try gateway.leaves().compactMap { leaf -> String? in
            guard case .admin(let act) = leaf.body else { return nil }
            return "\(act.who?.rawValue ?? "-") \(act.act) \(act.object) \(act.to?.rawValue ?? "-")"
        }
        #expect(
            acts == [
                "ann party.stop police stopped", "bob party.resume police resuming", "ann party.resume police running",
            ])
    }

    @Test func stoppingAgainForgetsWhoAskedToResume() async throws {
        let gateway = try await TestGateway.inMemory()
        let stops = gateway.gateway.stops
        _ = await stops.stop(.message("update"), by: "ann")
        _ = await stops.resume(.message("update"), by: "bob")
        _ = await stops.stop(.message("update"), by: "cat")
        #expect(await stops.resume(.message("update"), by: "ann").status == 202)
        #expect(gateway.house.registers.standing.stoppedMessages == ["update"])
    }

    @Test func aStoppedPartysMessagesWaitAndExpireWithALeafEach() async throws {
        let clock = TestClock()
        let gateway = try await TestGateway.inMemory(clock: clock)
        let opened = await gateway.openCase()
        #expect(await gateway.send(update("m-2", opened)).status == 202)
        _ = await gateway.gateway.stops.stop(.party("police"), by: "ann")
        #expect(await gateway.gateway.inbox.next(for: "police", limit: 1, wait: .zero).code == "party.suspended")
        #expect(gateway.house.registers.queueLength(of: "police") == 1)
        func waiting() -> [Int?] {
            gateway.gateway.stops.list().json["stopped"]?.arrayValue?.map { $0["waiting"]?.intValue } ?? []
        }
        #expect(waiting() == [1])
        clock.advance(.seconds(15 * 86_400))
        let service = DeliveryService(
            house: gateway.house, pusher: FakePusher(recipients: []), refusals: gateway.gateway.refusals)
        await service.endExpired()
        #expect(gateway.house.registers.queueLength(of: "police") == 0)
        let ends = try gateway.leaves().compactMap {
            if case .deliveryEnd(let leaf) = $0.body { leaf.end } else { nil }
        }
        #expect(ends == [.expired])
        #expect(waiting() == [0])
    }

    @Test func aStoppedCategoryIsCutFromWhatComesAndFromWhatWaits() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        #expect(await gateway.send(update("m-2", opened)).status == 202)
        _ = await gateway.gateway.stops.stop(.category("identity"), by: "ann")
        let waiting = await gateway.pull("police")
        #expect(waiting.count == 1 && waiting.first?.text.contains("Ada") == false)
        for delivery in waiting { _ = await gateway.gateway.inbox.acknowledge(delivery.id, by: "police") }
        #expect(await gateway.send(update("m-3", opened)).status == 202)
        let decision = try #require(
            try gateway.leaves().compactMap { if case .decision(let leaf) = $0.body { leaf } else { nil } }.last)
        #expect(decision.fields.filter { $0.path.rawValue.hasSuffix("/name") }.map(\.action) == [.drop])
        let next = await gateway.pull("police")
        #expect(next.count == 1 && next.first?.text.contains("Ada") == false)
    }

    @Test func aMessageOfWhichNothingIsLeftIsWithheldAndOneThatWaitsGoesOnWaiting() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        var bare = update("m-2", opened)
        bare.people = []
        #expect(await gateway.send(bare).status == 202)
        _ = await gateway.gateway.stops.stop(.category("offence"), by: "ann")
        #expect(await gateway.pull("police").isEmpty)
        #expect(gateway.house.registers.queueLength(of: "police") == 1)
        bare.id = "m-3"
        #expect(await gateway.send(bare).code == "category.stopped")
        _ = await gateway.gateway.stops.resume(.category("offence"), by: "ann")
        #expect(await gateway.gateway.stops.resume(.category("offence"), by: "bob").status == 200)
        #expect(await gateway.pull("police").count == 1)
    }

    @Test func aRequestForAStoppedCategoryIsWithheld() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        _ = await gateway.gateway.stops.stop(.category("contact"), by: "ann")
        let request = TestMessage(
            "request", "m-4", from: "hub", to: ["police"], subject: opened.id,
            people: [.init(opened.ada, items: ["phone"])])
        #expect(await gateway.send(request).code == "category.stopped")
    }

    @Test func whatIsStoppedStaysStoppedOverARestart() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger)
        _ = await gateway.gateway.stops.stop(.category("contact"), by: "ann")
        _ = await gateway.gateway.stops.resume(.category("contact"), by: "bob")
        let before = gateway.house.registers.standing
        await gateway.close()
        let again = try await TestGateway.inMemory(ledger)
        #expect(again.house.registers.standing == before)
        #expect(again.house.registers.standing.resuming == [.category("contact"): "bob"])
    }

    @Test func aParkedDeliveryIsTriedOnceMoreOrGivenUpByAnAdmin() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger)
        let opened = await gateway.openCase()
        #expect(await gateway.send(update("m-2", opened)).status == 202)
        let delivery = try #require(gateway.house.registers.queue(of: "police").first)
        let rescue = gateway.gateway.rescue
        #expect(await rescue.retry(delivery.id, by: "ann").code == "delivery.unknown")
        _ = try await gateway.house.ledger.commit(
            LedgerRecord(changes: [
                .moveDelivery(delivery.id, to: .parked, attempts: 0, next: delivery.next, copy: .keep)
            ]))
        #expect(rescue.list().text.contains(delivery.id.rawValue))
        #expect(await gateway.pull("police").isEmpty)
        #expect(await rescue.retry(delivery.id, by: "ann").status == 200)
        #expect(await gateway.pull("police").count == 1)
        _ = try await gateway.house.ledger.commit(
            LedgerRecord(changes: [
                .moveDelivery(delivery.id, to: .parked, attempts: 1, next: delivery.next, copy: .keep)
            ]))
        #expect(await rescue.discard(delivery.id, by: "bob").status == 200)
        #expect(ledger.copyCount == 0)
        #expect(gateway.house.registers.delivery(delivery.id) == nil)
        let ends = try gateway.leaves().compactMap {
            if case .deliveryEnd(let leaf) = $0.body { leaf.end } else { nil }
        }
        #expect(ends == [.discarded])
    }
}
