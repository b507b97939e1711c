package import ConcordatDecision
package import ConcordatPayload
package import ConcordatTerms

/// What would happen to one message for one recipient, field by field, and why: `protocol explain`.
///
/// Paths, roles, categories and rules; never a value and never a sender's reference.
package struct Explanation: Sendable {
    package struct Field: Sendable, Equatable {
        /// The data path, `/people/*/name`.
        package let path: String
        /// `nobody`, `every harmed`, or `p-1 (harmed, harmer)`.
        package let about: String
        package let category: Category
        package let action: FieldAction
        package let rules: [RuleID]
        package let missed: [MissedPermit]
        /// One sentence.
        package let why: String
        /// How many times the message holds it; 0 when its sender left it out.
        package let count: Int
    }

    package let message: MessageName?
    package let sender: PartyID
    package let recipient: PartyID
    package let purpose: PurposeID
    /// `share`, `withhold` or `refuse`.
    package let answer: String
    package let refusal: Refusal?
    /// Where the data does not fit its schema, in words without a value.
    package let fault: String?
    package let fields: [Field]
    /// What the recipient is told.
    package let withheld: [JSONPointer]
    package let masked: [JSONPointer]
    package let notSupplied: [JSONPointer]

    /// Explains the last event of `message` for `recipient`; earlier ones move the case first.
    ///
    /// Without `facts` nothing is known of the case and it is `now`. Problems name the files `in.json` and `facts.yaml`.
    package static func explain(
        _ loaded: LoadedProtocol, message: [UInt8], facts: [UInt8]?, recipient: PartyID, now: UTCInstant
    ) -> Result<Explanation, ProtocolProblems> {
        let log = ProblemLog(ProtocolFiles(["facts.yaml": facts ?? []]))
        let reader = FactsReader(compiled: loaded.served, log: log)
        let start = facts.map { reader.read($0, file: "facts.yaml") } ?? CaseState(now: now)
        let sent = PreparedCase.events(message, file: "in.json", log)
        if loaded.served.parties[recipient] == nil {
            log.error(
                .start(of: "parties"), "unknown party `\(recipient)`",
                NearestName.advice(
                    for: recipient.rawValue, among: loaded.served.parties.keys.map(\.rawValue),
                    declare: "name a party of the roster"))
        }
        guard var state = start, let events = sent, let last = events.last, !log.hasErrors else {
            return .failure(log.problems())
        }
        func judgement(_ event: CloudEventText) -> EventJudgement {
            EventJudgement(compiled: loaded.served, event: event, bytes: message, limits: ProtocolCases.limits)
        }
        for event in events.dropLast() { _ = judgement(event).run(&state) }
        return .success(Explanation(judgement(last).run(&state, only: recipient), recipient, loaded.served))
    }

    private init(_ outcome: EventOutcome, _ recipient: PartyID, _ compiled: CompiledProtocol) {
        let delivery = outcome.deliveries.first { $0.recipient == recipient }
        let decision = delivery?.decision ?? Decision(answer: .refuse(Refusal(code: "recipient.unknown")))
        (message, sender, self.recipient, purpose) = (outcome.message, outcome.sender, recipient, outcome.purpose)
        (answer, refusal) = (decision.answer.word, decision.answer.refusal)
        fault = outcome.dataError?.description
        withheld = delivery?.copy?.withheld ?? []
        masked = delivery?.copy?.masked ?? []
        notSupplied = delivery?.copy?.notSupplied ?? []
        let schema = outcome.message.flatMap { compiled.messages[$0]?.schema }
        let reasons = FieldReasons(compiled: compiled, outcome: outcome, copy: delivery?.copy)
        fields = decision.grounds.compactMap { ground in
            schema.map { reasons.field(ground, path: $0.path(of: ground.field.node)) }
        }
    }
}

/// Puts the grounds of a field into words.
private struct FieldReasons {
    let compiled: CompiledProtocol
    let outcome: EventOutcome
    let copy: CutDocument?

    func field(_ ground: FieldGround, path: String) -> Explanation.Field {
        Explanation.Field(
            path: path, about: about(ground.field.subject), category: ground.category, action: ground.action,
            rules: Array(ground.rules), missed: Array(ground.missed), why: why(ground, path), count: ground.count)
    }

    private func about(_ subject: FieldSubject) -> String {
        switch subject {
        case .nobody: return TermTable.nobody
        case .role(let role): return "every \(role)"
        case .person(let index):
            guard outcome.persons.indices.contains(index) else { return "a person" }
            let person = outcome.persons[index]
            let roles = person.roles.sorted().map(\.rawValue).joined(separator: ", ")
            return "\(person.id?.rawValue ?? "person \(index + 1)") (\(roles.isEmpty ? "no role" : roles))"
        }
    }

    private func why(_ ground: FieldGround, _ path: String) -> String {
        let names = ground.rules.map(\.rawValue).joined(separator: " and ")
        let left = ground.count == 0 ? "; its sender left it out" : ""
        switch ground.action {
        case .keep: return "permitted by \(names)" + left
        case .year, .ageBand, .outwardCode, .initials, .pseudonym:
            return "permitted by \(names) as \(ground.action.rawValue)" + unread(ground, path) + left
        case .drop: return dropped(ground, names) + left
        }
    }

    private func dropped(_ ground: FieldGround, _ names: String) -> String {
        let rules = compiled.rules.filter { ground.rules.contains($0.id) }
        if rules.contains(where: \.isProhibition) { return "prohibited by \(names)" }
        if !rules.isEmpty { return "\(names) give it different forms for different roles, which drops it" }
        if case .person(let index) = ground.field.subject, outcome.persons.indices.contains(index),
            outcome.persons[index].roles.isEmpty
        {
            return "nothing about a person without a known role passes"
        }
        guard !ground.missed.isEmpty else { return "no rule permits it" }
        let near = ground.missed.map { "\($0.rule) would but for \($0.lack.phrase)" }
        return "no rule permits it here: " + near.joined(separator: ", ")
    }

    /// A value that the transform could not read was dropped, or fell with the object it stands in.
    private func unread(_ ground: FieldGround, _ path: String) -> String {
        let isDropped = copy?.applied.contains { $0.path == path && $0.action == .drop && isSame($0.subject, ground) }
        return isDropped ?? false ? "; a value that cannot take that form was dropped" : ""
    }

    private func isSame(_ subject: CopySubject, _ ground: FieldGround) -> Bool {
        switch (subject, ground.field.subject) {
        case (.nobody, .nobody): true
        case (.role(let left), .role(let right)): left == right
        case (.person(let id), .person(let index)):
            outcome.persons.indices.contains(index) && outcome.persons[index].id == id
        default: false
        }
    }
}

extension MissedPermit.Lack {
    /// What was missing, to stand after "but for".
    fileprivate var phrase: String {
        switch self {
        case .consent: "consent"
        case .capacity: "a capacity it asks for"
        case .condition: "its condition"
        case .request: "its not having been asked for"
        }
    }
}
