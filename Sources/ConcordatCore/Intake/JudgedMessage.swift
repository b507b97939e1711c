import ConcordatDecision
import ConcordatLog
import ConcordatPayload
import ConcordatTerms
import ConcordatWire

/// A message with its answers, ready to be committed.
struct JudgedMessage: Sendable {
    let work: IntakeWork
    let view: CaseView
    var outcomes: [RecipientOutcome]
    /// The case after the message, when it changes; also holds the keys of pseudonyms.
    var after: CaseRecord
    /// What the message moves in the case; nothing before it is accepted.
    private(set) var moves = CaseMoves()
    let now: UTCInstant
    /// The epoch of who and what is stopped, as it was judged under.
    private let standingEpoch: Int
    var record = LedgerRecord()
    /// What the decision leaves say, in the order of the recipients.
    var decisions: [DecisionLeaf] = []
    /// Whether an emergency stop took something from somebody: that answer is not the text's alone.
    var isCutByStop = false
    /// Recipients something was queued for, those told of a refusal included.
    var delivered: [PartyID] = []

    init(work: IntakeWork, view: CaseView, outcomes: [RecipientOutcome], standing epoch: Int, at now: UTCInstant) {
        (self.work, self.view, self.outcomes, self.now, standingEpoch) = (work, view, outcomes, now, epoch)
        after = view.record ?? CaseRecord(id: work.newCase, opened: now)
    }

    /// The case before the message.
    var before: CaseRecord? { view.record }
    var isNewCase: Bool { view.isNew }
    var people: [JudgedPerson] { view.people }
    var personIDs: [PersonID] { view.personIDs }
    var isDryRun: Bool { work.message.isDryRun }
    var isAccepted: Bool { outcomes.contains(where: \.isShared) }
    var salt: [UInt8] { work.salts[0] }
    private var envelope: Envelope { work.message.envelope }

    /// The case there is once the record is placed; nil for a case that the message only might have opened.
    var caseID: CaseID? { before?.id ?? (isAccepted && !isDryRun ? after.id : nil) }

    /// Recipients for whom a clause makes it wait.
    private var waiting: Set<PartyID> { Set(outcomes.lazy.filter { $0.hold != nil }.map(\.recipient)) }

    /// The persons as the sender named them.
    private var named: [AnswerMemory.NamedPerson] {
        zip(personIDs, work.facts.persons).map { id, person in
            AnswerMemory.NamedPerson(id: id, isByID: person.reference.reveal() == id.rawValue)
        }
    }

    /// Fills in the record: deliveries, the case after the message, leaves, and what it was judged under.
    mutating func prepare(accepted: [PartyID]) throws {
        var changes: [LedgerChange] = []
        var guards: [LedgerGuard] = [.standing(standingEpoch)]
        if !accepted.isEmpty {
            moves = work.moves(of: work.input(for: accepted[0], in: view, at: now), acceptedRecipients: accepted)
            // A request is open until who asked has the answer.
            if let asker = moves.closes?.asker, waiting.contains(asker) { moves.closes = nil }
            let expected = work.inForce.text.expectations(
                openedBy: work.input(for: accepted[0], in: view, at: now),
                // Who does not have it yet owes no answer to it.
                acceptedRecipients: outcomes.filter { $0.isShared && $0.hold == nil }.map(\.recipient))
            after = next(moves, expected: expected)
            guard !after.isFull else {
                throw work.refusal("limit.queue", detail: "the case holds as much as a case may hold")
            }
            guards.append(.caseEpoch(after.id, before?.epoch ?? 0))
            if isNewCase, let subject = envelope.subject { guards.append(.unusedReference(envelope.source, subject)) }
            if after.epoch != before?.epoch { changes.append(.putCase(after)) }
            changes += try deliveries()
        } else if let before {
            guards.append(.caseEpoch(before.id, before.epoch))
        }
        changes += try notices()
        // A draft that says the same as the text in force must not seem to share more than it.
        if work.house.settings.replayFor > .zero, !isCutByStop { changes.append(.putReplay(try replayRecord())) }
        var memory: AnswerMemory?
        if !accepted.isEmpty {
            memory = AnswerMemory(caseID: after.id, people: named, salt: salt, decisionLeaves: Array(outcomes.indices))
        }
        record = LedgerRecord(
            guards: guards,
            claim: IdempotencyClaim(
                party: envelope.source, message: envelope.id, digest: work.digest, remembers: memory),
            leaves: try decisionLeaves() + caseLeaves() + (accepted.isEmpty ? [] : consentLeaves()), changes: changes)
    }

    /// What the message was judged by, sealed: coded facts, so that a draft can be tried on it.
    private func replayRecord() throws -> [UInt8] {
        let first = outcomes.first?.recipient ?? envelope.source
        let record = DecisionRecord(
            of: work.input(for: first, in: view, at: now), schema: work.text.schema, text: work.inForce.text.digest,
            requests: before?.facts.requests.filter { $0.message == envelope.inReplyTo && $0.holder == envelope.source }
                ?? [], decisions: outcomes.map { ($0.recipient, $0.decision) })
        return try ReplaySeal.seal(record, key: work.house.keyring.registerKey)
    }

    /// The problem for a message that goes to nobody: the first recipient's refusal.
    func problem(leaf: UInt64?) -> Problem {
        let refusal = outcomes.compactMap(\.refusal).first ?? Refusal(code: "rule.nothing-shared")
        var problem = ProblemCatalogue.problem(refusal.code)
        problem.clause = refusal.clause
        problem.leaf = leaf
        return problem
    }

    /// The same for one that gets no leaf of its own.
    var asRefusal: IntakeRefusal {
        IntakeRefusal(party: envelope.source, problem: problem(leaf: nil), message: envelope.id, name: work.text.name)
    }

    /// The receipt of a message that was placed.
    func receipt(_ placement: Placement) throws -> [UInt8] {
        let evidence = outcomes.indices.map {
            Receipt.Evidence(leaf: placement.entries[$0], proof: placement.proofs[$0])
        }
        let persons = isAccepted && !isDryRun ? ReceiptMemory.persons(named, of: after, for: envelope.source) : nil
        return try Receipt(persons: persons, evidence: evidence, decisions: decisions).encoded()
    }

    /// Whether the sender holds a capacity in the case.
    private var isConcerned: Bool {
        before.map { !$0.facts.capacities(of: envelope.source, at: now).isEmpty } ?? false
    }

    /// The case with the message's moves, new persons and references; the same record when nothing changes.
    private func next(_ moves: CaseMoves, expected: [DueAnswer]) -> CaseRecord {
        let base = before ?? CaseRecord(id: work.newCase, opened: now)
        var next = base.applying(moves, at: now)
        if let use = glassUse() { next.note(use) }
        next.end(view.conflicting, at: now)
        // Order matters: who owed an answer before this message has given it, whatever capacities it moves.
        next.due = base.due(
            after: work.text.name, from: envelope.source, answering: envelope.inReplyTo, waiting: waiting,
            opening: expected, at: now)
        if let subject = envelope.subject, subject != next.id.rawValue {
            next.references[envelope.source, default: []].insert(subject)
        }
        for (index, id) in personIDs.enumerated() {
            if next.facts.roles[id] == nil { next.facts.roles[id] = people[index].roles }
            // The reference is kept as this sender's own alias, sealed at rest and echoed to nobody else.
            let reference = work.facts.persons[index].reference.reveal()
            if reference != id.rawValue { next.personReferences[envelope.source, default: [:]][reference] = id }
            if next.personKeys[id] == nil { next.personKeys[id] = work.newPersonKeys[index] }
            // Who is nothing in the case may tell an age there, and correct none.
            if let born = people[index].born, next.ages[id] == nil || isNewCase || isConcerned {
                next.ages[id] = KnownAge(born: born.reveal(), on: now.date)
            }
        }
        var unchanged = next
        unchanged.epoch = base.epoch
        return before != nil && unchanged == base ? base : next
    }
}
