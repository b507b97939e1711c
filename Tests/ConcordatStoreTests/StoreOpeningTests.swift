import ConcordatCore
import ConcordatTerms
import ConcordatTestSupport
import Foundation
import GRDB
import Testing

@testable import ConcordatStore

@Suite struct StoreOpeningTests {
    private let folder: TestFolder

    init() throws { folder = try TestFolder() }

    private var path: String { folder.path + "/store.sqlite" }

    private func identity(
        deployment: String = "d", logKey: String = "log+key", registerKey: [UInt8] = Array(repeating: 1, count: 32)
    ) -> SQLiteLedger.Identity {
        SQLiteLedger.Identity(deployment: deployment, logKey: logKey, registerKey: registerKey)
    }

    @Test func aSecondOpeningIsRefused() throws {
        let first = try SQLiteLedger(path: path, identity: identity())
        #expect(throws: StoreError.inUse(path: path + ".lock")) { try SQLiteLedger(path: path, identity: identity()) }
        try first.close()
        try SQLiteLedger(path: path, identity: identity()).close()
    }

    @Test func anotherProcessesLockIsRefused() throws {
        let holder = Process()
        holder.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        holder.arguments = ["flock", path + ".lock", "sh", "-c", "echo held; sleep 30"]
        let output = Pipe()
        holder.standardOutput = output
        try holder.run()
        defer { holder.terminate() }
        #expect(output.fileHandleForReading.availableData == Data("held\n".utf8))
        #expect(throws: StoreError.inUse(path: path + ".lock")) { try SQLiteLedger(path: path, identity: identity()) }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func otherKeysAreRefusedEachByItsName() throws {
        try SQLiteLedger(path: path, identity: identity()).close()
        #expect(throws: StoreError.mismatch(what: "deployment")) {
            try SQLiteLedger(path: path, identity: identity(deployment: "e"))
        }
        #expect(throws: StoreError.mismatch(what: "log key")) {
            try SQLiteLedger(path: path, identity: identity(logKey: "other"))
        }
        #expect(throws: StoreError.mismatch(what: "register key")) {
            try SQLiteLedger(path: path, identity: identity(registerKey: Array(repeating: 2, count: 32)))
        }
        try SQLiteLedger(path: path, identity: identity()).close()
    }

    @Test func aNewerDatabaseIsRefused() throws {
        try SQLiteLedger(path: path, identity: identity()).close()
        try DatabaseQueue(path: path).write { try $0.execute(sql: "PRAGMA user_version = 5") }
        #expect(throws: StoreError.newer(found: 5, known: 4)) { try SQLiteLedger(path: path, identity: identity()) }
    }

    @Test func theIndexOfAnOlderDatabaseFindsHeldDeliveriesToo() throws {
        try SQLiteLedger(path: path, identity: identity()).close()
        try DatabaseQueue(path: path).write { db in
            try db.execute(sql: "DROP INDEX deliveries_open")
            try db.execute(sql: "CREATE INDEX deliveries_open ON deliveries (state, sequence) WHERE state = 'waiting'")
            try db.execute(sql: "PRAGMA user_version = 3")
        }
        try SQLiteLedger(path: path, identity: identity()).close()
        let index = try DatabaseQueue(path: path).read {
            try String.fetchOne($0, sql: "SELECT sql FROM sqlite_master WHERE name = 'deliveries_open'")
        }
        #expect(index?.contains("'held'") == true)
    }

    @Test func whatAnArchiveHoldsNeverChangesAndNoVersionGoes() throws {
        try SQLiteLedger(path: path, identity: identity()).close()
        let id = String(repeating: "a", count: 64)
        try DatabaseQueue(path: path).write { db in
            try db.execute(sql: "INSERT INTO archives (id, bytes) VALUES (?, x'00')", arguments: [id])
            try db.execute(sql: "INSERT INTO protocols (id, record) VALUES (?, x'00')", arguments: [id])
            for statement in [
                "UPDATE archives SET bytes = x'01'", "DELETE FROM archives", "DELETE FROM protocols",
            ] {
                #expect(throws: DatabaseError.self, "\(statement)") { try db.execute(sql: statement) }
            }
        }
    }

    @Test func aDatabaseOfAnotherProgramIsRefusedAndLeftAsItIs() throws {
        try DatabaseQueue(path: path).write { try $0.execute(sql: "CREATE TABLE other (x)") }
        #expect(throws: StoreError.foreign) { try SQLiteLedger(path: path, identity: identity()) }
        let tables = try DatabaseQueue(path: path).read {
            try String.fetchAll($0, sql: "SELECT name FROM sqlite_master")
        }
        #expect(tables == ["other"])
    }

    @Test func aFileThatIsNoDatabaseIsRefused() throws {
        try Data(repeating: 65, count: 8_192).write(to: URL(fileURLWithPath: path))
        #expect(throws: StoreError.unusable(path: path, reason: "sqlite result 26")) {
            try SQLiteLedger(path: path, identity: identity())
        }
    }

    @Test func theWriterSyncsEveryCommitAndWipesWhatItDeletes() throws {
        let ledger = try SQLiteLedger(path: path, identity: identity())
        try ledger.writer.inDatabase { db throws in
            #expect(try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2)
            #expect(try Int.fetchOne(db, sql: "PRAGMA secure_delete") == 1)
            #expect(try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal")
            #expect(try Int.fetchOne(db, sql: "PRAGMA wal_autocheckpoint") == 0)
        }
        try ledger.close()
    }

    @Test func onlyItsOwnerMayReadIt() throws {
        let ledger = try SQLiteLedger(path: path, identity: identity())
        for file in [path, path + "-wal", path + "-shm", path + ".lock"] {
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? NSNumber
            #expect(mode?.intValue == 0o600, "\(file)")
        }
        try ledger.close()
    }

    @Test func readersCannotWrite() throws {
        let ledger = try SQLiteLedger(path: path, identity: identity())
        #expect(throws: DatabaseError.self) { try ledger.readers.write { try $0.execute(sql: "DELETE FROM leaves") } }
        try ledger.close()
    }

    @Test(arguments: [
        (ResultCode.SQLITE_IOERR_FSYNC, true), (.SQLITE_IOERR_DIR_FSYNC, true), (.SQLITE_IOERR_SHMMAP, true),
        (.SQLITE_CORRUPT, true), (.SQLITE_NOMEM, true), (.SQLITE_FULL, false), (.SQLITE_CONSTRAINT_UNIQUE, false),
        (.SQLITE_IOERR_WRITE, false),
    ])
    func aFaultIsUncertainUnlessItIsSureThatNothingIsThere(code: ResultCode, isUncertain: Bool) {
        switch SQLiteLedger.fault(DatabaseError(resultCode: code)) {
        case .uncertain: #expect(isUncertain)
        case .rolledBack: #expect(!isUncertain)
        }
    }
}
