import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatTestSupport
import Synchronization
import Testing

@testable import ConcordatCore

@Suite struct LedgerTests {
    private func referral(_ id: MessageID) -> TestMessage {
        TestMessage(
            "referral", id, from: "police", to: ["hub"], subject: "s-\(id)", people: [.init("a1", name: "Ada")])
    }

    @Test func aBatchThatWasRolledBackLeavesNothingInMemoryEither() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger)
        let before = try gateway.leaves().count
        ledger.fail(.rollBack)
        let reply = await gateway.send(referral("m-1"))
        #expect(reply.status == 503)
        #expect(reply.code == "store.unavailable")
        #expect(gateway.house.registers.counts == (0, 0))
        #expect(gateway.house.registers.record(subject: "s-m-1", for: "police") == nil)
        #expect(try gateway.leaves().count == before)
        // The next one has the place in the tree that this one did not take.
        let next = await gateway.send(referral("m-1"))
        #expect(next.status == 202)
        #expect(try Receipt(parsing: next.body).verify(logKey: TestGateway.signer.verifierKey).count == 1)
        #expect(gateway.logs.lines.contains { $0.contains("a batch was not written") })
        await gateway.close()
    }

    @Test(arguments: [MemoryLedger.Fault.applyButFail, .loseAndFail])
    func whenNobodyKnowsWhatIsOnDiskTheWriterStopsAndNobodyIsAnswered(fault: MemoryLedger.Fault) async throws {
        let ledger = MemoryLedger()
        let halted = Mutex(0)
        let answered = Mutex(0)
        let gateway = try await TestGateway(
            driver: ledger, keyring: MemoryKeyring(), halt: { _ in halted.withLock { $0 += 1 } })
        ledger.fail(fault)
        gateway.gateway.intake.submit(Submission(party: "police", body: referral("m-1").body)) { _ in
            answered.withLock { $0 += 1 }
        }
        #expect(await eventually { halted.withLock { $0 } == 1 })
        #expect(answered.withLock { $0 } == 0)
        #expect(gateway.house.registers.counts == (0, 0))
        // A restart reads what is there, and the sender's repeat meets it or is taken anew: one delivery either way.
        let again = try await TestGateway(driver: ledger, keyring: gateway.house.keyring)
        #expect(await again.send(referral("m-1")).status == 202)
        #expect(again.house.registers.counts == (1, 1))
        await again.close()
    }

    @Test func aRecordTheStoreCannotTakeDoesNotBringDownItsNeighbours() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger)
        // The register knows a delivery that the store does not.
        let ghost = Delivery(
            id: "d-ghost", message: "m", messageName: "update", sender: "hub", recipient: "unit", caseID: "c",
            next: gateway.clock.now, created: gateway.clock.now, expires: gateway.clock.now, dayKey: "2026-06-15")
        gateway.house.registers.apply([.putDelivery(ghost, copy: [])])
        let poison = LedgerRecord(
            changes: [.moveDelivery("d-ghost", to: .expired, attempts: 0, next: gateway.clock.now, copy: .keep)])
        let results = await withTaskGroup(of: Bool.self, returning: (ok: Int, bad: Int).self) { group in
            let house = gateway.house
            for number in 0..<40 {
                let record =
                    number == 20
                    ? poison : LedgerRecord(leaves: [house.leaf(.start(DaemonLeaf(version: "1")))])
                group.addTask { (try? await house.ledger.commit(record)) != nil }
            }
            var (ok, bad) = (0, 0)
            for await result in group { if result { ok += 1 } else { bad += 1 } }
            return (ok, bad)
        }
        #expect(results.ok == 39)
        #expect(results.bad == 1)
        await gateway.close()
    }

    @Test func leafTimeNeverGoesBackwards() async throws {
        let gateway = try await TestGateway.inMemory()
        _ = await gateway.send(referral("m-1"))
        gateway.clock.step(.seconds(-30))
        _ = await gateway.send(referral("m-2"))
        let times = try gateway.leaves().map(\.time)
        #expect(times == times.sorted())
        await gateway.close()
    }

    @Test func closingWritesWhatWaitsAndTakesNothingMore() async throws {
        let gateway = try await TestGateway.inMemory()
        let house = gateway.house
        let answered = Mutex(0)
        for _ in 0..<1_000 {
            house.ledger.commit(LedgerRecord(leaves: [house.leaf(.start(DaemonLeaf(version: "1")))])) { _ in
                answered.withLock { $0 += 1 }
            }
        }
        house.ledger.close()
        #expect(answered.withLock { $0 } == 1_000)
        let late = await gateway.send(referral("m-1"))
        #expect(late.status == 503)
        house.ledger.close()
    }

    @Test func everyRecordOfManyThreadsIsAnsweredOnce() async throws {
        let gateway = try await TestGateway.inMemory()
        let house = gateway.house
        let placed = await withTaskGroup(of: UInt64?.self, returning: Set<UInt64>.self) { group in
            for _ in 0..<2_000 {
                group.addTask {
                    let record = LedgerRecord(leaves: [house.leaf(.start(DaemonLeaf(version: "1")))])
                    return try? await house.ledger.commit(record).firstLeaf
                }
            }
            var placed: Set<UInt64> = []
            for await index in group { if let index { placed.insert(index) } }
            return placed
        }
        #expect(placed.count == 2_000)
        await gateway.close()
    }

    @Test func oldAnswersAreForgottenByTheWriterAndTheWriteAheadLogIsEmptied() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway(
            driver: ledger, keyring: MemoryKeyring(),
            chores: LedgerChores(rememberFor: .seconds(100), forgetEvery: .zero, truncateEvery: .zero))
        #expect(await gateway.send(referral("m-1")).status == 202)
        gateway.clock.advance(.seconds(101))
        #expect(await gateway.send(referral("m-2")).status == 202)
        #expect(await eventually { (try? ledger.answer(party: "police", message: "m-1")) == .some(nil) })
        #expect(try ledger.answer(party: "police", message: "m-2") != nil)
        #expect(ledger.truncations > 0)
        await gateway.close()
    }

    @Test func aTreeThatIsNotTheSignedOneIsNotWrittenOn() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger)
        await gateway.close()
        var image = try ledger.load()
        image.frontier = TreeFrontier().serialised
        #expect(throws: BatchWriter.TreeMismatch.self) {
            _ = try BatchWriter(
                driver: ledger, image: image, signer: TestGateway.signer, registerKey: [], freeBytesReserve: 0,
                now: { TestClock.start })
        }
    }
}
