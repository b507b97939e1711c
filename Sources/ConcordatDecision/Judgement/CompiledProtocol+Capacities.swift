import ConcordatPayload
import ConcordatTerms

extension CompiledProtocol {
    /// The capacities a party has for this message, by number: those it holds, and those the message gives it.
    ///
    /// As if the grants had happened and the ends had not: who is told that it no longer holds a capacity still holds it.
    func capacities(of party: PartyID, in input: JudgeInput, _ table: MessageTable, _ facts: ConditionFacts)
        -> NumberSet
    {
        var held = heldCapacities(of: party, in: input)
        if let accepted = input.acceptedWith {
            for end in accepted.ends where end.party == party { held.insert(index.capacities[end.capacity]) }
            return held
        }
        for grant in table.grants where gives(grant, to: party, in: input, facts) {
            held.insert(index.capacities[grant.capacity])
        }
        return held
    }

    /// The capacities a party holds in the case before this message, by number.
    func heldCapacities(of party: PartyID, in input: JudgeInput) -> NumberSet {
        var held = NumberSet()
        for holding in input.caseFacts.capacities where holding.party == party && holding.isLive(at: input.now) {
            held.insert(index.capacities[holding.capacity])
        }
        return held
    }

    /// Whether a grant gives its capacity to the party, were the message accepted for the recipient of these facts alone.
    ///
    /// Not where the party may not hold it, nor where a sender names itself in a field. The same as
    /// ``CapacityNominees/byCapacity(for:)`` for one recipient, without making lists of anybody else.
    private func gives(
        _ grant: MessageTable.Move, to party: PartyID, in input: JudgeInput, _ facts: ConditionFacts
    ) -> Bool {
        guard let kind = parties[party]?.kind, let kinds = capacities[grant.capacity]?.kinds,
            kinds.isEmpty || kinds.contains(kind), grant.move.when?.holds(for: facts) ?? true
        else { return false }
        func isHeld() -> Bool {
            input.caseFacts.capacities.contains {
                $0.party == party && $0.capacity == grant.capacity && $0.isLive(at: input.now)
            }
        }
        switch grant.move.holder {
        case .sender: return party == input.sender
        case .recipient: return party == input.recipient
        case .everyone: return isHeld()
        case .field(let path):
            return input.facts.parties[path]?.contains(party) ?? false && (party != input.sender || isHeld())
        }
    }
}
