package import ConcordatDecision
import ConcordatJSON
package import ConcordatPayload
package import ConcordatTerms

/// What came of one message of a story: for each recipient the decision and, when it is shared, the copy.
package struct EventOutcome: Sendable {
    package struct Delivery: Sendable {
        package let recipient: PartyID
        package let decision: Decision
        /// Nil unless the message is shared.
        package let copy: CutDocument?
    }

    package let id: String
    package let sender: PartyID
    /// Nil when no message has that type.
    package let message: MessageName?
    package let purpose: PurposeID
    /// In the order in which the message names them.
    package let deliveries: [Delivery]
    /// Whom the message speaks of, by index of its facts; the ids of the case.
    package let persons: [JudgedPerson]
    /// What its data says, when it could be read.
    package let facts: MessageFacts?
    /// Where the data does not fit its schema; never a value.
    package let dataError: PayloadError?
    /// What the message was judged by, as a gateway would keep it; nil when it could not be judged.
    package let record: DecisionRecord?
}

/// Judges one message against the state of a case, as the gateway would, and moves the state when it is accepted.
struct EventJudgement {
    let compiled: CompiledProtocol
    let event: CloudEventText
    let bytes: [UInt8]
    let limits: JSONLimits

    // The key of pseudonyms in worked cases: all zero, so that an expected document can be written down.
    private static let pseudonymKey = [UInt8](repeating: 0, count: 32)

    /// The outcome; `only` looks at one recipient, as if the others were not asked about.
    func run(_ state: inout CaseState, only: PartyID? = nil) -> EventOutcome {
        let sender = PartyID(unchecked: event["source"] ?? "")
        let recipients = event.recipients.map { PartyID(unchecked: $0) }
        let purpose = PurposeID(unchecked: event["purpose"] ?? "")
        let shown = only.map { [$0] } ?? recipients
        func refused(_ code: String, _ message: MessageName?, _ error: PayloadError?) -> EventOutcome {
            EventOutcome(
                id: event["id"] ?? "", sender: sender, message: message, purpose: purpose,
                deliveries: shown.map {
                    .init(recipient: $0, decision: Decision(answer: .refuse(Refusal(code: code))), copy: nil)
                }, persons: [], facts: nil, dataError: error, record: nil)
        }
        guard let message = compiled.message(ofType: event["type"] ?? "") else {
            return refused("message.unknown-type", nil, nil)
        }
        let facts: MessageFacts
        do {
            facts = try MessageReader.read(
                bytes.span.bytes, range: event.data, schema: message.schema, limits: limits,
                base: JSONPointer(tokens: ["data"]))
        } catch {
            return refused(error.code, message.name, error)
        }
        // The sender's references are looked up as the gateway's register does; they go nowhere else.
        let references = facts.persons.map { $0.reference.reveal() }
        let ids = state.persons(of: references, from: sender)
        let input = input(message, facts, ids, sender, recipients, purpose, state)
        let judged = (only.map { [$0] } ?? recipients).map { recipient -> (PartyID, Decision) in
            var input = input
            input.recipient = recipient
            return (recipient, compiled.judge(input))
        }
        let record = record(of: input, judged, message, state)
        let deliveries = deliveries(judged, message, facts, ids, state.now)
        if only == nil {
            let accepted = deliveries.filter { $0.copy != nil }.map(\.recipient)
            if !accepted.isEmpty {
                let waiting = deliveries.filter { if case .hold = $0.decision.answer { true } else { false } }
                // Order matters: who owed an answer before this message has given it, whatever capacities it moves.
                state.settle(
                    message.name, from: sender, answering: event["inreplyto"].flatMap { MessageID($0) },
                    waiting: Set(waiting.map(\.recipient)),
                    opening: compiled.expectations(openedBy: input, acceptedRecipients: accepted))
                state.apply(
                    compiled.moves(of: input, acceptedRecipients: accepted), references: references, persons: ids,
                    from: sender)
            }
        }
        return EventOutcome(
            id: event["id"] ?? "", sender: sender, message: message.name, purpose: purpose, deliveries: deliveries,
            persons: input.people, facts: facts, dataError: nil, record: record)
    }

    /// One refusal stops the message for all.
    private func record(
        of input: JudgeInput, _ judged: [(PartyID, Decision)], _ message: CompiledMessage, _ state: CaseState
    ) -> DecisionRecord {
        let reply = event["inreplyto"].flatMap { MessageID($0) }
        let requests = (state.facts?.requests ?? []).filter { $0.message == reply }
        return DecisionRecord(
            of: input, schema: message.schema, text: compiled.digest, requests: requests, decisions: judged)
    }

    private func input(
        _ message: CompiledMessage, _ facts: MessageFacts, _ ids: [PersonID], _ sender: PartyID,
        _ recipients: [PartyID], _ purpose: PurposeID, _ state: CaseState
    ) -> JudgeInput {
        let known = state.facts?.roles ?? [:]
        let people = zip(facts.persons, ids).map { person, id in
            JudgedPerson(id: id, roles: person.roles.union(known[id] ?? []))
        }
        let others = known.keys.filter { !ids.contains($0) }.sorted()
        let reply = event["inreplyto"].flatMap { MessageID($0) }
        var input = JudgeInput(
            message: message.name, sender: sender, recipient: recipients.first ?? sender, purpose: purpose,
            facts: facts, people: people,
            casePeople: others.map { JudgedPerson(id: $0, roles: known[$0] ?? []) },
            caseFacts: state.facts ?? CaseFacts(), isNewCase: state.facts == nil, consents: state.consents,
            repliesTo: reply.flatMap { id in state.facts?.requests.first { $0.message == id } },
            claimsReply: event["inreplyto"] != nil, recipients: recipients, now: state.now,
            messageID: event["id"].flatMap { MessageID($0) }, expires: event["expires"].flatMap { UTCInstant($0) })
        for (index, born) in facts.births { input.people[index].born = born }
        input.breakGlass = event["breakglass"]
        return input
    }

    /// One refusal stops the message for all; a copy with nothing in it is no sharing.
    private func deliveries(
        _ judged: [(PartyID, Decision)], _ message: CompiledMessage, _ facts: MessageFacts, _ ids: [PersonID],
        _ now: UTCInstant
    ) -> [EventOutcome.Delivery] {
        let refusal = judged.lazy.compactMap { _, decision -> Refusal? in
            if case .refuse(let refusal) = decision.answer { refusal } else { nil }
        }.first
        return judged.map { recipient, decision in
            var decision = decision
            if let refusal {
                decision.answer = .refuse(refusal)
                return EventOutcome.Delivery(recipient: recipient, decision: decision, copy: nil)
            }
            guard case .share(let plan) = decision.answer else {
                return EventOutcome.Delivery(recipient: recipient, decision: decision, copy: nil)
            }
            let copy = try? Cutter.cut(
                bytes.span.bytes, range: event.data, schema: message.schema, facts: facts, plan: plan, persons: ids,
                now: now, pseudonymKey: Self.pseudonymKey, limits: limits)
            guard let copy, !copy.isEmpty else {
                decision.answer = .withhold(Refusal(code: "rule.nothing-shared"))
                return EventOutcome.Delivery(recipient: recipient, decision: decision, copy: nil)
            }
            return EventOutcome.Delivery(recipient: recipient, decision: decision, copy: copy)
        }
    }
}
