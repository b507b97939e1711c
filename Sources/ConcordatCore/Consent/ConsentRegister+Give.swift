import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatWire

extension ConsentRegister {
    /// Records a consent that does not object, by who holds a capacity in the case and is named by the protocol.
    func give(_ request: ConsentRequest, by party: PartyID) async throws(ConsentFault) -> Reply {
        let footing = house.registers.footing
        guard !footing.standing.suspended.contains(party) else {
            throw .refused(ProblemCatalogue.problem("party.suspended"))
        }
        if let lack = footing.text.lack { throw .refused(.none(lack)) }
        let now = house.now()
        // What narrows is taken at any time; what allows, or asks for it, is work under a text in force.
        guard footing.text.isInForce(at: now) else {
            let isEarly = now.date < footing.text.text.period.from
            throw .refused(ProblemCatalogue.problem(isEarly ? "protocol.not-yet" : "protocol.lapsed"))
        }
        guard let record = house.registers.record(subject: request.subject, for: party),
            !record.facts.capacities(of: party, at: now).isEmpty
        else { throw .refused(ProblemCatalogue.problem("case.not-yours")) }
        guard let person = record.person(request.person, of: party) else {
            throw .refused(ProblemCatalogue.problem("person.unknown"))
        }
        if let earlier = record.consents.first(where: { $0.requestID == request.id && $0.recordedBy == party }) {
            guard request.isSame(as: earlier, of: person, in: record) else {
                throw .refused(ProblemCatalogue.problem("idempotency.conflict"))
            }
            let state = earlier.events.first?.state ?? earlier.fact.state
            return Self.recorded(earlier.fact.id, state)
        }
        do { try request.checkEnd(at: now) } catch { throw .refused(error) }
        let giving = try check(request, of: person, in: record, by: party, under: footing.text.text)
        guard !isVain(request, of: person, in: record, by: party, under: footing.text.text) else {
            throw .refused(ProblemCatalogue.problem("consent.objected"))
        }
        // Bound: half of the room is for consents, so that there is always some for an objection.
        guard record.consents.count < CaseRecord.consentsMax / 2 else {
            throw .refused(ProblemCatalogue.problem("limit.busy"))
        }
        let id: ConsentID
        do { id = try Minting.consentID() } catch { throw .ledger(.unavailable) }
        let consent = request.record(id: id, person: person, giving: giving, by: party, at: now)
        var next = record
        var moved = [consent]
        if request.state == .renewed {
            for index in next.consents.indices where request.renews(next.consents[index].fact, of: person) {
                // It gives way, and does not itself become a consent: the new record has the dates that were agreed to.
                next.consents[index].note(.invalidated, at: now, by: party)
                moved.append(next.consents[index])
            }
        }
        next.consents.append(consent)
        try await commit(next, from: record, moved, by: party, over: footing.standing)
        return Self.recorded(id, request.state)
    }

    /// Whether a consent would allow nothing, since an objection covers all of it that it does not take back. Only the
    /// objections that `party` may see are looked at: of others the answer must not tell.
    private func isVain(
        _ request: ConsentRequest, of person: PersonID, in record: CaseRecord, by party: PartyID,
        under text: CompiledProtocol
    ) -> Bool {
        guard request.state.allows else { return false }
        let sees = view(of: record, by: party, under: text)
        return zip(record.consents, record.consentFacts(at: house.now())).contains { consent, fact in
            fact.person == person && fact.state.objects && sees(consent) && request.isCovered(by: fact)
                && !(request.state == .renewed && request.renews(fact, of: person))
        }
    }

    /// Whether the protocol lets this party record this consent for a person with these roles, and who spoke (brief P3).
    func check(
        _ request: ConsentRequest, of person: PersonID, in record: CaseRecord, by party: PartyID,
        under text: CompiledProtocol
    ) throws(ConsentFault) -> ConsentRecord.Giving {
        guard let kind = text.parties[party]?.kind, text.purposes[request.purpose] != nil else {
            throw .refused(ProblemCatalogue.problem("purpose.unknown"))
        }
        // What narrows is taken from anyone at any time; what allows is work under the text.
        guard !request.state.allows || text.isSigned(by: party) else {
            throw .refused(ProblemCatalogue.problem("party.not-signed"))
        }
        // What is wrong is not repeated: a client in error may have put anything there.
        guard request.categories?.allSatisfy({ text.categories[$0] != nil }) ?? true else {
            throw .refused(ConsentRequest.malformed("categories", "must name categories of the protocol only"))
        }
        guard request.recipientParties.allSatisfy({ text.parties[$0] != nil && $0 != House.gatewayParty }) else {
            throw .refused(ConsentRequest.malformed("recipients", "must name parties of the roster only"))
        }
        guard request.recipientKinds?.allSatisfy(text.partyKinds.contains) ?? true else {
            throw .refused(ConsentRequest.malformed("recipient-kinds", "must name kinds of the protocol only"))
        }
        return try giving(request, of: person, in: record, by: party, kind: kind, under: text)
    }
}

extension ConsentRequest {
    /// The record this request asks for.
    func record(
        id: ConsentID, person: PersonID, giving: ConsentRecord.Giving, by party: PartyID, at now: UTCInstant
    ) -> ConsentRecord {
        var record = ConsentRecord(
            fact: ConsentFact(
                id: id, person: person, kind: kind, purpose: purpose, categories: categories,
                recipientKinds: recipientKinds,
                recipientParties: recipientParties, state: state, from: state.objects ? now : from ?? now, until: until),
            recordedBy: party, giving: giving, taking: taking, takenBy: takenBy, evidence: evidence,
            toldRightToWithdraw: toldRightToWithdraw, events: [])
        record.requestID = self.id
        record.note(state, at: now, by: party)
        return record
    }

    /// Whether this is the request that `record` was made from, sent once more.
    func isSame(as record: ConsentRecord, of person: PersonID, in known: CaseRecord) -> Bool {
        let fact = record.fact
        let giver = giver.map { known.person($0, of: record.recordedBy) }
        return fact.person == person && fact.kind == kind && fact.purpose == purpose && fact.categories == categories
            && fact.recipientKinds == recipientKinds && fact.recipientParties == recipientParties
            && record.events.first?.state == state && (from == nil || fact.from == from) && fact.until == until
            && record.giving == giving(by: giver ?? nil) && (giver == nil || giver != .some(nil))
            && record.takenBy == takenBy && record.evidence == evidence
            && record.toldRightToWithdraw == toldRightToWithdraw && record.taking == taking
    }

    /// Whether an objection reaches as far as this does, so that nothing of it would be in force.
    func isCovered(by objection: ConsentFact) -> Bool {
        guard objection.purpose == purpose else { return false }
        if let theirs = objection.categories {
            guard let categories, categories.isSubset(of: theirs) else { return false }
        }
        if let theirs = objection.recipientKinds {
            guard let recipientKinds, recipientKinds.isSubset(of: theirs),
                recipientParties.isSubset(of: objection.recipientParties)
            else { return false }
        }
        return true
    }

    /// Whether a renewal takes back this objection: only one that reaches no further than the renewal does, so that
    /// nothing else that was objected to comes alive with it.
    func renews(_ fact: ConsentFact, of person: PersonID) -> Bool {
        guard fact.person == person, fact.purpose == purpose, fact.kind == kind, fact.state.objects else {
            return false
        }
        if let categories {
            guard let theirs = fact.categories, theirs.isSubset(of: categories) else { return false }
        }
        if let recipientKinds {
            guard let theirs = fact.recipientKinds, theirs.isSubset(of: recipientKinds),
                fact.recipientParties.isSubset(of: recipientParties)
            else { return false }
        }
        return true
    }
}
