import ConcordatJSON
import ConcordatTerms

/// The keywords of one node with `$ref` resolved, each with its place in the text.
struct SchemaKeywords {
    struct Entry {
        let name: String
        let value: JSONValue
        let pointer: JSONPointer
    }

    /// The place of the node, or of the definition it refers to.
    var pointer: JSONPointer
    private(set) var entries: [Entry] = []

    /// Adds the members of one object. What stands nearer to the use comes first and stays.
    mutating func add(_ members: [JSONMember], at pointer: JSONPointer) {
        for member in members where member.name != "$ref" && entry(member.name) == nil {
            entries.append(Entry(name: member.name, value: member.value, pointer: pointer.appending(member.name)))
        }
    }

    func entry(_ name: String) -> Entry? { entries.first { $0.name == name } }

    subscript(name: String) -> JSONValue? { entry(name)?.value }

    /// The place of a keyword, or of the node when it is not there.
    func place(of name: String) -> JSONPointer { entry(name)?.pointer ?? pointer }
}

/// Which keywords there are, and with which types they go.
enum SchemaKeywordTable {
    static let dialect = "https://json-schema.org/draft/2020-12/schema"

    static let rootOnly: Set<String> = ["$schema", "$id", "$defs"]
    static let texts: Set<String> = ["title", "description", "$comment", "default", "examples", "deprecated"]
    /// What may stand beside `$ref`, beside `texts`: it changes no verdict on a document.
    static let annotations: Set<String> = [
        "x-category", "x-about", "x-person", "x-role", "x-fact", "x-party", "x-free-text", "x-nature", "x-as-of",
        "x-source",
        "x-requests",
    ]
    static let combinators: Set<String> = [
        "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "dependentRequired",
    ]
    private static let everywhere: Set<String> = ["type", "x-category", "x-about", "x-nature", "x-as-of", "x-source"]
    private static let object: Set<String> = [
        "properties", "required", "additionalProperties", "minProperties", "maxProperties", "x-person", "x-role",
    ]
    private static let array: Set<String> = ["items", "minItems", "maxItems"]
    private static let scalar: Set<String> = ["enum", "const"]
    private static let string: Set<String> = [
        "minLength", "maxLength", "pattern", "format", "x-party", "x-codelist", "x-free-text", "x-requests", "x-fact",
    ]
    private static let number: Set<String> = [
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    ]

    /// Whether the keyword is known at all.
    static func knows(_ name: String) -> Bool {
        rootOnly.contains(name) || texts.contains(name) || everywhere.contains(name) || object.contains(name)
            || array.contains(name) || scalar.contains(name) || string.contains(name) || number.contains(name)
    }

    /// What is wrong with a known keyword on a node of this type; nil when nothing is.
    static func misplacement(of name: String, on kind: SchemaNode.Kind) -> SchemaFaultKind? {
        if rootOnly.contains(name) || texts.contains(name) || everywhere.contains(name) { return nil }
        switch kind {
        case .object: if object.contains(name) { return nil }
        case .array: if array.contains(name) { return nil }
        case .string: if string.contains(name) || scalar.contains(name) { return nil }
        case .integer: if number.contains(name) || scalar.contains(name) || name == "x-fact" { return nil }
        case .number: if number.contains(name) || scalar.contains(name) { return nil }
        case .boolean: if scalar.contains(name) || name == "x-fact" { return nil }
        case .null: if scalar.contains(name) { return nil }
        }
        switch name {
        case "x-fact": return .factType
        case "x-party": return .partyType
        case "x-codelist": return .codelistType
        case "x-free-text": return .freeTextType
        case "x-requests": return .requestsType
        default: return .misplacedKeyword
        }
    }
}
