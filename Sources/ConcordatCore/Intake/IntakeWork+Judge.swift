import ConcordatCrypto
import ConcordatDecision
import ConcordatLog
import ConcordatPayload
import ConcordatTerms
import ConcordatWire

/// What one judgement of a message rests on: the case as it stands, and who its persons are.
struct CaseView: Sendable {
    /// The case before the message; nil when the message opens one, or when the sender may not know of any.
    let record: CaseRecord?
    /// Whether the message would open a case.
    let isNew: Bool
    let people: [JudgedPerson]
    let personIDs: [PersonID]
    let others: [JudgedPerson]
    /// Consents that a role told by this message puts out of force.
    let conflicting: Set<ConsentID>

    /// The consents as they stand with this message.
    let consents: [ConsentFact]
}

extension IntakeWork {
    /// Judges the message for every recipient, cuts their copies, and makes the record to commit.
    ///
    /// - Parameter standing: who and what is stopped, of the same moment as the text the message was read under.
    func judged(standing: Standing, at now: UTCInstant) throws(IntakeRefusal) -> JudgedMessage {
        // A purpose or party the protocol does not know may be anything, and goes on no record.
        let protocolText = inForce.text
        guard protocolText.purposes[message.envelope.purpose] != nil else { throw refusal("purpose.unknown") }
        guard message.envelope.recipients.allSatisfy({ protocolText.parties[$0] != nil }) else {
            throw refusal("recipient.unknown")
        }
        let isOnlyByGlass = try checkGlass(standing: standing, at: now)
        guard !standing.stoppedMessages.contains(text.name) else { throw refusal("message.stopped") }
        let view = try view(at: now)
        let decisions = message.envelope.recipients.map { recipient in
            let input = input(for: recipient, in: view, at: now)
            let decision = judge(input, without: standing.stoppedCategories)
            // What a suspended sender or a lapsed text may not do is no clause that gave way.
            return isOnlyByGlass
                ? decision.carriedByGlass(of: inForce.text)
                : decision.marked(of: input, under: inForce.text) { judge($0, without: standing.stoppedCategories) }
        }
        var outcomes: [RecipientOutcome]
        do {
            outcomes = try zip(message.envelope.recipients, decisions).enumerated().map { index, pair in
                try outcome(of: pair.1, for: pair.0, salt: salts[index + 1], in: view, at: now)
            }
        } catch {
            throw refusal("internal")
        }
        if isOnlyByGlass { Self.keepOnlyBrokenGlass(&outcomes) }
        Self.spreadRefusal(over: &outcomes)
        let accepted = outcomes.filter(\.isShared).map(\.recipient)
        var judged = JudgedMessage(work: self, view: view, outcomes: outcomes, standing: standing.epoch, at: now)
        judged.isCutByStop = isCut(by: standing.stoppedCategories, in: view, at: now)
        guard !message.isDryRun else {
            judged.record = LedgerRecord(leaves: judged.decisionLeaves())
            return judged
        }
        for recipient in accepted where house.registers.queueLength(of: recipient) >= house.settings.queueMax {
            throw refusal("limit.queue")
        }
        do { try judged.prepare(accepted: accepted) } catch let refusal as IntakeRefusal { throw refusal } catch {
            throw refusal("store.unavailable")
        }
        return judged
    }

    /// Whether what is stopped in an emergency changes the answer for anybody.
    private func isCut(by stopped: Set<Category>, in view: CaseView, at now: UTCInstant) -> Bool {
        guard !stopped.isEmpty else { return false }
        return message.envelope.recipients.contains { recipient in
            let input = input(for: recipient, in: view, at: now)
            return judge(input, without: stopped) != judge(input, without: [])
        }
    }

    /// The answer for one recipient. A message of the version before is judged by that one and by the one in force, and what
    /// both let pass goes.
    func judge(_ input: JudgeInput, without stopped: Set<Category>) -> Decision {
        let decision = inForce.text.judge(input, without: stopped)
        guard let narrower = inForce.narrowedBy else { return decision }
        return decision.met(by: TextBridge(read: text, text: narrower).judge(input, without: stopped))
    }

    /// What the message moves in its case. One of the version before moves nothing that the one in force would not.
    func moves(of input: JudgeInput, acceptedRecipients: [PartyID]) -> CaseMoves {
        let moves = inForce.text.moves(of: input, acceptedRecipients: acceptedRecipients)
        guard let narrower = inForce.narrowedBy else { return moves }
        return moves.met(
            by: TextBridge(read: text, text: narrower).moves(of: input, acceptedRecipients: acceptedRecipients))
    }

    func refusal(_ code: String, detail: String? = nil) -> IntakeRefusal {
        var problem = ProblemCatalogue.problem(code, detail: detail)
        if problem.status == 503 { problem.retryAfter = 5 }
        return IntakeRefusal(
            party: message.submission.party, problem: problem, message: message.envelope.id, name: text.name)
    }

    /// Finds the case and its persons as the sender may know them.
    private func view(at now: UTCInstant) throws(IntakeRefusal) -> CaseView {
        let party = message.envelope.source
        let subject = message.envelope.subject
        var record = subject.flatMap { house.registers.record(subject: $0, for: party) }
        if !text.opensCase, subject == nil { throw refusal("case.missing") }
        // A case the sender is nothing in does not exist for it; its own references it may always use, and a ground that is
        // granted it reaches a case it can name.
        let mayEnter = message.envelope.breakGlass.map {
            inForce.text.mayBreakGlass(on: $0.ground, in: text.name, by: party, for: message.envelope.purpose)
        }
        if let found = record, mayEnter != true, found.references[party] == nil,
            found.facts.capacities(of: party, at: now).isEmpty
        {
            record = nil
        }
        // What could be a case id of the gateway's opens no case, whether there is such a case or not.
        let isNew = record == nil && text.opensCase && !(subject.map(Minting.couldBeCase) ?? false)
        var ids: [PersonID] = []
        var roles: [PersonID: Set<Role>] = [:]
        for (index, person) in facts.persons.enumerated() {
            // The sender's reference is looked up here and goes no further.
            let reference = person.reference.reveal()
            let known = record?.person(reference, of: party)
            if known == nil, record != nil || isNew, Minting.couldBePerson(reference) {
                throw refusal("person.unknown")
            }
            let id = known ?? newPeople[index]
            ids.append(id)
            // Someone who is named twice, by reference and by id, has the roles of both.
            roles[id, default: []].formUnion(person.roles.union(record?.facts.roles[id] ?? []))
        }
        let others = (record?.facts.roles ?? [:]).filter { roles[$0.key] == nil }
            .map { JudgedPerson(id: $0.key, roles: $0.value) }.sorted { ($0.id ?? "-") < ($1.id ?? "-") }
        // Of a message of the version before, too, the text in force says whose word counts.
        let conflicting =
            record?.consentsInConflict(
                with: record?.facts.roles.merging(roles) { _, all in all } ?? [:],
                under: inForce.narrowedBy ?? inForce.text) ?? []
        return CaseView(
            record: record, isNew: isNew,
            people: ids.enumerated().map { JudgedPerson(id: $1, roles: roles[$1] ?? [], born: facts.births[$0]) },
            personIDs: ids,
            others: others, conflicting: conflicting,
            consents: record?.consentFacts(at: now, ending: conflicting) ?? [])
    }

    func input(for recipient: PartyID, in view: CaseView, at now: UTCInstant) -> JudgeInput {
        let envelope = message.envelope
        let repliesTo = view.record?.facts.requests.first {
            $0.message == envelope.inReplyTo && $0.asker == recipient && $0.holder == envelope.source
        }
        var input = JudgeInput(
            message: text.name, sender: envelope.source, recipient: recipient, purpose: envelope.purpose, facts: facts,
            people: view.people, casePeople: view.others, caseFacts: view.record?.facts ?? CaseFacts(),
            isNewCase: view.isNew, consents: view.consents, repliesTo: repliesTo,
            claimsReply: envelope.inReplyTo != nil || text.answers != nil, recipients: envelope.recipients, now: now,
            messageID: envelope.id, expires: expires(at: now))
        input.breakGlass = envelope.breakGlass?.ground
        return input
    }

    /// When the delivery ends: what the sender says, and never later than the protocol's life of the message.
    func expires(at now: UTCInstant) -> UTCInstant {
        let latest = now + text.life
        return min(message.envelope.expires ?? latest, latest)
    }

    private func outcome(
        of decision: Decision, for recipient: PartyID, salt: [UInt8], in view: CaseView, at now: UTCInstant
    ) throws -> RecipientOutcome {
        let plan: FieldPlan
        switch decision.answer {
        // What waits is kept as wide as the wait can make it, and judged again before it goes.
        case .share(let granted), .hold(let granted, _): plan = granted
        case .withhold, .refuse: return RecipientOutcome(recipient: recipient, decision: decision, cut: nil, salt: salt)
        }
        let cut = try Cutter.cut(
            message.submission.body.span.bytes, range: message.data, schema: text.schema, facts: facts, plan: plan,
            persons: view.personIDs, now: now, pseudonymKey: house.keys.transformKey(of: recipient),
            limits: house.settings.json)
        guard !cut.isEmpty else {
            var decision = decision
            decision.answer = .withhold(Refusal(code: "rule.nothing-shared"))
            return RecipientOutcome(recipient: recipient, decision: decision, cut: nil, salt: salt)
        }
        return RecipientOutcome(recipient: recipient, decision: decision, cut: cut, salt: salt)
    }

    /// A clause that refuses the message refuses it for everyone.
    private static func spreadRefusal(over outcomes: inout [RecipientOutcome]) {
        guard
            let refused = outcomes.lazy.compactMap({ outcome -> Refusal? in
                if case .refuse(let refusal) = outcome.decision.answer { refusal } else { nil }
            }).first
        else { return }
        for index in outcomes.indices where outcomes[index].isShared {
            outcomes[index].decision.answer = .refuse(Refusal(code: refused.code, clause: refused.clause))
            outcomes[index].cut = nil
        }
    }
}

/// The answer for one recipient, with its copy when there is one.
struct RecipientOutcome: Sendable {
    let recipient: PartyID
    var decision: Decision
    var cut: CutDocument?
    /// The salt of the digest of what goes out to this recipient.
    let salt: [UInt8]
    var delivery: DeliveryID?

    /// Whether there is a copy for the recipient, be it one that waits.
    var isShared: Bool { cut != nil }

    /// What the copy waits for.
    var hold: Hold? { if case .hold(_, let hold) = decision.answer { hold } else { nil } }

    var refusal: Refusal? {
        switch decision.answer {
        case .share, .hold: nil
        case .withhold(let refusal), .refuse(let refusal): refusal
        }
    }
}
