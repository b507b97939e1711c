package import ConcordatDecision
package import ConcordatTerms

/// What is known of one case while a story is told: `facts.yaml`, and then what each accepted message changes.
package struct CaseState: Sendable {
    /// When everything happens.
    package var now: UTCInstant
    /// Nil until a message has opened the case.
    package var facts: CaseFacts?
    /// Each party's own references for the persons of the case.
    package var aliases: [PartyID: [String: PersonID]]
    package var consents: [ConsentFact]

    /// A story before its first message, with nothing known.
    package init(now: UTCInstant) { (self.now, facts, aliases, consents) = (now, nil, [:], []) }

    /// The person a sender's reference stands for, minting ids for those not known yet.
    func persons(of references: [String], from sender: PartyID) -> [PersonID] {
        var taken = Set(facts?.roles.keys.map(\.rawValue) ?? [])
        return references.map { reference in
            if let known = aliases[sender]?[reference] { return known }
            let number = (1...).first { !taken.contains("p-\($0)") } ?? 0
            taken.insert("p-\(number)")
            return PersonID(unchecked: "p-\(number)")
        }
    }

    /// Applies what an accepted message changes, and remembers its references as the sender's.
    mutating func apply(_ moves: CaseMoves, references: [String], persons: [PersonID], from sender: PartyID) {
        var facts = facts ?? CaseFacts(id: CaseID(unchecked: "case-1"))
        // Order matters: ends before grants, as the register applies them.
        for end in moves.ends {
            for index in facts.capacities.indices
            where facts.capacities[index].party == end.party && facts.capacities[index].capacity == end.capacity
                && facts.capacities[index].isLive(at: now)
            {
                facts.capacities[index].until = now
            }
        }
        facts.capacities += moves.grants
        for (flag, values) in moves.flags { facts.flags[flag, default: []].formUnion(values) }
        for (person, roles) in moves.roles { facts.roles[person, default: []].formUnion(roles) }
        if let closed = moves.closes { facts.requests.removeAll { $0 == closed } }
        facts.requests += moves.opens
        for (reference, person) in zip(references, persons) { aliases[sender, default: [:]][reference] = person }
        self.facts = facts
    }
}
