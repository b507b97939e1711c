package import ConcordatCore
import ConcordatCrypto
import ConcordatLog
package import ConcordatTerms
import Foundation
import GRDB
import Glibc

/// The ledger in one SQLite file: one writer does every commit and every checkpoint, readers only read.
///
/// SQLite before 3.51.3 can corrupt a database in WAL mode when two connections write or checkpoint at once, so no other
/// connection ever does either. Commits are durable under a power cut: `synchronous` is FULL, and asserted.
package final class SQLiteLedger: LedgerDriver {
    let writer: DatabaseQueue
    let readers: DatabasePool
    private let lock: StoreLock
    private let path: String

    /// What a database must have been made with.
    package struct Identity: Sendable {
        package let deployment: String
        /// The verifier key line of the log.
        package let logKey: String
        package let registerKey: [UInt8]

        package init(deployment: String, logKey: String, registerKey: [UInt8]) {
            (self.deployment, self.logKey, self.registerKey) = (deployment, logKey, registerKey)
        }
    }

    /// Opens the database at `path`, or makes it.
    ///
    /// - Throws: ``StoreError`` when another process has it, when it is newer, or when it was made under other keys.
    package init(path: String, identity: Identity) throws {
        self.path = path
        lock = try StoreLock(path: path + ".lock")
        do {
            try Self.makePrivate(path)
            writer = try Self.openWriter(path)
            try Self.prepare(writer, identity: identity)
            readers = try Self.openReaders(path)
        } catch let error as StoreError {
            throw error
        } catch {
            throw StoreError.unusable(path: path, reason: Self.reason(error))
        }
    }

    /// Makes an empty file that only its owner reads; SQLite gives its journals the mode of the database.
    private static func makePrivate(_ path: String) throws(StoreError) {
        let descriptor = Glibc.open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unusable(path: path, reason: "the file cannot be opened or made") }
        defer { Glibc.close(descriptor) }
        guard fchmod(descriptor, 0o600) == 0 else {
            throw .unusable(path: path, reason: "its mode cannot be set to 0600")
        }
    }

    private static func openWriter(_ path: String) throws -> DatabaseQueue {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.label = "concordat-store-writer"
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA secure_delete = ON")
            try db.execute(sql: "PRAGMA wal_autocheckpoint = 0")
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
            try db.execute(sql: "PRAGMA cell_size_check = ON")
        }
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        // Order matters: the library sets NORMAL for WAL after preparing, so FULL is set last and read back.
        try queue.inDatabase { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            guard try Int.fetchOne(db, sql: "PRAGMA synchronous") == 2 else {
                throw StoreError.notDurable(setting: "synchronous = FULL")
            }
            guard try String.fetchOne(db, sql: "PRAGMA journal_mode") == "wal" else {
                throw StoreError.notDurable(setting: "journal_mode = WAL")
            }
            guard try Int.fetchOne(db, sql: "PRAGMA secure_delete") == 1 else {
                throw StoreError.notDurable(setting: "secure_delete = ON")
            }
        }
        return queue
    }

    private static func openReaders(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.readonly = true
        configuration.maximumReaderCount = 4
        configuration.label = "concordat-store-readers"
        return try DatabasePool(path: path, configuration: configuration)
    }

    private static func prepare(_ writer: DatabaseQueue, identity: Identity) throws {
        let about: [(String, [UInt8], String)] = [
            ("deployment", Array(identity.deployment.utf8), "deployment"),
            ("log", Array(identity.logKey.utf8), "log key"),
            // A digest of the key under itself: tells a wrong key from the right one and nothing else.
            (
                "register", MAC.hmacSHA256(key: identity.registerKey, Array("concordat/register-check/v1".utf8)),
                "register key"
            ),
        ]
        try writer.write { db in
            let version = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            guard version <= StoreSchema.version else {
                throw StoreError.newer(found: version, known: StoreSchema.version)
            }
            if version == 0 {
                guard try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") == 0 else {
                    throw StoreError.foreign
                }
                try StoreSchema.create(db)
                for (name, value, _) in about {
                    try db.execute(
                        sql: "INSERT INTO about (name, value) VALUES (?, ?)", arguments: [name, Data(value)])
                }
            }
            try StoreSchema.bringUp(db, from: version)
            for (name, value, what) in about {
                guard
                    try Data.fetchOne(db, sql: "SELECT value FROM about WHERE name = ?", arguments: [name])
                        == Data(value)
                else { throw StoreError.mismatch(what: what) }
            }
        }
    }

    package func load() throws -> LedgerImage {
        try writer.read { db in
            var image = LedgerImage()
            let cases = try Row.fetchCursor(db, sql: "SELECT id, sealed FROM cases")
            while let row = try cases.next() {
                let sealed: Data = row[1]
                image.cases.append((id: CaseID(unchecked: row[0]), sealed: [UInt8](sealed)))
            }
            image.deliveries = try Self.deliveries(
                db, "WHERE state IN ('waiting', 'held', 'handed', 'parked') ORDER BY sequence", [])
            image.standing = try Data.fetchOne(db, sql: "SELECT value FROM about WHERE name = 'standing'").map {
                [UInt8]($0)
            }
            image.protocols = try Data.fetchAll(db, sql: "SELECT record FROM protocols").map { [UInt8]($0) }
            if let row = try Row.fetchOne(
                db, sql: "SELECT note, frontier, time FROM checkpoints ORDER BY size DESC LIMIT 1")
            {
                let (note, frontier): (Data, Data) = (row[0], row[1])
                image.checkpoint = [UInt8](note)
                image.frontier = [UInt8](frontier)
                image.lastTime = UTCInstant(milliseconds: row[2])
            }
            image.lastSequence = try Int64.fetchOne(db, sql: "SELECT max(sequence) FROM deliveries") ?? 0
            return image
        }
    }

    package func commit(_ batch: LedgerBatch) throws(LedgerDriverFault) {
        do {
            try writer.write { db in
                try Self.insertLeaves(batch, db)
                for row in batch.rows { try Self.insert(row, db) }
            }
        } catch {
            throw Self.fault(error)
        }
    }

    package func forgetAnswers(before moment: UTCInstant, limit: Int) throws(LedgerDriverFault) {
        do {
            try writer.write { db in
                try db.execute(
                    sql: """
                        DELETE FROM answers WHERE (party, message) IN
                        (SELECT party, message FROM answers WHERE at < ? ORDER BY at LIMIT ?)
                        """, arguments: [moment.milliseconds, limit])
            }
        } catch {
            throw Self.fault(error)
        }
    }

    package func forgetReplay(before moment: UTCInstant, limit: Int) throws(LedgerDriverFault) {
        do {
            try writer.write { db in
                try db.execute(
                    sql: """
                        DELETE FROM replay WHERE sequence IN
                        (SELECT sequence FROM replay WHERE time < ? ORDER BY time, sequence LIMIT ?)
                        """, arguments: [moment.milliseconds, limit])
            }
        } catch {
            throw Self.fault(error)
        }
    }

    package func checkpoint() throws {
        try writer.writeWithoutTransaction { db in _ = try db.checkpoint(.passive) }
    }

    package func truncateLog() throws {
        try writer.writeWithoutTransaction { db in _ = try db.checkpoint(.truncate) }
    }

    /// Closes every connection, the write-ahead log copied back, and lets another process have the store.
    ///
    /// Called once nothing commits any more.
    package func close() throws {
        try readers.close()
        try truncateLog()
        try writer.close()
        lock.release()
    }

    package func freeBytes() throws -> Int64 {
        var found = statvfs()
        guard statvfs(path, &found) == 0 else {
            throw StoreError.unusable(path: path, reason: "free space is not known")
        }
        return Int64(
            clamping: UInt64(found.f_bavail).multipliedReportingOverflow(by: UInt64(found.f_frsize)).partialValue)
    }

    /// What is known after a commit that failed.
    ///
    /// A full disk, a broken constraint or a short write before the sync leave nothing of the batch behind. A failed sync,
    /// and whatever else may strike after the last frame was written, leaves nobody knowing.
    static func fault(_ error: any Error) -> LedgerDriverFault {
        guard let error = error as? DatabaseError else { return .rolledBack("the store refused") }
        switch error.resultCode {
        case .SQLITE_FULL, .SQLITE_CONSTRAINT, .SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_TOOBIG, .SQLITE_MISMATCH,
            .SQLITE_READONLY, .SQLITE_INTERRUPT, .SQLITE_ABORT:
            return .rolledBack(reason(error))
        default:
            return error.extendedResultCode == .SQLITE_IOERR_WRITE
                ? .rolledBack(reason(error)) : .uncertain(reason(error))
        }
    }

    /// What SQLite said, without statement and arguments.
    static func reason(_ error: any Error) -> String {
        guard let error = error as? DatabaseError else { return "the store refused" }
        return "sqlite result \(error.extendedResultCode.rawValue)"
    }
}
