import ConcordatPayload
import ConcordatTerms

/// The coded facts a condition may look at, for one message from one party to another.
///
/// Nothing is worked out before a condition asks for it: most messages meet no rule that asks how old somebody is. Held by
/// reference, since every condition is asked of it.
final class ConditionFacts {
    /// `x-fact` values of the message by data path.
    private let fields: [String: Set<String>]
    /// Values of each flag that the case remembers.
    private let caseFlags: [String: Set<String>]
    /// What the flags are, for the values the message adds.
    private let flags: [String: CompiledFlag]
    /// The message that adds them, and its `x-fact` values.
    private let adding: (message: MessageName, fields: [String: Set<String>])
    private let sender: RosterParty?
    private let recipient: RosterParty?
    /// People of the message whose age counts.
    private let people: [JudgedPerson]
    /// Everyone of the message and the case.
    private let counted: (people: [JudgedPerson], casePeople: [JudgedPerson])
    /// The break-glass ground claimed.
    let ground: String?
    private let today: CivilDate

    /// The facts of a message on its way; a party is nil when the roster does not have it.
    init(of input: JudgeInput, from sender: RosterParty?, to recipient: RosterParty?, _ flags: [String: CompiledFlag]) {
        (fields, caseFlags, self.flags) = (input.facts.facts, input.caseFacts.flags, flags)
        (adding, self.sender, self.recipient) = ((input.message, input.facts.facts), sender, recipient)
        (people, counted) = (input.people, (input.people, input.casePeople))
        (ground, today) = (input.breakGlass, input.now.date)
    }

    /// The facts for an answer on its way back: what it will say is not known yet, and the request's own facts are not the
    /// answer's.
    init(ofAnswerTo asking: ConditionFacts) {
        (fields, people, ground) = ([:], [], nil)
        (sender, recipient) = (asking.recipient, asking.sender)
        (caseFlags, flags, adding) = (asking.caseFlags, asking.flags, asking.adding)
        (counted, today) = (asking.counted, asking.today)
    }

    /// Whether some value of the source passes `test`. A source that is not declared, or not there, has no value.
    func someValue(of source: Condition.Source, passes test: (FactValue) -> Bool) -> Bool {
        func some(of texts: Set<String>?) -> Bool { texts?.contains { test(.text($0)) } ?? false }
        return switch source {
        case .field(let path): some(of: fields[path])
        case .flag(let name): some(of: caseFlags[name]) || added(to: name).contains { some(of: adding.fields[$0]) }
        case .recipientSpeciality: some(of: recipient?.specialities)
        case .senderSpeciality: some(of: sender?.specialities)
        case .recipientKind: test(.text(recipient?.kind.rawValue ?? ""))
        case .senderKind: test(.text(sender?.kind.rawValue ?? ""))
        case .days(let path):
            fields[path]?.contains { text in
                CivilDate(text).map { test(.number($0.daysSinceEpoch - today.daysSinceEpoch)) } ?? false
            } ?? false
        case .age(let role):
            people.contains { person in
                // The date goes no further than this comparison; only whole years stand in a condition.
                guard person.roles.contains(role), let born = person.born?.reveal() else { return false }
                return test(.number(born.wholeYears(until: today)))
            }
        case .count(let role): test(.number(count(of: role)))
        case .ground: ground.map { test(.text($0)) } ?? false
        }
    }

    /// The data paths of the message that add to a flag.
    private func added(to flag: String) -> [String] { flags[flag]?.fields[adding.message] ?? [] }

    private func count(of role: Role) -> Int {
        var count = 0
        for person in counted.people where person.roles.contains(role) { count += 1 }
        for person in counted.casePeople where person.roles.contains(role) { count += 1 }
        return count
    }
}

/// One value of a source: a text, or a whole number that a condition may also read as text.
enum FactValue {
    case text(String)
    case number(Int)

    func reads(_ expected: String) -> Bool {
        switch self {
        case .text(let text): text == expected
        case .number(let number): String(number) == expected
        }
    }

    func isOne(of texts: Set<String>) -> Bool {
        switch self {
        case .text(let text): texts.contains(text)
        case .number(let number): texts.contains(String(number))
        }
    }

    /// Nil for a text that is no whole number.
    var number: Int? {
        switch self {
        case .text(let text): Int(text)
        case .number(let number): number
        }
    }
}

extension CompiledProtocol {
    /// The facts a condition may look at when this message goes to that recipient.
    func conditionFacts(of input: JudgeInput, to recipient: PartyID) -> ConditionFacts {
        ConditionFacts(of: input, from: parties[input.sender], to: parties[recipient], flags)
    }

    /// The values this message has for each flag.
    func flagValues(in input: JudgeInput) -> [String: Set<String>] {
        var values: [String: Set<String>] = [:]
        for (name, flag) in flags {
            for path in flag.fields[input.message] ?? [] {
                guard let found = input.facts.facts[path], !found.isEmpty else { continue }
                values[name, default: []].formUnion(found)
            }
        }
        return values
    }
}
