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
        var rules = rules
        var space = CellSpace(flow: flow, rules: rules, extraRecipientCapacities: [], map: analysis.map)
        if space.count == nil {
            // Refusals only take away: what no two permits do side by side they do not do under refusals either.
            rules.removeAll { !$0.isPermit }
            space = CellSpace(flow: flow, rules: rules, extraRecipientCapacities: [], map: analysis.map)
        }
        guard space.count != nil else { return tellTooLarge(transforming, flow, field, &told) }
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

    private func tellTooLarge(
        _ transforming: [CompiledRule], _ flow: Flow, _ field: FieldClass, _ told: inout Set<Set<RuleID>>
    ) {
        let ids = transforming.map(\.id).sorted()
        guard told.insert(Set(ids)).inserted, let last = ids.last else { return }
        let names = ids.map { "`\($0)`" }.joined(separator: ", ")
        analysis.log.error(
            analysis.span(last),
            "more than \(CellSpace.assignmentsMax) classes of facts in one cell, from the permits of `\(field.category)` "
                + "beside \(names), which may give it different forms at once",
            "test fewer values or facts in these rules; met in `\(flow.message.name)` from \(flow.from) to \(flow.to)")
    }

    private static func transforms(_ rule: CompiledRule) -> Bool { rule.transform != nil }
}

extension CompiledRule {
    /// The transform of a permit that is not whole.
    fileprivate var transform: String? {
        if case .permit(let action, _) = effect, action.isTransform { action.rawValue } else { nil }
    }
}
