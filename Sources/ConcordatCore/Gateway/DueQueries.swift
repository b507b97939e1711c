import ConcordatDecision
import ConcordatJSON
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
        let record: CaseRecord
        let answer: DueAnswer
        let isDebtor: Bool
    }

    /// What `party` owes and is owed, soonest first: `GET /v1/due`.
    ///
    /// Only in cases where it has a capacity now: what it may not know of is not there. A message is named only to who
    /// sent it or was sent it.
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
                    rows.append(Row(record: record, answer: answer, isDebtor: isDebtor))
                }
            }
        }
        rows.sort { left, right in
            (left.answer.due, left.record.id, left.answer.clause, left.answer.message)
                < (right.answer.due, right.record.id, right.answer.clause, right.answer.message)
        }
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
        let answer = row.answer
        let title = house.inForce.text.expectations.first { $0.id == answer.clause }?.title
        let isNamed = answer.debtor == party || answer.owedTo == party
        return .object([
            JSONMember("case", .term(row.record.id)),
            JSONMember("your-reference", row.record.references[party]?.min().map { .string($0) } ?? .null),
            JSONMember("clause", .term(answer.clause)), JSONMember("title", title.map { .string($0) } ?? .null),
            JSONMember("you", .string(row.isDebtor ? "owe" : "wait")),
            JSONMember("message", isNamed ? .term(answer.message) : .null),
            JSONMember("answer-with", .terms(answer.answeredBy)),
            JSONMember("from", .string(answer.from.description)), JSONMember("due", .string(answer.due.description)),
            JSONMember("state", .string(Self.state(of: answer, today: today).rawValue)),
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
