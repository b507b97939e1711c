import ConcordatDecision
import ConcordatTerms

extension TermsDifference {
    /// Who records whose consent, and who sees its state.
    func consents() -> [Finding] {
        let (before, now) = (old.consents.map(Self.core), new.consents.map(Self.core))
        let matched = Self.matched(
            zip(old.consents, before).filter { !now.contains($0.1) }.map(\.0),
            zip(new.consents, now).filter { !before.contains($0.1) }.map(\.0), by: ConsentDifference.isSame)
        var findings = matched.pairs.flatMap { ConsentDifference(old: $0, new: $1).findings() }
        findings += matched.new.map { clause in
            change("consent of \(Self.list(clause.about)) is newly recorded \(Self.words(clause))", .loosens)
        }
        findings += matched.gone.map { clause in
            change("consent of \(Self.list(clause.about)) is no longer recorded \(Self.words(clause))", .narrows)
        }
        let (was, shown) = (old.consentShownTo, new.consentShownTo)
        for capacity in shown.capacities.subtracting(was.capacities).sorted() {
            findings.append(change("the \(capacity) newly sees the state of consents", .shares, holders(of: capacity)))
        }
        for capacity in was.capacities.subtracting(shown.capacities).sorted() {
            findings.append(change("the \(capacity) no longer sees the state of consents", .narrows))
        }
        if was.recorder != shown.recorder {
            findings.append(
                change(
                    "who recorded a consent \(shown.recorder ? "newly" : "no longer") sees its state",
                    shown.recorder ? .shares : .narrows))
        }
        if was.officers != shown.officers {
            findings.append(
                change(
                    "officers \(shown.officers ? "newly" : "no longer") see the state of consents",
                    shown.officers ? .shares : .narrows))
        }
        return findings
    }

    private func holders(of capacity: Capacity) -> Set<PartyKind> {
        guard let kinds = new.capacities[capacity]?.kinds, !kinds.isEmpty else { return new.partyKinds }
        return kinds
    }

    private static func core(_ clause: ConsentClause) -> ConsentClause {
        var core = clause
        core.id = RuleID(unchecked: "any")
        return core
    }

    private static func words(_ clause: ConsentClause) -> String {
        var words = "by \(list(clause.recordedBy))"
        if !clause.neverBy.isEmpty { words += ", never by \(list(clause.neverBy))" }
        words += " (" + clause.kinds.map(\.rawValue).sorted().joined(separator: ", ")
        words += clause.toldRightToWithdraw ? ", told of the right to withdraw)" : ")"
        words += ", given by \(SharingChange.list(clause.givenBy.map(\.rawValue).sorted()))"
        if let age = clause.competentFrom { words += ", alone from \(age) when competent" }
        if !clause.guardianRoles.isEmpty { words += ", guardians are \(list(clause.guardianRoles))" }
        if !clause.neverGuardian.isEmpty { words += ", never \(list(clause.neverGuardian))" }
        return words
    }

    /// Refusals that stay and tell somebody else, and drops that are told or not told. What is refused shows in the fields.
    func refusals() -> [Finding] {
        var findings: [Finding] = []
        for now in new.rules {
            let same = old.rules.filter { Self.core($0) == Self.core(now) }
            let isThere = same.contains { Set($0.tell) == Set(now.tell) && $0.silent == now.silent }
            guard !isThere, let before = same.first else { continue }
            if Set(before.tell) != Set(now.tell) {
                let words = now.tell.isEmpty ? "nobody" : SharingChange.list(now.tell)
                findings.append(
                    change(
                        "a refusal under \(now.id) is told to \(words), before "
                            + (before.tell.isEmpty ? "nobody" : SharingChange.list(before.tell))))
            }
            if before.silent != now.silent {
                findings.append(
                    change(
                        "a recipient is \(now.silent ? "no longer" : "newly") told of what \(now.id) takes away",
                        now.silent ? .narrows : .loosens))
            }
        }
        return findings
    }

    private static func core(_ rule: CompiledRule) -> CompiledRule {
        var core = rule
        (core.id, core.title, core.tell, core.silent) = (RuleID(unchecked: "any"), "", [], false)
        return core
    }

    /// The roster is no part of the text that is signed, but says who gets what by it.
    func roster() -> [Finding] {
        var findings: [Finding] = []
        for id in Set(old.parties.keys).union(new.parties.keys).sorted() {
            switch (old.parties[id], new.parties[id]) {
            case (nil, let party?):
                findings.append(
                    change("party \(id) joins as \(party.kind), and gets what goes to it", .shares, [party.kind]))
            case (let party?, nil): findings.append(change("party \(id) (\(party.kind)) leaves", .narrows))
            case (let before?, let now?):
                if before.kind != now.kind {
                    findings.append(
                        change(
                            "party \(id) is \(now.kind), before \(before.kind), and gets what goes to it", .shares,
                            [now.kind]))
                }
                if before.specialities != now.specialities {
                    let words = now.specialities.isEmpty ? "nothing" : SharingChange.list(Array(now.specialities))
                    let before =
                        before.specialities.isEmpty ? "nothing" : SharingChange.list(Array(before.specialities))
                    // A mark may open what rules keep for the marked; one that goes opens what they keep from them.
                    findings.append(
                        change("party \(id) is marked for \(words), before \(before)", .shares, [now.kind]))
                }
            case (nil, nil): continue
            }
        }
        return findings
    }
}
