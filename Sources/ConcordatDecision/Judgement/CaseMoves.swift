package import ConcordatTerms

/// What an accepted message changes in its case. Only messages the protocol names move anything.
package struct CaseMoves: Sendable, Equatable {
    /// A capacity that a party no longer holds.
    package struct End: Sendable, Hashable, Comparable {
        package let party: PartyID
        package let capacity: Capacity

        package init(party: PartyID, capacity: Capacity) { (self.party, self.capacity) = (party, capacity) }

        package static func < (left: End, right: End) -> Bool {
            (left.party, left.capacity) < (right.party, right.capacity)
        }
    }

    /// Capacities that begin now, those already held left out.
    package var grants: [CapacityHolding]
    /// Capacities that end now. Order matters: ends are applied before grants.
    package var ends: [End]
    /// Values to add to the case's flags.
    package var flags: [String: Set<String>]
    /// Roles to add to the case's persons; a person new to the case is there even without any.
    package var roles: [PersonID: Set<Role>]
    /// One open request for each recipient that the request was shared with.
    package var opens: [OpenRequest]
    /// The request this message answers, and so closes.
    package var closes: OpenRequest?

    package init(
        grants: [CapacityHolding] = [], ends: [End] = [], flags: [String: Set<String>] = [:],
        roles: [PersonID: Set<Role>] = [:], opens: [OpenRequest] = [], closes: OpenRequest? = nil
    ) {
        (self.grants, self.ends, self.flags) = (grants, ends, flags)
        (self.roles, self.opens, self.closes) = (roles, opens, closes)
    }
}
