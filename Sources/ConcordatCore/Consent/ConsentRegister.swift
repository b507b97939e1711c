import ConcordatDecision
import ConcordatJSON
import ConcordatLog
package import ConcordatTerms
import ConcordatWire

/// Consents: recorded by whom the protocol names, withdrawn by anyone, shown to few.
///
/// A withdrawal is in force for everything whose hand-over leaf it precedes.
package struct ConsentRegister: Sendable {
    private let house: House
    private let refusals: RefusalBook

    package init(house: House, refusals: RefusalBook) { (self.house, self.refusals) = (house, refusals) }

    /// Takes one consent, refusal, objection or withdrawal.
    ///
    /// Withdrawals and objections are taken from anyone and always answered alike, so that the answer does not tell
    /// whether the case or the person is known.
    package func record(_ body: [UInt8], by party: PartyID) async -> Reply {
        let request: ConsentRequest
        do throws(Problem) {
            guard house.text.parties[party] != nil else { throw ProblemCatalogue.problem("party.unknown") }
            request = try ConsentRequest(body, limits: house.settings.json)
        } catch {
            return await refuse(error, by: party)
        }
        if request.state.objects { return await object(request, by: party) }
        for _ in 0..<house.settings.judgementsMax {
            do throws(ConsentFault) {
                return try await give(request, by: party)
            } catch {
                switch error {
                case .stale: continue
                case .refused(let problem): return await refuse(problem, by: party)
                case .ledger(let fault): return Reply(Intake.problem(for: fault))
                }
            }
        }
        return Reply(Intake.problem(for: .busy))
    }

    /// Withdraws a consent this party recorded. Any other id is answered like one that does not exist.
    package func withdraw(_ id: ConsentID, by party: PartyID) async -> Reply {
        for _ in 0..<house.settings.judgementsMax {
            guard let record = house.registers.record(holding: id),
                let consent = record.consents.first(where: { $0.fact.id == id }), consent.recordedBy == party
            else { return await refuse(ProblemCatalogue.problem("consent.unknown"), by: party) }
            do throws(ConsentFault) {
                try await move([id], of: record, to: .withdrawn, by: party)
                return Reply(status: 200, mediaType: "application/json", body: Self.json(id: id, state: .withdrawn))
            } catch {
                switch error {
                case .stale: continue
                case .refused(let problem): return Reply(problem)
                case .ledger(let fault): return Reply(Intake.problem(for: fault))
                }
            }
        }
        return Reply(Intake.problem(for: .busy))
    }

    /// The consents of a person as `party` may see them; to everyone else, the same empty list.
    package func list(subject: String, person: String?, by party: PartyID) async -> Reply {
        var items: [JSONValue] = []
        if let record = house.registers.record(subject: subject, for: party), mayKnow(record, party) {
            let wanted = person.map { record.person($0, of: party) }
            let capacities = record.facts.capacities(of: party, at: house.now())
            let seesAll = !house.text.consentShownTo.capacities.isDisjoint(with: capacities)
            for consent in record.consents
            where (wanted == nil || wanted == .some(consent.fact.person))
                && (seesAll || house.text.consentShownTo.recorder && consent.recordedBy == party)
            {
                items.append(Self.json(consent, reference: record.reference(of: consent.fact.person, for: party), now: house.now()))
            }
        }
        let leaf = Leaf(
            time: house.now(), deployment: LeafToken(house.deployment),
            body: .view(ViewLeaf(officer: "system", party: party, what: .search, count: items.count, isJustified: false)))
        do throws(LedgerFault) { _ = try await house.ledger.commit(LedgerRecord(leaves: [leaf])) } catch {
            return Reply(Intake.problem(for: error))
        }
        let body = JSONValue.object([JSONMember("consents", .array(items))]).serialized()
        return Reply(status: 200, mediaType: "application/json", body: body)
    }

    enum ConsentFault: Error {
        case stale
        case refused(Problem)
        case ledger(LedgerFault)
    }

    private func mayKnow(_ record: CaseRecord, _ party: PartyID) -> Bool {
        !record.facts.capacities(of: party, at: house.now()).isEmpty || record.references[party] != nil
    }

    private func give(_ request: ConsentRequest, by party: PartyID) async throws(ConsentFault) -> Reply {
        guard let record = house.registers.record(subject: request.subject, for: party),
            !record.facts.capacities(of: party, at: house.now()).isEmpty
        else { throw .refused(ProblemCatalogue.problem("case.not-yours")) }
        guard let person = record.person(request.person, of: party) else {
            throw .refused(ProblemCatalogue.problem("person.unknown"))
        }
        if let repeated = record.consents.first(where: { $0.requestID == request.id && $0.recordedBy == party }) {
            return Reply(
                status: 201, mediaType: "application/json", body: Self.json(id: repeated.fact.id, state: repeated.fact.state))
        }
        try check(request, of: person, in: record, by: party)
        guard record.consents.count < CaseRecord.consentsMax else { throw .refused(ProblemCatalogue.problem("limit.busy")) }
        let now = house.now()
        let id: ConsentID
        do { id = try Minting.consentID() } catch { throw .ledger(.unavailable) }
        var consent = ConsentRecord(
            fact: ConsentFact(
                id: id, person: person, kind: request.kind, purpose: request.purpose, categories: request.categories,
                recipientKinds: request.recipientKinds, recipientParties: request.recipientParties, state: request.state,
                from: request.from ?? now, until: request.until),
            recordedBy: party, givenBy: request.givenBy, takenBy: request.takenBy, evidence: request.evidence,
            toldRightToWithdraw: request.toldRightToWithdraw, events: [])
        consent.requestID = request.id
        consent.note(request.state, at: now, by: party)
        var next = record
        next.consents.append(consent)
        next.epoch += 1
        try await commit(next, from: record, [consent], by: party, event: request.state)
        return Reply(status: 201, mediaType: "application/json", body: Self.json(id: id, state: request.state))
    }

    /// Whether the protocol lets this party record this consent for a person with these roles (brief P3).
    private func check(_ request: ConsentRequest, of person: PersonID, in record: CaseRecord, by party: PartyID)
        throws(ConsentFault)
    {
        guard let kind = house.text.parties[party]?.kind, house.text.purposes[request.purpose] != nil else {
            throw .refused(ProblemCatalogue.problem("purpose.unknown"))
        }
        if let stranger = request.categories?.first(where: { house.text.categories[$0] == nil }) {
            throw .refused(ConsentRequest.malformed("categories", "names no category of the protocol: `\(stranger)`"))
        }
        if let stranger = request.recipientKinds?.first(where: { !house.text.partyKinds.contains($0) }) {
            throw .refused(ConsentRequest.malformed("recipient-kinds", "names no kind of the protocol: `\(stranger)`"))
        }
        for role in record.facts.roles[person] ?? [] {
            let clauses = house.text.consents.filter { $0.about.contains(role) }
            guard
                let clause = clauses.first(where: {
                    $0.recordedBy.contains(kind) && !$0.neverBy.contains(kind) && $0.kinds.contains(request.kind)
                })
            else {
                var problem = ProblemCatalogue.problem("consent.not-recordable")
                problem.clause = clauses.first?.id
                throw .refused(problem)
            }
            if clause.toldRightToWithdraw, request.state.allows, !request.toldRightToWithdraw {
                var problem = ConsentRequest.malformed(
                    "told-right-to-withdraw", "must be true: tell the person first that it can be withdrawn (DPA 2018 s.40A)")
                problem.clause = clause.id
                throw .refused(problem)
            }
        }
        guard record.facts.roles[person]?.isEmpty == false else {
            throw .refused(ProblemCatalogue.problem("consent.not-recordable"))
        }
    }

    /// A withdrawal or objection: moves every record it covers, and stands as one of its own.
    private func object(_ request: ConsentRequest, by party: PartyID) async -> Reply {
        let answer = Reply(
            status: 202, mediaType: "application/json", body: JSONValue.object([JSONMember("taken", .bool(true))]).serialized())
        for _ in 0..<house.settings.judgementsMax {
            guard let record = house.registers.record(subject: request.subject, for: party), mayKnow(record, party),
                let person = record.person(request.person, of: party), let id = try? Minting.consentID()
            else {
                let refusal = IntakeRefusal("person.unknown", party: party, message: request.id)
                await withCheckedContinuation { done in refusals.note(refusal) { _ in done.resume() } }
                return answer
            }
            let now = house.now()
            var next = record
            var moved: [ConsentRecord] = []
            for index in next.consents.indices
            where next.consents[index].fact.person == person && next.consents[index].fact.purpose == request.purpose
                && next.consents[index].fact.state.allows && request.covers(next.consents[index].fact)
            {
                next.consents[index].note(request.state, at: now, by: party)
                moved.append(next.consents[index])
            }
            var objection = ConsentRecord(
                fact: ConsentFact(
                    id: id, person: person, kind: request.kind, purpose: request.purpose, categories: request.categories,
                    recipientKinds: request.recipientKinds, recipientParties: request.recipientParties,
                    state: request.state, from: now, until: request.until),
                recordedBy: party, givenBy: request.givenBy, takenBy: request.takenBy, evidence: request.evidence,
                toldRightToWithdraw: request.toldRightToWithdraw, events: [])
            objection.requestID = request.id
            objection.note(request.state, at: now, by: party)
            if !record.consents.contains(where: { $0.requestID == request.id && $0.recordedBy == party }) {
                next.consents.append(objection)
                moved.append(objection)
            }
            next.epoch += 1
            do throws(ConsentFault) {
                try await commit(next, from: record, moved, by: party, event: request.state)
                return answer
            } catch {
                switch error {
                case .stale: continue
                case .refused(let problem): return Reply(problem)
                case .ledger(let fault): return Reply(Intake.problem(for: fault))
                }
            }
        }
        return Reply(Intake.problem(for: .busy))
    }

    private func move(_ ids: Set<ConsentID>, of record: CaseRecord, to state: ConsentState, by party: PartyID)
        async throws(ConsentFault)
    {
        var next = record
        var moved: [ConsentRecord] = []
        for index in next.consents.indices where ids.contains(next.consents[index].fact.id) {
            guard next.consents[index].fact.state != state else { return }
            next.consents[index].note(state, at: house.now(), by: party)
            moved.append(next.consents[index])
        }
        next.epoch += 1
        try await commit(next, from: record, moved, by: party, event: state)
    }

    private func commit(
        _ next: CaseRecord, from record: CaseRecord, _ moved: [ConsentRecord], by party: PartyID, event: ConsentState
    ) async throws(ConsentFault) {
        let leaves = moved.compactMap { leaf($0, in: next, by: party, event: event) }
        do throws(LedgerFault) {
            _ = try await house.ledger.commit(
                LedgerRecord(
                    guards: [.caseEpoch(record.id, record.epoch)], leaves: leaves, changes: [.putCase(next)]))
        } catch {
            if case .stale = error { throw .stale }
            throw .ledger(error)
        }
    }

    private func leaf(_ consent: ConsentRecord, in record: CaseRecord, by party: PartyID, event: ConsentState) -> Leaf? {
        guard let key = record.personKeys[consent.fact.person],
            let pseudonym = Pseudonym(bytes: DerivedKeys.pseudonym(personKey: key)),
            let event = ConsentLeaf.Event(rawValue: event.rawValue),
            let kind = ConsentLeaf.ConsentKind(rawValue: consent.fact.kind.rawValue)
        else { return nil }
        return Leaf(
            time: house.now(), deployment: LeafToken(house.deployment),
            protocolDigest: LeafDigest(rawValue: house.text.digest),
            body: .consent(
                ConsentLeaf(
                    consent: consent.fact.id, person: pseudonym, caseID: record.id, purpose: consent.fact.purpose,
                    categories: (consent.fact.categories ?? []).sorted(),
                    recipients: (consent.fact.recipientKinds ?? []).sorted(), consentKind: kind, event: event,
                    recordedBy: party, role: (record.facts.roles[consent.fact.person] ?? []).min())))
    }

    private func refuse(_ problem: Problem, by party: PartyID) async -> Reply {
        await withCheckedContinuation { done in
            refusals.note(IntakeRefusal(party: party, problem: problem)) { done.resume(returning: $0) }
        }
    }

    private static func json(id: ConsentID, state: ConsentState) -> [UInt8] {
        JSONValue.object([JSONMember("consent", .term(id)), JSONMember("state", .string(state.rawValue))]).serialized()
    }

    private static func json(_ consent: ConsentRecord, reference: String, now: UTCInstant) -> JSONValue {
        let isOver = consent.fact.until.map { $0 <= now } ?? false
        return .object([
            JSONMember("consent", .term(consent.fact.id)), JSONMember("person", .string(reference)),
            JSONMember("kind", .string(consent.fact.kind.rawValue)), JSONMember("purpose", .term(consent.fact.purpose)),
            JSONMember("state", .string(isOver ? ConsentState.expired.rawValue : consent.fact.state.rawValue)),
            JSONMember("from", .instant(consent.fact.from)), JSONMember("until", .instant(consent.fact.until)),
        ])
    }
}

extension ConsentRequest {
    /// Whether a withdrawal with these bounds reaches into what `fact` covers.
    func covers(_ fact: ConsentFact) -> Bool {
        if let categories, let theirs = fact.categories, categories.isDisjoint(with: theirs) { return false }
        if let recipientKinds, let theirs = fact.recipientKinds, recipientKinds.isDisjoint(with: theirs),
            recipientParties.isDisjoint(with: fact.recipientParties)
        {
            return false
        }
        return true
    }
}
