import ConcordatTerms

extension Condition {
    /// Whether the condition holds. Total: a fact that is missing has no value, and no test fails.
    func holds(for facts: ConditionFacts) -> Bool {
        switch self {
        case .all(let parts): parts.allSatisfy { $0.holds(for: facts) }
        case .any(let parts): parts.contains { $0.holds(for: facts) }
        case .not(let part): !part.holds(for: facts)
        case .test(let source, let test): test.holds(of: source, in: facts)
        }
    }
}

extension Condition.Test {
    fileprivate func holds(of source: Condition.Source, in facts: ConditionFacts) -> Bool {
        func some(_ passes: (FactValue) -> Bool) -> Bool { facts.someValue(of: source, passes: passes) }
        return switch self {
        case .contains(let value): some { $0.reads(value) }
        // Not known is not the same as not so: what has no value lacks nothing.
        case .lacks(let value): some { _ in true } && !some { $0.reads(value) }
        case .containsAny(let values): some { $0.isOne(of: values) }
        case .only(let allowed): some { _ in true } && !some { !$0.isOne(of: allowed) }
        case .present(let expected): some { _ in true } == expected
        case .number(let min, let max):
            some { value in
                guard let number = value.number else { return false }
                return min.map { $0 <= number } ?? true && max.map { number <= $0 } ?? true
            }
        }
    }
}
