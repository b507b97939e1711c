package import ConcordatDecision
package import ConcordatTerms

/// One case of the register: coded facts, consents, and each party's own references. Immutable per epoch.
///
/// Holds nothing a message says in free words. It is sealed at rest and erased with the case.
package struct CaseRecord: Sendable, Equatable {
    package let id: CaseID
    /// 1 when opened; one more with each change.
    package var epoch: Int
    package let opened: UTCInstant
    package var facts: CaseFacts
    package var consents: [ConsentRecord]
    /// Each party's own references of the case. Echoed only to that party.
    package var references: [PartyID: Set<String>]
    /// Each party's own references of persons. Echoed only to that party.
    package var personReferences: [PartyID: [String: PersonID]]
    /// A random key per person, 32 bytes: the pseudonym in leaves is made with it, and gone with it.
    package var personKeys: [PersonID: [UInt8]]
    /// Answers that are owed in the case, oldest first.
    package var due: [DueAnswer] = []
    /// How old somebody is, where a message told it in a field marked for ages. The newest word stands.
    package var ages: [PersonID: KnownAge] = [:]
    /// Uses of break glass, oldest first.
    package var glass: [GlassUse] = []
    /// Consents that ended and whose recipients are still to be told, oldest first.
    package var recalls: [PendingRecall] = []
    /// Notices to recipients of what was handed over, oldest first.
    package var notices: [Notice] = []

    // Bounds of one case; what would pass them is refused.
    package static let personsMax = 500
    package static let consentsMax = 2_000
    package static let referencesMax = 5_000
    package static let requestsMax = 1_000
    package static let capacitiesMax = 5_000
    package static let dueMax = 500
    package static let glassMax = 200
    package static let noticesMax = 1_000

    package init(
        id: CaseID, epoch: Int = 0, opened: UTCInstant, facts: CaseFacts? = nil, consents: [ConsentRecord] = [],
        references: [PartyID: Set<String>] = [:], personReferences: [PartyID: [String: PersonID]] = [:],
        personKeys: [PersonID: [UInt8]] = [:]
    ) {
        (self.id, self.epoch, self.opened, self.consents) = (id, epoch, opened, consents)
        self.facts = facts ?? CaseFacts(id: id)
        (self.references, self.personReferences, self.personKeys) = (references, personReferences, personKeys)
    }

    /// The person that `reference` names for `party`: its own reference, or the gateway's id.
    package func person(_ reference: String, of party: PartyID) -> PersonID? {
        if let own = personReferences[party]?[reference] { return own }
        guard let minted = PersonID(reference), facts.roles[minted] != nil else { return nil }
        return minted
    }

    /// The reference `party` uses for a person, the smallest when it has several; else the gateway's id.
    package func reference(of person: PersonID, for party: PartyID) -> String {
        personReferences[party]?.filter { $0.value == person }.keys.min() ?? person.rawValue
    }

    /// Whether a message has made the case larger than a case may be. Consents are bounded where they are taken: many of
    /// them must not keep messages out.
    package var isFull: Bool {
        facts.roles.count > Self.personsMax || facts.requests.count > Self.requestsMax
            || facts.capacities.count > Self.capacitiesMax || due.count > Self.dueMax
            || glass.count > Self.glassMax
            || references.values.reduce(0, { $0 + $1.count }) > Self.referencesMax
            || personReferences.values.reduce(0, { $0 + $1.count }) > Self.referencesMax
    }
}
