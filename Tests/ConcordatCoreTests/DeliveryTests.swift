import ConcordatJSON
import ConcordatLog
import ConcordatStore
import ConcordatTerms
import ConcordatTestSupport
import Testing

@testable import ConcordatCore

@Suite struct DeliveryTests {
    private func update(
        _ id: MessageID, _ opened: OpenedCase, to recipients: [PartyID] = ["police"], expires: UTCInstant? = nil
    ) -> TestMessage {
        TestMessage(
            "update", id, from: "hub", to: recipients, subject: opened.id, people: [.init(opened.ada, name: "Ada")],
            expires: expires)
    }

    private func ends(_ gateway: TestGateway) throws -> [DeliveryEndLeaf] {
        try gateway.leaves().compactMap { if case .deliveryEnd(let leaf) = $0.body { leaf } else { nil } }
    }

    @Test func nobodyAcknowledgesWhatIsNotTheirsOrNotHandedOver() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger)
        _ = await gateway.openCase(isTaken: false)
        let waiting = try #require(gateway.house.registers.queue(of: "hub").first)
        let unknown = await gateway.gateway.inbox.acknowledge("d-none", by: "hub")
        #expect(unknown.status == 404)
        #expect(await gateway.gateway.inbox.acknowledge(waiting.id, by: "police") == unknown)
        #expect(await gateway.gateway.inbox.acknowledge(waiting.id, by: "hub") == unknown)
        _ = await gateway.pull("hub")
        #expect(await gateway.gateway.inbox.acknowledge(waiting.id, by: "police") == unknown)
        #expect(ledger.copyCount == 1)
        #expect(await gateway.gateway.inbox.acknowledge(waiting.id, by: "hub").status == 204)
        #expect(await gateway.gateway.inbox.acknowledge(waiting.id, by: "hub").status == 204)
        #expect(await gateway.gateway.inbox.acknowledge(waiting.id, by: "police") == unknown)
        #expect(ledger.copyCount == 0)
        await gateway.close()
    }

    @Test func aSuspendedRecipientGetsNothingAndLosesNothing() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        #expect(await gateway.send(update("m-2", opened)).status == 202)
        try await gateway.stop(suspended: ["police"])
        let reply = await gateway.gateway.inbox.next(for: "police", limit: 1, wait: .zero)
        #expect(reply.code == "party.suspended")
        try await gateway.stop(suspended: ["hub"])
        #expect(await gateway.pull("police").isEmpty)
        try await gateway.stop()
        #expect(await gateway.pull("police").count == 1)
        await gateway.close()
    }

    @Test func nothingIsHandedOverWhenItsLeafCannotBeWritten() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger)
        _ = await gateway.openCase(isTaken: false)
        ledger.fail(.rollBack)
        let reply = await gateway.gateway.inbox.next(for: "hub", limit: 1, wait: .zero)
        #expect(reply.status == 503)
        #expect(!reply.text.contains("Ada"))
        #expect(await gateway.pull("hub").count == 1)
        await gateway.close()
    }

    @Test func inOneCaseNothingOvertakes() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        for id in ["m-2", "m-3"] as [MessageID] { #expect(await gateway.send(update(id, opened)).status == 202) }
        let first = await gateway.pull("police", limit: 1)
        #expect(first.map(\.message) == ["m-2"])
        // The second waits behind the first, which is out.
        #expect(await gateway.pull("police").isEmpty)
        // Another case has its own line.
        _ = await gateway.send(
            TestMessage(
                "referral", "o-1", from: "police-b", to: ["hub"], subject: "x", people: [.init("a", name: "Eve")]))
        let other = await gateway.pull("hub")
        #expect(other.map(\.message) == ["o-1"])
        _ = await gateway.gateway.inbox.acknowledge(first[0].id, by: "police")
        #expect(await gateway.pull("police").map(\.message) == ["m-3"])
        await gateway.close()
    }

    @Test func aWaitingRecipientSleepsWhileItsLineIsBlocked() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        for id in ["m-2", "m-3"] as [MessageID] { _ = await gateway.send(update(id, opened)) }
        _ = await gateway.pull("police", limit: 1)
        let look = HandOver(house: gateway.house).look(at: "police", limit: 1)
        #expect(look.due.isEmpty)
        #expect(look.next == gateway.clock.now + gateway.house.settings.lease)
        await gateway.close()
    }

    @Test func whatIsNotAcknowledgedIsOfferedAgainAfterItsLease() async throws {
        let gateway = try await TestGateway.inMemory()
        _ = await gateway.openCase(isTaken: false)
        #expect(await gateway.pull("hub").map(\.attempt) == [1])
        gateway.clock.advance(.seconds(59))
        #expect(await gateway.pull("hub").isEmpty)
        gateway.clock.advance(.seconds(1))
        #expect(await gateway.pull("hub").map(\.attempt) == [2])
        await gateway.close()
    }

    @Test func aDeliveryNobodyCameForExpiresAndItsCopyIsGone() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger)
        _ = await gateway.openCase(isTaken: false)
        gateway.clock.advance(.seconds(15 * 86_400))
        #expect(await gateway.pull("hub").isEmpty)
        let service = DeliveryService(
            house: gateway.house, pusher: FakePusher(recipients: []), refusals: gateway.gateway.refusals)
        await service.endExpired()
        #expect(try ends(gateway).map(\.end) == [.expired])
        #expect(ledger.copyCount == 0)
        #expect(gateway.house.registers.counts.deliveries == 0)
        service.destroyUnusedKeys()
        #expect(try gateway.house.keyring.dayKeys().isEmpty)
        await gateway.close()
    }

    @Test func theSenderMayLetItExpireSooner() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        _ = await gateway.send(update("m-2", opened, expires: gateway.clock.now + .seconds(60)))
        gateway.clock.advance(.seconds(60))
        #expect(await gateway.pull("police").isEmpty)
        await gateway.close()
    }

    @Test func aCopyNobodyCanReadIsParkedAndHoldsUpNobody() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase(isTaken: false)
        let key = try #require(gateway.house.registers.queue(of: "hub").first?.dayKey)
        try gateway.house.keyring.destroyDayKey(id: key)
        gateway.clock.advance(.seconds(86_400))
        _ = await gateway.send(
            TestMessage(
                "update", "m-2", from: "police", to: ["hub"], subject: "ref-1", people: [.init("a1", name: "Ada")]))
        _ = await gateway.pull("hub")
        #expect(try ends(gateway).map(\.end) == [.parked])
        #expect(try ends(gateway).first?.code == "copy.unreadable")
        #expect(opened.reply.status == 202)
        gateway.clock.advance(.seconds(60))
        #expect(await gateway.pull("hub").map(\.message) == ["m-2"])
        await gateway.close()
    }

    @Test func aFailedPushIsTriedAgainLaterAndLaterAndThenParked() async throws {
        var settings = GatewaySettings()
        settings.attemptsMax = 3
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger, settings: settings)
        _ = await gateway.openCase(isTaken: false)
        let pusher = FakePusher(recipients: ["hub"])
        pusher.script([.refuse, .refuse, .refuse])
        let service = DeliveryService(house: gateway.house, pusher: pusher, refusals: gateway.gateway.refusals)
        #expect(await service.pushDue(to: "hub") == false)
        #expect(pusher.calls == 1)
        _ = await service.pushDue(to: "hub")
        #expect(pusher.calls == 1)
        gateway.clock.advance(.seconds(5))
        _ = await service.pushDue(to: "hub")
        #expect(pusher.calls == 2)
        gateway.clock.advance(.seconds(4))
        _ = await service.pushDue(to: "hub")
        #expect(pusher.calls == 2)
        gateway.clock.advance(.seconds(6))
        _ = await service.pushDue(to: "hub")
        #expect(pusher.calls == 3)
        #expect(gateway.house.registers.queue(of: "hub").map(\.state) == [.parked])
        #expect(try ends(gateway).map(\.end) == [.parked])
        gateway.clock.advance(.seconds(86_400))
        _ = await service.pushDue(to: "hub")
        #expect(pusher.calls == 3)
        #expect(ledger.copyCount == 1)
        await gateway.close()
    }

    @Test func aPushThatFailsLetsNothingOfItsCaseOvertake() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        for id in ["m-2", "m-3"] as [MessageID] { _ = await gateway.send(update(id, opened)) }
        let pusher = FakePusher(recipients: ["police"])
        pusher.script([.refuse])
        let service = DeliveryService(house: gateway.house, pusher: pusher, refusals: gateway.gateway.refusals)
        _ = await service.pushDue(to: "police")
        #expect(pusher.calls == 1)
        gateway.clock.advance(.seconds(5))
        _ = await service.pushDue(to: "police")
        let ids = pusher.arrivals.map { (try? JSONValue.parse($0.event))?["id"]?.stringValue }
        #expect(ids == ["m-2", "m-3"])
        #expect(gateway.house.registers.queueLength(of: "police") == 0)
        await gateway.close()
    }

    @Test func aPushWhoseAnswerWasLostIsSentAgainUnderTheSameId() async throws {
        let gateway = try await TestGateway.inMemory()
        _ = await gateway.openCase(isTaken: false)
        let pusher = FakePusher(recipients: ["hub"])
        pusher.script([.takeButFail])
        let service = DeliveryService(house: gateway.house, pusher: pusher, refusals: gateway.gateway.refusals)
        _ = await service.pushDue(to: "hub")
        gateway.clock.advance(.seconds(5))
        _ = await service.pushDue(to: "hub")
        #expect(pusher.arrivals.count == 2)
        #expect(pusher.arrivals[0].event == pusher.arrivals[1].event)
        #expect(pusher.arrivals[0].delivery == pusher.arrivals[1].delivery)
        await gateway.close()
    }

    @Test func theServicePushesWhatComesAndStopsWhenToldTo() async throws {
        let gateway = try await TestGateway.inMemory()
        let pusher = FakePusher(recipients: ["hub"])
        let service = DeliveryService(house: gateway.house, pusher: pusher, refusals: gateway.gateway.refusals)
        let run = Task { try await service.run() }
        _ = await gateway.openCase(isTaken: false)
        #expect(await eventually { pusher.arrivals.count == 1 && gateway.house.registers.counts.deliveries == 0 })
        run.cancel()
        try await run.value
        await gateway.close()
    }

    @Test func tooManyWaitingRequestsAreTurnedAway() async throws {
        let gateway = try await TestGateway.inMemory()
        let waiting = (0..<DeliveryBell.waitersMax + 8).map { _ in
            Task { await gateway.gateway.inbox.next(for: "hub", limit: 1, wait: .seconds(30)) }
        }
        try await ContinuousClock().sleep(for: .milliseconds(300))
        gateway.house.bell.close()
        var statuses: [Int] = []
        for one in waiting { statuses.append(await one.value.status) }
        #expect(statuses.count { $0 == 429 } == 8)
        #expect(statuses.count { $0 == 204 } == DeliveryBell.waitersMax)
        await gateway.close()
    }

    @Test func aRestartGoesOnWhereItStopped() async throws {
        let folder = try TestFolder()
        let clock = TestClock()
        let (ledger, keyring) = try TestGateway.store(in: folder.path)
        let gateway = try await TestGateway(driver: ledger, keyring: keyring, clock: clock)
        let opened = await gateway.openCase(isTaken: false)
        let first = await gateway.pull("hub")
        _ = await gateway.send(
            TestMessage(
                "update", "m-2", from: "police", to: ["hub"], subject: "ref-1", people: [.init("a1", name: "Ada")]))
        await gateway.close()
        try ledger.close()

        let (again, keys) = try TestGateway.store(in: folder.path)
        let reopened = try await TestGateway(driver: again, keyring: keys, clock: clock)
        #expect(await reopened.pull("hub").isEmpty)
        #expect(await reopened.gateway.inbox.acknowledge(first[0].id, by: "hub").status == 204)
        #expect(await reopened.pull("hub").map(\.message) == ["m-2"])
        let repeated = await reopened.openCase(isTaken: false)
        #expect(repeated.reply == opened.reply)
        await reopened.close()
        try again.close()
    }
}
