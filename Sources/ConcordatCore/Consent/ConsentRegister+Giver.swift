import ConcordatDecision
import ConcordatTerms
import ConcordatWire

extension ConsentRegister {
    /// Who gave this consent, when every role the person has lets it be recorded so.
    ///
    /// Someone with two roles gets the stricter rule: each role needs a clause that allows the recorder, the kind and the
    /// giver, and what any clause of any of the roles forbids is forbidden.
    func giving(
        _ request: ConsentRequest, of person: PersonID, in record: CaseRecord, by party: PartyID, kind: PartyKind,
        under text: CompiledProtocol
    ) throws(ConsentFault) -> ConsentRecord.Giving {
        let roles = record.facts.roles[person] ?? []
        let speaking = text.consents.filter { !$0.about.isDisjoint(with: roles) }
        guard !roles.isEmpty, !speaking.contains(where: { $0.neverBy.contains(kind) }) else {
            throw Self.refused("consent.not-recordable", speaking.first { $0.neverBy.contains(kind) } ?? speaking.first)
        }
        var applying: [ConsentClause] = []
        for role in roles.sorted() {
            let clauses = speaking.filter { $0.about.contains(role) }
            let recordable = clauses.filter { $0.recordedBy.contains(kind) && $0.kinds.contains(request.kind) }
            guard !recordable.isEmpty else { throw Self.refused("consent.not-recordable", clauses.first) }
            guard let clause = recordable.first(where: { $0.givenBy.contains(request.givenBy) }) else {
                throw Self.refused("consent.giver-not-allowed", recordable.first)
            }
            applying.append(clause)
        }
        if let clause = applying.first(where: \.toldRightToWithdraw), request.state.allows, !request.toldRightToWithdraw
        {
            throw Self.malformed(
                "told-right-to-withdraw",
                "must be true: tell the person first that it can be withdrawn (DPA 2018 s.40A)", clause)
        }
        let giver = try giver(request, of: person, in: record, by: party, applying: applying, barredBy: speaking)
        // What only asks, defers or says no binds nobody to anything: whose word it is is kept, and not weighed.
        if request.state.allows {
            if let band = request.ageBand, let known = record.ages[person], !known.fits(band, on: house.now().date) {
                throw Self.refused("consent.age-contradicted", applying.first)
            }
            try checkCompetence(request, applying)
        }
        return request.giving(by: giver)
    }

    /// The guardian or attorney, who is a person of the case without a conflicting role; nil when the person spoke.
    private func giver(
        _ request: ConsentRequest, of person: PersonID, in record: CaseRecord, by party: PartyID,
        applying: [ConsentClause], barredBy speaking: [ConsentClause]
    ) throws(ConsentFault) -> PersonID? {
        guard request.givenBy != .person else {
            guard request.giver == nil, request.relation == nil else {
                throw Self.malformed("giver", "and `relation` stand only where somebody spoke for the person")
            }
            return nil
        }
        guard let reference = request.giver, let giver = record.person(reference, of: party),
            giver != person
        else { throw Self.malformed("giver", "must name another person of the case, who spoke") }
        guard request.givenBy != .guardian || request.relation != nil else {
            throw Self.malformed("relation", "must say what the guardian is to the person")
        }
        let roles = record.facts.roles[giver] ?? []
        if let clause = speaking.first(where: { !$0.neverGuardian.isDisjoint(with: roles) }) {
            throw Self.refused("consent.guardian-conflict", clause)
        }
        if request.givenBy == .guardian,
            let clause = applying.first(where: { $0.guardianRoles.isDisjoint(with: roles) })
        {
            throw Self.refused("consent.giver-not-allowed", clause)
        }
        return giver
    }

    /// A competent under-18 decides alone, and nobody decides for them; who is not is spoken for.
    private func checkCompetence(_ request: ConsentRequest, _ applying: [ConsentClause]) throws(ConsentFault) {
        let ages = applying.compactMap(\.competentFrom)
        guard let clause = applying.first(where: { $0.competentFrom != nil }) ?? applying.first,
            !ages.isEmpty || request.givenBy != .person
        else { return }
        guard let band = request.ageBand else {
            throw Self.malformed(
                "age-band", "must say how old the person is, or `organisation`; the clause asks for it", clause)
        }
        if request.isCompetent != nil, request.assessedBy == nil {
            throw Self.malformed("competence-assessed-by", "must say who found so", clause)
        }
        guard band != .organisation || request.givenBy == .person else {
            throw Self.refused("consent.giver-not-allowed", clause)
        }
        // With two clauses the higher age counts.
        let isOfAge = band.youngest >= ages.max() ?? 18
        switch request.givenBy {
        case .person:
            if band.isAdult ? request.isCompetent == false : !(isOfAge && request.isCompetent == true) {
                throw Self.refused("consent.not-competent", clause)
            }
        case .guardian:
            guard !band.isAdult else { throw Self.refused("consent.giver-not-allowed", clause) }
            // Only who is too young to be asked, or was asked and found unable, is spoken for.
            if request.isCompetent == true || isOfAge && request.isCompetent == nil {
                throw Self.refused("consent.person-decides", clause)
            }
        case .attorney:
            guard band.isAdult else { throw Self.refused("consent.giver-not-allowed", clause) }
            guard request.isCompetent == false else { throw Self.refused("consent.person-decides", clause) }
        }
    }

    private static func refused(_ code: String, _ clause: ConsentClause?) -> ConsentFault {
        var problem = ProblemCatalogue.problem(code)
        problem.clause = clause?.id
        return .refused(problem)
    }

    private static func malformed(_ member: String, _ advice: String, _ clause: ConsentClause? = nil) -> ConsentFault {
        var problem = ConsentRequest.malformed(member, advice)
        problem.clause = clause?.id
        return .refused(problem)
    }
}

extension ConsentRequest {
    /// Who spoke, as the record keeps it.
    func giving(by giver: PersonID?) -> ConsentRecord.Giving {
        ConsentRecord.Giving(
            by: givenBy, giver: giver, relation: relation, ageBand: ageBand, isCompetent: isCompetent,
            assessedBy: assessedBy)
    }
}
