import ConcordatDecision
import ConcordatJudgeModel
import ConcordatPayload
import ConcordatTerms

/// Messages that the gateway would judge field by field: from a party that may send them, in a case it has part in, about
/// one to three people.
struct BenchMessages {
    private var dice: Dice
    private let text: CompiledProtocol

    init(_ text: CompiledProtocol, seed: UInt64) { (self.text, dice) = (text, Dice(seed: seed)) }

    /// The next one.
    mutating func make() -> JudgeInput {
        let name = dice.pick(BenchProtocol.messages)
        let message = text.messages[name]!
        let purpose = dice.pick(message.purposes.sorted())
        let sender = party(of: message.from)
        let recipient = party(of: message.to)
        let people = (0..<dice.number(1...3)).map { number in
            JudgedPerson(id: PersonID(unchecked: "person-\(number)"), roles: roles())
        }
        let others = (0..<dice.number(0...2)).map { number in
            JudgedPerson(id: PersonID(unchecked: "person-\(number + 5)"), roles: roles())
        }
        var holdings = [CapacityHolding(party: sender, capacity: "referrer", from: BenchProtocol.now - .seconds(3600))]
        for party in [sender, recipient] {
            for capacity in dice.some(BenchProtocol.capacities, 55) {
                holdings.append(
                    CapacityHolding(party: party, capacity: capacity, from: BenchProtocol.now - .seconds(3600)))
            }
        }
        let flags = ["gravity": Set(dice.some(BenchProtocol.codes, 40))]
        return JudgeInput(
            message: name, sender: sender, recipient: recipient, purpose: purpose,
            facts: facts(message.schema, people), people: people, casePeople: others,
            caseFacts: CaseFacts(id: "case-1", capacities: holdings, flags: flags), isNewCase: false,
            consents: (people + others).compactMap(\.id).flatMap { consents(of: $0) }, recipients: [recipient],
            now: BenchProtocol.now, messageID: "message-1")
    }

    private mutating func party(of kinds: Set<PartyKind>) -> PartyID {
        dice.pick(BenchProtocol.parties.filter { kinds.contains(text.parties[$0]!.kind) })
    }

    private mutating func roles() -> Set<Role> {
        Set(dice.chance(90) ? [dice.pick(BenchProtocol.roles)] : dice.atLeastOne(BenchProtocol.roles, 35))
    }

    private mutating func consents(of person: PersonID) -> [ConsentFact] {
        (0..<dice.number(0...2)).map { number in
            ConsentFact(
                id: ConsentID(unchecked: "\(person)-consent-\(number)"), person: person, kind: .basis,
                purpose: dice.pick(BenchProtocol.purposes),
                categories: dice.chance(60) ? nil : Set(dice.atLeastOne(["phone", "record", "account"], 50)),
                recipientKinds: nil, state: dice.pick([.given, .given, .requested, .withdrawn]),
                from: BenchProtocol.now - .seconds(3600), until: nil)
        }
    }

    private mutating func facts(_ schema: MessageSchema, _ people: [JudgedPerson]) -> MessageFacts {
        var facts = MessageFacts(
            persons: people.indices.map { StatedPerson(reference: Sensitive("p\($0)"), roles: people[$0].roles) })
        for path in [BenchProtocol.sort, BenchProtocol.band] where dice.chance(85) {
            facts.facts[path] = [dice.pick(BenchProtocol.codes)]
        }
        if dice.chance(50) {
            let day = BenchProtocol.now.date.daysSinceEpoch + dice.number(-10...30)
            facts.facts[BenchProtocol.day] = [CivilDate(daysSinceEpoch: day).description]
        }
        for node in schema.fieldNodes {
            let subjects: [FieldSubject] =
                switch schema.possibleSubjects(of: node) {
                case .nobody: [.nobody]
                case .role(let role): [.role(role)]
                case .person: people.indices.map { .person($0) }
                }
            for subject in subjects {
                let field = FieldOccurrence(node: node, subject: subject)
                if dice.chance(70) { facts.fields[field] = 1 } else { facts.absent.insert(field) }
            }
        }
        return facts
    }
}
