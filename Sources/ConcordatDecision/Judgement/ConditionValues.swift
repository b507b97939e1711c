import ConcordatPayload
import ConcordatTerms

/// What one message, from one party to another, says to the questions of a ``ConditionTable``.
///
/// A source is looked at once, when the first question is asked about it: most messages meet no rule that asks how old
/// somebody is. Not copyable: a copy would look again.
struct ConditionValues: ~Copyable {
    private let table: ConditionTable
    /// The bits of all sources, as the table lays them out.
    private var words: [UInt64]
    /// Nil when the roster does not have the party.
    private let sender: IndexedParty?
    private let recipient: IndexedParty?
    /// Whether it is an answer on its way back: what it will say is not known yet, and the request's own facts are not the
    /// answer's.
    private let isAnswer: Bool

    init(_ table: ConditionTable, from sender: IndexedParty?, to recipient: IndexedParty?, isAnswer: Bool = false) {
        (self.table, self.sender, self.recipient, self.isAnswer) = (table, sender, recipient, isAnswer)
        words = .zeros(table.wordCount)
    }

    /// Whether the condition that begins at `entry` holds. Total: a fact that is missing has no value, and no test fails.
    mutating func holds(_ entry: Int, _ input: JudgeInput) -> Bool {
        var place = entry
        // A step leads only to steps made before it, so that this ends.
        while place >= 0 {
            let step = table.steps[place]
            if words[step.sourceWord] & ConditionSource.seen == 0 { look(at: table.sources[step.source], input) }
            place = words[step.word] & step.bits != 0 ? step.then : step.otherwise
        }
        return place == ConditionTable.holds
    }

    /// A source that is not declared, or not there, has no value.
    private mutating func look(at source: ConditionSource, _ input: JudgeInput) {
        words[source.word] |= ConditionSource.seen
        switch source.source {
        case .field(let path): if !isAnswer { note(input.facts.facts[path], source) }
        case .flag(let name):
            note(input.caseFacts.flags[name], source)
            guard !source.paths.isEmpty else { return }
            for path in source.paths[input.message] ?? [] { note(input.facts.facts[path], source) }
        case .recipientSpeciality: note(recipient?.party.specialities, source)
        case .senderSpeciality: note(sender?.party.specialities, source)
        case .recipientKind: note(recipient?.party.kind.rawValue ?? "", source)
        case .senderKind: note(sender?.party.kind.rawValue ?? "", source)
        case .ground: if !isAnswer, let ground = input.breakGlass { note(ground, source) }
        case .count(let role): note(input.people.count(of: role) + input.casePeople.count(of: role), source)
        case .days(let path):
            guard !isAnswer, let texts = input.facts.facts[path] else { return }
            for case let day? in texts.lazy.map({ CivilDate($0) }) {
                note(day.daysSinceEpoch - input.now.date.daysSinceEpoch, source)
            }
        case .age(let role):
            guard !isAnswer else { return }
            for person in input.people where person.roles.contains(role) {
                // The date goes no further than this: only whole years stand in a condition.
                guard let born = person.born?.reveal() else { continue }
                note(born.wholeYears(until: input.now.date), source)
            }
        }
    }

    private mutating func note(_ texts: Set<String>?, _ source: ConditionSource) {
        guard let texts else { return }
        for text in texts { note(text, source) }
    }

    private mutating func note(_ text: String, _ source: ConditionSource) {
        set(source.bit(ofText: text), source)
        if source.readsNumbers, let number = Int(text) { set(source.bit(ofNumber: number), source) }
    }

    /// A number may also be read as text.
    private mutating func note(_ number: Int, _ source: ConditionSource) {
        set(source.namesNoText ? source.bit(ofText: "") : source.bit(ofText: String(number)), source)
        set(source.bit(ofNumber: number), source)
    }

    private mutating func set(_ bit: Int, _ source: ConditionSource) {
        words[source.word + bit / 64] |= UInt64(1) << UInt64(bit % 64)
    }
}

extension [JudgedPerson] {
    fileprivate func count(of role: Role) -> Int {
        var count = 0
        for place in indices where self[place].roles.contains(role) { count += 1 }
        return count
    }
}

extension Condition {
    /// Whether a condition that stands in no table of a message holds when this message goes to that recipient.
    func holds(for input: JudgeInput, to recipient: PartyID, in text: CompiledProtocol) -> Bool {
        let table = ConditionTable([self], text.flags)
        var values = ConditionValues(table, from: text.roster[input.sender], to: text.roster[recipient])
        return values.holds(table.entries[0], input)
    }
}
