package import ConcordatTerms

/// Finds the consent that decides about one person, purpose, category and recipient. The stricter record wins.
package enum ConsentSearch {
    /// What was found: the record that decided, if there is one, and the state it is in now.
    package struct Finding: Sendable, Hashable {
        /// Nil when no record speaks of it.
        package let consent: ConsentID?
        package let state: ConsentState

        package init(consent: ConsentID?, state: ConsentState) { (self.consent, self.state) = (consent, state) }
    }

    /// The state of one person's consent to one category going to one recipient for one purpose.
    ///
    /// Processing that needs consent *given* may rest on it when the state `allows`; processing that needs nobody to
    /// have objected, unless the state `objects`. `lineage` is the category with all it lies within: a record that names
    /// a parent covers its children.
    ///
    /// One objecting record outweighs any number of allowing ones, older or newer: whoever agrees again renews the
    /// record that was withdrawn. `from` and `until` bound what a record allows and never an objection: a withdrawal
    /// acts at once, and the end of a consent that was withdrawn gives nothing back. With `kinds`, only records of those
    /// kinds allow; an objection of any kind stands.
    package static func state(
        of person: PersonID, for purpose: PurposeID, lineage: Set<Category>, to recipient: PartyID, kind: PartyKind,
        ofKinds kinds: Set<ConsentKind> = [], in consents: [ConsentFact], now: UTCInstant
    ) -> Finding {
        var best: (rank: Int, finding: Finding, id: ConsentID)?
        for record in consents {
            guard record.person == person, record.purpose == purpose,
                record.covers(lineage: lineage), record.covers(recipient: recipient, kind: kind),
                kinds.isEmpty || kinds.contains(record.kind) || record.state.objects
            else { continue }
            let state = record.state(at: now)
            let rank = state.objects ? 0 : state.allows ? 1 : 2
            if let found = best, (found.rank, found.id) <= (rank, record.id) { continue }
            best = (rank, Finding(consent: record.id, state: state), record.id)
        }
        return best?.finding ?? Finding(consent: nil, state: .unknown)
    }
}

extension ConsentFact {
    /// The state at `now`: a consent past its end is expired, and one that has not begun is not yet known.
    package func state(at now: UTCInstant) -> ConsentState {
        guard state.allows else { return state }
        if let until, until <= now { return .expired }
        return from <= now ? state : .unknown
    }

    /// Whether the record speaks of a category with this lineage.
    fileprivate func covers(lineage: Set<Category>) -> Bool {
        categories.map { !$0.isDisjoint(with: lineage) } ?? true
    }

    /// Whether the record speaks of this recipient.
    fileprivate func covers(recipient: PartyID, kind: PartyKind) -> Bool {
        guard let recipientKinds else { return true }
        return recipientKinds.contains(kind) || recipientParties.contains(recipient)
    }
}
