import ConcordatDecision
import ConcordatTerms

/// A condition in the words of a difference: declared names, no titles.
enum ConditionTerms {
    /// The condition, to stand after `when`.
    static func text(_ condition: Condition) -> String {
        switch condition {
        case .all(let parts): parts.map(inner).joined(separator: " and ")
        case .any(let parts): (parts.count > 1 ? "either " : "") + parts.map(inner).joined(separator: " or ")
        case .not(let part): "not " + inner(part)
        case .test(let source, let test): "\(source.phrase) \(text(test))"
        }
    }

    private static func inner(_ condition: Condition) -> String {
        if case .test = condition { return text(condition) }
        return "(\(text(condition)))"
    }

    private static func text(_ test: Condition.Test) -> String {
        switch test {
        case .contains(let value): "is \(value)"
        case .lacks(let value): "is known and not \(value)"
        case .containsAny(let values): "is \(values.sorted().joined(separator: " or "))"
        case .only(let values): "is only \(values.sorted().joined(separator: " or "))"
        case .present(let isThere): isThere ? "is known" : "is not known"
        case .number(let min?, let max?): min == max ? "is \(min)" : "is \(min) to \(max)"
        case .number(let min?, nil): "is at least \(min)"
        case .number(nil, let max?): "is at most \(max)"
        case .number(nil, nil): "is a number"
        }
    }
}
