package import ConcordatDecision
package import ConcordatPayload
package import ConcordatTerms

/// Judges recorded decisions again under a draft: what would have been otherwise, and what cannot be told.
///
/// Pure. The draft is taken as in force at each record's time. A fact the draft asks for and nobody kept is tried with every
/// value it may have had: only if the answer depends on it, it cannot be told. What the draft's schemas newly require of
/// senders is not asked, since no payload is kept.
package struct Replay: Sendable {
    /// What became of one recipient of one message.
    package struct Outcome: Sendable, Equatable {
        package let message: MessageName
        package let sender: PartyID
        package let recipient: PartyID
        package let time: UTCInstant
        /// The index of the leaf of the decision as it was, where the bundle names it.
        package let leaf: UInt64?
        package let verdict: Verdict
    }

    package enum Verdict: Sendable, Equatable {
        case same
        case changed(Change)
        /// The facts nobody kept, on which it depends.
        case cannotTell([String])
    }

    /// How an answer changes.
    package struct Change: Sendable, Equatable {
        package let before: Answer
        package let after: Answer
        /// Fields that pass in another form than before, or newly, or no more; in the order of the record.
        package let fields: [FieldChange]
    }

    /// An answer and why.
    package struct Answer: Sendable, Equatable {
        /// `share`, `hold`, `withhold` or `refuse`.
        package let answer: String
        package let code: String?
        package let clause: RuleID?
    }

    package struct FieldChange: Sendable, Equatable {
        package let path: String
        /// Roles of the person, `nobody`, or the role.
        package let about: String
        package let before: FieldAction
        package let after: FieldAction
        /// How many times the message held it.
        package let count: Int

        /// Whether the recipient gets something it did not.
        package var isGain: Bool { after != .drop && before != .keep }
    }

    // Bound: ways in which missing facts are tried for one message.
    static let waysMax = 64

    private let draft: CompiledProtocol
    private let texts: [String: RecordedText]
    private let missing: MissingFacts

    /// A replay under `draft` of records that were judged under `texts`.
    package init(draft: CompiledProtocol, texts: [RecordedText]) {
        var always = draft
        // Whether the draft is in force yet is not what is asked.
        always.period = ProtocolPeriod(from: Self.firstDay, review: Self.lastDay, until: Self.lastDay)
        self.draft = always
        self.texts = Dictionary(texts.map { ($0.digest, $0) }, uniquingKeysWith: { first, _ in first })
        missing = MissingFacts(always)
    }

    private static let periodCodes: Set<String> = ["protocol.lapsed", "protocol.not-yet"]
    private static let firstDay = CivilDate(daysSinceEpoch: 0)
    private static let lastDay = CivilDate(year: 9999, month: 12, day: 31) ?? CivilDate(daysSinceEpoch: 2_932_896)

    /// One outcome for each recipient of the message.
    package func outcomes(of record: DecisionRecord) -> [Outcome] {
        let verdicts = verdicts(record)
        return zip(record.answers, verdicts).map { answer, verdict in
            Outcome(
                message: record.message, sender: record.sender, recipient: answer.recipient, time: record.time,
                leaf: answer.leaf, verdict: verdict)
        }
    }

    private func verdicts(_ record: DecisionRecord) -> [Verdict] {
        guard let kept = texts[record.text] else {
            return record.answers.map { _ in .cannotTell(["the text it was judged under"]) }
        }
        var facts: [MissingFact] = []
        for answer in record.answers {
            guard let more = missing.missing(in: record, for: answer.recipient, kept: kept) else {
                return record.answers.map { _ in .cannotTell(["a fact with too many values to try"]) }
            }
            facts += more.filter { fact in !facts.contains { $0.name == fact.name } }
        }
        let ways = facts.reduce(1) { $0 > Self.waysMax ? $0 : $0 * max(1, $1.changes.count) }
        guard ways <= Self.waysMax else { return record.answers.map { _ in .cannotTell(facts.map(\.name)) } }
        let tried = (0..<ways).map { way in answers(record, changing: facts, way: way) }
        return record.answers.indices.map { place in
            // Refused for its day and not by a rule: of that a draft says nothing.
            if let code = record.answers[place].code, Self.periodCodes.contains(code) { return .same }
            let possible = tried.map { $0[place] }
            guard let first = possible.first, possible.allSatisfy({ $0 == first }) else {
                return .cannotTell(facts.map(\.name))
            }
            return verdict(record, record.answers[place], first)
        }
    }

    /// What a judgement came to, to be compared.
    private struct Judged: Equatable {
        var answer: Answer
        var passed: [Int: FieldAction]

        static func == (left: Judged, right: Judged) -> Bool {
            left.answer.answer == right.answer.answer && left.answer.code == right.answer.code
                && left.passed == right.passed
        }
    }

    /// The answers for all recipients, with the missing facts set in one of the possible ways.
    private func answers(_ record: DecisionRecord, changing facts: [MissingFact], way: Int) -> [Judged] {
        var judged = record.answers.map { answer -> Judged in
            var input = record.input(for: answer.recipient, under: draft)
            var rest = way
            for fact in facts where !fact.changes.isEmpty {
                fact.changes[rest % fact.changes.count](&input)
                rest /= fact.changes.count
            }
            return judge(input, record)
        }
        guard let refused = judged.first(where: { $0.answer.answer == "refuse" }) else { return judged }
        // One refusal stops the message for everyone it would have reached.
        for place in judged.indices where judged[place].answer.answer == "share" {
            judged[place] = Judged(answer: refused.answer, passed: [:])
        }
        return judged
    }

    private func judge(_ input: JudgeInput, _ record: DecisionRecord) -> Judged {
        let decision = draft.judge(input)
        let answer = Answer(
            answer: decision.answer.word, code: decision.answer.refusal?.code, clause: decision.answer.refusal?.clause)
        guard case .share = decision.answer, let schema = draft.messages[input.message]?.schema else {
            return Judged(answer: answer, passed: [:])
        }
        var actions: [String: FieldAction] = [:]
        func key(_ path: String, _ subject: FieldSubject) -> String { "\(path) \(subject)" }
        for ground in decision.grounds where ground.action != .drop {
            actions[key(schema.path(of: ground.field.node), ground.field.subject)] = ground.action
        }
        var passed: [Int: FieldAction] = [:]
        for (place, field) in record.fields.enumerated() { passed[place] = actions[key(field.path, field.subject)] }
        return Judged(answer: answer, passed: passed)
    }

    private func verdict(_ record: DecisionRecord, _ was: DecisionRecord.Answer, _ judged: Judged) -> Verdict {
        let fields = record.fields.enumerated().compactMap { place, field -> FieldChange? in
            let (before, after) = (was.passed[place] ?? .drop, judged.passed[place] ?? .drop)
            guard before != after else { return nil }
            return FieldChange(
                path: field.path, about: about(field.subject, record), before: before, after: after, count: field.count)
        }
        guard !fields.isEmpty || was.answer != judged.answer.answer || was.code != judged.answer.code else {
            return .same
        }
        return .changed(
            Change(
                before: Answer(answer: was.answer, code: was.code, clause: was.clause), after: judged.answer,
                fields: fields))
    }

    private func about(_ subject: FieldSubject, _ record: DecisionRecord) -> String {
        switch subject {
        case .nobody: return TermTable.nobody
        case .role(let role): return role.rawValue
        case .person(let place):
            let roles = record.persons.indices.contains(place) ? record.persons[place].roles : []
            return roles.isEmpty ? "somebody" : roles.map(\.rawValue).sorted().joined(separator: ", ")
        }
    }
}
