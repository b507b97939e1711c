import ConcordatPayload
import ConcordatTerms

/// What a judgement looks up again and again, worked out once for each protocol.
struct JudgeIndex: Sendable {
    /// Places of rules in the text, in its order, by what they can do to one category of one message.
    struct FieldRules: Sendable {
        var permits: [Int] = []
        var prohibits: [Int] = []
    }

    /// What the protocol says about one message, whoever sends it.
    struct MessageTable: Sendable {
        var refusals: [Int] = []
        var fields: [Category: FieldRules] = [:]
        var grants: [Move] = []
        var ends: [Move] = []
        var nodes: [NodeIndex: Node] = [:]
    }

    /// A field of the message's schema.
    struct Node: Sendable {
        let category: Category
        /// Its place among the message's fields in the order of their data paths.
        let rank: Int
    }

    /// A capacity and one way in which a message moves it.
    struct Move: Sendable {
        let capacity: Capacity
        let move: CapacityMove
    }

    private(set) var messages: [MessageName: MessageTable] = [:]
    /// Each category with all it lies within, itself included.
    private(set) var lineages: [Category: Set<Category>] = [:]

    init() {}

    init(of text: CompiledProtocol) {
        for category in text.categories.keys {
            lineages[category] = Set(text.categories.keys.filter { text.category(category, isWithin: $0) })
        }
        for name in text.messages.keys { messages[name] = Self.table(of: name, in: text) }
    }

    /// A category and all it lies within. A category the protocol does not know lies only within itself.
    func lineage(of category: Category) -> Set<Category> { lineages[category] ?? [category] }

    private static func table(of name: MessageName, in text: CompiledProtocol) -> MessageTable {
        var table = MessageTable()
        for (place, rule) in text.rules.enumerated() where rule.messages?.contains(name) ?? true {
            switch rule.effect {
            case .refuseMessage: table.refusals.append(place)
            case .prohibit:
                for category in rule.categories { table.fields[category, default: .init()].prohibits.append(place) }
            case .permit:
                for category in rule.categories { table.fields[category, default: .init()].permits.append(place) }
            }
        }
        let schema = text.messages[name]?.schema
        let nodes = schema?.fieldNodes.map { (node: $0, path: schema?.path(of: $0) ?? "") } ?? []
        for (rank, field) in nodes.sorted(by: { ($0.path, $0.node) < ($1.path, $1.node) }).enumerated() {
            table.nodes[field.node] = schema.map { Node(category: $0.category(of: field.node), rank: rank) }
        }
        for (capacity, compiled) in text.capacities.sorted(by: { $0.key < $1.key }) {
            table.grants += compiled.grants.filter { $0.message == name }.map { Move(capacity: capacity, move: $0) }
            table.ends += compiled.ends.filter { $0.message == name }.map { Move(capacity: capacity, move: $0) }
        }
        return table
    }
}
