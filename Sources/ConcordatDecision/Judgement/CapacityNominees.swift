import ConcordatPayload
import ConcordatTerms

/// Works out whom a message names for a capacity. The protocol says which messages do; a party's word about itself never does.
///
/// A class so that its closures hold one reference and not a copy of all it knows.
final class CapacityNominees {
    private let text: CompiledProtocol
    private let input: JudgeInput
    private let table: JudgeIndex.MessageTable?

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

    /// The capacities a party has for this message: those it holds, and those the message gives it.
    ///
    /// As if the grants had happened and the ends had not: who is told that it no longer holds a capacity still holds it.
    func capacities(of party: PartyID, _ named: [Capacity: Set<PartyID>]) -> Set<Capacity> {
        let held = input.caseFacts.capacities(of: party, at: input.now)
        if let accepted = input.acceptedWith {
            return held.union(accepted.ends.lazy.filter { $0.party == party }.map(\.capacity))
        }
        return held.union(named.filter { $0.value.contains(party) }.keys)
    }

    /// What is wrong with the capacities the message would give, whoever of its recipients accepts it.
    func fault() -> Refusal? {
        guard !(table?.grants.isEmpty ?? true) else { return nil }
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
    private func parties(of move: JudgeIndex.Move, for recipients: [PartyID]) -> Set<PartyID> {
        let meeting = recipients.filter { recipient in
            move.move.when?.holds(for: text.conditionFacts(of: input, to: recipient)) ?? true
        }
        guard !meeting.isEmpty else { return [] }
        switch move.move.holder {
        case .sender: return [input.sender]
        case .recipient: return Set(meeting)
        case .everyone: return holders(of: move.capacity)
        case .field(let path): return input.facts.parties[path] ?? []
        }
    }

    private func isExclusive(_ capacity: Capacity) -> Bool { text.capacities[capacity]?.exclusive ?? true }

    private func isHeld(by party: PartyID, _ move: JudgeIndex.Move) -> Bool {
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

extension JudgeIndex.Move {
    fileprivate var isByField: Bool {
        switch move.holder {
        case .field: true
        case .sender, .recipient, .everyone: false
        }
    }
}

extension CompiledProtocol {
    /// The facts a condition may look at when this message goes to that recipient.
    func conditionFacts(of input: JudgeInput, to recipient: PartyID) -> ConditionFacts {
        ConditionFacts(
            fields: input.facts.facts, flags: flags(with: input),
            senderSpecialities: parties[input.sender]?.specialities ?? [],
            recipientSpecialities: parties[recipient]?.specialities ?? [],
            senderKind: parties[input.sender]?.kind.rawValue ?? "",
            recipientKind: parties[recipient]?.kind.rawValue ?? "", ages: ages(in: input), counts: counts(in: input),
            ground: input.breakGlass, today: input.now.date)
    }

    /// Ages by role of those whose date of birth the message tells.
    private func ages(in input: JudgeInput) -> [Role: Set<String>] {
        var ages: [Role: Set<String>] = [:]
        for person in input.people {
            // The date goes no further than this comparison; only whole years stand in a condition.
            guard let born = person.born?.reveal() else { continue }
            for role in person.roles { ages[role, default: []].insert(String(born.wholeYears(until: input.now.date))) }
        }
        return ages
    }

    /// How many people of the message and the case have each role.
    func counts(in input: JudgeInput) -> [Role: Int] {
        var counts: [Role: Int] = [:]
        for person in input.people + input.casePeople {
            for role in person.roles { counts[role, default: 0] += 1 }
        }
        return counts
    }

    /// The flags of the case with what this message adds to them.
    func flags(with input: JudgeInput) -> [String: Set<String>] {
        input.caseFacts.flags.merging(flagValues(in: input)) { $0.union($1) }
    }

    /// The values this message has for each flag.
    func flagValues(in input: JudgeInput) -> [String: Set<String>] {
        var values: [String: Set<String>] = [:]
        for (name, flag) in flags {
            for path in flag.fields[input.message] ?? [] {
                guard let found = input.facts.facts[path], !found.isEmpty else { continue }
                values[name, default: []].formUnion(found)
            }
        }
        return values
    }
}
