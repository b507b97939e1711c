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
