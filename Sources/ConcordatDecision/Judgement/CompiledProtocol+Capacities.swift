import ConcordatPayload
import ConcordatTerms

/// The capacities that sender and recipient of a message hold in the case before it, by number.
struct HeldCapacities {
    private(set) var sender = NumberSet()
    private(set) var recipient = NumberSet()

    init(
        of sender: PartyID, _ recipient: PartyID, in holdings: [CapacityHolding], at now: UTCInstant,
        _ numbers: Numbering<Capacity>
    ) {
        for place in holdings.indices {
            let isSenders = holdings[place].party == sender
            let isRecipients = holdings[place].party == recipient
            guard isSenders || isRecipients, holdings[place].isLive(at: now) else { continue }
            let number = numbers[holdings[place].capacity]
            if isSenders { self.sender.insert(number) }
            if isRecipients { self.recipient.insert(number) }
        }
    }
}

extension CompiledProtocol {
    /// What sender and recipient hold before the message.
    func heldCapacities(_ input: JudgeInput) -> HeldCapacities {
        HeldCapacities(
            of: input.sender, input.recipient, in: input.caseFacts.capacities, at: input.now, index.capacities)
    }

    /// Adds to the capacities a party holds, by number, those it has for this message: what the message gives it.
    ///
    /// As if the grants had happened and the ends had not: who is told that it no longer holds a capacity still holds it.
    func capacities(
        of party: IndexedParty, holding held: NumberSet, in input: JudgeInput, _ table: MessageTable,
        _ values: inout ConditionValues
    ) -> NumberSet {
        var held = held
        if let accepted = input.acceptedWith {
            for end in accepted.ends where end.party == party.party.id { held.insert(index.capacities[end.capacity]) }
            return held
        }
        for grant in table.grants where gives(grant, to: party, in: input, &values) { held.insert(grant.number) }
        return held
    }

    /// Whether a grant gives its capacity to the party, were the message accepted for its recipient alone.
    ///
    /// Not where the party may not hold it, nor where a sender names itself in a field. The same as
    /// ``CapacityNominees/byCapacity(for:)`` for one recipient, without making lists of anybody else.
    private func gives(
        _ grant: MessageTable.Move, to party: IndexedParty, in input: JudgeInput, _ values: inout ConditionValues
    ) -> Bool {
        let id = party.party.id
        guard grant.mayBeHeld(byKind: party.kind), values.holds(grant.condition, input) else { return false }
        switch grant.holder {
        case .sender: return id == input.sender
        case .recipient: return id == input.recipient
        case .everyone: return holds(id, grant.capacity, in: input)
        case .field(let path):
            return input.facts.parties[path]?.contains(id) ?? false
                && (id != input.sender || holds(id, grant.capacity, in: input))
        }
    }

    private func holds(_ party: PartyID, _ capacity: Capacity, in input: JudgeInput) -> Bool {
        input.caseFacts.capacities.contains {
            $0.party == party && $0.capacity == capacity && $0.isLive(at: input.now)
        }
    }
}
