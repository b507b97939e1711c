import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

extension CompiledProtocol {
    /// Judges, and takes away what an admin has stopped: every field of a stopped category or of one within it, and whole
    /// free text, which may hold anything.
    ///
    /// What is asked for counts as what is sent: a request for a stopped category is withheld.
    func judge(_ input: JudgeInput, without stopped: Set<Category>) -> Decision {
        let decision = judge(input)
        guard !stopped.isEmpty, let schema = messages[input.message]?.schema else { return decision }
        return decision.without(categoriesStopped(by: stopped), schema: schema, facts: input.facts)
    }

    private func categoriesStopped(by stopped: Set<Category>) -> Set<Category> {
        stopped.reduce(into: []) { $0.formUnion(categories(within: $1)) }
    }
}

extension Decision {
    /// The code of an answer that nothing is left of because a category is stopped. It may be resumed, so what is queued waits.
    static let stoppedCode = "category.stopped"

    fileprivate func without(_ stopped: Set<Category>, schema: MessageSchema, facts: MessageFacts) -> Decision {
        var result = self
        let plan: FieldPlan
        switch answer {
        case .share(let shared): plan = shared
        case .hold(let held, _): plan = held
        case .withhold, .refuse: return self
        }
        guard !facts.asked.contains(where: { stopped.contains($0.category) }) else {
            result.answer = .withhold(Refusal(code: Self.stoppedCode))
            return result
        }
        let cut = FieldPlanCut(plan) { field, action in
            let isStopped =
                stopped.contains(schema.category(of: field.node)) || (action == .keep && schema.isFreeText(field.node))
            return isStopped ? .drop : action
        }
        result.grounds = grounds.map { ground in
            guard cut.dropped.contains(ground.field) else { return ground }
            return FieldGround(
                field: ground.field, category: ground.category, action: .drop, rules: [], missed: ground.missed,
                count: ground.count)
        }
        result.brokenGlass = result.brokenGlassLeft
        result.answer =
            switch answer {
            case .hold(_, let hold): .hold(cut.plan, hold)
            default:
                facts.fields.contains { $0.value > 0 && cut.plan.action(for: $0.key) != .drop }
                    ? .share(cut.plan) : .withhold(Refusal(code: Self.stoppedCode))
            }
        return result
    }
}

/// A plan with some of its actions changed, and the fields that pass no more.
struct FieldPlanCut {
    private(set) var plan = FieldPlan()
    private(set) var dropped: Set<FieldOccurrence> = []

    init(_ old: FieldPlan, _ change: (FieldOccurrence, FieldAction) -> FieldAction) {
        var entries: [FieldPlan.Entry] = []
        old.forEach { entry in
            let new = change(entry.field, entry.action)
            if new == .drop, entry.action != .drop { dropped.insert(entry.field) }
            entries.append(FieldPlan.Entry(field: entry.field, action: new, isSilent: entry.isSilent))
        }
        plan = FieldPlan(entries)
    }
}
