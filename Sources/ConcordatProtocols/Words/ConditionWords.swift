package import ConcordatDecision
import ConcordatTerms

/// Conditions in words. Every word of a test is said, so that two conditions that differ read differently.
package struct ConditionWords: Sendable {
    let words: ProtocolWords

    /// The words of a protocol's conditions.
    package init(_ words: ProtocolWords) { self.words = words }

    /// The condition, to stand after `when`.
    package func text(_ condition: Condition) -> String {
        switch condition {
        case .all(let parts): joined(parts, "and")
        case .any(let parts): parts.count > 1 ? "either " + joined(parts, "or") : joined(parts, "or")
        case .not(let part): "it is not so that " + inner(part)
        case .test(let source, let test): text(source, test)
        }
    }

    private func joined(_ parts: [Condition], _ joint: String) -> String {
        parts.map(inner).joined(separator: ", \(joint) ")
    }

    /// In brackets where the bounds of a part would not be clear.
    private func inner(_ condition: Condition) -> String {
        switch condition {
        case .all(let parts) where parts.count > 1, .any(let parts) where parts.count > 1: "(\(text(condition)))"
        default: text(condition)
        }
    }

    private func text(_ source: Condition.Source, _ test: Condition.Test) -> String {
        switch source {
        case .field(let path) where path.contains("*"): several("\(Self.field(path)) in the message", test)
        case .field(let path): facts("\(Self.field(path)) in the message", test)
        case .flag(let name): several("\(ProtocolWords.quoted(words.flag(name))) of the case", test)
        case .recipientSpeciality: marks("the recipient", test)
        case .senderSpeciality: marks("the sender", test)
        case .recipientKind: kinds("the recipient", test)
        case .senderKind: kinds("the sender", test)
        case .days(let path): days(Self.field(path), test)
        case .age(let role): age(ProtocolWords.quoted(words.role(role)), test)
        case .count(let role): count(ProtocolWords.quoted(words.role(role)), test)
        case .ground: ground(test)
        }
    }

    private static func field(_ path: String) -> String { ProtocolWords.quoted(ProtocolWords.path(path)) }

    private static func values(_ values: Set<String>) -> String {
        ProtocolWords.list(values.map { ProtocolWords.quoted(ProtocolWords.plain($0)) }.sorted(), "or")
    }

    /// A source that may have more than one value.
    private func several(_ what: String, _ test: Condition.Test) -> String {
        switch test {
        case .contains(let value): "\(what) includes \(Self.values([value]))"
        case .lacks(let value): "\(what) is known and does not include \(Self.values([value]))"
        case .containsAny(let values): "\(what) includes \(Self.values(values))"
        case .only(let values): "\(what) is known and includes nothing but \(Self.values(values))"
        case .present, .number: facts(what, test)
        }
    }

    /// A source with at most one value.
    private func facts(_ what: String, _ test: Condition.Test) -> String {
        switch test {
        case .contains(let value): "\(what) is \(Self.values([value]))"
        case .lacks(let value): "\(what) is known and is not \(Self.values([value]))"
        case .containsAny(let values), .only(let values): "\(what) is \(Self.values(values))"
        case .present(true): "\(what) is known"
        case .present(false): "\(what) is not known"
        case .number(let min, let max): "\(what) is \(Self.bounds(min, max))"
        }
    }

    private func marks(_ who: String, _ test: Condition.Test) -> String {
        switch test {
        case .contains(let value): "\(who) is marked for \(Self.values([value]))"
        case .lacks(let value): "\(who) is marked for something, and not for \(Self.values([value]))"
        case .containsAny(let values): "\(who) is marked for \(Self.values(values))"
        case .only(let values): "\(who) is marked for nothing but \(Self.values(values))"
        case .present(true): "\(who) is marked for some speciality"
        case .present(false): "\(who) is marked for no speciality"
        case .number(let min, let max): "\(who) has a mark that is \(Self.bounds(min, max))"
        }
    }

    private func kinds(_ who: String, _ test: Condition.Test) -> String {
        func named(_ values: Set<String>) -> String {
            words.names(values.map(words.partyOrKind), "or")
        }
        return switch test {
        case .contains(let value): "\(who) is \(named([value]))"
        case .lacks(let value): "\(who) is not \(named([value]))"
        case .containsAny(let values), .only(let values): "\(who) is \(named(values))"
        case .present(true): "\(who) is of some kind"
        case .present(false): "\(who) is of no kind"
        case .number(let min, let max): "the kind of \(who) is \(Self.bounds(min, max))"
        }
    }

    private func days(_ what: String, _ test: Condition.Test) -> String {
        guard case .number(let min, let max) = test else {
            return facts("the number of days from today to \(what) in the message", test)
        }
        return switch (min, max) {
        case (nil, let max?) where max < 0: "\(what) in the message lies at least \(Self.days(-max)) back"
        case (nil, let max?): "\(what) in the message has passed or lies at most \(Self.days(max)) ahead"
        case (let min?, nil) where min <= 0: "\(what) in the message lies at most \(Self.days(-min)) back, or ahead"
        case (let min?, nil): "\(what) in the message lies at least \(Self.days(min)) ahead"
        case (0?, let max?): "\(what) in the message is today or at most \(Self.days(max)) ahead"
        case (let min?, let max?):
            "\(what) in the message lies between \(min) and \(max) days from today, days before today counted below nought"
        case (nil, nil): "\(what) is in the message"
        }
    }

    private func age(_ who: String, _ test: Condition.Test) -> String {
        guard case .number(let min, let max) = test else {
            return facts("the age in years of somebody who is \(who)", test)
        }
        return "somebody who is \(who), of a known age, is \(Self.bounds(min, max)) years old"
    }

    private func count(_ who: String, _ test: Condition.Test) -> String {
        guard case .number(let min, let max) = test else { return facts("the number of people who are \(who)", test) }
        return "the number of people in the case who are \(who) is \(Self.bounds(min, max))"
    }

    private func ground(_ test: Condition.Test) -> String {
        func named(_ grounds: Set<String>) -> String {
            words.names(grounds.map(words.ground), "or")
        }
        return switch test {
        case .contains(let value): "the sender claims the emergency ground \(named([value]))"
        case .containsAny(let values), .only(let values): "the sender claims the emergency ground \(named(values))"
        case .lacks(let value): "the sender claims an emergency ground other than \(named([value]))"
        case .present(true): "the sender claims an emergency ground"
        case .present(false): "no emergency ground is claimed"
        case .number(let min, let max): "the ground claimed is \(Self.bounds(min, max))"
        }
    }

    private static func days(_ count: Int) -> String { count == 1 ? "1 day" : "\(count) days" }

    private static func bounds(_ min: Int?, _ max: Int?) -> String {
        switch (min, max) {
        case (let min?, let max?): min == max ? "\(min)" : "\(min) to \(max)"
        case (let min?, nil): "at least \(min)"
        case (nil, let max?): "at most \(max)"
        case (nil, nil): "a number"
        }
    }
}

extension ProtocolWords {
    /// What a break-glass ground is called.
    package func ground(_ name: String) -> String {
        let title = compiled.breakGlass?.grounds[name] ?? ""
        return title.isEmpty ? Self.plain(name) : title
    }
}
