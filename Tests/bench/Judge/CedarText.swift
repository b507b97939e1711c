import ConcordatDecision
import ConcordatTerms

/// The rules of a protocol a second time, as a Cedar policy set: written from the rules themselves and not from what the
/// judge makes of them, so that Cedar's answers check the judge's.
///
/// The principal is the recipient, the action the kind of message, the resource a category; the rest is context.
/// Transforms are permits, since Cedar says yes or no. The state of a consent comes ready in the context, since Cedar
/// cannot search records.
struct CedarText {
    private let text: CompiledProtocol

    init(_ text: CompiledProtocol) { self.text = text }

    /// One policy for each rule, and one for each message that asks for a capacity.
    func policies() -> String {
        let gates = text.messages.values.sorted { $0.name < $1.name }.filter { !$0.toCapacity.isEmpty }.map { message in
            "forbid (principal, action == \(action(message.name)), resource)\n"
                + "unless { context.toCapacities.containsAny(\(list(message.toCapacity))) };\n"
        }
        return (gates + text.rules.map(policy)).joined(separator: "\n")
    }

    /// Every party with its kind above it.
    func entities() -> [[String: Any]] {
        text.parties.values.sorted { $0.id < $1.id }.map { party in
            [
                "uid": ["type": "Party", "id": party.id.rawValue],
                "attrs": ["specialities": party.specialities.sorted()],
                "parents": [["type": "Kind", "id": party.kind.rawValue]],
            ]
        }
    }

    private func policy(_ rule: CompiledRule) -> String {
        var terms: [String] = []
        if let kinds = rule.to {
            terms.append("principal in [" + kinds.sorted().map { "Kind::\"\($0)\"" }.joined(separator: ", ") + "]")
        }
        if !rule.categories.isEmpty {
            let names = rule.categories.sorted().map { "Category::\"\($0)\"" }.joined(separator: ", ")
            terms.append("[\(names)].contains(resource)")
        }
        if let kinds = rule.from { terms.append("\(list(kinds)).contains(context.senderKind)") }
        if let purposes = rule.purposes { terms.append("\(list(purposes)).contains(context.purpose)") }
        if let about = rule.about {
            let subjects = quoted(about.map(Self.word).sorted())
            terms.append(
                rule.effect == .refuseMessage
                    ? "context.mentioned.containsAny(\(subjects))" : "\(subjects).contains(context.about)")
        }
        if let held = rule.fromCapacity { terms.append("context.fromCapacities.containsAny(\(list(held)))") }
        if let held = rule.toCapacity { terms.append("context.toCapacities.containsAny(\(list(held)))") }
        if let when = rule.when { terms.append(expression(when)) }
        if case .permit(_, let need) = rule.effect {
            switch need.level {
            case .none: break
            case .notObjected: terms.append("!context.objected")
            case .given: terms.append("context.given")
            }
        }
        let actions = rule.messages.map { "action in [\($0.sorted().map(action).joined(separator: ", "))]" } ?? "action"
        let when = terms.isEmpty ? "" : "\nwhen { \(terms.joined(separator: " && ")) }"
        return "@id(\"\(rule.id)\")\n\(rule.effect.cedarWord) (principal, \(actions), resource)\(when);\n"
    }

    private func expression(_ condition: Condition) -> String {
        switch condition {
        case .all(let parts): "(" + parts.map(expression).joined(separator: " && ") + ")"
        case .any(let parts): "(" + parts.map(expression).joined(separator: " || ") + ")"
        case .not(let part): "!" + expression(part)
        case .test(.count(let role), .number(let min, let max)):
            bounded("context.counts[\"\(role)\"]", min, max)
        case .test(.days, .number(let min, let max)):
            "(context has day && \(bounded("context.day", min, max)))"
        case .test(.recipientSpeciality, let test): expression(test, of: "principal.specialities")
        case .test(.field(BenchProtocol.sort), let test): expression(test, of: "context.sort")
        case .test(.field(BenchProtocol.band), let test): expression(test, of: "context.band")
        case .test(.flag, let test): expression(test, of: "context.gravity")
        case .test: preconditionFailure("the bench makes no such condition")
        }
    }

    private func expression(_ test: Condition.Test, of set: String) -> String {
        switch test {
        case .contains(let value): "\(set).contains(\"\(value)\")"
        case .lacks(let value): "(!\(set).isEmpty() && !\(set).contains(\"\(value)\"))"
        case .containsAny(let values): "\(set).containsAny(\(quoted(values.sorted())))"
        case .only(let values): "(!\(set).isEmpty() && \(quoted(values.sorted())).containsAll(\(set)))"
        case .present(let expected): expected ? "!\(set).isEmpty()" : "\(set).isEmpty()"
        case .number: preconditionFailure("the bench asks no number of a set")
        }
    }

    private func bounded(_ value: String, _ min: Int?, _ max: Int?) -> String {
        let bounds = [min.map { "\(value) >= \($0)" }, max.map { "\(value) <= \($0)" }].compactMap { $0 }
        return "(" + bounds.joined(separator: " && ") + ")"
    }

    private func action(_ message: MessageName) -> String { "Action::\"\(message)\"" }

    private func list<Name: Identifier>(_ names: Set<Name>) -> String { quoted(names.map(\.rawValue).sorted()) }

    private func quoted(_ words: [String]) -> String { "[" + words.map { "\"\($0)\"" }.joined(separator: ", ") + "]" }

    /// Whom a rule or a field is about, as the context says it. No role is called so.
    static func word(_ subject: CompiledRule.Subject) -> String {
        switch subject {
        case .nobody: "nobody"
        case .role(let role): role.rawValue
        }
    }
}

extension CompiledRule.Effect {
    fileprivate var cedarWord: String {
        switch self {
        case .permit: "permit"
        case .prohibit, .refuseMessage: "forbid"
        case .hold: preconditionFailure("the bench holds nothing")
        }
    }
}
