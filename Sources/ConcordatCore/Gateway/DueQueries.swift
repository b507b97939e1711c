import ConcordatDecision
import ConcordatJSON
import ConcordatLog
package import ConcordatTerms
import Metrics

/// What parties owe each other an answer to, and until when.
package struct DueQueries: Sendable {
    // Bound: answers of one page.
    package static let pageMax = 200

    private let house: House

    package init(house: House) { self.house = house }

    /// How an owed answer stands today.
    package enum State: String, Sendable { case due, reminded, overdue }

    private struct Row {
        /// An answer that a message asks for, or one that a notice asks for.
        enum Owed {
            case message(DueAnswer, isDebtor: Bool)
            case notice(Notice, isDebtor: Bool)
        }

        let record: CaseRecord
        let owed: Owed

        /// What rows are sorted by: the day, the case, and what tells rows of one case apart.
        var order: (CivilDate, CaseID, String, String) {
            switch owed {
            case .message(let answer, isDebtor: _):
                (answer.due, record.id, answer.clause.rawValue, answer.message.rawValue)
            case .notice(let notice, isDebtor: _): (notice.answerBy.date, record.id, "", notice.delivery.rawValue)
            }
        }
    }

    /// What `party` owes and is owed, soonest first: `GET /v1/due`.
    ///
    /// Only in cases where it has a capacity now: what it may not know of is not there. A message is named only to who
    /// sent it or was sent it. What a notice asks of it stands here whatever it is to the case now.
    ///
    /// - Parameters:
    ///   - skip: how many to leave out from the front; `limit`: at most ``pageMax``.
    package func due(for party: PartyID, skip: Int, limit: Int) -> Reply {
        let now = house.now()
        var rows: [Row] = []
        for record in house.registers.owingCases where !record.facts.capacities(of: party, at: now).isEmpty {
            for answer in record.due {
                let isDebtor = record.owes(answer, party, at: now)
                if isDebtor || answer.owedTo == party {
                    rows.append(Row(record: record, owed: .message(answer, isDebtor: isDebtor)))
                }
            }
        }
        for record in house.registers.noticedCases(unanswered: true) {
            for notice in record.notices where notice.answer == nil {
                if notice.recipient == party || notice.by == party {
                    rows.append(Row(record: record, owed: .notice(notice, isDebtor: notice.recipient == party)))
                }
            }
        }
        rows.sort { $0.order < $1.order }
        let limit = min(max(limit, 1), Self.pageMax)
        let page = rows.dropFirst(max(skip, 0)).prefix(limit)
        let end = max(skip, 0) + page.count
        return AgencyQueries.json(
            .object([
                JSONMember("today", .string(now.date.description)),
                JSONMember("due", .array(page.map { json($0, for: party, today: now.date) })),
                JSONMember("next", end < rows.count ? .int(end) : .null),
            ]))
    }

    private func json(_ row: Row, for party: PartyID, today: CivilDate) -> JSONValue {
        switch row.owed {
        case .message(let answer, let isDebtor):
            let title = house.inForce.text.expectations.first { $0.id == answer.clause }?.title
            let isNamed = answer.debtor == party || answer.owedTo == party
            return Self.json(
                row.record, for: party, clause: answer.clause, title: title, you: isDebtor ? "owe" : "wait",
                message: isNamed ? answer.message : nil, answers: answer.answeredBy.sorted().map(\.rawValue),
                with: !isNamed ? nil : isDebtor ? answer.owedTo : answer.debtor, from: answer.from, due: answer.due,
                state: Self.state(of: answer, today: today))
        case .notice(let notice, let isDebtor):
            let due = notice.answerBy.date
            return Self.json(
                row.record, for: party, title: Self.noticeTitle, you: isDebtor ? "owe" : "wait",
                // Only its recipient has the delivery that it is answered by.
                notice: isDebtor ? notice.delivery : nil, answers: Notice.Done.allCases.map(\.rawValue),
                from: notice.at.date, due: due, state: due < today ? .overdue : .due)
        }
    }

    private static let noticeTitle = "What was done with what a notice names"

    private static func json(
        _ record: CaseRecord, for party: PartyID, clause: RuleID? = nil, title: String?, you: String,
        message: MessageID? = nil, notice: DeliveryID? = nil, answers: [String], with other: PartyID? = nil,
        from: CivilDate, due: CivilDate, state: State
    ) -> JSONValue {
        .object([
            JSONMember("case", .term(record.id)),
            JSONMember("your-reference", record.references[party]?.min().map { .string($0) } ?? .null),
            JSONMember("clause", .term(clause)), JSONMember("title", title.map { .string($0) } ?? .null),
            JSONMember("you", .string(you)), JSONMember("message", .term(message)), JSONMember("notice", .term(notice)),
            JSONMember("party", .term(other)),
            JSONMember("answer-with", .array(answers.map { .string($0) })),
            JSONMember("from", .string(from.description)), JSONMember("due", .string(due.description)),
            JSONMember("state", .string(state.rawValue)),
        ])
    }

    /// Overdue from the day after the last one; reminded from the first reminder on.
    static func state(of answer: DueAnswer, today: CivilDate) -> State {
        if answer.due < today { return .overdue }
        return answer.reminders.contains { $0 <= today } ? .reminded : .due
    }

    /// How many answers are owed and how many of them are late, for metrics. Counts only.
    package func tally() -> (open: Int, overdue: Int) {
        let today = house.now().date
        let owed = house.registers.owingCases.flatMap(\.due)
        return (owed.count, owed.count { Self.state(of: $0, today: today) == .overdue })
    }
}
