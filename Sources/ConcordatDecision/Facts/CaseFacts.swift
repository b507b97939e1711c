package import ConcordatTerms

/// A party that holds a capacity in a case from one moment until another.
package struct CapacityHolding: Sendable, Hashable {
    package let party: PartyID
    package let capacity: Capacity
    package let from: UTCInstant
    /// Nil while it is held.
    package var until: UTCInstant?

    package init(party: PartyID, capacity: Capacity, from: UTCInstant, until: UTCInstant? = nil) {
        (self.party, self.capacity, self.from, self.until) = (party, capacity, from, until)
    }

    /// Whether the party holds it at `now`.
    package func isLive(at now: UTCInstant) -> Bool { from <= now && (until.map { now < $0 } ?? true) }
}

/// An information request that waits for its answer.
package struct OpenRequest: Sendable, Hashable {
    /// The id of the request message, as its asker gave it.
    package let message: MessageID
    package let asker: PartyID
    package let holder: PartyID
    package let purpose: PurposeID
    package let items: Set<RequestedItem>
    package let expires: UTCInstant

    package init(
        message: MessageID, asker: PartyID, holder: PartyID, purpose: PurposeID, items: Set<RequestedItem>,
        expires: UTCInstant
    ) {
        (self.message, self.asker, self.holder, self.purpose) = (message, asker, holder, purpose)
        (self.items, self.expires) = (items, expires)
    }
}

/// One category about one person, or about nobody or a role, that was asked for.
package struct RequestedItem: Sendable, Hashable {
    package let category: Category
    package let person: PersonID?
    package let role: Role?

    package init(category: Category, person: PersonID?, role: Role?) {
        (self.category, self.person, self.role) = (category, person, role)
    }
}

/// What a rule may know about a case beyond the message at hand: coded facts only.
package struct CaseFacts: Sendable, Equatable {
    /// Nil when the message opens the case.
    package var id: CaseID?
    package var capacities: [CapacityHolding]
    /// Every person of the case and the roles they have ever been given.
    package var roles: [PersonID: Set<Role>]
    /// Values seen for each flag; only ever added to.
    package var flags: [String: Set<String>]
    package var requests: [OpenRequest]

    package init(
        id: CaseID? = nil, capacities: [CapacityHolding] = [], roles: [PersonID: Set<Role>] = [:],
        flags: [String: Set<String>] = [:], requests: [OpenRequest] = []
    ) {
        (self.id, self.capacities, self.roles, self.flags) = (id, capacities, roles, flags)
        self.requests = requests
    }

    /// The capacities a party holds at `now`.
    package func capacities(of party: PartyID, at now: UTCInstant) -> Set<Capacity> {
        Set(capacities.lazy.filter { $0.party == party && $0.isLive(at: now) }.map(\.capacity))
    }
}
