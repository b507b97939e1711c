package import ConcordatTerms

/// What is expected after a message: an answer by somebody, within some days.
package struct CompiledExpectation: Sendable, Equatable {
    /// Who owes the answer.
    package enum Debtor: Sendable, Hashable {
        case recipient, sender
        /// Whoever holds the capacity in the case, now and when asked again.
        case capacity(Capacity)
    }

    package var id: RuleID
    package var title: String
    /// The message that opens it.
    package var after: MessageName
    package var when: Condition?
    package var owedBy: Debtor
    /// Any of these, sent by who owes it in the same case, closes it.
    package var answeredBy: Set<MessageName>
    package var within: DaySpan
    /// When to remind, counted from the same day; in order.
    package var reminders: [DaySpan]

    package init(
        id: RuleID, title: String, after: MessageName, when: Condition?, owedBy: Debtor, answeredBy: Set<MessageName>,
        within: DaySpan, reminders: [DaySpan]
    ) {
        (self.id, self.title, self.after, self.when) = (id, title, after, when)
        (self.owedBy, self.answeredBy, self.within, self.reminders) = (owedBy, answeredBy, within, reminders)
    }
}

/// An answer that is owed in a case.
package struct DueAnswer: Sendable, Hashable {
    /// The clause of the protocol that expects it.
    package let clause: RuleID
    /// The message it follows.
    package let message: MessageID
    package let owedBy: CompiledExpectation.Debtor
    /// Who waits for it: the sender of a message whose recipient owes it, else everyone concerned.
    package let owedTo: PartyID?
    /// The party that owes it, when it is a party and not whoever holds a capacity.
    package let debtor: PartyID?
    package let answeredBy: Set<MessageName>
    /// The day it begins on, and the last day on which it is in time.
    package let from: CivilDate
    package let due: CivilDate
    /// The days on which to remind, in order.
    package let reminders: [CivilDate]

    package init(
        clause: RuleID, message: MessageID, owedBy: CompiledExpectation.Debtor, owedTo: PartyID?, debtor: PartyID?,
        answeredBy: Set<MessageName>, from: CivilDate, due: CivilDate, reminders: [CivilDate]
    ) {
        (self.clause, self.message, self.owedBy, self.owedTo) = (clause, message, owedBy, owedTo)
        (self.debtor, self.answeredBy, self.from, self.due) = (debtor, answeredBy, from, due)
        self.reminders = reminders
    }
}

extension CompiledProtocol {
    /// The day that is a span after `start`.
    package func day(_ span: DaySpan, after start: CivilDate) -> CivilDate {
        guard let name = span.calendar, let calendar = calendars[name] else {
            return CivilDate(daysSinceEpoch: start.daysSinceEpoch + span.days)
        }
        return calendar.day(span.days, workingDaysAfter: start)
    }

    /// What an accepted message makes others owe, one for each recipient where the recipient owes it. Sorted by clause.
    package func expectations(openedBy input: JudgeInput, acceptedRecipients: [PartyID]) -> [DueAnswer] {
        guard let id = input.messageID else { return [] }
        let today = input.now.date
        var due: [DueAnswer] = []
        for expected in expectations where expected.after == input.message {
            for recipient in Set(acceptedRecipients).sorted() {
                guard expected.when?.holds(for: input, to: recipient, in: self) ?? true else { continue }
                let debtor: PartyID? =
                    switch expected.owedBy {
                    case .recipient: recipient
                    case .sender: input.sender
                    case .capacity: nil
                    }
                let answer = DueAnswer(
                    clause: expected.id, message: id, owedBy: expected.owedBy,
                    owedTo: expected.owedBy == .recipient ? input.sender : nil, debtor: debtor,
                    answeredBy: expected.answeredBy, from: today, due: day(expected.within, after: today),
                    reminders: expected.reminders.map { day($0, after: today) })
                if !due.contains(answer) { due.append(answer) }
            }
        }
        return due
    }
}
