import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatTestSupport
import Testing

@testable import ConcordatCore

@Suite struct ConsentTests {
    /// An update to the unit, which gets a phone number only on given consent.
    private func update(_ id: MessageID, _ opened: OpenedCase) -> TestMessage {
        TestMessage(
            "update", id, from: "hub", to: ["unit"], subject: opened.id,
            people: [.init(opened.ada, name: "Ada", phone: "0123")], offence: nil)
    }

    @Test func onlyWhomTheProtocolNamesRecordsAConsent() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        #expect(
            await gateway.consent("k-1", .given, case: "ref-1", person: "a1", by: "police").code
                == "consent.not-recordable")
        #expect(
            await gateway.consent("k-1", .given, case: opened.id, person: opened.ada, told: false).code
                == "consent.malformed")
        #expect(await gateway.consent("k-1", .unknown, case: opened.id, person: opened.ada).code == "consent.malformed")
        #expect(gateway.house.registers.record(of: CaseID(unchecked: opened.id))?.consents.isEmpty == true)
        #expect(await gateway.consent("k-1", .given, case: opened.id, person: opened.ada).status == 201)
        await gateway.close()
    }

    @Test func aRepeatIsAnsweredAlikeAndOtherContentIsRefused() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        let first = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        _ = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada)
        #expect(await gateway.consent("k-1", .given, case: opened.id, person: opened.ada) == first)
        #expect(
            await gateway.consent("k-1", .given, case: opened.id, person: opened.ben).code == "idempotency.conflict")
        await gateway.close()
    }

    @Test func aWithdrawalStopsWhatWaits() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        #expect(await gateway.send(update("m-2", opened)).status == 202)
        #expect(await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada).status == 202)
        let pulled = await gateway.pull("unit")
        #expect(pulled.count == 1)
        #expect(pulled[0].text.contains("0123") == false)
        #expect(pulled[0].event["withheld"]?.stringValue == "/people/0/phone")
        await gateway.close()
    }

    @Test func whatIsLeftWithNothingIsWithdrawnWithALeafAndItsCopyIsGone() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger)
        let opened = await gateway.openCase()
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        let only = TestMessage(
            "update", "m-2", from: "hub", to: ["unit"], subject: opened.id, people: [.init(opened.ada, phone: "0123")],
            offence: nil)
        #expect(await gateway.send(only).status == 202)
        _ = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada)
        #expect(await gateway.pull("unit").isEmpty)
        guard case .deliveryEnd(let end) = try gateway.leaves().last?.body else {
            Issue.record("no end")
            return
        }
        #expect(end.end == .withdrawn)
        #expect(end.code == nil)
        #expect(ledger.copyCount == 0)
        #expect(gateway.gateway.agencies.tracking("m-2", of: "hub").text.contains("\"ended\""))
        await gateway.close()
    }

    @Test func aWithdrawalThatComesWhileAHandOverWaitsForTheWriterWins() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        _ = await gateway.send(update("m-2", opened))
        let house = gateway.house
        let delivery = try #require(house.registers.queue(of: "unit").first)
        let record = try #require(house.registers.record(of: delivery.caseID))
        // The hand-over was judged under this epoch; the withdrawal is written before it.
        let before = LedgerRecord(
            guards: [.caseEpoch(record.id, record.epoch), .delivery(delivery.id, .waiting, attempts: 0)],
            changes: [.moveDelivery(delivery.id, to: .handed, attempts: 1, next: delivery.next, copy: .keep)])
        #expect(await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada).status == 202)
        await #expect(throws: LedgerFault.self) { _ = try await house.ledger.commit(before) }
        #expect(house.registers.delivery(delivery.id)?.state == .waiting)
        #expect(await gateway.pull("unit").first?.text.contains("0123") == false)
        await gateway.close()
    }

    @Test func aWithdrawalAfterTheHandOverLeafComesTooLateForIt() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        _ = await gateway.send(update("m-2", opened))
        #expect(await gateway.pull("unit").first?.text.contains("0123") == true)
        _ = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada)
        // Offered again, it has less.
        gateway.clock.advance(.seconds(60))
        #expect(await gateway.pull("unit").first?.text.contains("0123") == false)
        await gateway.close()
    }

    @Test func whatWasNarrowedOnceStaysNarrow() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        _ = await gateway.send(update("m-2", opened))
        _ = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada)
        #expect(await gateway.pull("unit").first?.text.contains("0123") == false)
        #expect(await gateway.consent("k-3", .renewed, case: opened.id, person: opened.ada).status == 201)
        gateway.clock.advance(.seconds(60))
        #expect(await gateway.pull("unit").first?.text.contains("0123") == false)
        // A new message has it again.
        _ = await gateway.send(update("m-3", opened))
        gateway.clock.advance(.seconds(60))
        #expect(await gateway.pull("unit").last?.text.contains("0123") == true)
        await gateway.close()
    }

    @Test func aRenewalTakesBackOnlyWhatItReaches() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        _ = await gateway.consent("k-1", .withdrawn, case: opened.id, person: opened.ada)
        let narrow = """
            {"id":"k-2","case":"\(opened.id)","person":"\(opened.ada)","kind":"participation","purpose":"rj",\
            "state":"renewed","categories":["contact"],"told-right-to-withdraw":true}
            """
        // Who may see the withdrawal is told that it stands.
        #expect(await gateway.gateway.consents.record(Array(narrow.utf8), by: "hub").code == "consent.objected")
        let states = gateway.house.registers.record(of: CaseID(unchecked: opened.id))?.consents.map(\.fact.state)
        #expect(states == [.withdrawn])
        _ = await gateway.send(update("m-2", opened))
        #expect(await gateway.pull("unit").first?.text.contains("0123") == false)
        await gateway.close()
    }

    @Test func aWithdrawalIsTakenFromAnyoneAndAnsweredAlike() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        let known = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada, by: "prison-b")
        let unknownPerson = await gateway.consent("k-3", .withdrawn, case: opened.id, person: "nobody", by: "prison-b")
        let unknownCase = await gateway.consent("k-4", .withdrawn, case: "nowhere", person: "nobody", by: "prison-b")
        #expect(known.status == 202)
        #expect(known == unknownPerson)
        #expect(known == unknownCase)
        let record = gateway.house.registers.record(of: CaseID(unchecked: opened.id))
        #expect(record?.consents.map(\.fact.state) == [.withdrawn])
        #expect(record?.consents.first?.events.last?.by == "prison-b")
        await gateway.close()
    }

    @Test func withTheStoreDownAWithdrawalIsNotSaidToBeTakenWhetherKnownOrNot() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger)
        let opened = await gateway.openCase()
        ledger.fail(.rollBack)
        let known = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada)
        ledger.fail(.rollBack)
        let unknown = await gateway.consent("k-3", .withdrawn, case: "nowhere", person: "nobody")
        #expect(known.status == 503)
        #expect(known == unknown)
        await gateway.close()
    }

    @Test func withdrawalsAreTakenWhenThereIsNoRoomForMessages() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger, reserve: 1_000)
        let opened = await gateway.openCase()
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        ledger.setFreeBytes(999)
        #expect(await gateway.send(update("m-2", opened)).code == "store.unavailable")
        #expect(await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada).status == 202)
        let record = gateway.house.registers.record(of: CaseID(unchecked: opened.id))
        #expect(record?.consents.first?.fact.state == .withdrawn)
        #expect(await eventually { gateway.house.readiness() == [.storeUnavailable] })
        ledger.setFreeBytes(1_000)
        #expect(await gateway.send(update("m-2", opened)).status == 202)
        await gateway.close()
    }

    @Test func aSuspendedPartyMayStillWithdrawButNotGive() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        try await gateway.stop(suspended: ["hub"])
        #expect(await gateway.consent("k-1", .given, case: opened.id, person: opened.ada).code == "party.suspended")
        #expect(await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada).status == 202)
        await gateway.close()
    }

    @Test func objectionsDoNotFillACase() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        for number in 0..<5 {
            #expect(await gateway.consent("k-\(number)", .objected, case: opened.id, person: opened.ada).status == 202)
        }
        #expect(gateway.house.registers.record(of: CaseID(unchecked: opened.id))?.consents.count == 1)
        await gateway.close()
    }

    @Test func aConsentIsWithdrawnByItsIdByItsRecorderOnly() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        let given = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        let id = try #require(given.json["consent"]?.stringValue.flatMap { ConsentID($0) })
        var others = await gateway.gateway.consents.withdraw(id, by: "police").json
        var unknown = await gateway.gateway.consents.withdraw("k-none", by: "police").json
        others = others.withoutLeaf
        unknown = unknown.withoutLeaf
        #expect(others == unknown)
        #expect(await gateway.gateway.consents.withdraw(id, by: "hub").status == 200)
        #expect(await gateway.gateway.consents.withdraw(id, by: "hub").status == 200)
        await gateway.close()
    }
}

extension JSONValue {
    /// The same without the index of its leaf, which goes up with every answer.
    var withoutLeaf: JSONValue {
        guard let members = objectValue else { return self }
        return .object(members.filter { $0.name != "leaf" })
    }
}
