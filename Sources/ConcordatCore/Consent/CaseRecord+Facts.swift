import ConcordatDecision
import ConcordatTerms

extension CaseRecord {
    /// The consents as a judgement at `now` sees them.
    ///
    /// An objection that was taken back stands again while no renewal that reaches as far is in force: before it begins,
    /// after its end, and once it is no consent any more. Who agreed for a month has agreed to nothing else.
    func consentFacts(at now: UTCInstant) -> [ConsentFact] {
        consents.map { consent in
            guard let objection = consent.takenBack, !isAgreedAgain(consent.fact, at: now) else { return consent.fact }
            var fact = consent.fact
            fact.state = objection
            return fact
        }
    }

    private func isAgreedAgain(_ objection: ConsentFact, at now: UTCInstant) -> Bool {
        consents.contains { consent in
            consent.events.first?.state == .renewed && consent.fact.state(at: now).allows
                && consent.fact.reaches(asFarAs: objection)
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
