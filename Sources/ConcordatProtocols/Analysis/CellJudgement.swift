import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// What the rules decide for one subject under one assignment: the judge's rule for a field, over classes of facts.
struct CellJudgement {
    /// The rules that cover the flow and the category of the cell, and those that refuse its message.
    let rules: [CompiledRule]

    /// The action for a person with these subjects (their roles, or nobody), and the permits it rests on.
    func action(_ subjects: [CompiledRule.Subject], _ assignment: Assignment) -> (FieldAction, [RuleID]) {
        var result: FieldAction?
        var permits: [RuleID] = []
        for subject in subjects {
            let (action, ids) = single(subject, assignment)
            if action == .drop { return (.drop, []) }
            result = result.map { $0.intersected(with: action) } ?? action
            permits += ids
        }
        return (result ?? .drop, permits)
    }

    /// The transforms that apply side by side to one role, with their permits, when nothing settles between them.
    func conflict(_ subject: CompiledRule.Subject, _ assignment: Assignment) -> [CompiledRule]? {
        let applying = rules.filter { $0.covers(subject) && applies($0, assignment) }
        if applying.contains(where: \.isStopping) { return nil }
        let permits = applying.filter(\.isPermit)
        let actions = Set(permits.compactMap(Self.action))
        return actions.contains(.keep) || actions.count < 2 ? nil : permits
    }

    private func single(_ subject: CompiledRule.Subject, _ assignment: Assignment) -> (FieldAction, [RuleID]) {
        var byAction: [FieldAction: [RuleID]] = [:]
        for rule in rules where rule.covers(subject) && applies(rule, assignment) {
            switch rule.effect {
            // A message that holds the field speaks of its subject, so a refusal about it stops the field too.
            case .prohibit, .refuseMessage: return (.drop, [])
            // What waits may go in the end.
            case .hold: continue
            case .permit(let action, _): byAction[action, default: []].append(rule.id)
            }
        }
        if let whole = byAction[.keep] { return (.keep, whole) }
        guard byAction.count == 1, let (action, ids) = byAction.first else { return (.drop, []) }
        return (action, ids)
    }

    /// Whether a covering rule applies: its condition, the capacities it asks for, the consent a permit rests on.
    func applies(_ rule: CompiledRule, _ assignment: Assignment) -> Bool {
        // What one party alone prohibits, others of its kind may send.
        guard rule.fromParties == nil, rule.when?.holds(assignment.facts) ?? true,
            !(rule.fromCapacity?.isDisjoint(with: assignment.sender) ?? false),
            !(rule.toCapacity?.isDisjoint(with: assignment.recipient) ?? false)
        else { return false }
        if assignment.onlyByGlass, rule.isPermit, !rule.isBreakGlass { return false }
        guard case .permit(_, let need) = rule.effect, need.level != .none else { return true }
        return assignment.consents.contains(Assignment.ConsentKey(level: need.level, of: need.of, kinds: need.kinds))
    }

    private static func action(_ rule: CompiledRule) -> FieldAction? {
        if case .permit(let action, _) = rule.effect { action } else { nil }
    }
}
