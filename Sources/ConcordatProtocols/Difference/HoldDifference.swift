import ConcordatDecision
import ConcordatTerms

/// What waits for somebody before it goes, in one text and in the other.
///
/// A wait that may end with nothing going is a bar: where it goes or covers less, somebody gains what nobody would have
/// released. Waits are matched by what they are about; their conditions are compared by form, so that a condition said
/// in another way may be told as a gain that no facts can bring about.
struct HoldDifference {
    typealias Finding = ProtocolDifference.Finding
    typealias Effect = ProtocolDifference.Effect

    let old: CompiledProtocol
    let new: CompiledProtocol

    func findings() -> [Finding] {
        let (before, now) = (Self.holds(old), Self.holds(new))
        let matched = TermsDifference.matched(
            before.filter { !now.contains($0) }, now.filter { !before.contains($0) }, by: { $0.scope == $1.scope })
        return matched.pairs.flatMap(compare)
            + matched.new.map { finding("\($0.subject) newly waits \($0.words)", .narrows, $0) }
            + matched.gone.map {
                finding("\($0.subject) no longer waits \($0.words)", $0.mayEndInNothing ? .shares : .loosens, $0)
            }
    }

    private func compare(_ was: Hold, _ now: Hold) -> [Finding] {
        var findings: [Finding] = []
        if was.terms != now.terms {
            findings.append(
                finding("\(now.subject) waits \(now.termWords), before \(was.termWords)", effect(was, now), was))
        }
        if was.rule.when != now.rule.when {
            let isWider = Self.implies(was.rule.when, now.rule.when)
            findings.append(
                finding(
                    "\(now.subject) waits \(now.conditionWords), before \(was.conditionWords)",
                    isWider ? .narrows : was.mayEndInNothing ? .shares : .loosens, was))
        }
        return findings
    }

    private func effect(_ was: Hold, _ now: Hold) -> Effect {
        let isSameEnd = was.terms.until == now.terms.until && was.terms.then == now.terms.then
        guard isSameEnd else {
            if was.terms.until == now.terms.until { return now.terms.then == .withhold ? .narrows : .shares }
            return was.mayEndInNothing ? .shares : .narrows
        }
        // Where the end of the wait shares, a shorter one shares sooner; else a longer one leaves more time to release.
        guard now.terms.then == .share else { return .changes }
        return now.terms.atMost < was.terms.atMost ? .loosens : .narrows
    }

    private func finding(_ sentence: String, _ effect: Effect, _ hold: Hold) -> Finding {
        let gains = effect == .shares ? hold.rule.to ?? reached(by: hold) : []
        return Finding(effect: effect, sentence: sentence, parties: gains, sharing: nil)
    }

    private func reached(by hold: Hold) -> Set<PartyKind> {
        let messages = hold.rule.messages.map(Array.init) ?? Array(new.messages.keys)
        return messages.reduce(into: []) { $0.formUnion(new.messages[$1]?.to ?? []) }
    }

    private static func holds(_ text: CompiledProtocol) -> [Hold] {
        text.rules.compactMap { rule in
            guard case .hold(let terms) = rule.effect else { return nil }
            var core = rule
            (core.id, core.title, core.when) = (RuleID(unchecked: "any"), "", rule.when.flatMap(withoutGround))
            return Hold(rule: core, terms: terms)
        }
    }

    /// No wait stands where the glass is broken; that is said in every one, and not by its author.
    private static func withoutGround(_ condition: Condition) -> Condition? {
        let isGround = { (part: Condition) in part == .test(.ground, .present(false)) }
        if isGround(condition) { return nil }
        guard case .all(let parts) = condition else { return condition }
        let rest = parts.filter { !isGround($0) }
        return rest.count > 1 ? .all(rest) : rest.first
    }

    /// Whether what meets one condition surely meets the other, by their form. Nil is always met.
    private static func implies(_ one: Condition?, _ other: Condition?) -> Bool {
        guard let other, one != other else { return true }
        guard let one else { return false }
        switch (one, other) {
        case (.any(let parts), _) where parts.allSatisfy({ implies($0, other) }): return true
        case (_, .any(let parts)) where parts.contains(where: { implies(one, $0) }): return true
        case (_, .all(let parts)) where parts.allSatisfy({ implies(one, $0) }): return true
        case (.all(let parts), _) where parts.contains(where: { implies($0, other) }): return true
        case (.test(let source, let narrow), .test(let same, let wide)) where source == same:
            return implies(narrow, wide)
        default: return false
        }
    }

    private static func implies(_ narrow: Condition.Test, _ wide: Condition.Test) -> Bool {
        switch (narrow, wide) {
        case (.contains(let value), .containsAny(let values)): values.contains(value)
        case (.containsAny(let some), .containsAny(let values)), (.only(let some), .only(let values)):
            some.isSubset(of: values)
        case (.number(let low, let high), .number(let lower, let higher)):
            (lower ?? .min) <= (low ?? .min) && (high ?? .max) <= (higher ?? .max)
        case (.contains, .present(true)), (.containsAny, .present(true)), (.number, .present(true)): true
        default: false
        }
    }
}

/// One wait, without what it is called.
private struct Hold: Equatable {
    let rule: CompiledRule
    let terms: HoldTerms

    /// The rule without its condition and its terms.
    var scope: CompiledRule {
        var scope = rule
        (scope.when, scope.effect) = (nil, .refuseMessage)
        return scope
    }

    /// Whether something that waits may never go: its time ends it, or an officer refuses it.
    var mayEndInNothing: Bool { terms.then == .withhold || terms.until == .officer }

    var subject: String {
        var words = rule.messages.map { TermsDifference.list($0) } ?? "every message"
        if let from = rule.from { words += " from \(TermsDifference.list(from))" }
        if let to = rule.to { words += " to \(TermsDifference.list(to))" }
        return words
    }

    var termWords: String {
        let until = terms.until == .consent ? "for a consent that is lacking" : "for an officer"
        let then = terms.then == .share ? "goes without it" : "is withheld"
        return "\(until), at most \(TermsDifference.days(terms.atMost)), then \(then)"
    }

    var conditionWords: String { rule.when.map { "when \(ConditionTerms.text($0))" } ?? "always" }

    var words: String { rule.when == nil ? termWords : "\(termWords), \(conditionWords)" }
}
