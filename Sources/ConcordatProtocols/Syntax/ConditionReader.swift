/// Reads a `when`: `{all: […]}`, `{any: […]}`, `{not: …}`, or one source with one test.
struct ConditionReader {
    // Bound: conditions inside conditions.
    private static let depthMax = 8
    private static let sources = ["field", "flag", "recipient", "sender"]
    private static let tests = ["is", "is-not", "in", "only", "present"]

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
                "name one of field, flag, recipient, sender; join conditions with `all` or `any`")
            return nil
        }
        guard tests.count == 1, let (testKey, value) = tests.first else {
            log.error(
                reader.span, tests.isEmpty ? "condition without a test" : "condition with more than one test",
                "use one of is, is-not, in, only, present; join conditions with `all` or `any`")
            return nil
        }
        guard let source = source(sourceKey, name), let test = test(testKey, value) else { return nil }
        return .test(source, test)
    }

    private func source(_ key: String, _ name: Name) -> ConditionSyntax.SourceSyntax? {
        switch key {
        case "field": return .field(name)
        case "flag": return .flag(name)
        default:
            guard name.value == "speciality" else {
                log.error(name.span, "`\(key): \(name.value)` is not known", "only `\(key): speciality` can be tested")
                return nil
            }
            return key == "recipient" ? .recipientSpeciality(name.span) : .senderSpeciality(name.span)
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
        default:
            if case .scalar(let text, true) = node.content, let truth = ["true": true, "false": false][text] {
                return .present(truth)
            }
            log.error(node.span, "`present` must be true or false", "write `present: true` or `present: false`")
            return nil
        }
    }
}
