import ConcordatDecision
import ConcordatJSON
import ConcordatLog
package import ConcordatTerms
import ConcordatWire

/// Consents: recorded by whom the protocol names, withdrawn by anyone, shown to few.
///
/// A withdrawal is in force for everything whose hand-over leaf it precedes.
package struct ConsentRegister: Sendable {
    let house: House
    private let refusals: RefusalBook
    private let gate: RateGate

    package init(house: House, refusals: RefusalBook) {
        (self.house, self.refusals) = (house, refusals)
        gate = RateGate(countMax: house.settings.consentsPerSecond, span: .seconds(1))
    }

    /// Takes one consent, refusal, objection or withdrawal.
    ///
    /// Withdrawals and objections are taken from anyone and always answered alike, so that the answer does not tell
    /// whether the case or the person is known.
    package func record(_ body: [UInt8], by party: PartyID) async -> Reply {
        if let refusal = turnedAway(party) { return refusal }
        let request: ConsentRequest
        do throws(Problem) {
            request = try ConsentRequest(body, limits: house.settings.json)
        } catch {
            return await refuse(error, by: party)
        }
        return await retrying(by: party) { () async throws(ConsentFault) -> Reply in
            request.state.objects ? try await object(request, by: party) : try await give(request, by: party)
        }
    }

    /// Withdraws a consent this party recorded. Any other id is answered like one that does not exist.
    package func withdraw(_ id: ConsentID, by party: PartyID) async -> Reply {
        if let refusal = turnedAway(party) { return refusal }
        return await retrying(by: party) { () async throws(ConsentFault) -> Reply in
            guard let record = house.registers.record(holding: id),
                let index = record.consents.firstIndex(where: { $0.fact.id == id }),
                record.consents[index].recordedBy == party
            else { throw .refused(ProblemCatalogue.problem("consent.unknown")) }
            if record.consents[index].fact.state != .withdrawn {
                var next = record
                let now = house.now()
                let isNews = !next.consents[index].fact.state.objects
                next.consents[index].note(.withdrawn, at: now, by: party)
                if isNews { next.recall([next.consents[index].fact], event: .withdrawn, at: now) }
                try await commit(next, from: record, [next.consents[index]], by: party)
            }
            return Reply(status: 200, mediaType: "application/json", body: Self.json(id: id, state: .withdrawn))
        }
    }

    /// The consents of a person as `party` may see them; to everyone else, the same empty list.
    package func list(subject: String, person: String?, by party: PartyID) async -> Reply {
        if let refusal = turnedAway(party) { return refusal }
        let footing = house.registers.footing
        guard !footing.standing.suspended.contains(party) else {
            return await refuse(ProblemCatalogue.problem("party.suspended"), by: party)
        }
        var items: [JSONValue] = []
        if let record = house.registers.record(subject: subject, for: party), mayKnow(record, party) {
            let wanted = person.map { record.person($0, of: party) }
            let sees = view(of: record, by: party, under: footing.text.text)
            let now = house.now()
            for (consent, fact) in zip(record.consents, record.consentFacts(at: now))
            where (wanted == nil || wanted == .some(fact.person)) && sees(consent) {
                items.append(
                    Self.json(
                        consent, standing: fact, reference: record.reference(of: fact.person, for: party), now: now))
            }
        }
        let view = ViewLeaf(officer: "system", party: party, what: .search, count: items.count, isJustified: false)
        do throws(LedgerFault) {
            _ = try await house.ledger.commit(LedgerRecord(leaves: [house.leaf(.view(view))]))
        } catch {
            return Reply(Intake.problem(for: error))
        }
        let body = JSONValue.object([JSONMember("consents", .array(items))]).serialized()
        return Reply(status: 200, mediaType: "application/json", body: body)
    }

    /// Which consents of a case the protocol shows to `party` (brief P3).
    func view(of record: CaseRecord, by party: PartyID, under text: CompiledProtocol) -> (ConsentRecord) -> Bool {
        let shownTo = text.consentShownTo
        let capacities = record.facts.capacities(of: party, at: house.now())
        let seesAll = !shownTo.capacities.isDisjoint(with: capacities)
        return { seesAll || shownTo.recorder && $0.recordedBy == party }
    }

    enum ConsentFault: Error {
        case stale
        case refused(Problem)
        case ledger(LedgerFault)
    }

    /// Whether a party is something in a case, or was, so that it may look for its own consents there.
    private func mayKnow(_ record: CaseRecord, _ party: PartyID) -> Bool {
        !record.facts.capacities(of: party, at: house.now()).isEmpty || record.references[party] != nil
    }

    /// What keeps a party from being heard at all. A suspended party is heard: a withdrawal is taken from anyone.
    private func turnedAway(_ party: PartyID) -> Reply? {
        let text = house.inForce
        // A withdrawal is taken from anyone, whatever else stands still.
        guard text.lack != nil || text.text.parties[party] != nil else {
            return Reply(ProblemCatalogue.problem("party.unknown"))
        }
        guard gate.admits(party, at: house.now()) else {
            var problem = ProblemCatalogue.problem("limit.rate")
            problem.retryAfter = 1
            return Reply(problem)
        }
        return nil
    }

    /// Does the work again while its case moves under it.
    private func retrying(by party: PartyID, _ work: () async throws(ConsentFault) -> Reply) async -> Reply {
        // Bound: times a record is made again because its case moved.
        for _ in 0..<house.settings.judgementsMax {
            do throws(ConsentFault) {
                return try await work()
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

    private func refuse(_ problem: Problem, by party: PartyID) async -> Reply {
        await withCheckedContinuation { done in
            refusals.note(IntakeRefusal(party: party, problem: problem)) { done.resume(returning: $0) }
        }
    }
}
