import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// Finds permits that can apply side by side to one field about one role with different transforms and no whole permit.
struct AmbiguityCheck {
    let analysis: ProtocolAnalysis

    func run() {
        let rules = analysis.checked.compiled.rules
        guard rules.contains(where: Self.transforms) else { return }
        var told: Set<Set<RuleID>> = []
        for flow in analysis.map.flows {
            let covering = rules.filter { analysis.map.covers($0, flow) }
            guard covering.filter(Self.transforms).count > 1 else { continue }
            for field in analysis.map.classes[flow.message.name] ?? [] {
                let inCategory = covering.filter { $0.effect == .refuseMessage || $0.covers(field.category) }
                for subject in analysis.map.subjects(of: field) {
                    check(inCategory.filter { $0.covers(subject) }, flow, field, subject, &told)
                }
            }
        }
    }

    private func check(
        _ rules: [CompiledRule], _ flow: Flow, _ field: FieldClass, _ subject: CompiledRule.Subject,
        _ told: inout Set<Set<RuleID>>
    ) {
        let transforming = rules.filter(Self.transforms)
        guard Set(transforming.map(\.transform)).count > 1, !told.contains(Set(transforming.map(\.id))) else { return }
        let space = CellSpace(flow: flow, rules: rules, extraRecipientCapacities: [], map: analysis.map)
        let judgement = CellJudgement(rules: rules)
        space.forEach { assignment in
            guard let permits = judgement.conflict(subject, assignment) else { return true }
            let ids = permits.map(\.id).sorted()
            guard told.insert(Set(ids)).inserted, let last = ids.last else { return true }
            let names = ids.map { "`\($0)`" }.joined(separator: " and ")
            analysis.log.error(
                analysis.span(last),
                "permits \(names) give `\(field.category)` different forms at once, which drops it",
                "make their conditions exclude each other, or let one cover it alone; seen in `\(flow.message.name)` "
                    + "from \(flow.from) to \(flow.to)")
            return false
        }
    }

    private static func transforms(_ rule: CompiledRule) -> Bool { rule.transform != nil }
}

extension CompiledRule {
    /// The transform of a permit that is not whole.
    fileprivate var transform: String? {
        if case .permit(let action, _) = effect, action.isTransform { action.rawValue } else { nil }
    }
}
