import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// Finds under which permits a field can pass at all, by rule or under a broken glass, and remembers it for rules that
/// meet again.
struct ShareSearch {
    /// One way in which a field passes.
    struct Found {
        /// Sorted.
        let rules: [RuleID]
        /// The grounds on which it passes, sorted; empty when no ground is needed.
        let grounds: [String]
    }

    private struct Key: Hashable {
        let message: MessageName
        let from: PartyKind
        let to: PartyKind
        let rules: [RuleID]
        let about: CompiledRule.Subject
        let isWholeOnly: Bool
        let isGlass: Bool
    }

    private let map: FlowMap
    private var known: [Key: Found?] = [:]

    init(_ map: FlowMap) { self.map = map }

    /// The permits of one way in which the field passes; nil when it never does.
    ///
    /// By rule means that nobody claims a ground; under a broken glass, that somebody must.
    mutating func permits(
        _ field: FieldClass, _ about: CompiledRule.Subject, _ flow: Flow, isWholeOnly: Bool, _ way: ChainAnalysis.Way
    ) -> Found? {
        let isGlass = way != .byRule
        guard isGlass || !isOnlyByGlass(flow) else { return nil }
        let relevant = map.compiled.rules.filter { rule in
            (isGlass || !rule.isBreakGlass) && (rule.effect == .refuseMessage || rule.covers(field.category))
                && rule.covers(about) && map.covers(rule, flow)
        }
        guard relevant.contains(where: \.isPermit),
            !relevant.contains(where: { $0.isStopping && $0.isUnconditional })
        else { return nil }
        if isGlass, !relevant.contains(where: { !$0.groundsNamed.isEmpty }) { return nil }
        let key = Key(
            message: flow.message.name, from: flow.from, to: flow.to, rules: relevant.map(\.id), about: about,
            isWholeOnly: isWholeOnly, isGlass: isGlass)
        if let found = known[key] { return found }
        let found = search(relevant, about, flow, isWholeOnly: isWholeOnly, isGlass: isGlass)
        known[key] = .some(found)
        return found
    }

    /// Whether no party of the recipient's kind can hold what the message asks for, so that only broken glass reaches it.
    private func isOnlyByGlass(_ flow: Flow) -> Bool {
        !flow.message.toCapacity.isEmpty && !map.canHold(flow.message.toCapacity, flow.to)
    }

    private func search(
        _ rules: [CompiledRule], _ about: CompiledRule.Subject, _ flow: Flow, isWholeOnly: Bool, isGlass: Bool
    ) -> Found? {
        let space = CellSpace(flow: flow, rules: rules, extraRecipientCapacities: [], map: map)
        // Too many to try: taken as shared, by any permit that could.
        guard space.count != nil else {
            let grounds = isGlass ? rules.reduce(into: Set<String>()) { $0.formUnion($1.groundsNamed) } : []
            return Found(rules: rules.filter(\.isPermit).map(\.id), grounds: grounds.sorted())
        }
        let judgement = CellJudgement(rules: rules)
        var (permits, grounds, isFound) = (Set<RuleID>(), Set<String>(), false)
        space.forEach { assignment in
            let claimed = assignment.facts[.ground] ?? []
            guard claimed.isEmpty != isGlass else { return true }
            let (action, ids) = judgement.action([about], assignment)
            guard action == .keep || (action != .drop && !isWholeOnly) else { return true }
            isFound = true
            permits.formUnion(ids)
            grounds.formUnion(claimed)
            // By rule one way is enough; of grounds all are told.
            return isGlass
        }
        return isFound ? Found(rules: permits.sorted(), grounds: grounds.sorted()) : nil
    }
}

extension CompiledRule {
    /// The grounds of break glass that its condition names.
    var groundsNamed: Set<String> { when?.mentions[.ground] ?? [] }
}
