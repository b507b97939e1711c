import ConcordatDecision
import ConcordatLog
import ConcordatTerms
import ConcordatTestSupport
import Testing

@testable import ConcordatCore

@Suite struct ClockTests {
    private func watch(_ clock: TestClock) -> ClockWatch { ClockWatch(wall: { clock.now }, steady: { clock.steady }) }

    @Test(arguments: [61, -61, 86_400 * 400]) func aStepStopsTimeFromJumping(seconds: Int) {
        let clock = TestClock()
        let watch = watch(clock)
        clock.step(.seconds(seconds))
        #expect(watch.isStepped)
        clock.advance(.seconds(5))
        #expect(watch.now() == TestClock.start + .seconds(5))
        #expect(watch.takeUnrecorded() == .seconds(seconds))
        #expect(watch.takeUnrecorded() == nil)
    }

    @Test func aStepStandsUntilItIsConfirmedEvenWhenTheWallComesBack() {
        let clock = TestClock()
        let watch = watch(clock)
        clock.step(.seconds(3_600))
        #expect(watch.isStepped)
        clock.step(.seconds(-3_600))
        #expect(watch.isStepped)
        #expect(watch.confirm() == .zero)
        #expect(!watch.isStepped)
    }

    @Test func aSmallStepIsFollowedAndSmallStepsAddUp() {
        let clock = TestClock()
        let watch = watch(clock)
        clock.step(.seconds(60))
        #expect(watch.now() == clock.now)
        #expect(!watch.isStepped)
        clock.step(.seconds(1))
        #expect(watch.isStepped)
    }

    @Test func aSteppedClockStopsHandOverUntilAnAdminConfirms() async throws {
        let gateway = try await TestGateway.inMemory()
        _ = await gateway.openCase(isTaken: false)
        gateway.clock.step(.seconds(86_400 * 400))
        #expect(gateway.house.readiness() == [.clockStepped])
        let reply = await gateway.gateway.inbox.next(for: "hub", limit: 1, wait: .zero)
        #expect(reply.status == 503)
        #expect(reply.code == "clock.unsure")
        let service = DeliveryService(
            house: gateway.house, pusher: FakePusher(recipients: ["hub"]), refusals: gateway.gateway.refusals)
        _ = await service.pushDue(to: "hub")
        await service.endExpired()
        await service.recordStep()
        await service.recordStep()
        #expect(gateway.house.registers.queue(of: "hub").map(\.state) == [.waiting])
        let steps = try gateway.leaves().filter { $0.body.kind == .clock }
        #expect(steps.count == 1)
        #expect(steps.allSatisfy { $0.time < TestClock.start + .seconds(60) })
        gateway.clock.step(.seconds(-86_400 * 400))
        try await gateway.gateway.confirmClock(by: "admin")
        #expect(gateway.house.readiness().isEmpty)
        #expect(await gateway.pull("hub").count == 1)
        guard case .clock(let leaf) = try gateway.leaves().last(where: { $0.body.kind == .clock })?.body else { return }
        #expect(leaf.confirmedBy == "admin")
        await gateway.close()
    }

    @Test func aConfirmationThatIsNotOnRecordDoesNotCount() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger)
        gateway.clock.step(.seconds(3_600))
        #expect(gateway.house.clock.isStepped)
        ledger.fail(.rollBack)
        await #expect(throws: LedgerFault.self) { try await gateway.gateway.confirmClock(by: "admin") }
        #expect(gateway.house.clock.isStepped)
        await gateway.close()
    }

    @Test func aLogThatIsAheadOfTheClockAtStartCountsAsAStep() async throws {
        let ledger = MemoryLedger()
        let keyring = MemoryKeyring()
        let late = TestClock()
        late.advance(.seconds(3_600))
        await (try await TestGateway(driver: ledger, keyring: keyring, clock: late)).close()
        var text = try TestProtocol.text()
        text.mode = .live
        let gateway = try await TestGateway(driver: ledger, keyring: keyring, text: text)
        #expect(gateway.house.readiness() == [.clockStepped])
        await gateway.close()
    }

    @Test func aLittleBehindTheLogTimeStandsStillUntilTheWallHasCaughtUp() async throws {
        let ledger = MemoryLedger()
        let late = TestClock()
        late.advance(.seconds(40))
        let first = try await TestGateway.inMemory(ledger, clock: late)
        let opened = await first.openCase()
        await first.close()
        // A start with a clock 40 seconds behind what the case rests on.
        let gateway = try await TestGateway.inMemory(ledger)
        #expect(gateway.house.now() == TestClock.start + .seconds(40))
        #expect(gateway.house.readiness().isEmpty)
        let update = TestMessage(
            "update", "m-2", from: "hub", to: ["police"], subject: opened.id,
            people: [.init(opened.ada, name: "Ada")], offence: nil)
        #expect(await gateway.send(update).status == 202)
        gateway.clock.advance(.seconds(30))
        #expect(gateway.house.now() == TestClock.start + .seconds(40))
        gateway.clock.advance(.seconds(30))
        #expect(gateway.house.now() == TestClock.start + .seconds(60))
        await gateway.close()
    }

    @Test func practiceThatBeginsAnewFarBehindTheLogIsWarnedOf() async throws {
        let ledger = MemoryLedger()
        let late = TestClock()
        late.advance(.seconds(3_600))
        await (try await TestGateway.inMemory(ledger, clock: late)).close()
        let gateway = try await TestGateway.inMemory(ledger)
        #expect(gateway.house.now() == TestClock.start)
        #expect(gateway.house.readiness().isEmpty)
        #expect(gateway.logs.lines.contains { $0.contains("clock: behind the log") && $0.contains("3600") })
        await gateway.close()
    }

    @Test func withoutATextThereIsNoPeriodToWarnOf() async throws {
        let gateway = try await TestGateway.inMemory()
        let service = DeliveryService(
            house: gateway.house, pusher: FakePusher(recipients: []), refusals: gateway.gateway.refusals)
        gateway.house.registers.begin(.none(TextInForce.Lack(version: nil, code: "protocol.tampered"), serial: 9))
        #expect(service.watchPeriod(warnedOn: nil) == nil)
        #expect(!gateway.logs.lines.contains { $0.contains("needs attention") })
        await gateway.close()
    }

    @Test func readinessSaysWhatIsWrong() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger)
        #expect(gateway.house.readiness().isEmpty)
        gateway.clock.advance(.seconds(86_400 * 400))
        #expect(gateway.house.readiness() == [.protocolLapsed])
        ledger.failReads(true)
        #expect(gateway.house.readiness() == [.protocolLapsed, .storeUnavailable])
        gateway.house.bell.close()
        #expect(gateway.house.readiness() == [.protocolLapsed, .storeUnavailable, .draining])
        ledger.failReads(false)
        await gateway.close()
    }

    @Test func whatWaitsWhenTheProtocolLapsesIsHeldAndNotLost() async throws {
        let gateway = try await TestGateway.inMemory()
        gateway.clock.advance(.seconds(86_400 * 286))
        _ = await gateway.openCase(isTaken: false)
        #expect(gateway.house.registers.queueLength(of: "hub") == 1)
        gateway.clock.advance(.seconds(86_400 * 4))
        #expect(gateway.house.readiness() == [.protocolLapsed])
        #expect(await gateway.pull("hub").isEmpty)
        #expect(gateway.house.registers.queue(of: "hub").map(\.state) == [.waiting])
        await gateway.close()
    }
}
