package import ConcordatDecision
import ConcordatLog
package import ConcordatTerms
import ConcordatWire
import Logging

/// What decisions were judged by in the last days, for admins who want to try a draft on them.
package struct ReplayQueries: Sendable {
    // Bound: records of one bundle, and those read at once.
    package static let recordsMax = 20_000
    private static let pageMax = 500

    private let house: House

    package init(house: House) { self.house = house }

    /// The records of the last `days` days, newest of them at most ``recordsMax``, oldest first.
    ///
    /// A record that cannot be read, or whose text cannot be had any more, is left out and counted.
    package func bundle(days: Int) async throws -> ReplayBundle {
        let now = house.now()
        let from = now - .seconds(Int64(max(days, 0)) * 86_400)
        var bundle = ReplayBundle(exported: now, from: from, until: now, texts: [], records: [])
        var known: Set<String> = []
        var missing: Set<String> = []
        var before: Int64?
        while bundle.records.count < Self.recordsMax {
            let rows = try house.driver.replayRecords(from: from, before: before, limit: Self.pageMax)
            for row in rows {
                guard var record = try? ReplaySeal.open(row.sealed, key: house.keyring.registerKey) else {
                    bundle.leftOut += 1
                    continue
                }
                for place in record.answers.indices { record.answers[place].leaf = row.first + UInt64(place) }
                if !known.contains(record.text), !missing.contains(record.text) {
                    if let text = await house.shelf.text(digest: record.text) {
                        bundle.texts.append(RecordedText(of: text))
                        known.insert(record.text)
                    } else {
                        missing.insert(record.text)
                    }
                }
                guard known.contains(record.text) else {
                    bundle.leftOut += 1
                    continue
                }
                if bundle.records.count < Self.recordsMax { bundle.records.append(record) }
            }
            before = rows.last?.sequence
            guard rows.count == Self.pageMax else { break }
        }
        bundle.records.reverse()
        if bundle.leftOut > 0 {
            house.logger.error("replay: records cannot be read", metadata: ["count": "\(bundle.leftOut)"])
        }
        return bundle
    }

    /// The same as bytes, `GET /v1/admin/replay`; that an admin took it is on record first.
    package func export(days: Int, by admin: OfficerID) async -> Reply {
        guard (1...366).contains(days) else {
            return Reply(ProblemCatalogue.problem("admin.malformed", detail: "`days` is 1 to 366"))
        }
        do {
            let bundle = try await bundle(days: days)
            let leaf = AdminWork(house: house).leaf(
                .replay, "decisions", by: admin, to: String(bundle.records.count), at: house.now())
            _ = try await house.ledger.commit(LedgerRecord(leaves: [leaf]))
            return Reply(status: 200, mediaType: "application/jsonl", body: bundle.bytes)
        } catch {
            return Reply(Intake.problem(for: .unavailable))
        }
    }
}
