import ConcordatCore
import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatTestSupport
import Foundation
import GRDB
import Testing

@testable import ConcordatStore

@Suite struct StoreCrashTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private func bytes(_ name: String) throws -> Data {
        let path = folder.path + "/" + name
        return FileManager.default.fileExists(atPath: path) ? try Data(contentsOf: URL(fileURLWithPath: path)) : Data()
    }

    @Test func aDestroyedCopyIsInNoFileOnceTheLogIsEmptied() throws {
        let (ledger, _) = try TestGateway.store(in: folder.path)
        let marker = [UInt8]("MARKER-OF-A-SEALED-COPY".utf8)
        var batch = LedgerBatch()
        let delivery = Delivery(
            id: "d-1", sequence: 1, message: "m-1", messageName: "referral", sender: "police", recipient: "hub",
            caseID: "c-1", next: TestClock.start, created: TestClock.start, expires: TestClock.start,
            dayKey: "2026-06-15")
        batch.rows = [.putDelivery(delivery, copy: marker)]
        try ledger.commit(batch)
        try ledger.checkpoint()
        #expect(try bytes("store.sqlite").range(of: Data(marker)) != nil)
        batch.rows = [.moveDelivery("d-1", to: .delivered, attempts: 1, next: TestClock.start, copy: .destroy)]
        try ledger.commit(batch)
        try ledger.truncateLog()
        #expect(try bytes("store.sqlite-wal").isEmpty)
        #expect(try bytes("store.sqlite").range(of: Data(marker)) == nil)
        try ledger.close()
    }

    @Test func whatWasAcknowledgedSurvivesAKill() async throws {
        let (ledger, keyring) = try TestGateway.store(in: folder.path)
        let gateway = try await TestGateway(driver: ledger, keyring: keyring)
        var cases: [String] = []
        for number in 0..<20 {
            let reply = await gateway.send(
                TestMessage(
                    "referral", MessageID(unchecked: "m-\(number)"), from: "police", to: ["hub"],
                    subject: "case-\(number)",
                    people: [.init("a", name: "Ada")]))
            #expect(reply.status == 202)
            cases.append(reply.json["case"]?.stringValue ?? "")
        }
        // A kill leaves the files as they are, write-ahead log and all.
        let copy = try TestFolder()
        for name in ["store.sqlite", "store.sqlite-wal"] {
            try FileManager.default.copyItem(atPath: folder.path + "/" + name, toPath: copy.path + "/" + name)
        }
        try FileManager.default.copyItem(atPath: folder.path + "/keys", toPath: copy.path + "/keys")
        let size = try ledger.load().frontier
        await gateway.close()
        try ledger.close()

        let (again, keys) = try TestGateway.store(in: copy.path)
        #expect(try again.load().frontier == size)
        let reopened = try await TestGateway(driver: again, keyring: keys)
        #expect(reopened.house.registers.queueLength(of: "hub") == 20)
        for (number, id) in cases.enumerated() {
            #expect(reopened.house.registers.record(subject: "case-\(number)", for: "police")?.id.rawValue == id)
        }
        #expect(await reopened.pull("hub", limit: 100).count == 20)
        let officer = Officer(id: "officer", party: "hub", isOfDeployment: true)
        let export = try #require(try await reopened.gateway.officers.export(for: officer, isJustified: true))
        var tar: [UInt8] = []
        try await export.write { tar += $0 }
        let report = BundleVerifier(logKey: TestGateway.signer.verifierKey).verify(BundleSource(try TarReader(tar)))
        #expect(report.isSound)
        #expect(report.leavesChecked == export.size)
        await reopened.close()
        try again.close()
    }

    @Test func whoIsStillToBeToldIsToldAfterAKill() async throws {
        let (ledger, keyring) = try TestGateway.store(in: folder.path)
        let gateway = try await TestGateway(driver: ledger, keyring: keyring)
        let opened = await gateway.openCase()
        #expect(await gateway.consent("k-1", .objected, case: opened.id, person: opened.ada).status == 202)
        let copy = try TestFolder()
        for name in ["store.sqlite", "store.sqlite-wal", "keys"] {
            try FileManager.default.copyItem(atPath: folder.path + "/" + name, toPath: copy.path + "/" + name)
        }
        await gateway.close()
        try ledger.close()

        let (again, keys) = try TestGateway.store(in: copy.path)
        let reopened = try await TestGateway(driver: again, keyring: keys, clock: gateway.clock)
        #expect(await reopened.pull("hub").isEmpty)
        let service = DeliveryService(
            house: reopened.house, pusher: FakePusher(recipients: []), refusals: reopened.gateway.refusals,
            sweepEvery: .milliseconds(20))
        let run = Task { try await service.run() }
        #expect(await eventually { reopened.gateway.notices.tally().unanswered == 1 })
        run.cancel()
        try await run.value
        #expect(await reopened.pull("hub").first?.text.contains("m-open") == true)
        await reopened.close()
        try again.close()
    }

    @Test func aFullDiskIsAnsweredWithNothingSharedAndIsOverWhenThereIsRoom() async throws {
        let (ledger, keyring) = try TestGateway.store(in: folder.path)
        let gateway = try await TestGateway(driver: ledger, keyring: keyring)
        let pages = try await ledger.writer.read { try Int.fetchOne($0, sql: "PRAGMA page_count") ?? 0 }
        _ = try await ledger.writer.writeWithoutTransaction {
            try Int.fetchOne($0, sql: "PRAGMA max_page_count = \(pages)")
        }
        let big = TestMessage(
            "referral", "m-1", from: "police", to: ["hub"], subject: "case-1",
            people: (0..<100).map { .init("a\($0)", name: String(repeating: "x", count: 90)) })
        let reply = await gateway.send(big)
        #expect(reply.status == 503)
        #expect(reply.code == "store.unavailable")
        #expect(gateway.house.registers.queueLength(of: "hub") == 0)
        #expect(await eventually { gateway.house.readiness() == [.storeUnavailable] })
        _ = try await ledger.writer.writeWithoutTransaction {
            try Int.fetchOne($0, sql: "PRAGMA max_page_count = 1000000")
        }
        #expect(await gateway.send(big).status == 202)
        #expect(gateway.house.registers.queueLength(of: "hub") == 1)
        #expect(await eventually { gateway.house.readiness().isEmpty })
        await gateway.close()
        try ledger.close()
    }
}
