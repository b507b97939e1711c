import ConcordatCore
import ConcordatLog
import ConcordatTerms
import Foundation
import GRDB

extension SQLiteLedger {
    static func insertLeaves(_ batch: LedgerBatch, _ db: Database) throws {
        let leaf = try db.cachedStatement(
            sql: """
                INSERT INTO leaves (position, entry, time, kind, sender, recipient, message, caseid, delivery)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
        for row in batch.leaves {
            try leaf.execute(arguments: [
                Int64(row.index), Data(row.entry), row.time.milliseconds, row.kind, row.sender?.rawValue,
                row.recipient?.rawValue, row.message?.rawValue, row.caseID?.rawValue, row.delivery?.rawValue,
            ])
        }
        let node = try db.cachedStatement(sql: "INSERT INTO nodes (level, position, hash) VALUES (?, ?, ?)")
        for (address, hash) in batch.nodes {
            try node.execute(arguments: [address.level, Int64(address.index), Data(hash.bytes)])
        }
        if !batch.leaves.isEmpty {
            let checkpoint = try db.cachedStatement(
                sql: "INSERT INTO checkpoints (size, note, frontier, time) VALUES (?, ?, ?, ?)")
            try checkpoint.execute(arguments: [
                Int64(batch.size), Data(batch.checkpoint), Data(batch.frontier), batch.time.milliseconds,
            ])
        }
    }

    static func insert(_ row: LedgerBatch.Row, _ db: Database) throws {
        switch row {
        case .putCase(let id, let sealed):
            try db.cachedStatement(
                sql:
                    "INSERT INTO cases (id, sealed) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed"
            ).execute(arguments: [id.rawValue, Data(sealed)])
        case .putDelivery(let delivery, let copy): try insert(delivery, copy: copy, db)
        case .moveDelivery(let id, to: let state, let attempts, let next, let copy):
            try db.cachedStatement(sql: "UPDATE deliveries SET state = ?, attempts = ?, next = ? WHERE id = ?")
                .execute(arguments: [state.rawValue, attempts, next.milliseconds, id.rawValue])
            guard db.changesCount == 1 else { throw DatabaseError(resultCode: .SQLITE_CONSTRAINT) }
            try change(copy, of: id, db)
        case .putStanding(let bytes):
            try db.cachedStatement(
                sql: """
                    INSERT INTO about (name, value) VALUES ('standing', ?)
                    ON CONFLICT (name) DO UPDATE SET value = excluded.value
                    """
            ).execute(arguments: [Data(bytes)])
        case .putArchive(let id, let bytes):
            try db.cachedStatement(
                sql: "INSERT INTO archives (id, bytes) VALUES (?, ?) ON CONFLICT (id) DO NOTHING"
            ).execute(arguments: [id.rawValue, Data(bytes)])
        case .putProtocol(let id, let record, let report):
            try db.cachedStatement(
                sql: """
                    INSERT INTO protocols (id, record, report) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE
                    SET record = excluded.record, report = coalesce(excluded.report, report)
                    """
            ).execute(arguments: [id.rawValue, Data(record), report.map { Data($0) }])
        case .putReplay(let first, let time, let sealed):
            try db.cachedStatement(sql: "INSERT INTO replay (time, first, sealed) VALUES (?, ?, ?)")
                .execute(arguments: [time.milliseconds, Int64(first), Data(sealed)])
        case .remember(let party, let message, let answer):
            try remember(answer, party: party, message: message, db)
        }
    }

    private static func insert(_ delivery: Delivery, copy: [UInt8], _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO deliveries (sequence, id, message, name, sender, recipient, caseid, state, attempts, next,
                    created, expires, daykey, urgent)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            delivery.sequence, delivery.id.rawValue, delivery.message.rawValue, delivery.messageName.rawValue,
            delivery.sender.rawValue, delivery.recipient.rawValue, delivery.caseID.rawValue, delivery.state.rawValue,
            delivery.attempts, delivery.next.milliseconds, delivery.created.milliseconds, delivery.expires.milliseconds,
            delivery.dayKey, delivery.isUrgent,
        ])
        try db.cachedStatement(sql: "INSERT INTO copies (sequence, sealed) VALUES (?, ?)")
            .execute(arguments: [delivery.sequence, Data(copy)])
    }

    private static func change(_ copy: LedgerChange.CopyChange, of id: DeliveryID, _ db: Database) throws {
        let which = "WHERE sequence = (SELECT sequence FROM deliveries WHERE id = ?)"
        switch copy {
        case .keep: break
        case .replace(let sealed):
            try db.cachedStatement(sql: "UPDATE copies SET sealed = ? \(which)")
                .execute(arguments: [Data(sealed), id.rawValue])
        case .destroy:
            try db.cachedStatement(sql: "DELETE FROM copies \(which)").execute(arguments: [id.rawValue])
        }
    }

    private static func remember(_ answer: RememberedAnswer, party: PartyID, message: MessageID, _ db: Database) throws
    {
        try db.cachedStatement(
            sql: """
                INSERT INTO answers (party, message, digest, caseid, people, salt, decisions, first, size, at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            party.rawValue, message.rawValue, Data(answer.digest), answer.memory.caseID.rawValue,
            answer.memory.people.map { ($0.isByID ? "=" : "") + $0.id.rawValue }.joined(separator: " "),
            Data(answer.memory.salt),
            answer.memory.decisionLeaves.map(String.init).joined(separator: " "), Int64(answer.firstLeaf),
            Int64(answer.size), answer.at.milliseconds,
        ])
    }
}
