package import ConcordatJSON
import ConcordatTerms

extension ProtocolDifference {
    /// For a terminal: one line a finding.
    package var text: String {
        guard !findings.isEmpty else { return "the two texts mean the same" }
        let lines = findings.map { "\(Self.mark($0.effect)) \($0.sentence)" }
        let gains = findings.filter { $0.effect == .shares }.count
        let rest = findings.count - gains
        let sum =
            gains == 0
            ? "nothing is newly shared"
            : "\(gains) \(gains == 1 ? "finding says" : "findings say") that somebody gains data"
        return (lines + [sum + (rest == 0 ? "" : "; \(rest) other \(rest == 1 ? "difference" : "differences")")])
            .joined(separator: "\n")
    }

    /// For machines.
    package var json: JSONValue {
        .object([
            JSONMember("same", .bool(findings.isEmpty)), JSONMember("gains", .bool(gainsAnything)),
            JSONMember("findings", .array(findings.map(\.json))),
        ])
    }

    private static func mark(_ effect: Effect) -> String {
        switch effect {
        case .shares: "+"
        case .loosens: "!"
        case .narrows: "-"
        case .changes: "~"
        }
    }
}

extension ProtocolDifference.Finding {
    package var json: JSONValue {
        func strings(_ names: some Sequence<String>) -> JSONValue { .array(names.sorted().map { .string($0) }) }
        var members = [
            JSONMember("effect", .string(effect.rawValue)), JSONMember("sentence", .string(sentence)),
            JSONMember("parties", strings(parties.map(\.rawValue))),
        ]
        if let sharing {
            members += [
                JSONMember("change", .string(sharing.kind.rawValue)),
                JSONMember("messages", strings(sharing.messages.map(\.rawValue))),
                JSONMember("fields", strings(sharing.fields)),
                JSONMember("categories", strings(sharing.categories.map(\.rawValue))),
                JSONMember("about", strings(sharing.about)), JSONMember("from", strings(sharing.from.map(\.rawValue))),
                JSONMember("to", strings(sharing.to.map(\.rawValue))),
                JSONMember("purposes", strings(sharing.purposes.map(\.rawValue))),
                JSONMember("now", .string(sharing.now)), JSONMember("before", .string(sharing.before)),
                JSONMember("rules", strings(sharing.rules.map(\.rawValue))),
            ]
        }
        return .object(members)
    }
}
