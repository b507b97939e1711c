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
    /// Each category, by number, with all it lies within, itself included.
    let lineages: [Set<Category>]
    let subjects: SubjectNumbers
    /// Capacities that a rule or a message asks for.
    let capacities: Numbering<Capacity>
    /// Kinds that a rule names.
    let kinds: Numbering<PartyKind>
    let senders: SenderNumbers

    /// An index of nothing.
    init() {
        (messages, lineages, categories, capacities, kinds) = ([:], [], .init([]), .init([]), .init([]))
        (subjects, senders) = (SubjectNumbers([]), SenderNumbers([], kinds: .init([])))
    }

    init(of text: CompiledProtocol) {
        var known = Set(text.categories.keys)
        for rule in text.rules { known.formUnion(rule.categories) }
        for schema in text.messages.values.map(\.schema) {
            known.formUnion(schema.fieldNodes.map { schema.category(of: $0) })
        }
        categories = Numbering(known)
        lineages = known.sorted().map { category in known.filter { text.category(category, isWithin: $0) } }
        subjects = SubjectNumbers(text.rules)
        kinds = Numbering(Set(text.rules.flatMap { ($0.from ?? []).union($0.to ?? []) }))
        senders = SenderNumbers(text.rules, kinds: kinds)
        let asked = text.rules.flatMap { ($0.fromCapacity ?? []).union($0.toCapacity ?? []) }
        capacities = Numbering(
            text.messages.values.reduce(into: Set(asked)) { $0.formUnion($1.fromCapacity.union($1.toCapacity)) })
        var rules: [IndexedRule] = []
        for rule in text.rules {
            rules.append(IndexedRule(rule, kinds: kinds, capacities: capacities, subjects: subjects))
        }
        var messages: [MessageName: MessageTable] = [:]
        for message in text.messages.values {
            messages[message.name] = MessageTable(
                of: message, rules: rules, capacities: text.capacities, numbers: capacities, categories: categories,
                subjects: subjects, kinds: kinds, senders: senders)
        }
        self.messages = messages
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
    func set(_ roles: Set<Role>) -> NumberSet { NumberSet(roles.lazy.map { self[$0] }) }
}

/// Numbers for each kind of sender with each purpose, since a rule that speaks of other ones is the first to be passed over.
struct SenderNumbers: Sendable {
    private let kinds: Numbering<PartyKind>
    private let purposes: Numbering<PurposeID>

    init(_ rules: [CompiledRule], kinds: Numbering<PartyKind>) {
        self.kinds = kinds
        purposes = Numbering(Set(rules.flatMap { $0.purposes ?? [] }))
    }

    /// How many numbers there are.
    var count: Int { kinds.count * purposes.count }

    subscript(kind: PartyKind, purpose: PurposeID) -> Int { kinds[kind] * purposes.count + purposes[purpose] }

    /// For each number, whether the rule speaks of it.
    func heard(by rule: CompiledRule) -> [Bool] {
        let from = rule.from.map(kinds.set)
        let meant = rule.purposes.map(purposes.set)
        return (0..<kinds.count).flatMap { kind in
            (0..<purposes.count).map { from?.contains(kind) ?? true && meant?.contains($0) ?? true }
        }
    }
}

/// A rule held by reference, since copying one costs more than asking it, with the answers that do not depend on a message.
final class IndexedRule: Sendable {
    let text: CompiledRule
    /// Nil where the rule names none.
    let to: NumberSet?
    let fromCapacity: NumberSet?
    let toCapacity: NumberSet?
    /// Nil: about anyone or nobody.
    let about: NumberSet?
    /// What a permit lets pass; nil for other rules.
    let permits: FieldAction?
    /// The consent a permit rests on; nil where it rests on none.
    let need: ConsentNeed?
    /// Its id as the only one of a list.
    let named: [RuleID]
    /// For each thing that can be lacking, this rule as the only one that lacks it; in the order of `allCases`.
    private let lacking: [[MissedPermit]]

    init(
        _ text: CompiledRule, kinds: Numbering<PartyKind>, capacities: Numbering<Capacity>, subjects: SubjectNumbers
    ) {
        self.text = text
        to = text.to.map(kinds.set)
        fromCapacity = text.fromCapacity.map(capacities.set)
        toCapacity = text.toCapacity.map(capacities.set)
        about = text.about.map { NumberSet($0.lazy.map { subjects[$0] }) }
        named = [text.id]
        switch text.effect {
        case .permit(let action, let need): (permits, self.need) = (action, need.level == .none ? nil : need)
        case .prohibit, .refuseMessage, .hold: (permits, need) = (nil, nil)
        }
        lacking = MissedPermit.Lack.allCases.map { [MissedPermit(rule: text.id, lack: $0)] }
    }

    /// This rule as the only permit that did not apply, and what it lacked.
    func missed(for lack: MissedPermit.Lack) -> [MissedPermit] { lacking[lack.place] }
}

extension MissedPermit.Lack {
    /// Its place in `allCases`.
    fileprivate var place: Int {
        switch self {
        case .consent: 0
        case .capacity: 1
        case .condition: 2
        case .request: 3
        }
    }
}
