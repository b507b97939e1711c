import ConcordatDecision
import ConcordatTerms

extension CaseRecord {
    /// The consents as a judgement at `now` sees them.
    ///
    /// An objection that was taken back stands again while no renewal that reaches as far is in force: before it begins,
    /// after its end, and once it is no consent any more. Who agreed for a month has agreed to nothing else.
    ///
    /// - Parameter ending: consents that a message at hand puts out of force.
    func consentFacts(at now: UTCInstant, ending: Set<ConsentID> = []) -> [ConsentFact] {
        // Looked for once: a case may hold many objections, and few renewals are in force.
        let renewals = consents.filter {
            $0.events.first?.state == .renewed && $0.fact.state(at: now).allows && !ending.contains($0.fact.id)
        }
        return consents.map { consent in
            if ending.contains(consent.fact.id) {
                var fact = consent.fact
                fact.state = .invalidated
                return fact
            }
            guard let objection = consent.takenBack,
                !renewals.contains(where: { $0.fact.reaches(asFarAs: consent.fact) })
            else { return consent.fact }
            var fact = consent.fact
            fact.state = objection
            return fact
        }
    }
}

extension ConsentRecord {
    /// What it objected with before a renewal took it back; nil when none did.
    fileprivate var takenBack: ConsentState? {
        guard fact.state == .invalidated, events.count > 1 else { return nil }
        let before = events[events.count - 2].state
        return before.objects ? before : nil
    }
}

extension ConsentFact {
    /// Whether this covers all that another record of the same person, purpose and kind covers.
    fileprivate func reaches(asFarAs other: ConsentFact) -> Bool {
        guard person == other.person, purpose == other.purpose, kind == other.kind else { return false }
        if let categories {
            guard let theirs = other.categories, theirs.isSubset(of: categories) else { return false }
        }
        if let recipientKinds {
            guard let theirs = other.recipientKinds, theirs.isSubset(of: recipientKinds),
                other.recipientParties.isSubset(of: recipientParties)
            else { return false }
        }
        return true
    }
}
