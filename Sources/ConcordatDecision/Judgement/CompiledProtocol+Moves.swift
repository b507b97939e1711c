import ConcordatPayload
package import ConcordatTerms

extension CompiledProtocol {
    /// What the message changes in its case when it is accepted for these recipients; nothing when there are none.
    ///
    /// The caller has judged the message before: this works out what follows, and checks only what would give a party
    /// power over itself. Sorted, so that equal inputs give equal records.
    package func moves(of input: JudgeInput, acceptedRecipients: [PartyID]) -> CaseMoves {
        guard let message = messages[input.message], !acceptedRecipients.isEmpty else { return CaseMoves() }
        var moves = CaseMoves()
        // A broken glass is no foothold: what comes by it alone leaves everyone what they were in the case.
        let isStranger = entersByGlass(input)
        if !isStranger { moveCapacities(&moves, input, acceptedRecipients) }
        for (flag, values) in flagValues(in: input) {
            let new = values.subtracting(input.caseFacts.flags[flag] ?? [])
            if !new.isEmpty { moves.flags[flag] = new }
        }
        for person in input.people {
            guard let id = person.id else { continue }
            let known = input.caseFacts.roles[id]
            let new = person.roles.subtracting(known ?? [])
            if known == nil || !new.isEmpty { moves.roles[id, default: []].formUnion(new) }
        }
        guard !isStranger else { return moves }
        moves.opens = opened(by: message, input, acceptedRecipients)
        for recipient in acceptedRecipients where moves.closes == nil {
            var reply = input
            reply.recipient = recipient
            moves.closes = answered(by: reply, message)
        }
        return moves
    }

    private func moveCapacities(_ moves: inout CaseMoves, _ input: JudgeInput, _ acceptedRecipients: [PartyID]) {
        let nominees = CapacityNominees(text: self, input: input)
        let named = nominees.byCapacity(for: acceptedRecipients)
        moves.ends = nominees.ended(for: acceptedRecipients, named: named).sorted()
        for (capacity, parties) in named.sorted(by: { $0.key < $1.key }) {
            let holders = nominees.holders(of: capacity)
            moves.grants += parties.subtracting(holders).sorted().map {
                CapacityHolding(party: $0, capacity: capacity, from: input.now)
            }
        }
    }

    /// The values this message has for each flag.
    private func flagValues(in input: JudgeInput) -> [String: Set<String>] {
        var values: [String: Set<String>] = [:]
        for (name, flag) in flags {
            for path in flag.fields[input.message] ?? [] {
                guard let found = input.facts.facts[path], !found.isEmpty else { continue }
                values[name, default: []].formUnion(found)
            }
        }
        return values
    }

    private func opened(by message: CompiledMessage, _ input: JudgeInput, _ holders: [PartyID]) -> [OpenRequest] {
        guard message.answeredBy != nil, let id = input.messageID else { return [] }
        var items: Set<RequestedItem> = []
        for asked in input.facts.asked {
            switch asked.subject {
            case .nobody: items.insert(RequestedItem(category: asked.category, person: nil, role: nil))
            case .role(let role): items.insert(RequestedItem(category: asked.category, person: nil, role: role))
            case .person(let index):
                // Without an id an answer could not be matched to it, so nothing was asked.
                guard let person = input.person(index)?.id else { continue }
                items.insert(RequestedItem(category: asked.category, person: person, role: nil))
            }
        }
        return Set(holders).sorted().map { holder in
            OpenRequest(
                message: id, asker: input.sender, holder: holder, purpose: input.purpose, items: items,
                expires: input.expires ?? input.now + message.life)
        }
    }
}
