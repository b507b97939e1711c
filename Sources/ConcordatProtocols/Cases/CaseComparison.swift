import ConcordatDecision
import ConcordatJSON
import ConcordatPayload
import ConcordatTerms

/// One difference between what a case expects and what came. Pointers, codes and ids only, never a value.
package struct CaseMismatch: Sendable, Hashable {
    package let span: SourceSpan
    /// What was compared: `ref-1 → rj-hub: kept /people/0/name`.
    package let what: String
    package let expected: String
    package let actual: String
}

/// Compares the outcome of one message with what was expected of it.
struct CaseComparison {
    let files: ProtocolFiles
    let folder: String
    private(set) var mismatches: [CaseMismatch] = []

    init(files: ProtocolFiles, folder: String) { (self.files, self.folder) = (files, folder) }

    mutating func compare(_ expected: CaseExpectation.Message, with outcome: EventOutcome, after state: CaseState) {
        if expected.id.value != outcome.id {
            note(expected.id.span, "message", expected.id.value, outcome.id)
        }
        var missing = outcome.deliveries.map(\.recipient.rawValue)
        for recipient in expected.recipients {
            let delivery = outcome.deliveries.first { $0.recipient.rawValue == recipient.party.value }
            missing.removeAll { $0 == recipient.party.value }
            guard let delivery else {
                note(recipient.party.span, "\(outcome.id): recipient", recipient.party.value, "not a recipient")
                continue
            }
            compare(recipient, with: delivery, what: "\(outcome.id) → \(recipient.party.value)")
        }
        for name in missing {
            let delivery = outcome.deliveries.first { $0.recipient.rawValue == name }
            note(expected.id.span, "\(outcome.id) → \(name)", "nothing said", delivery.map { Self.answer($0) } ?? "")
        }
        if let expectedState = expected.state { compare(expectedState, with: state, what: outcome.id) }
    }

    private mutating func compare(
        _ expected: CaseExpectation.Recipient, with delivery: EventOutcome.Delivery, what: String
    ) {
        let refusal = delivery.decision.answer.refusal
        let answer = delivery.decision.answer.word
        if expected.answer.value != answer {
            note(expected.answer.span, "\(what): answer", expected.answer.value, Self.answer(delivery))
            return
        }
        if let code = expected.code, code.value != refusal?.code {
            note(code.span, "\(what): code", code.value, refusal?.code ?? "none")
        }
        let hold: Hold? = if case .hold(_, let hold) = delivery.decision.answer { hold } else { nil }
        let decider = refusal?.clause ?? hold?.clause
        if let clause = expected.clause, clause.value != decider?.rawValue {
            note(clause.span, "\(what): clause", clause.value, decider?.rawValue ?? "none")
        }
        if let wait = expected.wait { compare(wait, with: hold?.terms, expected.party.span, "\(what): wait") }
        if let tell = expected.tell {
            list(tell, refusal?.tell ?? [], expected.party.span, "\(what): tell")
        }
        compareCopy(expected, delivery.copy, what)
    }

    private mutating func compare(
        _ expected: CaseExpectation.Wait, with terms: HoldTerms?, _ span: SourceSpan, _ what: String
    ) {
        guard let terms else {
            note(span, what, "it waits", "it does not")
            return
        }
        for (word, actual) in [(expected.until, terms.until.rawValue), (expected.then, terms.then.rawValue)] {
            if let word, word.value != actual { note(word.span, what, word.value, actual) }
        }
        if let time = expected.atMost, ValueChecker.duration(time.value) != terms.atMost {
            note(time.span, what, time.value, RuleWords.time(terms.atMost))
        }
    }

    private mutating func compareCopy(_ expected: CaseExpectation.Recipient, _ copy: CutDocument?, _ what: String) {
        let tree = copy.flatMap { try? JSONValue.parse($0.bytes) }
        func value(_ pointer: Name) -> JSONValue? { JSONPointer(pointer.value).flatMap { tree?.at($0) } }
        for pointer in expected.kept where value(pointer) == nil {
            note(pointer.span, "\(what): kept \(pointer.value)", "there", Self.fate(pointer.value, copy))
        }
        for pointer in expected.cut + expected.silent {
            if value(pointer) != nil {
                note(pointer.span, "\(what): cut \(pointer.value)", "dropped", Self.fate(pointer.value, copy, "there"))
            } else if !Self.isDropped(pointer.value, copy) {
                note(pointer.span, "\(what): cut \(pointer.value)", "dropped", "the sender had no such field")
            }
        }
        for pointer in expected.silent where Self.isTold(pointer.value, copy?.withheld) {
            note(pointer.span, "\(what): silent \(pointer.value)", "not told", "told as withheld")
        }
        for (pointer, action) in expected.transformed {
            let pattern = Self.pattern(pointer.value)
            let isMade = copy?.applied.contains { $0.path == pattern && $0.action.rawValue == action.value } ?? false
            if value(pointer) == nil || !isMade || !Self.isTold(pointer.value, copy?.masked) {
                note(
                    pointer.span, "\(what): transformed \(pointer.value)", action.value, Self.fate(pointer.value, copy))
            }
        }
        if let withheld = expected.withheld { pointers(withheld, copy?.withheld, expected, "\(what): withheld") }
        if let masked = expected.masked { pointers(masked, copy?.masked, expected, "\(what): masked") }
        if let absent = expected.notSupplied { pointers(absent, copy?.notSupplied, expected, "\(what): not-supplied") }
        if let document = expected.document { compareDocument(document, tree, what) }
    }

    private mutating func compareDocument(_ name: Name, _ tree: JSONValue?, _ what: String) {
        let path = "\(folder)/\(name.value)"
        guard let bytes = files[path], let expected = try? JSONValue.parse(bytes) else {
            note(name.span, "\(what): document", "a json file `\(name.value)`", "none that can be read")
            return
        }
        guard let tree else { note(name.span, "\(what): document", "a copy", "none"); return }
        for difference in JSONDifference.between(expected, tree) {
            note(name.span, "\(what): document \(difference.pointer)", difference.expected, difference.actual)
        }
    }

    private mutating func compare(_ expected: CaseExpectation.State, with state: CaseState, what: String) {
        for (party, held) in expected.capacities {
            let actual = state.facts?.capacities(of: PartyID(unchecked: party.value), at: state.now) ?? []
            list(held, actual.map(\.rawValue), party.span, "\(what): capacities of \(party.value)")
        }
        for (flag, values) in expected.flags {
            list(values, state.facts?.flags[flag.value].map(Array.init) ?? [], flag.span, "\(what): flag \(flag.value)")
        }
        if let requests = expected.openRequests {
            let actual = state.facts?.requests.map(\.message.rawValue) ?? []
            list(requests, Array(Set(actual)), requests.first?.span, "\(what): open requests")
        }
        if let due = expected.due { compare(due, with: state.due, what: "\(what): due") }
    }

    /// Which clauses and by when; then, of those that are said, who owes it and when to remind.
    private mutating func compare(_ expected: [CaseExpectation.Due], with actual: [DueAnswer], what: String) {
        func text(_ clause: String, _ day: String) -> String { "\(clause) by \(day)" }
        let left = expected.map { text($0.clause.value, $0.by.value) }.sorted()
        let right = actual.map { text($0.clause.rawValue, $0.due.description) }.sorted()
        guard left == right else {
            func words(_ names: [String]) -> String { names.isEmpty ? "nothing" : names.joined(separator: ", ") }
            note(expected.first?.clause.span ?? .start(of: folder), what, words(left), words(right))
            return
        }
        for one in expected {
            let same = actual.filter { $0.clause.rawValue == one.clause.value && $0.due.description == one.by.value }
            let debtors = same.map { Self.debtor($0) }
            if let party = one.owedBy, !debtors.contains(party.value) {
                note(party.span, "\(what) \(one.clause.value): owed by", party.value, debtors.joined(separator: ", "))
            }
            let days = same.first?.reminders.map(\.description) ?? []
            if let remind = one.remind, remind.map(\.value) != days {
                let span = remind.first?.span ?? one.clause.span
                list(remind, days, span, "\(what) \(one.clause.value): remind")
            }
        }
    }

    private static func debtor(_ answer: DueAnswer) -> String {
        if case .capacity(let capacity) = answer.owedBy { return capacity.rawValue }
        return answer.debtor?.rawValue ?? ""
    }

    private mutating func pointers(
        _ expected: [Name], _ actual: [JSONPointer]?, _ recipient: CaseExpectation.Recipient, _ what: String
    ) {
        list(expected, (actual ?? []).map(\.description), recipient.party.span, what)
    }

    private mutating func list(_ expected: [Name], _ actual: [String], _ span: SourceSpan?, _ what: String) {
        let (left, right) = (expected.map(\.value).sorted(), actual.sorted())
        guard left != right else { return }
        func text(_ names: [String]) -> String { names.isEmpty ? "nothing" : names.joined(separator: ", ") }
        note(expected.first?.span ?? span ?? .start(of: folder), what, text(left), text(right))
    }

    private mutating func note(_ span: SourceSpan, _ what: String, _ expected: String, _ actual: String) {
        mismatches.append(CaseMismatch(span: span, what: what, expected: expected, actual: actual))
    }

    private static func answer(_ delivery: EventOutcome.Delivery) -> String {
        let answer = delivery.decision.answer
        guard let refusal = answer.refusal else { return answer.word }
        return "\(answer.word) \(refusal.code)" + (refusal.clause.map { " (\($0))" } ?? "")
    }

    /// What was done to the fields at a place, in the words of the plan.
    private static func fate(_ pointer: String, _ copy: CutDocument?, _ otherwise: String = "not in the message")
        -> String
    {
        guard let copy else { return "nothing is shared" }
        let pattern = pattern(pointer)
        let actions = Set(copy.applied.filter { $0.path == pattern }.map(\.action.rawValue)).sorted()
        return actions.isEmpty ? otherwise : actions.joined(separator: " and ")
    }

    private static func isDropped(_ pointer: String, _ copy: CutDocument?) -> Bool {
        let pattern = pattern(pointer)
        return copy?.applied.contains { field in
            field.action == .drop && (field.path == pattern || field.path.hasPrefix(pattern + "/"))
        } ?? false
    }

    private static func isTold(_ pointer: String, _ told: [JSONPointer]?) -> Bool {
        guard let place = JSONPointer(pointer) else { return false }
        return told?.contains { $0.contains(place) } ?? false
    }

    /// The data path of a pointer: property names begin with a letter, so a number is an index.
    private static func pattern(_ pointer: String) -> String {
        let tokens = JSONPointer(pointer)?.tokens ?? []
        return JSONPointer(tokens: tokens.map { Int($0) == nil ? $0 : "*" }).description
    }
}
