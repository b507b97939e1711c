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
        let records = ConsentRecords(
            consents.filter { $0.person == person }, for: purpose, to: recipient, kind: kind, now: now
        ) { $0.isDisjoint(with: lineage) ? NumberSet() : NumberSet([0]) }
        guard let place = records.deciding(of: person, category: 0, ofKinds: kinds) else {
            return Finding(consent: nil, state: .unknown)
        }
        return Finding(consent: records.list[place].id, state: records.list[place].state)
    }
}

/// The consent records that speak of one purpose and one recipient, with the state each is in now; the strictest first.
struct ConsentRecords {
    struct Record {
        let id: ConsentID
        let person: PersonID
        let kind: ConsentKind
        let state: ConsentState
        /// The categories it covers, by number, unless it covers every category.
        fileprivate let covered: NumberSet
        fileprivate let coversAll: Bool
        /// 0 objects, 1 allows, 2 does neither.
        fileprivate let rank: Int
    }

    private(set) var list: [Record] = []

    /// No records.
    init() {}

    /// - Parameter numbers: of all that lies within these categories.
    init(
        _ consents: [ConsentFact], for purpose: PurposeID, to recipient: PartyID, kind: PartyKind, now: UTCInstant,
        _ numbers: (Set<Category>) -> NumberSet
    ) {
        for place in consents.indices where consents[place].purpose == purpose {
            if let kinds = consents[place].recipientKinds, !kinds.contains(kind),
                !consents[place].recipientParties.contains(recipient)
            {
                continue
            }
            let state = consents[place].state(at: now)
            let categories = consents[place].categories
            list.append(
                Record(
                    id: consents[place].id, person: consents[place].person, kind: consents[place].kind, state: state,
                    covered: categories.map(numbers) ?? NumberSet(), coversAll: categories == nil,
                    rank: state.objects ? 0 : state.allows ? 1 : 2))
        }
        guard list.count > 1 else { return }
        list.sort { $0.rank == $1.rank ? $0.id < $1.id : $0.rank < $1.rank }
    }

    /// The record that decides about a person and a category, by number; nil when none speaks of it.
    func deciding(of person: PersonID, category: Int, ofKinds kinds: Set<ConsentKind>) -> Int? {
        for place in list.indices where list[place].person == person {
            guard list[place].coversAll || list[place].covered.contains(category) else { continue }
            if kinds.isEmpty || list[place].state.objects || kinds.contains(list[place].kind) { return place }
        }
        return nil
    }
}

extension ConsentFact {
    /// The state at `now`: a consent past its end is expired, and one that has not begun is not yet known.
    @inline(__always)
    package func state(at now: UTCInstant) -> ConsentState {
        guard state.allows else { return state }
        if let until, until <= now { return .expired }
        return from <= now ? state : .unknown
    }
}
