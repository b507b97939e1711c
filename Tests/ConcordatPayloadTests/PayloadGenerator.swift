import ConcordatJSON
import ConcordatPayload
import ConcordatTerms

/// SplitMix64: the same values from the same seed, everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
    mutating func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &self) < percent }
    mutating func pick<Element>(_ items: [Element]) -> Element { items.randomElement(using: &self)! }
}

/// Makes legal schemas of the subset, annotations and all, and documents that are valid or nearly so.
struct PayloadGenerator {
    var random: SeededGenerator
    private var definitions: [JSONMember] = []

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    static let categories = ["identity", "contact", "visit", "health", "offence"]
    static let roles = ["harmed", "harmer", "supporter"]

    // MARK: schemas

    mutating func schema() -> JSONValue {
        definitions = []
        var root = object(depth: 0, hasCategory: false, inObject: false)
        if !definitions.isEmpty { root.append(JSONMember("$defs", .object(definitions))) }
        return .object(root)
    }

    private mutating func node(depth: Int, hasCategory: Bool, inObject: Bool) -> JSONValue {
        // A definition stands alone: it cannot lean on a category or a reference from outside.
        if random.chance(10), definitions.count < 4 {
            let body = plainNode(depth: depth, hasCategory: false, inObject: false)
            let name = "d\(definitions.count)"
            definitions.append(JSONMember(name, body))
            return .object([JSONMember("$ref", .string("#/$defs/\(name)"))])
        }
        return plainNode(depth: depth, hasCategory: hasCategory, inObject: inObject)
    }

    private mutating func plainNode(depth: Int, hasCategory: Bool, inObject: Bool) -> JSONValue {
        let kind = Int.random(in: 0..<(depth < 4 ? 10 : 6), using: &random)
        switch kind {
        case 6, 7, 8: return .object(object(depth: depth + 1, hasCategory: hasCategory, inObject: inObject))
        case 9: return .object(array(depth: depth + 1, hasCategory: hasCategory, inObject: inObject))
        default:
            var members = scalar(kind)
            if !hasCategory || random.chance(20) { members.append(category()) }
            if random.chance(10) { members.append(JSONMember("x-about", .string(random.pick(Self.roles)))) }
            return .object(members)
        }
    }

    private mutating func category() -> JSONMember { JSONMember("x-category", .string(random.pick(Self.categories))) }

    private mutating func object(depth: Int, hasCategory: Bool, inObject: Bool) -> [JSONMember] {
        var members = [JSONMember("type", "object"), JSONMember("additionalProperties", false)]
        var properties: [JSONMember] = []
        var required: [JSONValue] = []
        let isPerson = depth > 0 && random.chance(35)
        let hasWho = !isPerson && random.chance(20)
        let own = random.chance(25)
        if own { members.append(category()) }
        if isPerson {
            members.append(JSONMember("x-person", "ref"))
            properties.append(JSONMember("ref", ["type": "string"]))
            required.append("ref")
            addRole(&members, &properties)
        }
        if hasWho {
            properties.append(JSONMember("who", ["type": "string"]))
            required.append("who")
            if random.chance(50) { members.append(JSONMember("x-about", "/who")) }
        }
        for index in 0..<Int.random(in: 0...4, using: &random) {
            var child = node(depth: depth, hasCategory: hasCategory || own, inObject: true)
            if hasWho, random.chance(40), child["x-about"] == nil, child["x-person"] == nil, child["type"] != "object",
                child["$ref"] == nil, case .object(let body) = child
            {
                child = .object(body + [JSONMember("x-about", "/who")])
            }
            properties.append(JSONMember("m\(index)", child))
            if random.chance(40) { required.append(.string("m\(index)")) }
        }
        // Something must be about the reference that is declared, or it would be a field without category.
        if hasWho, !members.contains(where: { $0.name == "x-about" }),
            !properties.contains(where: { $0.value["x-about"] == "/who" && $0.value["type"] != "object" })
        {
            members.append(JSONMember("x-about", "/who"))
        }
        properties.shuffle(using: &random)
        members.append(JSONMember("properties", .object(properties)))
        if !required.isEmpty { members.append(JSONMember("required", .array(required))) }
        if random.chance(5) { members.append(JSONMember("maxProperties", 4)) }
        if random.chance(5) { members.append(JSONMember("minProperties", 1)) }
        return members
    }

    private mutating func addRole(_ members: inout [JSONMember], _ properties: inout [JSONMember]) {
        let values: JSONValue = ["type": "string", "enum": ["harmed", "harmer"]]
        switch Int.random(in: 0..<4, using: &random) {
        case 0: members.append(JSONMember("x-role", .string(random.pick(Self.roles))))
        case 1:
            members.append(JSONMember("x-role", ["member": "role"]))
            properties.append(JSONMember("role", values))
        case 2:
            members.append(JSONMember("x-role", ["member": "roles"]))
            properties.append(JSONMember("roles", ["type": "array", "items": values]))
        default: break
        }
    }

    private mutating func array(depth: Int, hasCategory: Bool, inObject: Bool) -> [JSONMember] {
        var members = [JSONMember("type", "array")]
        let own = random.chance(25)
        if own { members.append(category()) }
        members.append(JSONMember("items", node(depth: depth, hasCategory: hasCategory || own, inObject: inObject)))
        if random.chance(20) { members.append(JSONMember("minItems", .number(JSONNumber(random.pick([0, 1, 2]))))) }
        if random.chance(20) { members.append(JSONMember("maxItems", .number(JSONNumber(random.pick([2, 3]))))) }
        return members
    }

    private static let patterns = [
        "^[a-z]+$", "^[^a-c]{2,4}$", "^(ab|cd)*e?$", "^.{0,3}$", "^[A-Z]{1,2}[0-9][A-Z0-9]? ?[0-9][A-Z]{2}$",
        "^\\\\?\\.x$",
        "^(a|b(c|d){2})+$", "^[-a]+$", "^é[^\\n]*$", "^$",
    ]

    private mutating func scalar(_ kind: Int) -> [JSONMember] {
        switch kind {
        case 0:
            let values: [JSONValue] = ["a", "b", "é", ""]
            return [JSONMember("type", "string"), JSONMember("enum", .array(values)), JSONMember("x-fact", true)]
        case 1:
            let format = random.pick(["date", "date-time", "email", "uuid", "uri"])
            return [JSONMember("type", "string"), JSONMember("format", .string(format))]
        case 2:
            var members = [JSONMember("type", "string")]
            if random.chance(50) { members.append(JSONMember("pattern", .string(random.pick(Self.patterns)))) }
            if random.chance(40) {
                members.append(JSONMember("minLength", .number(JSONNumber(random.pick([0, 1, 2])))))
            }
            if random.chance(40) {
                members.append(JSONMember("maxLength", .number(JSONNumber(random.pick([2, 3, 5])))))
            }
            return members
        case 3, 4:
            var members = [JSONMember("type", kind == 3 ? "integer" : "number")]
            for (name, texts) in [
                ("minimum", ["-1", "0", "0.5"]), ("maximum", ["1e1", "10", "9.99"]),
                ("exclusiveMinimum", ["-0.0", "1"]),
                ("exclusiveMaximum", ["10.0", "1e2"]), ("multipleOf", ["1", "0.5", "3", "1e-2"]),
            ] where random.chance(25) {
                members.append(JSONMember(name, .number(JSONNumber(random.pick(texts))!)))
            }
            if random.chance(20) { members.append(JSONMember("enum", .array([1, .number(JSONNumber("2.0")!)]))) }
            return members
        default:
            if random.chance(20) { return [JSONMember("type", "null")] }
            var members = [JSONMember("type", "boolean"), JSONMember("x-fact", true)]
            if random.chance(20) { members.append(JSONMember("const", true)) }
            return members
        }
    }

    // MARK: documents

    /// A document for `schema`; each value is odd with a chance of `faults` in 1,000.
    mutating func document(for schema: JSONValue, faults: Int = 0) -> JSONValue {
        value(for: schema, definitions: schema["$defs"] ?? .null, faults: faults)
    }

    private mutating func value(for node: JSONValue, definitions: JSONValue, faults: Int) -> JSONValue {
        if let name = node["$ref"]?.stringValue?.dropFirst(8), let target = definitions[String(name)] {
            return value(for: target, definitions: definitions, faults: faults)
        }
        if Int.random(in: 0..<1_000, using: &random) < faults {
            return random.pick([
                .null, true, "", "a", "é😀", 1, .number(JSONNumber("1.50")!), [], .object([]), "abcdef", -3,
            ])
        }
        switch node["type"]?.stringValue {
        case "object": return object(for: node, definitions, faults)
        case "array":
            let low = node["minItems"]?.intValue ?? 0
            let high = max(low, node["maxItems"]?.intValue ?? 3)
            let off = Int.random(in: 0..<1_000, using: &random) < faults * 3 ? 1 : 0
            return .array(
                (0..<Int.random(in: max(0, low - off)...high + off, using: &random)).map { _ in
                    value(for: node["items"]!, definitions: definitions, faults: faults)
                })
        case "string": return .string(string(for: node))
        case "integer": return .number(JSONNumber(random.pick(["1", "2.0", "3", "1e0", "0", "6", "10"]))!)
        case "number": return .number(JSONNumber(random.pick(["1", "2.0", "0.5", "1.5e0", "3", "9.99", "1E-2"]))!)
        case "boolean": return .bool(node["const"] != nil || random.chance(50))
        default: return .null
        }
    }

    private mutating func object(for node: JSONValue, _ definitions: JSONValue, _ faults: Int) -> JSONValue {
        let required = Set(node["required"]?.arrayValue?.compactMap(\.stringValue) ?? [])
        var members: [JSONMember] = []
        for property in node["properties"]?.objectValue ?? [] {
            let isLeftOut = required.contains(property.name) ? random.chance(faults / 20) : random.chance(45)
            if isLeftOut { continue }
            let isReference = property.name == "ref" || property.name == "who"
            members.append(
                JSONMember(
                    property.name,
                    isReference
                        ? .string("sender-\(Int.random(in: 1...4, using: &random))")
                        : value(for: property.value, definitions: definitions, faults: faults)))
        }
        if Int.random(in: 0..<1_000, using: &random) < faults / 4 { members.append(JSONMember("extra", 1)) }
        members.shuffle(using: &random)
        return .object(members)
    }

    private mutating func string(for node: JSONValue) -> String {
        if let values = node["enum"]?.arrayValue { return random.pick(values).stringValue ?? "" }
        switch node["format"]?.stringValue {
        case "date":
            return random.pick(["1990-05-01", "2024-02-29", "2023-02-29", "2010-12-31", "0000-01-01", "2010-1-01"])
        case "date-time":
            return random.pick([
                "2026-04-01T10:00:00Z", "2026-04-01t10:00:60.5+01:00", "2026-04-01 10:00:00Z", "2026-04-01T24:00:00Z",
                "2026-04-01T10:00:00.Z", "2026-04-01T10:00:00-0000",
            ])
        case "email":
            return random.pick(["a@b.example", "a.b+c@d", "a..b@c", "@c", "a@-b.c", "a@b.", "a b@c.d", "é@b.c"])
        case "uuid":
            return random.pick([
                "123e4567-e89b-12d3-a456-426614174000", "123E4567-E89B-12D3-A456-42661417400g",
                "123e4567e89b12d3a456426614174000",
            ])
        case "uri":
            return random.pick([
                "https://example.org/a?b#c", "urn:x:y", "http://[::1]:80/", "http://a b", "//x/y", "a:%zz", "x:#a#b",
                "1a:b",
                "mailto:a@b", "http://u@h@x/", "http://h:8x/", "x:[", "x:%41",
            ])
        default:
            return random.pick([
                "a", "ab", "cd", "abe", "B15 2TT", "", "é", "é😀x", "bcd", "\\.x", ".x", "-a", "abcdef", "😀",
            ])
        }
    }
}
