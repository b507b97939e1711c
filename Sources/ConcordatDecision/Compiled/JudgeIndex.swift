import ConcordatPayload
import ConcordatTerms

/// What a judgement looks up again and again, worked out once for each protocol.
///
/// Names become numbers, and rules are sorted by what never changes while the text stays: the message, the kind of the
/// recipient, the category and whom it is about. A judgement then looks only at rules that can matter to it, however many
/// there are beside them. Nothing here decides anything; ``Flow`` and ``FieldJudge`` do.
final class JudgeIndex: Sendable {
    let messages: [MessageName: MessageTable]
    let categories: Numbering<Category>
    /// For each category, by number, the numbers of all that lie within it, itself included.
    let within: [NumberSet]
    let subjects: SubjectNumbers
    /// Capacities that a rule or a message asks for.
    let capacities: Numbering<Capacity>
    /// Kinds of party that rules, messages, purposes and capacities name.
    let kinds: Numbering<PartyKind>
    let purposes: Numbering<PurposeID>
    /// For each purpose, by number, the kinds that may send and receive for it; nil for one that is only named.
    let bases: [NumberSet?]
    /// What permits ask of consents, each once.
    let needs: [IndexedNeed]

    /// An index of nothing.
    init() {
        (messages, within, bases, needs) = ([:], [], [nil], [])
        (categories, capacities, kinds, purposes) = (.init([]), .init([]), .init([]), .init([]))
        subjects = SubjectNumbers([])
    }

    init(of text: CompiledProtocol) {
        var known = Set(text.categories.keys)
        for rule in text.rules { known.formUnion(rule.categories) }
        for schema in text.messages.values.map(\.schema) {
            known.formUnion(schema.fieldNodes.map { schema.category(of: $0) })
        }
        categories = Numbering(known)
        within = Self.within(text.categories, categories)
        let numbers = RuleNumbers(of: text)
        (subjects, capacities, kinds) = (numbers.subjects, numbers.capacities, numbers.kinds)
        (purposes, needs) = (numbers.purposes, numbers.needs.map { IndexedNeed($0) })
        bases = numbers.purposes.names.map { text.purposes[$0].map { numbers.kinds.set($0.basis.keys) } } + [nil]
        let rules = text.rules.map { IndexedRule($0, numbers) }
        var messages: [MessageName: MessageTable] = [:]
        for message in text.messages.values {
            messages[message.name] = MessageTable(of: message, in: text, rules: rules, numbers, categories)
        }
        self.messages = messages
    }

    private static func within(
        _ parents: [Category: Category?], _ categories: Numbering<Category>
    ) -> [NumberSet] {
        var within = categories.names.map { _ in NumberSet() }
        for (number, category) in categories.names.enumerated() {
            var current: Category? = category
            // Bound: a chain is at most as long as there are categories; the loader refuses cycles.
            for _ in 0...parents.count {
                guard let here = current, let place = categories.known(here) else { break }
                within[place].insert(number)
                current = parents[here] ?? nil
            }
        }
        return within
    }
}

/// Numbers for all that rules may name.
struct RuleNumbers {
    let subjects: SubjectNumbers
    let capacities: Numbering<Capacity>
    let kinds: Numbering<PartyKind>
    let purposes: Numbering<PurposeID>
    let needs: [ConsentNeed]

    init(of text: CompiledProtocol) {
        var kinds: Set<PartyKind> = []
        var capacities: Set<Capacity> = []
        var purposes = Set(text.purposes.keys)
        var needs: [ConsentNeed] = []
        for rule in text.rules {
            kinds.formUnion((rule.from ?? []).union(rule.to ?? []))
            capacities.formUnion((rule.fromCapacity ?? []).union(rule.toCapacity ?? []))
            purposes.formUnion(rule.purposes ?? [])
            if let need = rule.consentNeed, !needs.contains(need) { needs.append(need) }
        }
        for message in text.messages.values {
            kinds.formUnion(message.from.union(message.to))
            capacities.formUnion(message.fromCapacity.union(message.toCapacity))
            purposes.formUnion(message.purposes)
        }
        for purpose in text.purposes.values { kinds.formUnion(purpose.basis.keys) }
        for capacity in text.capacities.values { kinds.formUnion(capacity.kinds) }
        subjects = SubjectNumbers(text.rules)
        (self.capacities, self.kinds) = (Numbering(capacities), Numbering(kinds))
        (self.purposes, self.needs) = (Numbering(purposes), needs)
    }
}

/// Numbers for those whom rules name: nobody, each role that a rule is about, and everyone else.
struct SubjectNumbers: Sendable {
    static let nobody = 0
    private let roles: Numbering<Role>

    init(_ rules: [CompiledRule]) {
        var named: Set<Role> = []
        for case .role(let role) in rules.flatMap({ $0.about ?? [] }) { named.insert(role) }
        roles = Numbering(named)
    }

    /// How many numbers there are.
    var count: Int { 1 + roles.count }

    /// The number of every role that no rule names, and of a person without any.
    var other: Int { 1 + roles.other }

    subscript(role: Role) -> Int { 1 + roles[role] }

    subscript(subject: CompiledRule.Subject) -> Int {
        switch subject {
        case .nobody: Self.nobody
        case .role(let role): self[role]
        }
    }

    /// The numbers of these roles.
    func set(_ roles: Set<Role>) -> NumberSet {
        var numbers = NumberSet()
        for role in roles { numbers.insert(self[role]) }
        return numbers
    }
}

/// A rule held by reference, since copying one costs more than asking it, with its names as numbers.
final class IndexedRule: Sendable {
    let text: CompiledRule
    /// Nil where the rule names none.
    let from: NumberSet?
    let to: NumberSet?
    let fromCapacity: NumberSet?
    let toCapacity: NumberSet?
    let purposes: NumberSet?
    /// Nil: about anyone or nobody.
    let about: NumberSet?
    /// What a permit lets pass; nil for other rules.
    let permits: FieldAction?
    /// What a permit asks of consents, by number; nil where it asks nothing.
    let need: Int?

    init(_ text: CompiledRule, _ numbers: RuleNumbers) {
        self.text = text
        (from, to) = (text.from.map(numbers.kinds.set), text.to.map(numbers.kinds.set))
        fromCapacity = text.fromCapacity.map(numbers.capacities.set)
        toCapacity = text.toCapacity.map(numbers.capacities.set)
        purposes = text.purposes.map(numbers.purposes.set)
        about = text.about.map { NumberSet($0.lazy.map { numbers.subjects[$0] }) }
        need = text.consentNeed.flatMap(numbers.needs.firstIndex)
        switch text.effect {
        case .permit(let action, _): permits = action
        case .prohibit, .refuseMessage, .hold: permits = nil
        }
    }
}

/// The consent a permit rests on, held by reference for the same reason.
final class IndexedNeed: Sendable {
    let level: ConsentNeed.Level
    let of: Set<Role>
    let kinds: Set<ConsentKind>

    init(_ need: ConsentNeed) { (level, of, kinds) = (need.level, need.of, need.kinds) }
}

extension CompiledRule {
    /// The consent a permit rests on; nil where it rests on none.
    fileprivate var consentNeed: ConsentNeed? {
        switch effect {
        case .permit(_, let need): need.level == .none ? nil : need
        case .prohibit, .refuseMessage, .hold: nil
        }
    }
}

/// A party of the roster, held by reference for the same reason.
final class IndexedParty: Sendable {
    let party: RosterParty
    /// The number of its kind.
    let kind: Int

    init(_ party: RosterParty, _ kinds: Numbering<PartyKind>) { (self.party, kind) = (party, kinds[party.kind]) }
}
