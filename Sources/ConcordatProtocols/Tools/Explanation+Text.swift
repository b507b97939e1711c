import ConcordatDecision
package import ConcordatJSON
import ConcordatPayload
import ConcordatTerms

extension Explanation {
    /// For a terminal.
    package var text: String {
        var lines = [
            "\(message?.rawValue ?? "unknown message") from \(sender) to \(recipient) for \(purpose): \(answer)"
        ]
        if let refusal {
            let clause = refusal.clause.map { " by \($0)" } ?? ""
            let told = refusal.tell.isEmpty ? "" : "; told: \(refusal.tell.joined(separator: ", "))"
            lines.append("  \(refusal.code)\(clause)\(told)")
        }
        if let fault { lines.append("  \(fault)") }
        guard !fields.isEmpty else { return lines.joined(separator: "\n") }
        var table = TextTable("FIELD", "ABOUT", "CATEGORY", "ACTION", "WHY")
        table.rows = fields.map { field in
            [
                field.path + (field.count > 1 ? " ×\(field.count)" : ""), field.about, field.category.rawValue,
                field.action.rawValue, field.why,
            ]
        }
        lines.append(table.text)
        for (name, pointers) in [("withheld", withheld), ("masked", masked), ("not supplied", notSupplied)]
        where !pointers.isEmpty {
            lines.append("told as \(name): \(pointers.map(\.description).joined(separator: " "))")
        }
        return lines.joined(separator: "\n")
    }

    /// For machines.
    package var json: JSONValue {
        var members = [
            JSONMember("message", message.map { .string($0.rawValue) } ?? .null),
            JSONMember("sender", .string(sender.rawValue)), JSONMember("recipient", .string(recipient.rawValue)),
            JSONMember("purpose", .string(purpose.rawValue)), JSONMember("answer", .string(answer)),
        ]
        if let refusal {
            members.append(JSONMember("code", .string(refusal.code)))
            members.append(JSONMember("clause", refusal.clause.map { .string($0.rawValue) } ?? .null))
            members.append(JSONMember("tell", .array(refusal.tell.map { .string($0) })))
        }
        if let fault { members.append(JSONMember("fault", .string(fault))) }
        members.append(JSONMember("fields", .array(fields.map(\.json))))
        for (name, pointers) in [("withheld", withheld), ("masked", masked), ("notSupplied", notSupplied)] {
            members.append(JSONMember(name, .array(pointers.map { .string($0.description) })))
        }
        return .object(members)
    }
}

extension Explanation.Field {
    fileprivate var json: JSONValue {
        .object([
            JSONMember("field", .string(path)), JSONMember("about", .string(about)),
            JSONMember("category", .string(category.rawValue)), JSONMember("action", .string(action.rawValue)),
            JSONMember("rules", .array(rules.map { .string($0.rawValue) })),
            JSONMember(
                "missed",
                .array(
                    missed.map { missed in
                        .object([
                            JSONMember("rule", .string(missed.rule.rawValue)),
                            JSONMember("lack", .string(missed.lack.rawValue)),
                        ])
                    })),
            JSONMember("why", .string(why)), JSONMember("count", .number(JSONNumber(count))),
        ])
    }
}
