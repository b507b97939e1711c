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
    /// The answers that somebody owes.
    package var due: [DueAnswer]

    /// A story before its first message, with nothing known.
    package init(now: UTCInstant) { (self.now, facts, aliases, consents, due) = (now, nil, [:], [], []) }

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

    /// Takes out what a message answers and adds what it makes others owe, as the case register does. Called before the
    /// message moves any capacity: who gives an answer owed it before.
    ///
    /// - Parameter waiting: recipients that do not have it yet; what is owed to them stays owed.
    mutating func settle(
        _ message: MessageName, from sender: PartyID, answering reply: MessageID?, waiting: Set<PartyID>,
        opening: [DueAnswer]
    ) {
        let settled = due.filter { answer in
            answer.answeredBy.contains(message) && owes(answer, sender)
                && !(answer.owedTo.map(waiting.contains) ?? !waiting.isEmpty)
        }
        let named = settled.filter { $0.message == reply }
        let gone = Set(named.isEmpty ? settled : named)
        due = due.filter { !gone.contains($0) } + opening
    }

    private func owes(_ answer: DueAnswer, _ party: PartyID) -> Bool {
        switch answer.owedBy {
        case .recipient, .sender: answer.debtor == party
        case .capacity(let capacity): facts?.capacities(of: party, at: now).contains(capacity) ?? false
        }
    }
}
