import ConcordatDecision
import ConcordatLog
import ConcordatPayload
import ConcordatTerms
import ConcordatWire

/// A message with its answers, ready to be committed.
struct JudgedMessage: Sendable {
    let work: IntakeWork
    let people: [JudgedPerson]
    let personIDs: [PersonID]
    var outcomes: [RecipientOutcome]
    /// The case before the message.
    let before: CaseRecord?
    /// The case after it, when it changes; also holds the keys of pseudonyms.
    var after: CaseRecord
    let isNewCase: Bool
    let now: UTCInstant
    var record = LedgerRecord()
    /// Recipients something was queued for, those told of a refusal included.
    var delivered: [PartyID] = []

    init(work: IntakeWork, view: CaseView, outcomes: [RecipientOutcome], at now: UTCInstant) {
        (self.work, self.outcomes, self.now) = (work, outcomes, now)
        (people, personIDs, before, isNewCase) = (view.people, view.personIDs, view.record, view.isNew)
        after = view.record ?? CaseRecord(id: work.newCase, opened: now)
    }

    var isDryRun: Bool { work.message.isDryRun }
    var isAccepted: Bool { outcomes.contains(where: \.isShared) }
    var salt: [UInt8] { work.salts[0] }
    private var envelope: Envelope { work.message.envelope }

    /// Fills in the record: deliveries, the case after the message, leaves, and what it was judged under.
    mutating func prepare(accepted: [PartyID]) throws {
        var changes: [LedgerChange] = []
        var guards: [LedgerGuard] = [.standing(work.house.registers.standing.epoch)]
        if !accepted.isEmpty {
            let moves = work.house.text.moves(of: work.input(for: accepted[0], in: view, at: now), acceptedRecipients: accepted)
            after = next(moves)
            guard !after.isFull else { throw work.refusal("limit.queue") }
            if isNewCase {
                guards.append(.caseEpoch(after.id, 0))
                if let subject = envelope.subject { guards.append(.unusedReference(envelope.source, subject)) }
            } else {
                guards.append(.caseEpoch(after.id, before?.epoch ?? 0))
            }
            if after.epoch != before?.epoch { changes.append(.putCase(after)) }
            changes += try deliveries()
        } else if let before {
            guards.append(.caseEpoch(before.id, before.epoch))
        }
        changes += try notices()
        record = LedgerRecord(
            guards: guards,
            claim: IdempotencyClaim(
                party: envelope.source, message: envelope.id, digest: work.digest,
                remembers: accepted.isEmpty
                    ? nil
                    : AnswerMemory(
                        caseID: after.id, people: personIDs, salt: salt, decisionLeaves: Array(outcomes.indices))),
            leaves: decisionLeaves() + caseLeaves(), changes: changes)
    }

    /// The problem for a message that goes to nobody: the first recipient's refusal.
    func problem(firstLeaf: UInt64) -> Problem {
        let refusal = outcomes.compactMap(\.refusal).first ?? Refusal(code: "rule.nothing-shared")
        var problem = ProblemCatalogue.problem(refusal.code)
        problem.clause = refusal.clause
        problem.leaf = firstLeaf
        return problem
    }

    /// The receipt of a message that was placed.
    func receipt(_ placement: Placement) throws -> [UInt8] {
        let evidence = outcomes.indices.map { Receipt.Evidence(leaf: placement.entries[$0], proof: placement.proofs[$0]) }
        let persons: [String: PersonID]? =
            isAccepted && !isDryRun ? ReceiptMemory.persons(personIDs, of: after, for: envelope.source) : nil
        return try Receipt(persons: persons, evidence: evidence).encoded()
    }

    private var view: CaseView {
        let mentioned = Set(personIDs)
        return CaseView(
            record: before, isNew: isNewCase, people: people, personIDs: personIDs,
            others: (before?.facts.roles ?? [:]).filter { !mentioned.contains($0.key) }
                .map { JudgedPerson(id: $0.key, roles: $0.value) })
    }

    /// The case with the message's moves, new persons and references; the same record when nothing changes.
    private func next(_ moves: CaseMoves) -> CaseRecord {
        let base = before ?? CaseRecord(id: work.newCase, opened: now)
        var next = base.applying(moves, at: now)
        if let subject = envelope.subject, subject != next.id.rawValue {
            next.references[envelope.source, default: []].insert(subject)
        }
        for (index, id) in personIDs.enumerated() {
            if next.facts.roles[id] == nil { next.facts.roles[id] = people[index].roles }
            // The reference is kept as this sender's own alias, sealed at rest and echoed to nobody else.
            let reference = work.facts.persons[index].reference.reveal()
            if reference != id.rawValue { next.personReferences[envelope.source, default: [:]][reference] = id }
            if next.personKeys[id] == nil { next.personKeys[id] = work.newPersonKeys[index] }
        }
        var unchanged = next
        unchanged.epoch = base.epoch
        return before != nil && unchanged == base ? base : next
    }
}
