import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatWire

/// Who was told to see to what it has, and what each says it did; for data-protection officers.
package struct NoticeQueries: Sendable {
    // Bound: notices of one page.
    package static let pageMax = 200

    private let house: House

    package init(house: House) { self.house = house }

    /// Notices, `GET /v1/notices`: the unanswered first, soonest due first; then the answered, newest answer first. The look
    /// is on record before it is answered.
    ///
    /// A party's officer sees those to the party, and as little of why as the party itself does.
    ///
    /// - Parameters:
    ///   - skip: how many to leave out from the front; `limit`: at most ``pageMax``.
    package func notices(for officer: Officer, skip: Int, limit: Int, isJustified: Bool) async -> Reply {
        let now = house.now()
        var rows: [(record: CaseRecord, notice: Notice)] = []
        for record in house.registers.noticedCases(unanswered: false) {
            for notice in record.notices where officer.isOfDeployment || notice.recipient == officer.party {
                rows.append((record, notice))
            }
        }
        rows.sort { left, right in
            switch (left.notice.answer, right.notice.answer) {
            case (nil, nil):
                (left.notice.answerBy, left.notice.delivery) < (right.notice.answerBy, right.notice.delivery)
            case (nil, _?): true
            case (_?, nil): false
            case (let one?, let other?): (other.at, left.notice.delivery) < (one.at, right.notice.delivery)
            }
        }
        let page = rows.dropFirst(max(skip, 0)).prefix(min(max(limit, 1), Self.pageMax))
        let view = ViewLeaf(
            officer: officer.id, party: officer.party, what: .notices, count: page.count, isJustified: isJustified)
        do throws(LedgerFault) {
            _ = try await house.ledger.commit(LedgerRecord(leaves: [house.leaf(.view(view))]))
        } catch {
            return Reply(Intake.problem(for: error))
        }
        let end = max(skip, 0) + page.count
        return AgencyQueries.json(
            .object([
                JSONMember("notices", .array(page.map { Self.json($0.notice, in: $0.record, for: officer, at: now) })),
                JSONMember("next", end < rows.count ? .int(end) : .null),
            ]))
    }

    /// How many notices nobody has answered, and how many of them are late. Counts only.
    package func tally() -> (unanswered: Int, overdue: Int) {
        let now = house.now()
        let open = house.registers.noticedCases(unanswered: true).flatMap(\.notices).filter { $0.answer == nil }
        return (open.count, open.count { $0.isOverdue(at: now) })
    }

    private static func json(_ notice: Notice, in record: CaseRecord, for officer: Officer, at now: UTCInstant)
        -> JSONValue
    {
        let state = notice.answer != nil ? "answered" : notice.isOverdue(at: now) ? "overdue" : "open"
        var members = [
            JSONMember("delivery", .term(notice.delivery)), JSONMember("case", .term(record.id)),
            JSONMember("recipient", .term(notice.recipient)), JSONMember("reason", .string(notice.reason.rawValue)),
            JSONMember("transfers", .array(notice.transfers.map { .term($0) })),
            JSONMember("at", .instant(notice.at)), JSONMember("answer-by", .instant(notice.answerBy)),
            JSONMember("state", .string(state)),
            JSONMember("done", notice.answer.map { .string($0.done.rawValue) } ?? .null),
            JSONMember("basis", .term(notice.answer?.basis)), JSONMember("answered", .instant(notice.answer?.at)),
        ]
        if officer.isOfDeployment { members.insert(JSONMember("asked-for-by", .term(notice.by)), at: 4) }
        return .object(members)
    }
}
