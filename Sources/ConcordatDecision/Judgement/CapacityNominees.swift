import ConcordatPayload
import ConcordatTerms

/// Works out whom a message names for a capacity. The protocol says which messages do; a party's word about itself never does.
///
/// A class so that its closures hold one reference and not a copy of all it knows.
final class CapacityNominees {
    private let text: CompiledProtocol
    private let input: JudgeInput
    private let table: MessageTable?

    init(text: CompiledProtocol, input: JudgeInput) {
        (self.text, self.input) = (text, input)
        table = text.index.messages[input.message]
    }

    /// The parties each capacity would newly belong to, were the message accepted for exactly these recipients.
    ///
    /// Parties that may not hold the capacity are left out, and so is a sender that names itself in a field.
    func byCapacity(for recipients: [PartyID]) -> [Capacity: Set<PartyID>] {
        var named: [Capacity: Set<PartyID>] = [:]
        for grant in table?.grants ?? [] {
            let parties = parties(of: grant, for: recipients).filter { party in
                mayHold(party, grant.capacity)
                    && !(grant.isByField && party == input.sender && !isHeld(by: party, grant))
            }
            named[grant.capacity, default: []].formUnion(parties)
        }
        return named.filter { !$0.value.isEmpty }
    }

    /// What is wrong with the capacities the message would give, whoever of its recipients accepts it.
    func fault() -> Refusal? {
        let recipients = Set(input.recipients + [input.recipient]).filter(mayReceive).sorted()
        for grant in table?.grants ?? [] where grant.isByField {
            let parties = parties(of: grant, for: recipients)
            if parties.contains(input.sender), !isHeld(by: input.sender, grant) {
                return Refusal(code: "capacity.self-granted")
            }
            guard parties.allSatisfy({ mayHold($0, grant.capacity) }) else {
                return Refusal(code: "capacity.not-a-party")
            }
        }
        guard table?.grants.contains(where: { isExclusive($0.capacity) }) ?? false else { return nil }
        let crowded = byCapacity(for: recipients).contains { capacity, parties in
            parties.count > 1 && isExclusive(capacity)
        }
        return crowded ? Refusal(code: "capacity.exclusive") : nil
    }

    /// The parties whose capacity ends, were the message accepted for these recipients; whoever is named anew keeps it.
    func ended(for recipients: [PartyID], named: [Capacity: Set<PartyID>]) -> Set<CaseMoves.End> {
        var ended: Set<CaseMoves.End> = []
        for end in table?.ends ?? [] {
            for party in parties(of: end, for: recipients) { ended.insert(.init(party: party, capacity: end.capacity)) }
        }
        for capacity in named.keys where isExclusive(capacity) {
            for party in holders(of: capacity) { ended.insert(.init(party: party, capacity: capacity)) }
        }
        return ended.filter { end in
            holders(of: end.capacity).contains(end.party) && !(named[end.capacity]?.contains(end.party) ?? false)
        }
    }

    /// The parties that hold a capacity now.
    func holders(of capacity: Capacity) -> Set<PartyID> {
        var holders: Set<PartyID> = []
        for holding in input.caseFacts.capacities where holding.capacity == capacity && holding.isLive(at: input.now) {
            holders.insert(holding.party)
        }
        return holders
    }

    /// Whom one move speaks of. A condition about the recipient counts when it holds for one of them.
    private func parties(of move: MessageTable.Move, for recipients: [PartyID]) -> Set<PartyID> {
        let meeting = recipients.filter { isMet(move, for: $0) }
        guard !meeting.isEmpty else { return [] }
        switch move.holder {
        case .sender: return [input.sender]
        case .recipient: return Set(meeting)
        case .everyone: return holders(of: move.capacity)
        case .field(let path): return input.facts.parties[path] ?? []
        }
    }

    private func isMet(_ move: MessageTable.Move, for recipient: PartyID) -> Bool {
        guard let table, move.condition != ConditionTable.holds else { return true }
        var values = ConditionValues(
            table.conditions, from: text.roster[input.sender], to: text.roster[recipient])
        return values.holds(move.condition, input)
    }

    private func isExclusive(_ capacity: Capacity) -> Bool { text.capacities[capacity]?.exclusive ?? true }

    private func isHeld(by party: PartyID, _ move: MessageTable.Move) -> Bool {
        holders(of: move.capacity).contains(party)
    }

    private func mayHold(_ party: PartyID, _ capacity: Capacity) -> Bool {
        guard let kind = text.parties[party]?.kind, let kinds = text.capacities[capacity]?.kinds else { return false }
        return kinds.isEmpty || kinds.contains(kind)
    }

    private func mayReceive(_ party: PartyID) -> Bool {
        guard let kind = text.parties[party]?.kind else { return false }
        return text.messages[input.message]?.to.contains(kind) ?? false
    }
}
