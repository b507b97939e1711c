package import ConcordatPayload
package import ConcordatTerms

/// What one message was judged by, and how, in a form in which it can be judged again years later under another text.
///
/// Coded facts only: data paths, roles, values of `x-fact` fields, capacities, flags, consent states, whole years of age.
/// No value of any other field, no reference of a sender, no id of a case, person or consent: people are numbered within
/// the record. It still tells of a case, so it is only ever sealed at rest and kept for a set time.
package struct DecisionRecord: Sendable, Equatable {
    /// A person of the message or of its case.
    package struct Person: Sendable, Equatable {
        /// The same number stands for the same person.
        package var who: Int
        package var roles: Set<Role>
        /// Whole years at the time of the message, where it tells a date of birth that rules may ask the age of.
        package var age: Int?
    }

    /// Whom a field is about; a person by its place in ``persons``.
    package typealias Subject = FieldSubject

    /// One field about one subject, and how often the message holds it.
    package struct Field: Sendable, Hashable {
        package var path: String
        package var subject: Subject
        package var count: Int
    }

    /// A consent, by the number of the person.
    package struct Consent: Sendable, Equatable {
        package var who: Int
        package var kind: ConsentKind
        package var purpose: PurposeID
        package var categories: Set<Category>?
        package var recipientKinds: Set<PartyKind>?
        package var recipientParties: Set<PartyID>
        package var state: ConsentState
        package var from: UTCInstant
        package var until: UTCInstant?
    }

    /// An open request that the message may answer.
    package struct Request: Sendable, Equatable {
        package struct Item: Sendable, Hashable {
            package var category: Category
            package var who: Int?
            package var role: Role?
        }
        package var asker: PartyID
        package var holder: PartyID
        package var purpose: PurposeID
        package var items: Set<Item>
        package var expires: UTCInstant
    }

    /// What was decided for one recipient.
    package struct Answer: Sendable, Equatable {
        package var recipient: PartyID
        /// `share`, `hold`, `withhold` or `refuse`.
        package var answer: String
        package var code: String?
        package var clause: RuleID?
        /// What passed, by place in ``fields``; everything else was dropped.
        package var passed: [Int: FieldAction]
        /// The index of the decision's leaf, once it has one.
        package var leaf: UInt64?
    }

    /// The digest of the text it was judged under.
    package var text: String
    package var time: UTCInstant
    package var message: MessageName
    package var sender: PartyID
    package var purpose: PurposeID
    package var isNewCase: Bool
    package var claimsReply: Bool
    /// The break-glass ground that was claimed.
    package var ground: String?
    /// Those of the message, in its order.
    package var persons: [Person]
    /// Everyone else in the case.
    package var others: [Person]
    /// Sorted by path and subject.
    package var fields: [Field]
    package var facts: [String: Set<String>]
    package var parties: [String: Set<PartyID>]
    package var asked: Set<AskedItem>
    /// The capacities held at ``time``.
    package var capacities: [PartyID: Set<Capacity>]
    package var flags: [String: Set<String>]
    package var consents: [Consent]
    package var requests: [Request]
    /// In the order of the envelope.
    package var answers: [Answer]
}

extension DecisionRecord {
    /// The record of a message that was judged for all of its recipients.
    ///
    /// - Parameters:
    ///   - input: as for any of the recipients; which one does not matter.
    ///   - requests: the open requests that the message may answer, whoever asked.
    ///   - decisions: what the judge said, for each recipient. One refusal stops the message for everyone it would have
    ///     reached, and is recorded so.
    package init(
        of input: JudgeInput, schema: MessageSchema, text: String, requests: [OpenRequest],
        decisions: [(recipient: PartyID, decision: Decision)]
    ) {
        var numbers = PersonNumbers()
        (self.text, time, message) = (text, input.now, input.message)
        (sender, purpose, isNewCase) = (input.sender, input.purpose, input.isNewCase)
        (claimsReply, ground) = (input.claimsReply, input.breakGlass)
        persons = input.people.map { numbers.person($0, on: input.now.date) }
        others = input.casePeople.map { numbers.person($0, on: input.now.date) }
        let fields = input.facts.fields.map { occurrence, count in
            Field(path: schema.path(of: occurrence.node), subject: occurrence.subject, count: count)
        }.sorted { ($0.path, $0.subject) < ($1.path, $1.subject) }
        self.fields = fields
        (facts, parties, asked) = (input.facts.facts, input.facts.parties, input.facts.asked)
        capacities = [:]
        for holding in input.caseFacts.capacities where holding.isLive(at: input.now) {
            capacities[holding.party, default: []].insert(holding.capacity)
        }
        flags = input.caseFacts.flags
        consents = input.consents.compactMap { numbers.consent($0) }
        self.requests = requests.map { numbers.request($0) }
        let places = Dictionary(
            fields.enumerated().map { (Place(path: $1.path, subject: $1.subject), $0) },
            uniquingKeysWith: { first, _ in first })
        let refused = decisions.lazy.map(\.decision.answer).first { $0.word == "refuse" }
        answers = decisions.map { recipient, decision in
            var decision = decision
            if let refused, case .share = decision.answer { decision.answer = refused }
            var answer = Answer(recipient: recipient, answer: decision.answer.word, passed: [:])
            answer.code = decision.answer.refusal?.code
            answer.clause = decision.answer.refusal?.clause
            guard case .share = decision.answer else { return answer }
            for ground in decision.grounds where ground.count > 0 && ground.action != .drop {
                let place = Place(path: schema.path(of: ground.field.node), subject: ground.field.subject)
                if let number = places[place] { answer.passed[number] = ground.action }
            }
            return answer
        }
    }

    private struct Place: Hashable {
        let path: String
        let subject: Subject
    }
}

/// Numbers people within one record.
private struct PersonNumbers {
    private var known: [PersonID: Int] = [:]
    private var next = 0

    mutating func number(_ id: PersonID?) -> Int {
        if let id, let number = known[id] { return number }
        defer { next += 1 }
        if let id { known[id] = next }
        return next
    }

    mutating func person(_ person: JudgedPerson, on today: CivilDate) -> DecisionRecord.Person {
        // Whole years are what a rule may ask; the date itself goes no further.
        let age = person.born.map { $0.reveal().wholeYears(until: today) }
        return DecisionRecord.Person(who: number(person.id), roles: person.roles, age: age)
    }

    /// Nil for the consent of somebody the message and its case do not know.
    func consent(_ fact: ConsentFact) -> DecisionRecord.Consent? {
        known[fact.person].map { who in
            DecisionRecord.Consent(
                who: who, kind: fact.kind, purpose: fact.purpose, categories: fact.categories,
                recipientKinds: fact.recipientKinds, recipientParties: fact.recipientParties, state: fact.state,
                from: fact.from, until: fact.until)
        }
    }

    func request(_ request: OpenRequest) -> DecisionRecord.Request {
        DecisionRecord.Request(
            asker: request.asker, holder: request.holder, purpose: request.purpose,
            items: Set(
                request.items.map { item in
                    // Somebody who is not there any more was asked about: a number that nobody has.
                    .init(category: item.category, who: item.person.map { known[$0] ?? -1 }, role: item.role)
                }), expires: request.expires)
    }
}

extension Decision.Answer {
    /// `share`, `hold`, `withhold` or `refuse`.
    package var word: String {
        switch self {
        case .share: "share"
        case .hold: "hold"
        case .withhold: "withhold"
        case .refuse: "refuse"
        }
    }

    /// Why not, when it is neither shared nor held.
    package var refusal: Refusal? {
        switch self {
        case .share, .hold: nil
        case .withhold(let refusal), .refuse(let refusal): refusal
        }
    }
}
