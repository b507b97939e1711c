import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// A fact that a draft asks for and a record does not hold, with every class of value it may have had.
struct MissingFact {
    /// How the author writes it: `field /offence/group`.
    let name: String
    /// Changes that stand for the values, one of which it had.
    let changes: [@Sendable (inout JudgeInput) -> Void]
}

/// Finds what a draft asks of a record that nobody kept.
struct MissingFacts {
    let draft: CompiledProtocol
    let map: FlowMap

    init(_ draft: CompiledProtocol) { (self.draft, map) = (draft, FlowMap(draft)) }

    /// What rules and grants of the draft may ask about this message on its way to this recipient; nil when one of them may
    /// have had more values than can be tried.
    func missing(in record: DecisionRecord, for recipient: PartyID, kept: RecordedText) -> [MissingFact]? {
        guard let message = draft.messages[record.message], let from = draft.parties[record.sender]?.kind,
            let to = draft.parties[recipient]?.kind
        else { return [] }
        let flow = Flow(message: message, from: from, to: to, purpose: record.purpose)
        let rules = draft.rules.filter { covers($0, flow) }
        var mentions: [Condition.Source: Set<String>] = [:]
        var numeric: Set<Condition.Source> = []
        let grants = draft.capacities.values.flatMap { $0.grants + $0.ends }.filter { $0.message == record.message }
        for when in rules.compactMap(\.when) + grants.compactMap(\.when) {
            mentions.merge(when.mentions) { $0.union($1) }
            numeric.formUnion(when.numberTested)
        }
        var found: [MissingFact] = []
        for source in mentions.keys.sorted(by: { $0.text < $1.text }) where !isKept(source, record, kept) {
            let classes = FactClasses(compiled: draft)
            guard
                let sets = classes.sets(
                    of: source, in: flow, mentioned: mentions[source] ?? [], isNumeric: numeric.contains(source)),
                let fact = Self.fact(source, sets)
            else { return nil }
            found.append(fact)
        }
        return found + capacities(rules + [], message, kept, record, recipient)
    }

    private func covers(_ rule: CompiledRule, _ flow: Flow) -> Bool {
        (rule.messages?.contains(flow.message.name) ?? true) && (rule.from?.contains(flow.from) ?? true)
            && (rule.to?.contains(flow.to) ?? true) && (rule.purposes?.contains(flow.purpose) ?? true)
    }

    /// Whether the record says what the source had. A field that the message did not hold had nothing.
    private func isKept(_ source: Condition.Source, _ record: DecisionRecord, _ kept: RecordedText) -> Bool {
        let message = kept.messages[record.message]
        switch source {
        case .field(let path), .days(let path):
            if message?.facts.contains(path) ?? false { return true }
            guard message?.fields.contains(path) ?? false else { return false }
            return !record.fields.contains { $0.path == path }
        case .flag(let name):
            let paths = draft.flags[name]?.fields.flatMap { message, paths in paths.map { "\(message) \($0)" } } ?? []
            return kept.flags[name].map { $0.isSuperset(of: paths) } ?? false
        case .age:
            let births = draft.messages[record.message]?.schema.factPaths.filter { $0.value.values == .births }.keys
            return Set(births.map { Array($0) } ?? []).isSubset(of: message?.ages ?? [])
        case .recipientSpeciality, .senderSpeciality, .recipientKind, .senderKind, .count, .ground: return true
        }
    }

    private static func fact(_ source: Condition.Source, _ sets: [Set<String>]) -> MissingFact? {
        switch source {
        case .field(let path):
            MissingFact(name: source.text, changes: sets.map { set in { $0.facts.facts[path] = set } })
        case .flag(let name):
            MissingFact(name: source.text, changes: sets.map { set in { $0.caseFacts.flags[name] = set } })
        case .days(let path):
            MissingFact(
                name: source.text,
                changes: sets.map { set in
                    { input in
                        let today = input.now.date.daysSinceEpoch
                        input.facts.facts[path] = Set(
                            set.compactMap { Int($0) }.map { CivilDate(daysSinceEpoch: today + $0).description })
                    }
                })
        case .age(let role):
            MissingFact(
                name: source.text,
                changes: sets.map { set in
                    { input in
                        let today = input.now.date
                        // Ages in one set stand for different people; one person of the role can show one of them.
                        let born = set.compactMap { Int($0) }.min().flatMap {
                            CivilDate(year: today.year - $0, month: today.month, day: min(today.day, 28))
                        }
                        for place in input.people.indices where input.people[place].roles.contains(role) {
                            input.people[place].born = born.map { Sensitive($0) }
                        }
                    }
                })
        case .recipientSpeciality, .senderSpeciality, .recipientKind, .senderKind, .count, .ground: nil
        }
    }

    /// Capacities that the draft asks for and that did not exist: whether the two parties would have held them.
    private func capacities(
        _ rules: [CompiledRule], _ message: CompiledMessage, _ kept: RecordedText, _ record: DecisionRecord,
        _ recipient: PartyID
    ) -> [MissingFact] {
        let bySender = rules.reduce(into: message.fromCapacity) { $0.formUnion($1.fromCapacity ?? []) }
        let byRecipient = rules.reduce(into: message.toCapacity) { $0.formUnion($1.toCapacity ?? []) }
        func facts(_ capacities: Set<Capacity>, _ party: PartyID, _ who: String) -> [MissingFact] {
            capacities.subtracting(kept.capacities).sorted().map { capacity in
                MissingFact(
                    name: "capacity \(capacity) of the \(who)",
                    changes: [
                        { _ in },
                        { input in
                            input.caseFacts.capacities.append(
                                CapacityHolding(party: party, capacity: capacity, from: input.now))
                        },
                    ])
            }
        }
        return facts(bySender, record.sender, "sender") + facts(byRecipient, recipient, "recipient")
    }
}
