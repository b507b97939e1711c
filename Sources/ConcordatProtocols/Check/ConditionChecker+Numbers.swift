import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

// Conditions over numbers, dates and ages.
extension ConditionChecker {
    /// A test for numbers where the source has none.
    func refuseNumbers(_ test: ConditionSyntax.TestSyntax, _ what: String) {
        if case .number(_, _, _, let span) = test {
            log.error(span, "\(what) has no numbers", "use is, is-not, in, only or present")
        }
    }

    /// A source whose values are whole numbers: words that are none never hold.
    func checkWhole(_ test: ConditionSyntax.TestSyntax, of source: Name) {
        for value in Self.words(of: test) where Int(value.value) == nil {
            log.error(value.span, "`\(value.value)` is no whole number", "write a number, or use at-least or at-most")
        }
        if case .number(_, _, true, let span) = test {
            log.error(span, "`\(source.value)` is no date here", "use at-least, at-most, more-than or less-than")
        }
    }

    /// `days: /path` needs a date that the messages declare as an `x-fact`.
    func checkDate(
        _ name: Name, _ test: ConditionSyntax.TestSyntax, _ scope: [CompiledMessage], _ what: String
    ) {
        for value in Self.words(of: test) where Int(value.value) == nil {
            log.error(value.span, "`\(value.value)` is no number of days", "use older-than, newer-than or due-within")
        }
        guard !scope.isEmpty, isComplete else { return }
        let domains = scope.compactMap { $0.schema.factPaths[name.value] }
        guard !domains.contains(where: \.isDate) else { return }
        let known = scope.flatMap { $0.schema.factPaths.filter(\.value.isDate).keys }
        log.error(
            name.span, "no message that \(what) is asked for declares a date `x-fact` at `\(name.value)`",
            NearestName.advice(
                for: name.value, among: Set(known), declare: "add `x-fact: true` to a `format: date` field there"))
    }

    /// `age: role` needs a message that tells a date of birth of somebody with that role.
    func checkAge(
        _ name: Name, _ test: ConditionSyntax.TestSyntax, _ scope: [CompiledMessage], _ what: String
    ) {
        guard let role = terms.resolve(name, .role, as: Role.self) else { return }
        checkWhole(test, of: name)
        guard !scope.isEmpty, isComplete else { return }
        let isTold = scope.contains { message in
            message.schema.factPaths.contains { path, domain in
                guard domain.values == .births, let node = message.schema.node(at: path),
                    case .person(let roles) = message.schema.possibleSubjects(of: node)
                else { return false }
                return roles.contains(role)
            }
        }
        guard !isTold else { return }
        log.error(
            name.span, "no message that \(what) is asked for tells the age of anyone who is `\(role)`",
            "add `\"x-fact\": \"age\"` to the date of birth of such a person in its schema")
    }

    private static func words(of test: ConditionSyntax.TestSyntax) -> [Name] {
        switch test {
        case .contains(let value), .lacks(let value): [value]
        case .containsAny(let values), .only(let values): values
        case .present, .number: []
        }
    }
}

extension ConditionSyntax.TestSyntax {
    /// Whether only presence is asked.
    var isPresence: Bool { if case .present = self { true } else { false } }
}

extension FactDomain {
    /// Whether the values are dates.
    var isDate: Bool { values == .dates }

    /// Whether the values are whole numbers.
    var isWholeNumber: Bool { if case .integers = values { true } else { false } }
}
