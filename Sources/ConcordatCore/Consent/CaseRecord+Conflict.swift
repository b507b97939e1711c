import ConcordatDecision
import ConcordatLog
import ConcordatTerms

extension CaseRecord {
    /// The consents that allow something and could not be recorded so any more, with these roles known of the case's people.
    ///
    /// Somebody spoke for another and has a role by now that speaks for nobody; or the person has a role more, and for it this
    /// recorder, kind or giver is not let (brief P3: who has two roles gets the stricter rule). A consent that no role would
    /// allow was recorded under another text, and stands.
    ///
    /// - Parameter roles: every person's, those that a message at hand tells included.
    func consentsInConflict(with roles: [PersonID: Set<Role>], under text: CompiledProtocol) -> Set<ConsentID> {
        guard consents.contains(where: \.fact.state.allows) else { return [] }
        return Set(
            consents.lazy.filter { $0.fact.state.allows && isInConflict($0, roles, text) }.map(\.fact.id))
    }

    private func isInConflict(_ consent: ConsentRecord, _ all: [PersonID: Set<Role>], _ text: CompiledProtocol) -> Bool
    {
        let roles = all[consent.fact.person] ?? []
        let speaking = text.consents.filter { !$0.about.isDisjoint(with: roles) }
        if let giver = consent.giving.giver.flatMap({ all[$0] }),
            speaking.contains(where: { !$0.neverGuardian.isDisjoint(with: giver) })
        {
            return true
        }
        guard roles.count > 1, let kind = text.parties[consent.recordedBy]?.kind else { return false }
        let allowing = roles.filter { role in
            speaking.contains {
                $0.about.contains(role) && $0.recordedBy.contains(kind) && $0.kinds.contains(consent.fact.kind)
                    && $0.givenBy.contains(consent.giving.by)
            }
        }
        guard !allowing.isEmpty else { return false }
        return allowing.count < roles.count || speaking.contains { $0.neverBy.contains(kind) }
    }

    /// Ends those consents: they allow nothing from now on, and who has what rested on them is still to be told.
    mutating func end(_ ids: Set<ConsentID>, at now: UTCInstant) {
        var ended: [ConsentFact] = []
        for index in consents.indices where ids.contains(consents[index].fact.id) {
            consents[index].note(.invalidated, at: now, by: House.gatewayParty)
            ended.append(consents[index].fact)
        }
        recall(ended, event: .invalidated, at: now)
    }
}

extension ConsentLeaf {
    /// The leaf of a change says the state the record is now in.
    ///
    /// - Parameter party: who made the change; nil for the gateway itself.
    /// - Returns: nil when the case has no key for the person: a change that no leaf can tell of is not made.
    init?(_ consent: ConsentRecord, in record: CaseRecord, by party: PartyID?) {
        guard let key = record.personKeys[consent.fact.person],
            let pseudonym = Pseudonym(bytes: DerivedKeys.pseudonym(personKey: key)),
            let event = ConsentLeaf.Event(rawValue: consent.fact.state.rawValue),
            let kind = ConsentLeaf.ConsentKind(rawValue: consent.fact.kind.rawValue)
        else { return nil }
        self.init(
            consent: consent.fact.id, person: pseudonym, caseID: record.id, purpose: consent.fact.purpose,
            categories: (consent.fact.categories ?? []).sorted(),
            recipients: (consent.fact.recipientKinds ?? []).sorted(),
            parties: consent.fact.recipientParties.sorted(), consentKind: kind, event: event,
            recordedBy: party, role: (record.facts.roles[consent.fact.person] ?? []).min())
    }
}
