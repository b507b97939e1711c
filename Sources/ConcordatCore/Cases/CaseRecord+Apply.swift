package import ConcordatDecision
package import ConcordatTerms

extension CaseRecord {
    /// The record after `moves`, with its epoch one higher.
    package func applying(_ moves: CaseMoves, at now: UTCInstant) -> CaseRecord {
        var next = self
        // Order matters: an ended capacity may be granted anew by the same message.
        for end in moves.ends {
            for index in next.facts.capacities.indices
            where next.facts.capacities[index].party == end.party
                && next.facts.capacities[index].capacity == end.capacity
                && next.facts.capacities[index].isLive(at: now)
            {
                next.facts.capacities[index].until = now
            }
        }
        next.facts.capacities += moves.grants
        for (flag, values) in moves.flags { next.facts.flags[flag, default: []].formUnion(values) }
        for (person, roles) in moves.roles { next.facts.roles[person, default: []].formUnion(roles) }
        if let closed = moves.closes { next.facts.requests.removeAll { $0 == closed } }
        next.facts.requests.removeAll { $0.expires <= now }
        next.facts.requests += moves.opens
        next.epoch += 1
        return next
    }
}

extension CaseRecord {
    /// Nobody owes an answer to a message that never reached them, and nobody learns from owing one that there was any.
    mutating func forgive(_ delivery: Delivery) {
        guard delivery.attempts == 0 else { return }
        due.removeAll {
            $0.message == delivery.message && $0.debtor == delivery.recipient && $0.owedTo == delivery.sender
        }
    }
}

extension CaseMoves {
    /// Whether anything changes at all.
    package var isEmpty: Bool {
        grants.isEmpty && ends.isEmpty && flags.isEmpty && roles.isEmpty && opens.isEmpty && closes == nil
    }
}
