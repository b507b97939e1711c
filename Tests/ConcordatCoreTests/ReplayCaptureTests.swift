import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatTestSupport
import Testing

@testable import ConcordatCore

/// What decisions were judged by is kept beside them for a set time, sealed, and tells no value.
@Suite struct ReplayCaptureTests {
    @Test func nothingIsKeptWhereTheSettingSaysSo() async throws {
        var settings = GatewaySettings()
        settings.replayFor = .zero
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger, settings: settings)
        _ = await gateway.openCase()
        #expect(try ledger.replayRecords(from: UTCInstant(milliseconds: 0), before: nil, limit: 10).isEmpty)
        await gateway.close()
    }

    @Test func keepsWhatWasJudgedUnderSealAndWithoutAValue() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger)
        _ = await gateway.openCase()
        let rows = try ledger.replayRecords(from: UTCInstant(milliseconds: 0), before: nil, limit: 10)
        #expect(rows.count == 1)
        let row = try #require(rows.first)
        #expect(!String(decoding: row.sealed, as: UTF8.self).contains("police"))
        let record = try ReplaySeal.open(row.sealed, key: gateway.house.keyring.registerKey)
        #expect(record.message == "referral")
        #expect(record.sender == "police")
        #expect(record.answers.map(\.recipient) == ["hub"])
        #expect(record.answers.first?.answer == "share")
        let text = String(decoding: record.json.serialized(), as: UTF8.self)
        for value in ["Ada", "Ben", "0123", "a1", "ref-1", "m-open"] { #expect(!text.contains("\"\(value)\"")) }
        // The decision's leaf is the first of its record.
        let entry = try #require(try gateway.house.driver.entry(at: row.first))
        guard case .decision = try Leaf(parsing: entry).body else {
            Issue.record("it names another leaf")
            return
        }
        await gateway.close()
    }

    @Test func aRefusalIsKeptAndADryRunIsNot() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger)
        let opened = await gateway.openCase()
        let update = TestMessage("update", "m-2", from: "unit", to: ["hub"], subject: opened.id, people: [])
        #expect(await gateway.send(update).status != 202)
        #expect(await gateway.send(update, isDryRun: true).status != 202)
        let rows = try ledger.replayRecords(from: UTCInstant(milliseconds: 0), before: nil, limit: 10)
        let records = try rows.map { try ReplaySeal.open($0.sealed, key: gateway.house.keyring.registerKey) }
        #expect(records.map { $0.answers.map(\.answer) } == [["refuse"], ["share"]])
        await gateway.close()
    }

    /// The text in force, tried on it, would seem to share more than itself.
    @Test func whatAnEmergencyStopTookSomethingFromIsNotKept() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger)
        let opened = await gateway.openCase()
        func update(_ id: MessageID) -> TestMessage {
            TestMessage(
                "update", id, from: "hub", to: ["police"], subject: opened.id,
                people: [.init(opened.ada, name: "Ada")])
        }
        func kept() throws -> Int {
            try ledger.replayRecords(from: UTCInstant(milliseconds: 0), before: nil, limit: 10).count
        }
        _ = await gateway.gateway.stops.stop(.category("identity"), by: "ann")
        #expect(await gateway.send(update("m-2")).status == 202)
        #expect(try kept() == 1)
        var bare = update("m-3")
        bare.people = []
        #expect(await gateway.send(bare).status == 202)
        #expect(try kept() == 2)
        for admin: OfficerID in ["ann", "bob"] {
            _ = await gateway.gateway.stops.resume(.category("identity"), by: admin)
        }
        #expect(await gateway.send(update("m-4")).status == 202)
        #expect(try kept() == 3)
        await gateway.close()
    }

    @Test func theBundleIsOldestFirstAndOnRecord() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        _ = await gateway.send(
            TestMessage(
                "update", "m-2", from: "hub", to: ["police"], subject: opened.id,
                people: [.init(opened.ada, name: "Ada")]))
        #expect(await gateway.gateway.replay.export(days: 0, by: "admin-1").status != 200)
        let reply = await gateway.gateway.replay.export(days: 1, by: "admin-1")
        #expect(reply.status == 200)
        let bundle = try ReplayBundle.read(reply.body)
        #expect(bundle.records.map(\.message) == ["referral", "update"])
        #expect(bundle.texts.map(\.digest) == [gateway.house.inForce.text.digest])
        let acts = try gateway.leaves().compactMap { leaf -> LeafCode? in
            if case .admin(let admin) = leaf.body { admin.act } else { nil }
        }
        #expect(acts == ["replay.export"])
        await gateway.close()
    }

    @Test func aRecordThatCannotBeReadIsCountedAndKeepsNoOtherBack() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger)
        let opened = await gateway.openCase()
        _ = await gateway.send(TestMessage("update", "m-2", from: "hub", to: ["police"], subject: opened.id))
        ledger.damageReplay()
        let reply = await gateway.gateway.replay.export(days: 1, by: "admin-1")
        #expect(reply.status == 200)
        let bundle = try ReplayBundle.read(reply.body)
        #expect(bundle.records.map(\.message) == ["update"])
        #expect(bundle.leftOut == 1)
        await gateway.close()
    }

    @Test func whatIsOldGoes() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger)
        _ = await gateway.openCase()
        try ledger.forgetReplay(before: gateway.clock.now, limit: 10)
        #expect(try ledger.replayRecords(from: UTCInstant(milliseconds: 0), before: nil, limit: 10).count == 1)
        gateway.clock.advance(.seconds(60))
        try ledger.forgetReplay(before: gateway.clock.now, limit: 10)
        #expect(try ledger.replayRecords(from: UTCInstant(milliseconds: 0), before: nil, limit: 10).isEmpty)
        await gateway.close()
    }
}
