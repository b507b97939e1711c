import ConcordatJSON

/// What is signed, as bytes: `protocol.yaml` and every message schema it names. The digest is their SHA-256.
///
/// The RFC 8785 canonical form of `{"messages": {"messages/referral.json": …, …}, "protocol": …}`, where
/// `protocol` is the YAML as JSON: mappings as objects, lists as arrays, plain `true` and `false` as booleans, plain whole
/// numbers of at most 15 digits as numbers, plain `null`, `~` and nothing as null, any other scalar as a string. Comments, white space, the order of
/// keys and the style of quotes do not count. Roster, code lists, worked cases and sign-offs are outside.
enum ProtocolDigest {
    /// The bytes; empty, with an error in the log, when there is no canonical form.
    static func text(of root: YAMLNode, schemas: [LoadedSchema], log: ProblemLog) -> [UInt8] {
        let texts = schemas.map { JSONMember($0.path, $0.json) }
        var seen: Set<String> = []
        let messages = JSONValue.object(texts.filter { seen.insert($0.name).inserted })
        let whole = JSONValue.object([JSONMember("messages", messages), JSONMember("protocol", json(root))])
        do {
            return try whole.canonical(requiringExactNumbers: true)
        } catch {
            log.error(
                root.span, "the text has no canonical form: \(error)", "use plain numbers that a double holds exactly")
            return []
        }
    }

    static func json(_ node: YAMLNode) -> JSONValue {
        switch node.content {
        case .mapping(let members): .object(members.map { JSONMember($0.key.value, json($0.value)) })
        case .sequence(let items): .array(items.map(json))
        case .scalar(let text, true): plain(text)
        case .scalar(let text, false): .string(text)
        }
    }

    private static func plain(_ text: String) -> JSONValue {
        if YAMLNode.isNull(text) { return .null }
        if text == "true" || text == "false" { return .bool(text == "true") }
        // 15 digits are exact in a double, so the canonical number is the number written.
        if text.utf8.count <= 15, let number = Int(text), String(number) == text { return .number(JSONNumber(number)) }
        return .string(text)
    }
}
