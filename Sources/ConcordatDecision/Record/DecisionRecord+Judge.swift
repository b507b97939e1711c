import ConcordatPayload
package import ConcordatTerms

extension DecisionRecord {
    /// What a judge under `text` looks at for one recipient: the record as a message again.
    ///
    /// Fields that the schema of `text` does not have are left out; nothing was ever recorded of what they held.
    package func input(for recipient: PartyID, under text: CompiledProtocol) -> JudgeInput {
        let schema = text.messages[message]?.schema
        var facts = MessageFacts(
            persons: persons.map { StatedPerson(reference: Sensitive(""), roles: $0.roles) }, facts: self.facts,
            parties: parties, asked: asked)
        for field in fields {
            guard let node = schema?.node(at: field.path), schema?.fieldNodes.contains(node) ?? false else { continue }
            facts.fields[FieldOccurrence(node: node, subject: field.subject)] = field.count
        }
        let held = capacities.sorted { $0.key < $1.key }.flatMap { party, capacities in
            capacities.sorted().map { CapacityHolding(party: party, capacity: $0, from: time) }
        }
        let open = requests.first { $0.asker == recipient }.map(open)
        // A case that the sender could not name is on record as one nobody has a part in.
        let knowsNoCase = isNewCase || capacities.isEmpty && others.isEmpty
        var input = JudgeInput(
            message: message, sender: sender, recipient: recipient, purpose: purpose, facts: facts,
            people: persons.map(judged), casePeople: others.map(judged),
            caseFacts: CaseFacts(
                id: knowsNoCase ? nil : "case", capacities: held,
                roles: Dictionary(others.map { (Self.id($0.who), $0.roles) }, uniquingKeysWith: { $0.union($1) }),
                flags: flags, requests: requests.map(self.open)),
            isNewCase: isNewCase, consents: consents.enumerated().map(consent), repliesTo: open,
            claimsReply: claimsReply, recipients: answers.map(\.recipient), now: time)
        input.breakGlass = ground
        return input
    }

    private static func id(_ who: Int) -> PersonID { PersonID(unchecked: "p-\(who)") }

    private func judged(_ person: Person) -> JudgedPerson {
        // A date that makes them as old as they were; only the age is ever asked for.
        let born = person.age.flatMap { age in
            let today = time.date
            return CivilDate(year: today.year - age, month: today.month, day: today.day)
                ?? CivilDate(year: today.year - age, month: today.month, day: today.day - 1)
        }
        return JudgedPerson(id: Self.id(person.who), roles: person.roles, born: born.map { Sensitive($0) })
    }

    private func consent(_ place: Int, _ consent: Consent) -> ConsentFact {
        ConsentFact(
            id: ConsentID(unchecked: "c-\(place)"), person: Self.id(consent.who), kind: consent.kind,
            purpose: consent.purpose, categories: consent.categories, recipientKinds: consent.recipientKinds,
            recipientParties: consent.recipientParties, state: consent.state, from: consent.from, until: consent.until)
    }

    private func open(_ request: Request) -> OpenRequest {
        OpenRequest(
            message: "request", asker: request.asker, holder: request.holder, purpose: request.purpose,
            items: Set(
                request.items.map { item in
                    RequestedItem(category: item.category, person: item.who.map(Self.id), role: item.role)
                }), expires: request.expires)
    }
}
