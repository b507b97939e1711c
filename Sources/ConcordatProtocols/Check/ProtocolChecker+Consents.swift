import ConcordatDecision
import ConcordatTerms

extension ProtocolChecker {
    /// A consent clause: who records it, who gives it, and from which age.
    func checkConsent(_ clause: ConsentSyntax) -> ConsentClause {
        let kinds = clause.kinds.compactMap(consentKind)
        if let told = clause.told, told.value != "required" {
            log.error(
                told.span, "`told-right-to-withdraw: \(told.value)` is not known", "write `required` or leave it out")
        }
        let recordedBy: Set<PartyKind> = terms.resolve(clause.recordedBy, .partyKind)
        let neverBy: Set<PartyKind> = terms.resolve(clause.neverBy, .partyKind)
        for name in clause.neverBy where recordedBy.contains(PartyKind(unchecked: name.value)) {
            log.error(name.span, "`\(name.value)` may both record this consent and never", "take it out of one list")
        }
        let givers = clause.givenBy.map { Set($0.compactMap(giver)) } ?? [.person]
        if let names = clause.givenBy, names.isEmpty {
            log.error(clause.id.span, "`given-by` names nobody", "write `given-by: [self]`, or leave it out")
        }
        let guardians: Set<Role> = terms.resolve(clause.guardianRoles ?? [], .role)
        let barred: Set<Role> = terms.resolve(clause.neverGuardian ?? [], .role)
        checkGuardians(clause, givers, guardians)
        return ConsentClause(
            id: RuleID(unchecked: clause.id.value), about: terms.resolve(clause.about, .role), kinds: Set(kinds),
            recordedBy: recordedBy, neverBy: neverBy, toldRightToWithdraw: clause.told != nil, givenBy: givers,
            competentFrom: clause.competentFrom.flatMap(competentAge), guardianRoles: guardians,
            neverGuardian: barred)
    }

    /// What the words about guardians ask of each other.
    private func checkGuardians(_ clause: ConsentSyntax, _ givers: Set<ConsentGiver>, _ guardians: Set<Role>) {
        if givers.contains(.guardian) {
            if clause.guardianRoles?.isEmpty ?? true {
                log.error(
                    clause.id.span, "a guardian may give this consent, and no role is a guardian's",
                    "add `guardian-roles: [guardian]`")
            }
            if clause.competentFrom == nil {
                log.error(
                    clause.id.span, "a guardian may give this consent, and no age says when the person decides",
                    "add `competent-from: 13`, the age from which an under-18 found competent decides alone")
            }
        } else if let role = clause.guardianRoles?.first {
            log.error(role.span, "`guardian-roles` without a guardian", "add `guardian` to `given-by`, or take it out")
        }
        if givers.isDisjoint(with: [.guardian, .attorney]), let role = clause.neverGuardian?.first {
            log.error(
                role.span, "`never-guardian` where nobody speaks for the person",
                "add `guardian` or `attorney` to `given-by`, or take it out")
        }
        for name in clause.neverGuardian ?? [] where guardians.contains(Role(unchecked: name.value)) {
            log.error(name.span, "`\(name.value)` may both be a guardian and never", "take it out of one list")
        }
    }

    private func giver(_ word: Name) -> ConsentGiver? {
        if let giver = ConsentGiver(rawValue: word.value) { return giver }
        log.error(
            word.span, "unknown giver of consent `\(word.value)`",
            NearestName.advice(
                for: word.value, among: ConsentGiver.allCases.map(\.rawValue), declare: "use one of the givers"))
        return nil
    }

    private func competentAge(_ word: Name) -> Int? {
        if let age = Int(word.value), (1...17).contains(age) { return age }
        log.error(word.span, "`competent-from: \(word.value)` is not an age", "write a whole number, 1 to 17")
        return nil
    }
}
