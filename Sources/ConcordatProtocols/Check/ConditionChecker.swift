import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// Looks up what a condition names: facts of the messages in scope, flags, specialities, and the values tested.
struct ConditionChecker {
    let terms: TermTable
    let log: ProblemLog
    /// The fact domains of every flag, of all the fields that set it.
    let flagValues: [String: Set<String>]
    let specialities: Set<String>
    /// Whether every schema could be read. If not, what a message declares is not known, and nothing is said about it.
    let isComplete: Bool

    /// The condition in compiled form. `scope` are the messages it can be asked for; `what` names the place it stands in.
    func check(_ syntax: ConditionSyntax, scope: [CompiledMessage], what: String) -> Condition {
        switch syntax {
        case .all(let parts): .all(parts.map { check($0, scope: scope, what: what) })
        case .any(let parts): .any(parts.map { check($0, scope: scope, what: what) })
        case .not(let part): .not(check(part, scope: scope, what: what))
        case .test(let source, let test): .test(self.source(source, test, scope, what), self.test(test))
        }
    }

    private func source(
        _ source: ConditionSyntax.SourceSyntax, _ test: ConditionSyntax.TestSyntax, _ scope: [CompiledMessage],
        _ what: String
    ) -> Condition.Source {
        switch source {
        case .field(let name):
            checkField(name, test, scope, what)
            return .field(name.value)
        case .flag(let name):
            if terms.resolve(name, .flag, as: Speciality.self) != nil, isComplete {
                let known = flagValues[name.value]
                if !(known?.allSatisfy { Int($0) != nil } ?? true) { refuseNumbers(test, "flag `\(name.value)`") }
                checkValues(test, of: name, known: known ?? []) { known?.contains($0) ?? true }
            }
            return .flag(name.value)
        case .recipientSpeciality:
            checkSpecialities(test)
            return .recipientSpeciality
        case .senderSpeciality:
            checkSpecialities(test)
            return .senderSpeciality
        case .recipientKind, .senderKind:
            for value in Self.values(of: test) { _ = terms.resolve(value, .partyKind, as: PartyKind.self) }
            refuseNumbers(test, "a kind of party")
            if case .recipientKind = source { return .recipientKind }
            return .senderKind
        case .days(let name):
            checkDate(name, test, scope, what)
            return .days(name.value)
        case .age(let name):
            checkAge(name, test, scope, what)
            return .age(Role(unchecked: name.value))
        case .count(let name):
            _ = terms.resolve(name, .role, as: Role.self)
            checkWhole(test, of: name)
            return .count(Role(unchecked: name.value))
        case .ground:
            return .ground
        }
    }

    private func checkField(
        _ name: Name, _ test: ConditionSyntax.TestSyntax, _ scope: [CompiledMessage], _ what: String
    ) {
        guard !scope.isEmpty, isComplete else { return }
        let domains = scope.compactMap { $0.schema.factPaths[name.value] }
        guard !domains.isEmpty else {
            let known = scope.flatMap { $0.schema.factPaths.keys }
            let declared = scope.contains { $0.schema.node(at: name.value) != nil }
            let names = scope.map(\.name.rawValue).sorted().joined(separator: ", ")
            log.error(
                name.span,
                declared
                    ? "field `\(name.value)` is not an `x-fact`"
                    : "no message that \(what) is asked for declares `\(name.value)`",
                declared
                    ? "add `x-fact: true` to it in the schema; only such fields may stand in a condition"
                    : NearestName.advice(
                        for: name.value, among: Set(known), declare: "declare it as `x-fact` in one of: \(names)"))
            return
        }
        if domains.contains(where: \.isDate), !test.isPresence {
            log.error(
                name.span, "`\(name.value)` is a date",
                "ask `days: \(name.value)` with older-than, newer-than or due-within")
            return
        }
        if !domains.contains(where: \.isWholeNumber) { refuseNumbers(test, "`\(name.value)`") }
        if case .number(_, _, true, let span) = test {
            log.error(span, "`\(name.value)` is no date", "use at-least, at-most, more-than or less-than")
        }
        checkValues(test, of: name, known: Set(domains.flatMap(\.shortTexts))) { value in
            domains.contains { $0.admits(value) }
        }
    }

    private func checkValues(
        _ test: ConditionSyntax.TestSyntax, of source: Name, known: Set<String>, admits: (String) -> Bool
    ) {
        for value in Self.values(of: test) where !admits(value.value) {
            log.error(
                value.span, "`\(value.value)` is no value of `\(source.value)`",
                NearestName.advice(for: value.value, among: known, declare: "use a value its schema allows"))
        }
    }

    private func checkSpecialities(_ test: ConditionSyntax.TestSyntax) {
        for value in Self.values(of: test) { checkSpeciality(value, isNeeded: false) }
    }

    /// A speciality that no party of the roster has. In a condition it is only doubtful, since the next party to join may
    /// have it, unless it is nearly one that a party has; where something must go to such a party (`isNeeded`) it is wrong.
    func checkSpeciality(_ name: Name, isNeeded: Bool) {
        guard !specialities.contains(name.value) else { return }
        let message = "no party of the roster has the speciality `\(name.value)`"
        let advice = NearestName.advice(
            for: name.value, among: specialities, declare: "add it to a party's `specialities`")
        if isNeeded || NearestName.suggestion(for: name.value, among: specialities) != nil {
            log.error(name.span, message, advice)
        } else {
            log.warning(name.span, message, advice)
        }
    }

    private func test(_ syntax: ConditionSyntax.TestSyntax) -> Condition.Test {
        switch syntax {
        case .contains(let value): .contains(value.value)
        case .lacks(let value): .lacks(value.value)
        case .containsAny(let values): .containsAny(Set(values.map(\.value)))
        case .only(let values): .only(Set(values.map(\.value)))
        case .present(let truth): .present(truth)
        case .number(let min, let max, _, _): .number(min: min, max: max)
        }
    }

    private static func values(of test: ConditionSyntax.TestSyntax) -> [Name] {
        switch test {
        case .contains(let value), .lacks(let value): [value]
        case .containsAny(let values), .only(let values): values
        case .present, .number: []
        }
    }
}

extension FactDomain {
    // Bound: an integer range wider than this is not listed.
    private static let listedMax = 1_000

    /// The values, or none for a range too wide to list.
    var shortTexts: [String] {
        if case .integers(let range) = values, range.count > Self.listedMax { return [] }
        return texts
    }

    /// Whether a message can hold this value.
    func admits(_ text: String) -> Bool {
        switch values {
        case .strings(let set): set.contains(text)
        case .boolean: text == "true" || text == "false"
        case .integers(let range): Int(text).map { range.contains($0) && String($0) == text } ?? false
        case .dates, .births: false
        }
    }
}
