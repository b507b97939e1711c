package import ConcordatCore
package import ConcordatLog
package import ConcordatTerms
import Foundation
import GRDB

extension SQLiteLedger {
    package func remembered(party: PartyID, message: MessageID) throws -> RememberedAnswer? {
        try writer.read { try Self.answer($0, party, message) }
    }

    package func answer(party: PartyID, message: MessageID) throws -> RememberedAnswer? {
        try readers.read { try Self.answer($0, party, message) }
    }

    package func entry(at index: UInt64) throws -> [UInt8]? {
        guard let position = Int64(exactly: index) else { return nil }
        return try readers.read { db in
            try Data.fetchOne(
                db.cachedStatement(sql: "SELECT entry FROM leaves WHERE position = ?"), arguments: [position]
            ).map { [UInt8]($0) }
        }
    }

    package func entries(from index: UInt64, count: Int) throws -> [[UInt8]] {
        try readers.read { db in
            try Data.fetchAll(
                db, sql: "SELECT entry FROM leaves WHERE position >= ? ORDER BY position LIMIT ?",
                arguments: [Int64(exactly: index) ?? Int64.max, count]
            ).map { [UInt8]($0) }
        }
    }

    package func hashes(at addresses: [SubtreeAddress]) throws -> [MerkleHash] {
        try readers.read { db in
            let statement = try db.cachedStatement(sql: "SELECT hash FROM nodes WHERE level = ? AND position = ?")
            return try addresses.map { address in
                guard
                    let data = try Data.fetchOne(statement, arguments: [address.level, Int64(address.index)]),
                    let hash = MerkleHash([UInt8](data))
                else { throw StoreError.unusable(path: "nodes", reason: "a subtree is not complete") }
                return hash
            }
        }
    }

    package func checkpointNote(size: UInt64?) throws -> [UInt8]? {
        try readers.read { db in
            let data =
                if let size {
                    try Data.fetchOne(db, sql: "SELECT note FROM checkpoints WHERE size = ?", arguments: [Int64(size)])
                } else {
                    try Data.fetchOne(db, sql: "SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1")
                }
            return data.map { [UInt8]($0) }
        }
    }

    package func copy(of delivery: DeliveryID) throws -> [UInt8]? {
        try readers.read { db in
            try Data.fetchOne(
                db,
                sql: "SELECT sealed FROM copies WHERE sequence = (SELECT sequence FROM deliveries WHERE id = ?)",
                arguments: [delivery.rawValue]
            ).map { [UInt8]($0) }
        }
    }

    package func deliveries(sender: PartyID, message: MessageID) throws -> [Delivery] {
        try readers.read { db in
            try Self.deliveries(
                db, "WHERE sender = ? AND message = ? ORDER BY sequence", [sender.rawValue, message.rawValue])
        }
    }

    package func deliveries(in states: Set<DeliveryState>, limit: Int) throws -> [Delivery] {
        let marks = states.map { _ in "?" }.joined(separator: ", ")
        return try readers.read { db in
            try Self.deliveries(
                db, "WHERE state IN (\(marks)) ORDER BY sequence LIMIT ?",
                StatementArguments(states.map(\.rawValue)) + [limit])
        }
    }

    package func delivery(_ id: DeliveryID) throws -> Delivery? {
        try readers.read { try Self.deliveries($0, "WHERE id = ?", [id.rawValue]).first }
    }

    package func leaves(matching filter: LeafFilter, before: UInt64?, limit: Int) throws -> [UInt64] {
        // A party is sender or recipient: two searches, each along its own index, and never one through the whole log.
        let sides: [String?] = filter.party == nil ? [nil] : ["sender", "recipient"]
        return try readers.read { db in
            var found: Set<Int64> = []
            for side in sides {
                let (clauses, arguments) = Self.conditions(filter, side: side, before: before)
                found.formUnion(
                    try Int64.fetchAll(
                        db, sql: "SELECT position FROM leaves WHERE \(clauses) ORDER BY position DESC LIMIT ?",
                        arguments: arguments + [limit]))
            }
            return found.sorted(by: >).prefix(limit).map { UInt64($0) }
        }
    }

    private static func conditions(
        _ filter: LeafFilter, side: String?, before: UInt64?
    ) -> (String, StatementArguments) {
        var clauses = ["position < ?"]
        var arguments: StatementArguments = [before.flatMap { Int64(exactly: $0) } ?? Int64.max]
        func add(_ column: String, _ value: String?) {
            guard let value else { return }
            clauses.append("\(column) = ?")
            arguments += [value]
        }
        add("kind", filter.kind)
        if let side { add(side, filter.party?.rawValue) }
        add("message", filter.message?.rawValue)
        add("caseid", filter.caseID?.rawValue)
        add("delivery", filter.delivery?.rawValue)
        return (clauses.joined(separator: " AND "), arguments)
    }

    package func replayRecords(from moment: UTCInstant, before: Int64?, limit: Int) throws -> [ReplayRow] {
        try readers.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT sequence, first, sealed FROM replay WHERE sequence < ? AND time >= ?
                    ORDER BY sequence DESC LIMIT ?
                    """, arguments: [before ?? .max, moment.milliseconds, limit]
            ).map { row in
                let (first, sealed): (Int64, Data) = (row[1], row[2])
                return ReplayRow(sequence: row[0], first: UInt64(first), sealed: [UInt8](sealed))
            }
        }
    }

    package func archive(_ id: VersionID) throws -> [UInt8]? {
        try readers.read { db in
            try Data.fetchOne(db, sql: "SELECT bytes FROM archives WHERE id = ?", arguments: [id.rawValue])
                .map { [UInt8]($0) }
        }
    }

    package func protocolReport(_ id: VersionID) throws -> [UInt8]? {
        try readers.read { db in
            try Row.fetchOne(db, sql: "SELECT report FROM protocols WHERE id = ?", arguments: [id.rawValue])
                .flatMap { row -> Data? in row[0] }.map { [UInt8]($0) }
        }
    }

    static func deliveries(_ db: Database, _ tail: String, _ arguments: StatementArguments) throws -> [Delivery] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT sequence, id, message, name, sender, recipient, caseid, state, attempts, next, created, expires,
                daykey, urgent FROM deliveries \(tail)
                """, arguments: arguments
        ).map { row in
            guard let state = DeliveryState(rawValue: row[7]) else {
                throw StoreError.unusable(path: "deliveries", reason: "an unknown state")
            }
            return Delivery(
                id: DeliveryID(unchecked: row[1]), sequence: row[0], message: MessageID(unchecked: row[2]),
                messageName: MessageName(unchecked: row[3]), sender: PartyID(unchecked: row[4]),
                recipient: PartyID(unchecked: row[5]), caseID: CaseID(unchecked: row[6]), state: state,
                attempts: row[8],
                next: UTCInstant(milliseconds: row[9]), created: UTCInstant(milliseconds: row[10]),
                expires: UTCInstant(milliseconds: row[11]), dayKey: row[12], isUrgent: row[13])
        }
    }

    private static func answer(_ db: Database, _ party: PartyID, _ message: MessageID) throws -> RememberedAnswer? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT digest, caseid, people, salt, decisions, first, size, at FROM answers WHERE party = ? AND message = ?
                """)
        guard let row = try Row.fetchOne(statement, arguments: [party.rawValue, message.rawValue]) else { return nil }
        let (digest, salt): (Data, Data) = (row[0], row[3])
        let (people, decisions): (String, String) = (row[2], row[4])
        let (first, size): (Int64, Int64) = (row[5], row[6])
        return RememberedAnswer(
            digest: [UInt8](digest),
            memory: AnswerMemory(
                caseID: CaseID(unchecked: row[1]),
                people: people.split(separator: " ").map(person), salt: [UInt8](salt),
                decisionLeaves: decisions.split(separator: " ").compactMap { Int($0) }),
            firstLeaf: UInt64(first), size: UInt64(size), at: UTCInstant(milliseconds: row[7]))
    }

    /// An id that the sender wrote itself has a mark before it.
    private static func person(_ text: Substring) -> AnswerMemory.NamedPerson {
        let isByID = text.hasPrefix("=")
        return AnswerMemory.NamedPerson(id: PersonID(unchecked: String(text.dropFirst(isByID ? 1 : 0))), isByID: isByID)
    }
}
