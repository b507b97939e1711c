import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// Makes random messages, cases and consents for one protocol, whatever it says: what a judgement may be asked.
///
/// People have roles that their message could not state, parties hold several capacities, flags remember more than the
/// message says. Most are let in and judged field by field.
struct RandomCases: RandomNumberGenerator {
    static let now = UTCInstant(seconds: 1_777_887_000)
    private static let day: Int64 = 86_400

    private let text: CompiledProtocol
    private let names: [MessageName]
    private let aim: CompiledRule?
    private let roles: [Role]
    private let categories: [ConcordatTerms.Category]
    private var state: UInt64

    /// With an `aim`, only messages, recipients and purposes that this rule speaks of.
    init(seed: UInt64, text: CompiledProtocol, aim: CompiledRule? = nil) {
        (state, self.text, self.aim) = (seed, text, aim)
        names = text.messages.keys.filter { aim?.messages?.contains($0) ?? true }.sorted()
        roles = text.roles.sorted()
        categories = text.categories.keys.sorted()
    }

    /// SplitMix64: the same seed makes the same cases on every machine.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// The next input, its facts drawn again up to sixty times when a rule refuses the message as a whole.
    mutating func make() -> JudgeInput {
        while true {
            guard let message = text.messages[pick(names)],
                let purpose = message.purposes.intersection(aim?.purposes ?? message.purposes).sorted()
                    .randomElement(using: &self),
                let sender = party(of: message.from.intersection(aim?.from ?? message.from), purpose),
                let recipient = party(of: message.to.intersection(aim?.to ?? message.to), purpose)
            else { continue }
            var input = input(message, purpose, sender, recipient)
            // An allocation passes one draw in some hundreds: three people's marks and the facilitators' have to fit.
            for _ in 0..<60 {
                guard case .refuse(let refusal) = text.judge(input).answer, refusal.code == "rule.refused" else {
                    break
                }
                drawFacts(message, &input)
            }
            return input
        }
    }

    private mutating func input(
        _ message: CompiledMessage, _ purpose: PurposeID, _ sender: RosterParty, _ recipient: RosterParty
    ) -> JudgeInput {
        let people = (0..<Int.random(in: 1...3, using: &self)).map { person($0) }
        let others = (0..<Int.random(in: 0...2, using: &self)).map { person($0 + 5) }
        let isNewCase = message.opensCase && chance(50)
        var input = JudgeInput(
            message: message.name, sender: sender.id, recipient: recipient.id, purpose: purpose,
            facts: facts(message, people), people: people, casePeople: others, caseFacts: CaseFacts(),
            isNewCase: isNewCase,
            consents: (people + others).flatMap { consents(of: $0, purpose) }, claimsReply: message.answers != nil,
            recipients: [recipient.id], now: Self.now, messageID: "message-1")
        if !isNewCase {
            hold(sender, message.fromCapacity, 95, &input)
            hold(recipient, message.toCapacity, 80, &input)
        }
        drawFacts(message, &input)
        if message.answers != nil, chance(95) { input.repliesTo = request(input) }
        if let glass = text.breakGlass, chance(20) { input.breakGlass = pick(glass.grounds.keys.sorted()) }
        if chance(10) {
            let ended = some(able(recipient), 30).map { CaseMoves.End(party: recipient.id, capacity: $0) }
            input.acceptedWith = CaseMoves(ends: ended)
        }
        return input
    }

    private mutating func person(_ number: Int) -> JudgedPerson {
        let known: [Role] = ["harmed", "harmer"]
        var own: Set<Role> = chance(3) ? [] : [chance(60) ? pick(known) : pick(roles)]
        if chance(20) { own.insert(pick(roles)) }
        let born = CivilDate(daysSinceEpoch: Self.now.date.daysSinceEpoch - Int.random(in: 0...20_000, using: &self))
        return JudgedPerson(
            id: PersonID(unchecked: "person-\(number)"), roles: own, born: chance(50) ? Sensitive(born) : nil)
    }

    private mutating func party(of kinds: Set<PartyKind>, _ purpose: PurposeID) -> RosterParty? {
        let basis = text.purposes[purpose]?.basis ?? [:]
        return text.parties.values.filter { kinds.contains($0.kind) && basis[$0.kind] != nil }.sorted { $0.id < $1.id }
            .randomElement(using: &self)
    }

    /// Lets a party hold some of what its kind may hold, and mostly one of what the message asks for.
    private mutating func hold(_ party: RosterParty, _ asked: Set<Capacity>, _ percent: Int, _ input: inout JudgeInput)
    {
        let able = able(party)
        var held = Set(some(able, 15))
        if let one = able.filter(asked.contains).randomElement(using: &self), chance(percent) { held.insert(one) }
        for capacity in held.sorted() {
            let from = Self.now - .seconds(Self.day), until = chance(8) ? Self.now - .seconds(60) : nil
            input.caseFacts.capacities.append(.init(party: party.id, capacity: capacity, from: from, until: until))
        }
    }

    /// What a party of that kind may hold: nothing else is ever granted to it.
    private func able(_ party: RosterParty) -> [Capacity] {
        text.capacities.filter { $0.value.kinds.isEmpty || $0.value.kinds.contains(party.kind) }.keys.sorted()
    }

    private mutating func facts(_ message: CompiledMessage, _ people: [JudgedPerson]) -> MessageFacts {
        var facts = MessageFacts(
            persons: people.indices.map { StatedPerson(reference: Sensitive("p\($0)"), roles: people[$0].roles) })
        for node in message.schema.fieldNodes where chance(70) {
            switch message.schema.possibleSubjects(of: node) {
            case .nobody: facts.fields[FieldOccurrence(node: node, subject: .nobody)] = 1
            case .role(let role): facts.fields[FieldOccurrence(node: node, subject: .role(role))] = 1
            case .person:
                let index = Int.random(in: people.indices, using: &self)
                facts.fields[FieldOccurrence(node: node, subject: .person(index))] = 1
            }
        }
        for path in message.schema.partyPaths.sorted() where chance(20) {
            facts.parties[path] = [pick(text.parties.keys.sorted())]
        }
        return facts
    }

    private mutating func drawFacts(_ message: CompiledMessage, _ input: inout JudgeInput) {
        input.facts.facts = [:]
        for (path, domain) in message.schema.factPaths.sorted(by: { $0.key < $1.key }) {
            guard domain.isAlwaysPresent || chance(70) else { continue }
            input.facts.facts[path] =
                path.contains("/*") && chance(20) ? Set(some(values(domain), 40)) : [pick(values(domain))]
        }
        input.caseFacts.flags = [:]
        for (name, flag) in text.flags.sorted(by: { $0.key < $1.key }) where !input.isNewCase && chance(70) {
            let paths = flag.fields.sorted { $0.key < $1.key }
            let values = paths.flatMap { from, paths in
                paths.compactMap { text.messages[from]?.schema.factPaths[$0] }.flatMap(\.texts)
            }
            input.caseFacts.flags[name] = chance(20) ? Set(some(values, 30)) : [pick(values)]
        }
    }

    /// Values a fact can have; of dates some near today.
    private mutating func values(_ domain: FactDomain) -> [String] {
        guard domain.texts.isEmpty else { return domain.texts }
        return [-9_000, -400, -5, 0, 5, 400].map {
            CivilDate(daysSinceEpoch: Self.now.date.daysSinceEpoch + $0).description
        }
    }

    private mutating func consents(of person: JudgedPerson, _ purpose: PurposeID) -> [ConsentFact] {
        (0..<Int.random(in: 0...2, using: &self)).compactMap { number in
            guard let id = person.id else { return nil }
            return ConsentFact(
                id: ConsentID(unchecked: "consent-\(id.rawValue)-\(number)"), person: id, kind: .basis,
                purpose: chance(90) ? purpose : pick(text.purposes.keys.sorted()),
                categories: chance(50) ? nil : Set(some(categories, 40)),
                recipientKinds: chance(70) ? nil : Set(some(text.partyKinds.sorted(), 50)),
                state: chance(70) ? .given : pick(ConsentState.allCases), from: Self.now - .seconds(Self.day),
                until: chance(20) ? Self.now + .seconds(chance(50) ? 60 : -60) : nil)
        }
    }

    private mutating func request(_ input: JudgeInput) -> OpenRequest {
        var items = Set(some(categories, 70).map { RequestedItem(category: $0, person: nil, role: nil) })
        for person in input.people {
            for category in some(categories, 70) {
                items.insert(.init(category: category, person: person.id, role: nil))
            }
        }
        return OpenRequest(
            message: "request-1", asker: input.recipient, holder: input.sender, purpose: input.purpose, items: items,
            expires: Self.now + .seconds(Self.day))
    }

    private mutating func chance(_ percent: Int) -> Bool { Int(next() % 100) < percent }
    private mutating func pick<Value>(_ values: [Value]) -> Value { values[Int(next() % UInt64(values.count))] }
    private mutating func some<Value>(_ values: [Value], _ percent: Int) -> [Value] {
        values.filter { _ in chance(percent) }
    }
}
