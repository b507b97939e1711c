import ConcordatJSON
import ConcordatTerms

/// One node of a compiled schema: only plain numbers, so that a walk copies and counts nothing.
struct SchemaNode: Sendable {
    enum Kind: UInt8, Sendable {
        case object, array, string, integer, number, boolean, null

        var isContainer: Bool { self == .object || self == .array }
    }

    /// Whom the node is about, as far as the schema alone can tell.
    enum About: UInt8, Sendable {
        case nobody
        /// The role with index `aboutRole`.
        case role
        /// The person of the innermost scope.
        case person
    }

    struct Traits: OptionSet, Sendable {
        let rawValue: UInt16
        /// Has an effective category and is not structural.
        static let field = Traits(rawValue: 1)
        /// Holds a person reference.
        static let reference = Traits(rawValue: 2)
        /// Its string values are roles of the person object around it.
        static let roleValue = Traits(rawValue: 4)
        /// Each occurrence is about a person of its own: a person object, or `x-about` with a pointer.
        static let opensScope = Traits(rawValue: 8)
        static let party = Traits(rawValue: 16)
        static let required = Traits(rawValue: 32)
        /// Reference or role member: neither a field nor a container of fields.
        static let structural = Traits(rawValue: 64)
        static let personObject = Traits(rawValue: 128)
        static let hasEnum = Traits(rawValue: 256)
    }

    var kind: Kind
    var about = About.nobody
    var traits: Traits = []
    var aboutRole: Int16 = -1
    /// -1 for the root.
    var parent: Int32
    /// The place among the properties of its object.
    var bit: Int32 = 0
    /// For a reference: its slot among the references of its object.
    var referenceSlot: Int32 = -1
    /// For a node that opens a scope: the slot, in the nearest object, of the reference it is about.
    var aboutSlot: Int32 = -1
    /// For an object: how many references it has.
    var referenceSlots: Int32 = 0
    /// For an object: its properties in `SchemaTable.properties`.
    var propertiesStart: Int32 = 0
    var propertiesCount: Int32 = 0
    /// For an object: words of the required mask in `SchemaTable.masks`; the mask of optional fields follows it.
    var masksStart: Int32 = 0
    /// For an array: the node of its items.
    var item: Int32 = -1
    /// Members or items, or code points of a string.
    var countMin: Int32 = 0
    var countMax: Int32 = .max
    /// For an object: the role its person always has.
    var fixedRole: Int16 = -1
    var format = StringFormat.none
    /// Indexes into the tables of the schema; -1 for none.
    var pattern: Int32 = -1
    var codelist: Int32 = -1
    var numbers: Int32 = -1
    var fact: Int32 = -1
    var requests: Int32 = -1
    /// For a role value: where the roles of its enum begin in `SchemaTable.enumRoles`.
    var enumRoles: Int32 = -1
    /// For a boolean with an enum: 1 allows false, 2 allows true.
    var booleans: UInt8 = 3

    init(kind: Kind, parent: Int) { (self.kind, self.parent) = (kind, Int32(parent)) }

    var isField: Bool { traits.contains(.field) }
    var isRequired: Bool { traits.contains(.required) }
    var maskWords: Int { (Int(propertiesCount) + 63) / 64 }
}

/// Bounds of one numeric node.
struct NumberChecks: Sendable {
    var minimum: JSONDecimal?
    var maximum: JSONDecimal?
    var exclusiveMinimum: JSONDecimal?
    var exclusiveMaximum: JSONDecimal?
    var multipleOf: JSONDecimal?
    var values: [JSONDecimal] = []
}

/// One `x-fact` node: the texts of its values, each a bit of the message's fact set from `firstBit` on.
struct FactNode: Sendable {
    let path: String
    let texts: [String]
    let firstBit: Int
    /// For an integer, the value of the first bit.
    let lowest: Int
    /// For a date, what is taken from it.
    var date = DateFact.none

    enum DateFact: Sendable { case none, day, birth }
}

/// What a node says in the text, for deriving the recipient's schema.
struct NodeSource: Sendable {
    /// Members of the schema text that constrain a value, `$ref` resolved.
    var constraints: [JSONMember] = []
    /// Title, description and the like.
    var texts: [JSONMember] = []
    /// `fact` or `assessment`, where it is said.
    var nature: String?
}

/// The arrays of a compiled schema.
struct SchemaTable: Sendable {
    var title = ""
    var id: String?
    var nodes: [SchemaNode] = []
    var names: [String] = []
    var paths: [String] = []
    var nodesByPath: [String: NodeIndex] = [:]
    /// All nodes, sorted by path.
    var pathOrder: [Int] = []
    var categories: [Category?] = []
    var subjects: [SubjectKind] = []
    /// For each node about a person: whether every valid message states a role of that person.
    var statesRole: [Bool] = []
    var sources: [NodeSource] = []
    var fieldNodes: [NodeIndex] = []
    var freeText: Set<Int> = []
    /// Where strings without any `x-free-text` are declared.
    var unmarked: [Int: JSONPointer] = [:]
    /// Members of objects (to their nodes), enum strings (to their places) and codes of code lists.
    var texts = ByteTable()
    var properties: [Int32] = []
    var masks: [UInt64] = []
    var patterns: [PatternAutomaton] = []
    var numbers: [NumberChecks] = []
    var facts: [FactNode] = []
    var factBits = 0
    var requests: [[Category]] = []
    var enumRoles: [Int16] = []
    /// All roles of the vocabulary, sorted.
    var roles: [Role] = []
    var factPaths: [String: FactDomain] = [:]
    var partyPaths: Set<String> = []
    var requestCodes: [String: Category] = [:]

    // Bound: nodes of one schema, `$ref` resolved.
    static let nodesMax = 2_000
    // Bound: levels of one schema, as deep as a document may be.
    static let depthMax = 32
    // Bound: values of one integer fact.
    static let factValuesMax = 1_001

    /// Whether the values of this string node are from a closed set.
    func isClosed(_ node: Int) -> Bool {
        nodes[node].traits.contains(.hasEnum) || nodes[node].codelist >= 0
    }

    func allows(_ action: FieldAction, at index: Int) -> Bool {
        let node = nodes[index]
        guard node.isField else { return false }
        switch action {
        case .keep, .drop: return true
        case .year, .ageBand: return node.kind == .string && node.format == .date && !isClosed(index)
        case .outwardCode, .initials: return node.kind == .string && node.format == .none && !isClosed(index)
        case .pseudonym: return node.kind == .string && !isClosed(index)
        }
    }

    /// The properties of an object, in the order of the text.
    func children(of index: Int) -> ArraySlice<Int32> {
        let node = nodes[index]
        return properties[Int(node.propertiesStart)..<Int(node.propertiesStart + node.propertiesCount)]
    }
}
