import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatWire

extension ConsentRegister {
    /// A withdrawal or objection: moves every record it covers, and stands as one of its own.
    ///
    /// Taken from anyone who can name the person, whatever they are to the case, and at once. The answer is the same, and
    /// comes after a leaf is durable, whether the case and the person are known or not.
    func object(_ request: ConsentRequest, by party: PartyID) async throws(ConsentFault) -> Reply {
        let answer = Reply(
            status: 202, mediaType: "application/json",
            body: JSONValue.object([JSONMember("taken", .bool(true))]).serialized())
        let now = house.now()
        do { try request.checkEnd(at: now) } catch { throw .refused(error) }
        guard let record = house.registers.record(subject: request.subject, for: party),
            let person = record.person(request.person, of: party)
        else {
            let refusal = RefusalLeaf(sender: party, code: "person.unknown", message: request.id)
            do throws(LedgerFault) {
                _ = try await house.ledger.commit(LedgerRecord(leaves: [house.leaf(.refusal(refusal))]))
            } catch {
                throw .ledger(error)
            }
            return answer
        }
        var next = record
        var moved: [ConsentRecord] = []
        for index in next.consents.indices
        where next.consents[index].fact.person == person && next.consents[index].fact.purpose == request.purpose
            && next.consents[index].fact.state.allows && request.covers(next.consents[index].fact)
        {
            next.consents[index].note(request.state, at: now, by: party)
            moved.append(next.consents[index])
        }
        let id: ConsentID
        do { id = try Minting.consentID() } catch { throw .ledger(.unavailable) }
        // An objection is taken from anyone: whose word it was is kept as it was told, and not asked about.
        let giver = request.giver.flatMap { record.person($0, of: party) }
        var objection = request.record(
            id: id, person: person, giving: request.giving(by: giver), by: party, at: now)
        // Bound: a case that is full of records gets one more that reaches as far as can be, and that one once.
        if record.consents.count >= CaseRecord.consentsMax { objection.fact = objection.fact.reachingEverything }
        let standing = next.consents.first { objection.fact.saysTheSame(as: $0.fact) }
        if standing == nil { next.consents.append(objection) }
        // What stood already told those who had something then.
        next.recall((moved + (standing == nil ? [objection] : [])).map(\.fact), event: request.state, at: now)
        moved.append(standing ?? objection)
        try await commit(next, from: record, moved, by: party)
        return answer
    }

    /// Puts the case's new consents in force with a leaf for each that moved; with leaves only when nothing changed.
    func commit(
        _ next: CaseRecord, from record: CaseRecord, _ moved: [ConsentRecord], by party: PartyID?,
        over standing: Standing? = nil
    ) async throws(ConsentFault) {
        var leaves: [Leaf] = []
        for consent in moved {
            guard let leaf = ConsentLeaf(consent, in: next, by: party) else { throw .ledger(.unavailable) }
            leaves.append(house.leaf(.consent(leaf)))
        }
        var changed = next
        changed.epoch += 1
        var guards: [LedgerGuard] = [.caseEpoch(record.id, record.epoch)]
        // What narrows rests on no text and on nobody's standing, and is written whatever moves.
        if let standing { guards.append(.standing(standing.epoch)) }
        do throws(LedgerFault) {
            _ = try await house.ledger.commit(
                LedgerRecord(
                    guards: guards, leaves: leaves,
                    changes: next == record ? [] : [.putCase(changed)]))
        } catch {
            if case .stale = error { throw .stale }
            throw .ledger(error)
        }
    }
}

extension ConsentFact {
    /// The same for every category and every recipient.
    fileprivate var reachingEverything: ConsentFact {
        ConsentFact(
            id: id, person: person, kind: kind, purpose: purpose, categories: nil, recipientKinds: nil, state: state,
            from: from, until: until)
    }

    /// Whether another record objects already to exactly this.
    fileprivate func saysTheSame(as other: ConsentFact) -> Bool {
        state.objects && other.state == state && other.person == person && other.kind == kind
            && other.purpose == purpose
            && other.categories == categories && other.recipientKinds == recipientKinds
            && other.recipientParties == recipientParties
    }
}

extension ConsentRequest {
    /// Whether all that `fact` covers is covered by this one too.
    func contains(_ fact: ConsentFact) -> Bool {
        let categoriesFit = categories == nil || fact.categories.map { $0.isSubset(of: categories ?? []) } ?? false
        let kindsFit =
            recipientKinds == nil && recipientParties.isEmpty
            || (fact.recipientKinds.map { $0.isSubset(of: recipientKinds ?? []) } ?? false)
                && fact.recipientParties.isSubset(of: recipientParties)
        return categoriesFit && kindsFit
    }

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
