package import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// Makes random messages, cases and consents for one random protocol.
///
/// Most would be let in and judged field by field; the rest fail in one of the ways a message can fail.
package struct RandomMessages {
    package var dice: Dice
    /// Only what a gateway would let through to the judge: facts that fit the schema, capacities that can be held, flags
    /// that some message sets. It is what guarantees are proven for.
    package var isWellFormed = false
    let text: CompiledProtocol

    private typealias Names = RandomProtocols

    package init(seed: UInt64, text: CompiledProtocol) { (dice, self.text) = (Dice(seed: seed), text) }

    /// The next input of a judgement.
    package mutating func make() -> JudgeInput {
        let name = dice.chance(2) ? "unheard-of" : dice.pick(Names.messages)
        let message = text.messages[name]
        let purpose = dice.chance(2) ? "unheard-of" : fitting(Names.purposes, message?.purposes ?? [])
        let sender = party(ofOneOf: message?.from ?? [])
        let recipient = party(ofOneOf: message?.to ?? [])
        let people = (0..<dice.number(0...3)).map { JudgedPerson(id: personID($0), roles: roles(), born: born()) }
        let others = (0..<dice.number(0...2)).map { JudgedPerson(id: personID($0 + 5), roles: roles()) }
        let isNewCase = name == "open" ? dice.chance(60) : dice.chance(3)
        var caseFacts = CaseFacts(id: isNewCase ? nil : "case-1")
        if !isNewCase {
            caseFacts.capacities = holdings(sender: sender, recipient: recipient)
            for flag in ["f0", "f1"] where !isWellFormed || isEverSet(flag) {
                caseFacts.flags[flag] = Set(dice.some(Names.values, 25))
            }
            for other in others { other.id.map { caseFacts.roles[$0] = other.roles } }
        }
        let facts = facts(for: message, people: people, isRequest: message?.answeredBy != nil || dice.chance(2))
        var input = JudgeInput(
            message: name, sender: sender, recipient: recipient, purpose: purpose, facts: facts, people: people,
            casePeople: others, caseFacts: caseFacts, isNewCase: isNewCase,
            consents: consents(of: (people + others).compactMap(\.id)),
            claimsReply: message?.answers != nil ? dice.chance(92) : dice.chance(3),
            recipients: [recipient] + dice.some(Names.parties, 8), now: now(), messageID: "message-1")
        if message?.answers != nil, dice.chance(92) { input.repliesTo = request(for: input) }
        if text.breakGlass != nil, dice.chance(25) { input.breakGlass = dice.pick(["g0", "g1", "g2"]) }
        if !isWellFormed, dice.chance(15) {
            let ended = dice.some(Names.capacities, 40).map { capacity in
                CaseMoves.End(party: dice.chance(50) ? sender : recipient, capacity: capacity)
            }
            input.acceptedWith = CaseMoves(ends: ended)
            if dice.chance(50) {
                input.heldSince = Names.now - .seconds(Int64(dice.number(0...4)) * 86_400)
                input.isReleased = dice.chance(40)
            }
        }
        return input
    }

    private func isEverSet(_ flag: String) -> Bool {
        text.flags[flag]?.fields.values.contains { !$0.isEmpty } ?? false
    }

    /// Whether some message could ever give the party that capacity.
    private func canHold(_ name: Capacity, _ party: PartyID) -> Bool {
        guard let capacity = text.capacities[name], let kind = text.parties[party]?.kind,
            capacity.kinds.isEmpty || capacity.kinds.contains(kind)
        else { return false }
        return capacity.grants.contains { grant in
            switch grant.holder {
            case .sender: text.messages[grant.message]?.from.contains(kind) ?? false
            case .recipient: text.messages[grant.message]?.to.contains(kind) ?? false
            case .field: true
            case .everyone: false
            }
        }
    }

    private func personID(_ number: Int) -> PersonID { PersonID(unchecked: "person-\(number)") }

    private mutating func roles() -> Set<Role> {
        switch dice.number(1...20) {
        case 1: []
        case 2...14: [dice.pick(Names.roles)]
        default: Set(dice.atLeastOne(Names.roles, 60))
        }
    }

    private mutating func born() -> Sensitive<CivilDate>? {
        guard dice.chance(50) else { return nil }
        return Sensitive(CivilDate(daysSinceEpoch: Names.now.date.daysSinceEpoch - dice.number(-400...9_000)))
    }

    private mutating func now() -> UTCInstant {
        switch dice.number(1...100) {
        case 1: Names.now - .seconds(400 * 86_400)
        case 2: Names.now + .seconds(400 * 86_400)
        default: Names.now
        }
    }

    private mutating func fitting<Value: Hashable>(_ all: [Value], _ good: Set<Value>) -> Value {
        let fit = all.filter(good.contains)
        return fit.isEmpty || dice.chance(4) ? dice.pick(all) : dice.pick(fit)
    }

    private mutating func party(ofOneOf kinds: Set<PartyKind>) -> PartyID {
        if dice.chance(1) { return "stranger" }
        let fit = Names.parties.filter { text.parties[$0].map { kinds.contains($0.kind) } ?? false }
        return fit.isEmpty || dice.chance(4) ? dice.pick(Names.parties) : dice.pick(fit)
    }

    private mutating func holdings(sender: PartyID, recipient: PartyID) -> [CapacityHolding] {
        var holdings: [CapacityHolding] = []
        func add(_ party: PartyID, _ percent: Int) {
            for capacity in dice.some(Names.capacities, percent) where !isWellFormed || canHold(capacity, party) {
                let from = Names.now - .seconds(Int64(dice.number(-1...20)) * 3600)
                let until = dice.chance(15) ? Names.now + .seconds(Int64(dice.number(-1...2)) * 3600) : nil
                holdings.append(CapacityHolding(party: party, capacity: capacity, from: from, until: until))
            }
        }
        add(sender, 65)
        add(recipient, 60)
        for party in dice.some(Names.parties, 20) { add(party, 30) }
        return holdings
    }

    private mutating func facts(for message: CompiledMessage?, people: [JudgedPerson], isRequest: Bool) -> MessageFacts
    {
        var facts = MessageFacts(
            persons: people.indices.map { StatedPerson(reference: Sensitive("p\($0)"), roles: people[$0].roles) })
        for path in Names.paths where dice.chance(75) {
            let isOne = isWellFormed && path == Names.paths[0]
            facts.facts[path] = isOne ? [dice.pick(Names.values)] : Set(dice.atLeastOne(Names.values, 20))
        }
        if dice.chance(50) {
            let days = (0...(isWellFormed ? 0 : dice.number(0...1))).map { _ in
                Names.now.date.daysSinceEpoch + dice.number(-25...25)
            }
            facts.facts["/day"] = Set(days.map { CivilDate(daysSinceEpoch: $0).description })
        }
        if dice.chance(40) { facts.parties["/holder"] = Set(dice.atLeastOne(Names.parties + ["stranger"], 6)) }
        for node in message?.schema.fieldNodes ?? [] {
            for subject in subjects(message?.schema.possibleSubjects(of: node), people) {
                let field = FieldOccurrence(node: node, subject: subject)
                if dice.chance(65) { facts.fields[field] = dice.number(1...3) }
                if dice.chance(25) { facts.absent.insert(field) }
            }
        }
        guard isRequest else { return facts }
        for _ in 0..<dice.number(0...2) {
            let subject: FieldSubject =
                people.isEmpty || dice.chance(25)
                ? (dice.chance(50) ? .nobody : .role(dice.pick(Names.roles)))
                : .person(dice.number(0...people.count - 1))
            facts.asked.insert(AskedItem(category: dice.pick(Names.categories), subject: subject))
        }
        return facts
    }

    private mutating func subjects(_ kind: SubjectKind?, _ people: [JudgedPerson]) -> [FieldSubject] {
        switch kind {
        case .nobody, nil: [.nobody]
        case .role(let role): [.role(role)]
        case .person: people.indices.map { .person($0) }
        }
    }

    private mutating func consents(of people: [PersonID]) -> [ConsentFact] {
        var consents: [ConsentFact] = []
        for person in people {
            for _ in 0..<dice.number(0...3) {
                let state = dice.chance(70) ? ConsentState.given : dice.pick(ConsentState.allCases)
                consents.append(
                    ConsentFact(
                        id: ConsentID(unchecked: "consent-\(dice.number(10...99))-\(consents.count)"), person: person,
                        kind: dice.pick(ConsentKind.allCases),
                        purpose: dice.chance(85) ? Names.purposes[0] : Names.purposes[1],
                        categories: dice.chance(40) ? nil : Set(dice.atLeastOne(Names.categories, 40)),
                        recipientKinds: dice.chance(60) ? nil : Set(dice.some(Names.kinds, 50)),
                        recipientParties: Set(dice.some(Names.parties, 10)), state: state,
                        from: Names.now - .seconds(Int64(dice.number(-1...9)) * 3600),
                        until: dice.chance(60) ? nil : Names.now + .seconds(Int64(dice.number(-1...9)) * 3600)))
            }
        }
        return consents
    }

    private mutating func request(for input: JudgeInput) -> OpenRequest {
        var items: Set<RequestedItem> = []
        for _ in 0..<dice.number(1...5) {
            let person = dice.chance(60) ? input.people.randomElement(using: &dice)?.id : nil
            items.insert(
                RequestedItem(
                    category: dice.pick(Names.categories), person: person,
                    role: person == nil && dice.chance(60) ? dice.pick(Names.roles) : nil))
        }
        return OpenRequest(
            message: "request-1", asker: dice.chance(96) ? input.recipient : dice.pick(Names.parties),
            holder: dice.chance(96) ? input.sender : dice.pick(Names.parties),
            purpose: dice.chance(96) ? input.purpose : dice.pick(Names.purposes), items: items,
            expires: Names.now + .seconds(dice.chance(96) ? 3600 : 0))
    }
}
