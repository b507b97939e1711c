import ConcordatLog
import ConcordatTerms
import Logging

/// Tells those who already have what rested on a consent that they must stop using it, by a notice of the gateway's own.
///
/// What is to be told is durable with the consent's change. Telling it may come later, and comes once.
struct RecallService: Sendable {
    // Bounds of one round: cases, looks into one case, and consents that have come to their end.
    private static let casesMax = 200
    private static let looksMax = 20

    let house: House
    /// Decisions of one look.
    var decisionsMax = RecallSearch.decisionsMax

    /// Works off what is still to be told, from the case after `last` on. Returns the case the next round goes on from; nil
    /// when it came to the end. What cannot be written is tried again in the next round.
    func send(after last: CaseID? = nil) async -> CaseID? {
        let cases = house.registers.recallingCases(after: last, limit: Self.casesMax)
        for id in cases {
            // Bound: looks into one case, so that a large one does not hold up the others.
            for _ in 0..<Self.looksMax {
                guard let record = house.registers.record(of: id), let pending = record.recalls.first else { break }
                do {
                    guard try await send(pending, in: record) else { break }
                } catch LedgerFault.stale {
                    continue
                } catch LedgerFault.unavailable, LedgerFault.busy {
                    // No room or no store: the next round begins anew.
                    return nil
                } catch {
                    house.logger.error("recall: a notice was not written", metadata: ["case": "\(id)"])
                    break
                }
            }
        }
        return cases.count == Self.casesMax ? cases.last : nil
    }

    /// Does one look. Returns false when the case has no room for the notices that are due.
    private func send(_ pending: PendingRecall, in record: CaseRecord) async throws -> Bool {
        let now = house.now()
        let found = try await RecallSearch(
            house: house, record: record, pending: pending, now: now, limit: decisionsMax
        ).look()
        var maker = try NoticeMaker(
            house: house, record: record, purpose: pending.purpose, under: house.inForce, at: now)
        for (recipient, transfers) in found.holders.sorted(by: { $0.key < $1.key }) {
            for start in stride(from: 0, to: transfers.count, by: Notice.transfersMax) {
                let some = Array(transfers[start..<min(start + Notice.transfersMax, transfers.count)])
                guard try maker.add(.recall, to: recipient, of: some, about: pending.person) else {
                    house.logger.error(
                        "recall: a case is full of unanswered notices", metadata: ["case": "\(record.id)"])
                    return false
                }
            }
        }
        var next = maker.next
        if let before = found.before { next.recalls[0].before = before } else { next.recalls.removeFirst() }
        next.epoch += 1
        _ = try await house.ledger.commit(
            LedgerRecord(
                guards: [.caseEpoch(record.id, record.epoch)], leaves: maker.leaves,
                changes: [.putCase(next)] + maker.changes))
        for recipient in maker.recipients { house.bell.ring(recipient) }
        return true
    }
}
