import ConcordatDecision
import ConcordatTerms

/// What one clause on consents says otherwise than another: one finding for each part.
struct ConsentDifference {
    let old: ConsentClause
    let new: ConsentClause

    /// Whether two clauses are one that was changed: by name, else by whose consent it is.
    static func isSame(_ old: ConsentClause, _ new: ConsentClause) -> Bool {
        old.id == new.id || (old.about == new.about && old.kinds == new.kinds)
    }

    func findings() -> [ProtocolDifference.Finding] {
        var findings: [ProtocolDifference.Finding] = []
        let whose = "consent of \(TermsDifference.list(new.about)) (\(Self.list(new.kinds.map(\.rawValue))))"
        func tell(_ words: String, _ effect: ProtocolDifference.Effect) {
            findings.append(
                ProtocolDifference.Finding(effect: effect, sentence: "\(whose) \(words)", parties: [], sharing: nil))
        }
        /// - Parameter more: what it is when something is added.
        func sets(
            _ before: [String], _ now: [String], _ added: String, _ gone: String, more: ProtocolDifference.Effect
        ) {
            let (plus, minus) = (now.filter { !before.contains($0) }, before.filter { !now.contains($0) })
            if !plus.isEmpty { tell("\(added) \(Self.list(plus))", more) }
            if !minus.isEmpty { tell("\(gone) \(Self.list(minus))", more == .loosens ? .narrows : .loosens) }
        }
        func names<ID: Identifier>(_ ids: Set<ID>) -> [String] where ID.RawValue == String { ids.map(\.rawValue) }
        sets(names(old.about), names(new.about), "newly is that of", "no longer is that of", more: .loosens)
        sets(
            old.kinds.map(\.rawValue), new.kinds.map(\.rawValue), "newly stands for", "no longer stands for",
            more: .loosens)
        sets(
            names(old.recordedBy), names(new.recordedBy), "is newly recorded by", "is no longer recorded by",
            more: .loosens)
        sets(
            names(old.neverBy), names(new.neverBy), "is newly never recorded by", "is no longer barred from",
            more: .narrows)
        sets(
            old.givenBy.map(\.rawValue), new.givenBy.map(\.rawValue), "is newly given by", "is no longer given by",
            more: .loosens)
        sets(
            names(old.guardianRoles), names(new.guardianRoles), "newly takes as guardian a",
            "no longer takes as guardian a",
            more: .loosens)
        sets(
            names(old.neverGuardian), names(new.neverGuardian), "newly bars as guardian a",
            "no longer bars as guardian a",
            more: .narrows)
        if old.toldRightToWithdraw != new.toldRightToWithdraw {
            tell(
                new.toldRightToWithdraw
                    ? "is newly recorded only once they were told of the right to withdraw"
                    : "is newly recorded though they were not told of the right to withdraw",
                new.toldRightToWithdraw ? .narrows : .loosens)
        }
        if old.competentFrom != new.competentFrom {
            func words(_ age: Int?) -> String { age.map { "alone from \($0) when competent" } ?? "at no age alone" }
            let isYounger = (new.competentFrom ?? .max) < (old.competentFrom ?? .max)
            tell(
                "is given by a child \(words(new.competentFrom)), before \(words(old.competentFrom))",
                isYounger ? .loosens : .narrows)
        }
        return findings
    }

    private static func list(_ names: [String]) -> String { SharingChange.list(names) }
}
