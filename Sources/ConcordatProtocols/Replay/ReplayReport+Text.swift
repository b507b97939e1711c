import ConcordatDecision
package import ConcordatJSON
import ConcordatPayload
import ConcordatTerms

extension ReplayReport {
    // Bound: changes told one by one on a terminal.
    private static let linesMax = 50

    /// For a terminal: how many, totals, then the first changes.
    package var text: String {
        var parts = [
            "\(messages) messages, \(all.same + all.changed + all.cannotTell) decisions from \(from) to \(until), judged again: "
                + "\(all.changed) changed, \(all.same) the same, \(all.cannotTell) cannot be told"
        ]
        if leftOut > 0 {
            parts.append("\(leftOut) more messages could not be judged: their records cannot be read any more")
        }
        if all.changed + all.cannotTell > 0 {
            parts += [tables(), changes.prefix(Self.linesMax).map(Self.line).joined(separator: "\n")]
            let rest = all.changed + all.cannotTell - min(changes.count, Self.linesMax)
            if rest > 0 { parts.append("\(rest) more; --json has up to \(Self.changesMax)") }
        }
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private func tables() -> String {
        var parties = TextTable("RECIPIENT", "CHANGED", "SAME", "CANNOT TELL", "GAINED", "LOST", "OTHER FORM")
        parties.rows = byParty.sorted { $0.key < $1.key }.map { party, tally in
            let fields = byPartyFields[party] ?? FieldTally()
            return [party.rawValue] + [tally.changed, tally.same, tally.cannotTell].map { String($0) }
                + [fields.gained, fields.lost, fields.otherForm].map { String($0) }
        }
        var names = TextTable("MESSAGE", "CHANGED", "SAME", "CANNOT TELL")
        names.rows = byMessage.sorted { $0.key < $1.key }.map { name, tally in
            [name.rawValue] + [tally.changed, tally.same, tally.cannotTell].map { String($0) }
        }
        var fields = TextTable("FIELD", "GAINED", "LOST", "OTHER FORM")
        fields.rows = byField.sorted { $0.key < $1.key }.map { name, tally in
            ["\(name.message) \(name.path)"] + [tally.gained, tally.lost, tally.otherForm].map { String($0) }
        }
        var facts = TextTable("NOT KEPT", "DECISIONS")
        facts.rows = needs.sorted { $0.key < $1.key }.map { [$0.key, String($0.value)] }
        return [parties, names, fields, facts].filter { !$0.rows.isEmpty }.map(\.text).joined(separator: "\n\n")
    }

    private static func line(_ outcome: Replay.Outcome) -> String {
        let place = outcome.leaf.map { "leaf \($0): " } ?? "\(outcome.time): "
        let what = "\(place)\(outcome.message) from \(outcome.sender) to \(outcome.recipient)"
        switch outcome.verdict {
        case .same: return "\(what): the same"
        case .cannotTell(let facts): return "\(what): cannot tell without \(facts.joined(separator: ", "))"
        case .changed(let change):
            let fields = change.fields.map { field in
                "\n    \(field.path) of \(field.about)\(field.count > 1 ? " ×\(field.count)" : ""): "
                    + "\(field.before.rawValue) -> \(field.after.rawValue)"
            }
            return "\(what): \(words(change.before)) -> \(words(change.after))" + fields.joined()
        }
    }

    private static func words(_ answer: Replay.Answer) -> String {
        answer.answer + (answer.code.map { " \($0)" } ?? "") + (answer.clause.map { " (\($0))" } ?? "")
    }

    /// For machines. The members are in `docs/replay.md`.
    package var json: JSONValue {
        .object([
            JSONMember("draft", .string(draft)), JSONMember("from", .string(from.description)),
            JSONMember("until", .string(until.description)), JSONMember("messages", Self.number(messages)),
            JSONMember("left-out", Self.number(leftOut)),
            JSONMember("decisions", Self.json(all)), JSONMember("gains", .bool(gainsAnything)),
            JSONMember(
                "parties",
                .array(
                    byParty.sorted { $0.key < $1.key }.map { party, tally in
                        Self.object(
                            ("party", party.rawValue),
                            Self.members(tally)
                                + Self.members(byPartyFields[party] ?? FieldTally()))
                    })),
            JSONMember(
                "byMessage",
                .array(
                    byMessage.sorted { $0.key < $1.key }.map { name, tally in
                        Self.object(("message", name.rawValue), Self.members(tally))
                    })),
            JSONMember(
                "fields",
                .array(
                    byField.sorted { $0.key < $1.key }.map { name, tally in
                        Self.object(
                            ("message", name.message.rawValue),
                            [JSONMember("field", .string(name.path))] + Self.members(tally))
                    })),
            JSONMember(
                "notKept", .object(needs.sorted { $0.key < $1.key }.map { JSONMember($0.key, Self.number($0.value)) })),
            JSONMember("changes", .array(changes.map(\.json))),
        ])
    }

    private static func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }

    private static func object(_ first: (String, String), _ members: [JSONMember]) -> JSONValue {
        .object([JSONMember(first.0, .string(first.1))] + members)
    }

    private static func json(_ tally: Tally) -> JSONValue { .object(members(tally)) }

    private static func members(_ tally: Tally) -> [JSONMember] {
        [
            JSONMember("changed", number(tally.changed)), JSONMember("same", number(tally.same)),
            JSONMember("cannotTell", number(tally.cannotTell)),
        ]
    }

    private static func members(_ tally: FieldTally) -> [JSONMember] {
        [
            JSONMember("gained", number(tally.gained)), JSONMember("lost", number(tally.lost)),
            JSONMember("otherForm", number(tally.otherForm)),
        ]
    }
}

extension Replay.Outcome {
    fileprivate var json: JSONValue {
        var members = [
            JSONMember("leaf", leaf.map { .number(JSONNumber(Int($0))) } ?? .null),
            JSONMember("time", .string(time.description)), JSONMember("message", .string(message.rawValue)),
            JSONMember("sender", .string(sender.rawValue)), JSONMember("recipient", .string(recipient.rawValue)),
        ]
        switch verdict {
        case .same: members.append(JSONMember("verdict", .string("same")))
        case .cannotTell(let facts):
            members.append(JSONMember("verdict", .string("cannot-tell")))
            members.append(JSONMember("notKept", .array(facts.map { .string($0) })))
        case .changed(let change):
            members.append(JSONMember("verdict", .string("changed")))
            members.append(JSONMember("before", change.before.json))
            members.append(JSONMember("after", change.after.json))
            members.append(JSONMember("fields", .array(change.fields.map(\.json))))
        }
        return .object(members)
    }
}

extension Replay.Answer {
    fileprivate var json: JSONValue {
        .object([
            JSONMember("answer", .string(answer)), JSONMember("code", code.map { .string($0) } ?? .null),
            JSONMember("clause", clause.map { .string($0.rawValue) } ?? .null),
        ])
    }
}

extension Replay.FieldChange {
    fileprivate var json: JSONValue {
        .object([
            JSONMember("field", .string(path)), JSONMember("about", .string(about)),
            JSONMember("before", .string(before.rawValue)), JSONMember("after", .string(after.rawValue)),
            JSONMember("count", .number(JSONNumber(count))),
        ])
    }
}
