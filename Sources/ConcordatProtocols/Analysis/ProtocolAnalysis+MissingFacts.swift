import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

extension ProtocolAnalysis {
    /// A permit must not open because a fact is missing; a prohibition that lapses then is worth a warning.
    func checkMissingFacts(_ rule: CompiledRule, _ flows: [Flow]) {
        guard let when = rule.when else { return }
        var told: Set<String> = []
        var names: Set<MessageName> = []
        for flow in flows where names.insert(flow.message.name).inserted {
            for source in when.mentions.keys.sorted(by: { $0.text < $1.text }) {
                guard canBeMissing(source, flow), !when.presenceTested.contains(source) else { continue }
                guard told.insert(source.text).inserted else { continue }
                if rule.isPermit {
                    guard opensWithout(source, when, flow, rule) else { told.remove(source.text); continue }
                    log.error(
                        span(rule.id),
                        "permit `\(rule.id)` holds when \(source.text) is missing in `\(flow.message.name)`",
                        "use `is-not` in place of `not`, make the field required, or test it with `present`")
                } else {
                    guard lapsesWithout(source, when, flow) else { told.remove(source.text); continue }
                    log.warning(
                        span(rule.id),
                        "rule `\(rule.id)` does not hold when \(source.text) is missing in `\(flow.message.name)`",
                        "make the field required, or add `{…, present: false}` with `any`")
                }
            }
        }
    }

    /// Specialities come from the roster, which is complete: having none is no missing fact.
    private func canBeMissing(_ source: Condition.Source, _ flow: Flow) -> Bool {
        switch source {
        case .field(let path): !(flow.message.schema.factPaths[path]?.isAlwaysPresent ?? false)
        case .flag: true
        case .days(let path): !(flow.message.schema.factPaths[path]?.isAlwaysPresent ?? false)
        case .age: true
        case .recipientSpeciality, .senderSpeciality, .recipientKind, .senderKind, .count, .ground: false
        }
    }

    /// Whether the condition holds without the source and would not with some value of it.
    private func opensWithout(
        _ source: Condition.Source, _ when: Condition, _ flow: Flow, _ rule: CompiledRule
    ) -> Bool {
        // Where the message does not declare the field at all, any value a test names stands for what is missing.
        let mentioned = when.mentions[source] ?? []
        let classes = FactClasses(compiled: checked.compiled)
        let declared =
            classes.sets(
                of: source, in: flow, mentioned: mentioned, isNumeric: when.numberTested.contains(source))?.filter {
                !$0.isEmpty
            } ?? []
        let values = declared.isEmpty ? mentioned.map { [$0] } + [[FactClasses.other]] : declared
        let space = CellSpace(flow: flow, rules: [rule], extraRecipientCapacities: [], map: map)
        // Too many to try: nothing is in a set that is missing, so only what is negated can hold for that.
        guard space.count != nil else { return when.negated.contains(source) }
        var opens = false
        space.forEach { assignment in
            var without = assignment.facts
            without[source] = []
            guard when.holds(without) else { return true }
            opens = values.contains { value in
                var with = assignment.facts
                with[source] = value
                return !when.holds(with)
            }
            return !opens
        }
        return opens
    }

    /// Whether a test for anything but a value (`is-not`) would hold with every value outside it, and fails without one.
    private func lapsesWithout(_ source: Condition.Source, _ when: Condition, _ flow: Flow) -> Bool {
        if case .field(let path) = source, flow.message.schema.factPaths[path] == nil { return false }
        return when.lackingTested.contains(source)
    }
}

extension Condition {
    /// The sources tested within an odd number of `not`.
    fileprivate var negated: Set<Source> { tested(oddly: true) }

    private func tested(oddly: Bool) -> Set<Source> {
        switch self {
        case .all(let parts), .any(let parts):
            parts.reduce(into: []) { $0.formUnion($1.tested(oddly: oddly)) }
        case .not(let part): part.tested(oddly: !oddly)
        case .test(let source, _): oddly ? [] : [source]
        }
    }

    /// The sources tested with `is-not`: whoever writes that thinks of a value being there.
    fileprivate var lackingTested: Set<Source> {
        switch self {
        case .all(let parts), .any(let parts): parts.reduce(into: []) { $0.formUnion($1.lackingTested) }
        case .not(let part): part.lackingTested
        case .test(let source, .lacks): [source]
        case .test: []
        }
    }
}
