package import ConcordatDecision
package import ConcordatJSON
import ConcordatPayload
package import ConcordatTerms

/// What the worked cases of a protocol reach of it: its rules, its fields, the needs they show.
package struct CaseCoverage: Sendable {
    /// One rule and the cases that met it, by name.
    package struct Rule: Sendable, Equatable {
        package let rule: RuleID
        package let decidedIn: [String]
        /// Where a permit came near, and what it asks for was not there.
        package let missedIn: [String]
        package var isExercised: Bool { !decidedIn.isEmpty || !missedIn.isEmpty }
    }

    /// A field that no rule can share with anyone, whatever the facts.
    package struct Field: Sendable, Equatable {
        package let message: MessageName
        /// The data path, `/people/*/name`.
        package let path: String
    }

    /// Every rule, in the order of the text.
    package let rules: [Rule]
    /// By message, in the order of its schema.
    package let neverShared: [Field]
    /// How many fields all messages have together.
    package let fieldCount: Int
    /// The number of a need and the cases that show it; by letter, then number.
    package let needs: [(need: String, cases: [String])]

    /// The coverage of a protocol by the results of its cases.
    package init(_ loaded: LoadedProtocol, _ results: [ProtocolCases.Result]) {
        let compiled = loaded.compiled
        rules = compiled.rules.map { rule in
            Rule(
                rule: rule.id, decidedIn: results.filter { $0.rules.decided.contains(rule.id) }.map(\.name),
                missedIn: results.filter { $0.rules.missed.contains(rule.id) }.map(\.name))
        }
        let shared = SharedFields(compiled)
        let messages = compiled.messages.values.sorted { $0.name < $1.name }
        neverShared = messages.flatMap { message in
            shared.neverShared(in: message).map { Field(message: message.name, path: $0) }
        }
        fieldCount = messages.reduce(0) { $0 + $1.schema.fieldNodes.count }
        var byNeed: [String: [String]] = [:]
        for result in results { for need in result.needs { byNeed[need, default: []].append(result.name) } }
        needs = byNeed.map { (need: $0.key, cases: $0.value) }.sorted { Self.order($0.need) < Self.order($1.need) }
    }

    /// Rules that no case exercises.
    package var unexercised: [RuleID] { rules.filter { !$0.isExercised }.map(\.rule) }

    /// For a terminal.
    package var text: String {
        let exercised = rules.count - unexercised.count
        var lines = ["rules: \(exercised) of \(rules.count) exercised"]
        if !unexercised.isEmpty { lines.append("  no case exercises \(Self.list(unexercised.map(\.rawValue)))") }
        let sharable = fieldCount - neverShared.count
        lines.append("fields: \(sharable) of \(fieldCount) can be shared with somebody")
        let byMessage = Dictionary(grouping: neverShared, by: \.message).sorted { $0.key < $1.key }
        for (message, fields) in byMessage {
            lines.append("  no rule can share \(Self.list(fields.map(\.path))) of `\(message)`")
        }
        var table = TextTable("NEED", "CASES")
        table.rows = needs.map { [$0.need, $0.cases.joined(separator: ", ")] }
        if !needs.isEmpty { lines.append(table.text) }
        return lines.joined(separator: "\n")
    }

    /// For machines.
    package var json: JSONValue {
        func strings(_ names: [String]) -> JSONValue { .array(names.map { .string($0) }) }
        return .object([
            JSONMember(
                "rules",
                .array(
                    rules.map { rule in
                        .object([
                            JSONMember("rule", .string(rule.rule.rawValue)),
                            JSONMember("decidedIn", strings(rule.decidedIn)),
                            JSONMember("missedIn", strings(rule.missedIn)),
                        ])
                    })),
            JSONMember("unexercised", strings(unexercised.map(\.rawValue))),
            JSONMember("fields", .number(JSONNumber(fieldCount))),
            JSONMember(
                "neverShared",
                .array(
                    neverShared.map { field in
                        .object([
                            JSONMember("message", .string(field.message.rawValue)),
                            JSONMember("field", .string(field.path)),
                        ])
                    })),
            JSONMember("needs", .object(needs.map { JSONMember($0.need, strings($0.cases)) })),
        ])
    }

    private static func list(_ names: [String]) -> String { names.map { "`\($0)`" }.joined(separator: ", ") }

    private static func order(_ need: String) -> (String, Int) { (String(need.prefix(1)), Int(need.dropFirst()) ?? 0) }
}

/// What `protocol test` says: each case, and what all of them cover.
package struct CaseReport: Sendable {
    package let results: [ProtocolCases.Result]
    package let coverage: CaseCoverage

    /// Runs every case of a protocol.
    package init(_ loaded: LoadedProtocol, files: ProtocolFiles) {
        results = ProtocolCases.run(loaded, files: files)
        coverage = CaseCoverage(loaded, results)
    }

    /// Everything the cases send, as a gateway would have recorded it: what `protocol replay` takes.
    package func bundle(of loaded: LoadedProtocol) -> ReplayBundle {
        let records = results.flatMap(\.records)
        let times = records.map(\.time).sorted()
        let (from, until) = (times.first ?? UTCInstant(seconds: 0), times.last ?? UTCInstant(seconds: 0))
        return ReplayBundle(
            exported: until, from: from, until: until, texts: [RecordedText(of: loaded.compiled)], records: records)
    }

    /// Whether there are cases, and each came out as it expects. Coverage does not count.
    package var passed: Bool { !results.isEmpty && results.allSatisfy(\.passed) }

    /// For a terminal.
    package var text: String {
        let passing = results.filter(\.passed).count
        let counts = "\(passing) passed, \(results.count - passing) failed"
        return (results.map(\.text) + [coverage.text, counts]).joined(separator: "\n")
    }

    /// For machines.
    package var json: JSONValue {
        .object([
            JSONMember("passed", .bool(passed)), JSONMember("cases", .array(results.map(\.json))),
            JSONMember("coverage", coverage.json),
        ])
    }
}
