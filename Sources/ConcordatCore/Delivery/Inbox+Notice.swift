import ConcordatLog
package import ConcordatTerms
import ConcordatWire

extension Inbox {
    /// The recipient of a notice says what it did; 204 once that is on record. It has the notice with that, acknowledged
    /// before or not, taken from its inbox or pushed.
    ///
    /// The same said again is answered alike; something else is refused, since the first answer is on record. A notice of
    /// others, one not handed over yet and any other delivery are answered like one that does not exist. Taken from a
    /// suspended party too.
    package func acknowledge(_ id: DeliveryID, answering answer: NoticeAnswer, by recipient: PartyID) async -> Reply {
        let unknown = Reply(
            ProblemCatalogue.problem("delivery.unknown", detail: "no notice with this id asks you for an answer"))
        return await house.retrying {
            guard let (record, place) = try notice(id, of: recipient) else { return unknown }
            if house.registers.delivery(id) != nil {
                let taken = await acknowledge(id, by: recipient)
                guard taken.status == 204 else { return taken }
            }
            if let earlier = record.notices[place].answer {
                let isSame = earlier.done == answer.done && earlier.basis == answer.basis
                return isSame ? Reply(status: 204) : Reply(ProblemCatalogue.problem("notice.answered"))
            }
            try await commit(answer, to: place, in: record)
            return Reply(status: 204)
        }
    }

    private func commit(_ answer: NoticeAnswer, to place: Int, in record: CaseRecord) async throws(LedgerFault) {
        let now = house.now()
        let notice = record.notices[place]
        var next = record
        next.notices[place].answer = Notice.Answer(done: answer.done, basis: answer.basis, at: now)
        next.epoch += 1
        let leaf = NoticeLeaf(
            notice: notice.delivery, caseID: record.id, recipient: notice.recipient, event: .answered,
            reason: notice.reason, by: notice.by, transfers: notice.transfers, done: answer.done, basis: answer.basis)
        _ = try await house.ledger.commit(
            LedgerRecord(
                guards: [.caseEpoch(record.id, record.epoch)], leaves: [house.leaf(.notice(leaf), at: now)],
                changes: [.putCase(next)]))
    }

    /// The case and the place of a notice in it; nil when it is no such notice of this party, or it does not have it yet.
    private func notice(_ id: DeliveryID, of recipient: PartyID) throws -> (CaseRecord, Int)? {
        // Order matters: the register first. A delivery that finishes after this look is in the store as finished.
        guard let delivery = try house.registers.delivery(id) ?? house.driver.delivery(id),
            delivery.recipient == recipient, delivery.isNotice, delivery.attempts > 0,
            let record = house.registers.record(of: delivery.caseID),
            let place = record.notices.firstIndex(where: { $0.delivery == id })
        else { return nil }
        return (record, place)
    }
}
