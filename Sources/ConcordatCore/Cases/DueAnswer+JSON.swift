import ConcordatDecision
import ConcordatJSON
import ConcordatTerms

extension DueAnswer {
    var json: JSONValue {
        .object([
            JSONMember("clause", .term(clause)), JSONMember("message", .term(message)),
            JSONMember("by", .string(owedBy.text)), JSONMember("to", .term(owedTo)),
            JSONMember("debtor", .term(debtor)), JSONMember("answers", .terms(answeredBy)),
            JSONMember("from", .string(from.description)), JSONMember("due", .string(due.description)),
            JSONMember("reminders", .array(reminders.map { .string($0.description) })),
        ])
    }

    init?(json: JSONValue) {
        func day(_ value: JSONValue) -> CivilDate? { value.stringValue.flatMap { CivilDate($0) } }
        guard let clause: RuleID = json.term("clause"), let message: MessageID = json.term("message"),
            let by = json["by"]?.stringValue.flatMap(CompiledExpectation.Debtor.init(text:)),
            let answers: Set<MessageName> = json["answers"]?.terms(), let from = json["from"].flatMap(day),
            let due = json["due"].flatMap(day), let reminders = json.list("reminders", day)
        else { return nil }
        self.init(
            clause: clause, message: message, owedBy: by, owedTo: json.term("to"), debtor: json.term("debtor"),
            answeredBy: answers, from: from, due: due, reminders: reminders)
    }
}

extension CompiledExpectation.Debtor {
    /// `recipient`, `sender` or `capacity:name`.
    var text: String {
        switch self {
        case .recipient: "recipient"
        case .sender: "sender"
        case .capacity(let capacity): "capacity:" + capacity.rawValue
        }
    }

    init?(text: String) {
        switch text {
        case "recipient": self = .recipient
        case "sender": self = .sender
        default:
            guard text.hasPrefix("capacity:"), let capacity = Capacity(String(text.dropFirst(9))) else { return nil }
            self = .capacity(capacity)
        }
    }
}

extension CaseRecord {
    /// Whether `party` owes this answer now.
    func owes(_ answer: DueAnswer, _ party: PartyID, at now: UTCInstant) -> Bool {
        switch answer.owedBy {
        case .recipient, .sender: answer.debtor == party
        case .capacity(let capacity): facts.capacities(of: party, at: now).contains(capacity)
        }
    }

    /// What is still owed after `sender` has sent a message, and what that message makes others owe.
    ///
    /// A message that says what it answers settles only what was owed for that, where anything was.
    ///
    /// - Parameters:
    ///   - reply: the message it answers.
    ///   - waiting: recipients that do not have it yet; what is owed to them stays owed.
    func due(
        after message: MessageName, from sender: PartyID, answering reply: MessageID?, waiting: Set<PartyID> = [],
        opening: [DueAnswer], at now: UTCInstant
    ) -> [DueAnswer] {
        let settled = due.filter { answer in
            answer.answeredBy.contains(message) && owes(answer, sender, at: now)
                && !(answer.owedTo.map(waiting.contains) ?? !waiting.isEmpty)
        }
        let named = settled.filter { $0.message == reply }
        let gone = Set(named.isEmpty ? settled : named)
        return due.filter { !gone.contains($0) } + opening
    }
}
