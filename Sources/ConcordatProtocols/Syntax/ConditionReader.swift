/// Reads a `when`: `{all: […]}`, `{any: […]}`, `{not: …}`, or one source with one test.
struct ConditionReader {
    // Bound: conditions inside conditions.
    private static let depthMax = 8
    private static let sources = ["field", "flag", "recipient", "sender", "days", "age", "count"]
    private static let tests = ["is", "is-not", "in", "only", "present"] + numberTests + dayTests
    private static let numberTests = ["at-least", "at-most", "more-than", "less-than"]
    private static let dayTests = ["older-than", "newer-than", "due-within"]

    let log: ProblemLog

    func read(_ node: YAMLNode, depth: Int = 0) -> ConditionSyntax? {
        guard depth <= Self.depthMax else {
            log.error(node.span, "condition nested deeper than \(Self.depthMax)", "split the rule in two")
            return nil
        }
        guard var reader = MappingReader(node, "a condition", log) else { return nil }
        if let parts = reader.node("all") { return group(parts, "all", &reader, depth).map(ConditionSyntax.all) }
        if let parts = reader.node("any") { return group(parts, "any", &reader, depth).map(ConditionSyntax.any) }
        if let part = reader.node("not") {
            reader.finish()
            return read(part, depth: depth + 1).map(ConditionSyntax.not)
        }
        return atom(&reader)
    }

    private func group(
        _ node: YAMLNode, _ key: String, _ reader: inout MappingReader, _ depth: Int
    ) -> [ConditionSyntax]? {
        reader.finish()
        guard case .sequence(let items) = node.content, !items.isEmpty else {
            log.error(node.span, "`\(key)` must be a list of conditions", "write `\(key): [{…}, {…}]`")
            return nil
        }
        let parts = items.map { read($0, depth: depth + 1) }
        return parts.contains { $0 == nil } ? nil : parts.compactMap { $0 }
    }

    private func atom(_ reader: inout MappingReader) -> ConditionSyntax? {
        let sources = Self.sources.compactMap { key in reader.word(key).map { (key, $0) } }
        let tests = Self.tests.compactMap { key in reader.node(key).map { (key, $0) } }
        reader.finish()
        guard sources.count == 1, let (sourceKey, name) = sources.first else {
            log.error(
                reader.span, sources.isEmpty ? "condition without a source" : "condition with more than one source",
                "name one of \(Self.sources.joined(separator: ", ")); join conditions with `all` or `any`")
            return nil
        }
        guard tests.count == 1, let (testKey, value) = tests.first else {
            log.error(
                reader.span, tests.isEmpty ? "condition without a test" : "condition with more than one test",
                "use one of \(Self.tests.joined(separator: ", ")); join conditions with `all` or `any`")
            return nil
        }
        guard let source = source(sourceKey, name), let test = test(testKey, value) else { return nil }
        return .test(source, test)
    }

    private func source(_ key: String, _ name: Name) -> ConditionSyntax.SourceSyntax? {
        switch key {
        case "field": return .field(name)
        case "flag": return .flag(name)
        case "days": return .days(name)
        case "age": return .age(name)
        case "count": return .count(name)
        default:
            switch name.value {
            case "speciality":
                return key == "recipient" ? .recipientSpeciality(name.span) : .senderSpeciality(name.span)
            case "kind": return key == "recipient" ? .recipientKind : .senderKind
            default:
                log.error(
                    name.span, "`\(key): \(name.value)` is not known",
                    "only `\(key): speciality` and `\(key): kind` can be tested")
                return nil
            }
        }
    }

    private func test(_ key: String, _ node: YAMLNode) -> ConditionSyntax.TestSyntax? {
        switch key {
        case "is": return MappingReader.word(node, key, log).map { .contains($0) }
        case "is-not": return MappingReader.word(node, key, log).map { .lacks($0) }
        case "in": return MappingReader.words(node, key, log).map { .containsAny($0) }
        case "only":
            if case .scalar = node.content { return MappingReader.word(node, key, log).map { .only([$0]) } }
            return MappingReader.words(node, key, log).map { .only($0) }
        case "at-least": return number(node, key).map { .number(min: $0, max: nil, isDays: false, node.span) }
        case "at-most": return number(node, key).map { .number(min: nil, max: $0, isDays: false, node.span) }
        case "more-than": return number(node, key).map { .number(min: $0 + 1, max: nil, isDays: false, node.span) }
        case "less-than": return number(node, key).map { .number(min: nil, max: $0 - 1, isDays: false, node.span) }
        case "older-than": return days(node, key).map { .number(min: nil, max: -$0 - 1, isDays: true, node.span) }
        case "newer-than": return days(node, key).map { .number(min: -$0, max: nil, isDays: true, node.span) }
        case "due-within": return days(node, key).map { .number(min: 0, max: $0, isDays: true, node.span) }
        default:
            if case .scalar(let text, true) = node.content, let truth = ["true": true, "false": false][text] {
                return .present(truth)
            }
            log.error(node.span, "`present` must be true or false", "write `present: true` or `present: false`")
            return nil
        }
    }

    // Bound: numbers in a condition; far outside any count, age or day that is.
    private static let numberMax = 1_000_000

    private func number(_ node: YAMLNode, _ key: String) -> Int? {
        guard case .scalar(let text, _) = node.content, let number = Int(text), abs(number) <= Self.numberMax else {
            log.error(node.span, "`\(key)` must be a whole number", "write `\(key): 18`")
            return nil
        }
        return number
    }

    /// Whole days, written as an ISO 8601 duration of days or weeks: months and years are not all as long as each other.
    private func days(_ node: YAMLNode, _ key: String) -> Int? {
        if case .scalar(let text, _) = node.content, text.first == "P", let unit = ["D": 1, "W": 7][text.last ?? " "],
            let number = Int(text.dropFirst().dropLast()), (0...100_000).contains(number)
        {
            return number * unit
        }
        log.error(node.span, "`\(key)` must be days or weeks", "write `\(key): P30D` or `P2W`; a year is P365D")
        return nil
    }
}
