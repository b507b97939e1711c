import ConcordatDecision
package import ConcordatTerms

/// The rules that judgements met: those that decided something, and permits that came near.
package struct RulesMet: Sendable, Equatable {
    /// Permits of a kept field, prohibitions of a dropped one, the clause of a refusal or a hold.
    package private(set) var decided: Set<RuleID> = []
    /// Permits that lacked what they ask for: consent, a capacity, their condition.
    package private(set) var missed: Set<RuleID> = []

    package init() {}

    /// Adds what one message met, at each of its recipients.
    mutating func note(_ outcome: EventOutcome) {
        for decision in outcome.deliveries.map(\.decision) {
            if let clause = decision.answer.refusal?.clause { decided.insert(clause) }
            if case .hold(_, let hold) = decision.answer { decided.insert(hold.clause) }
            for ground in decision.grounds {
                decided.formUnion(ground.rules)
                missed.formUnion(ground.missed.map(\.rule))
            }
        }
    }
}
