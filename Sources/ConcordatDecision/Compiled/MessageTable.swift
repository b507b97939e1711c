import ConcordatPayload
import ConcordatTerms

/// What the protocol says about one message.
final class MessageTable: Sendable {
    /// A field of the message's schema.
    struct Node: Sendable {
        /// The number of its category.
        let category: Int
        /// Its place among the message's fields in the order of their data paths.
        let rank: Int
    }

    /// A capacity and one way in which a message moves it.
    struct Move: Sendable {
        let capacity: Capacity
        /// The number of the capacity.
        let number: Int
        /// The kinds that may hold it, by number; nil for any.
        let kinds: NumberSet?
        let holder: CapacityMove.Holder
        /// Where its condition begins in the table of the message.
        let condition: Int
    }

    let message: CompiledMessage
    /// The kinds that may send and receive it and its purposes, by number.
    let from: NumberSet
    let to: NumberSet
    let purposes: NumberSet
    /// Capacities it asks of its sender and of its recipient, by number.
    let fromCapacity: NumberSet
    let toCapacity: NumberSet
    let grants: [Move]
    let ends: [Move]
    /// Whether some grant can be wrong: it names parties in a field, or only one may hold the capacity.
    let hasGrantToCheck: Bool
    /// Those of every rule and move of this message.
    let conditions: ConditionTable
    /// By number of the schema node; nil for what is no field.
    private let nodes: [Node?]
    /// By number of the recipient's kind.
    private let recipients: [RecipientTable]

    init(
        of message: CompiledMessage, in text: CompiledProtocol, rules: [IndexedRule], _ numbers: RuleNumbers,
        _ categories: Numbering<Category>
    ) {
        self.message = message
        (from, to) = (numbers.kinds.set(message.from), numbers.kinds.set(message.to))
        purposes = numbers.purposes.set(message.purposes)
        fromCapacity = numbers.capacities.set(message.fromCapacity)
        toCapacity = numbers.capacities.set(message.toCapacity)
        nodes = Self.nodes(of: message.schema, categories)
        let spoken = rules.filter { $0.text.messages?.contains(message.name) ?? true }
        let grants = Self.moves(\.grants, of: message.name, in: text)
        let ends = Self.moves(\.ends, of: message.name, in: text)
        let conditions = ConditionTable(
            spoken.map(\.text.when) + (grants + ends).map(\.move.when), text.flags)
        func moves(_ moves: [(capacity: Capacity, move: CapacityMove)], from start: Int) -> [Move] {
            moves.enumerated().map { place, one in
                let kinds = text.capacities[one.capacity]?.kinds ?? []
                return Move(
                    capacity: one.capacity, number: numbers.capacities[one.capacity],
                    kinds: kinds.isEmpty ? nil : numbers.kinds.set(kinds), holder: one.move.holder,
                    condition: conditions.entries[start + place])
            }
        }
        self.conditions = conditions
        self.grants = moves(grants, from: spoken.count)
        self.ends = moves(ends, from: spoken.count + grants.count)
        hasGrantToCheck = self.grants.contains { $0.isByField || (text.capacities[$0.capacity]?.exclusive ?? true) }
        let nothing = RecipientTable([], numbers, categories)
        recipients = (0..<numbers.kinds.count).map { [to] kind in
            // No message goes to a kind that may not receive it, so that nothing is said about that.
            guard to.contains(kind) else { return nothing }
            let heard = zip(spoken, conditions.entries).filter { $0.0.to?.contains(kind) ?? true }
            return RecipientTable(heard.map { (rule: $0.0, condition: $0.1) }, numbers, categories)
        }
    }

    private static func nodes(of schema: MessageSchema, _ categories: Numbering<Category>) -> [Node?] {
        let fields = schema.fieldNodes.map { (node: $0, path: schema.path(of: $0)) }
        var nodes: [Node?] = []
        for (rank, field) in fields.sorted(by: { ($0.path, $0.node) < ($1.path, $1.node) }).enumerated() {
            while nodes.count <= field.node.value { nodes.append(nil) }
            nodes[field.node.value] = Node(category: categories[schema.category(of: field.node)], rank: rank)
        }
        return nodes
    }

    private static func moves(
        _ moves: KeyPath<CompiledCapacity, [CapacityMove]>, of message: MessageName, in text: CompiledProtocol
    ) -> [(capacity: Capacity, move: CapacityMove)] {
        text.capacities.sorted { $0.key < $1.key }.flatMap { capacity, compiled in
            compiled[keyPath: moves].filter { $0.message == message }.map { (capacity, $0) }
        }
    }

    /// The field with that node; nil for a node that is no field of the message's schema.
    func node(_ index: NodeIndex) -> Node? { nodes.indices.contains(index.value) ? nodes[index.value] : nil }

    /// What it says when it goes to a party of that kind, by number.
    func table(to kind: Int) -> RecipientTable { recipients[kind] }
}

extension MessageTable.Move {
    /// Whether it names parties in a field of the message.
    var isByField: Bool {
        switch holder {
        case .field: true
        case .sender, .recipient, .everyone: false
        }
    }

    /// Whether a party of that kind, by number, may hold its capacity.
    func mayBeHeld(byKind kind: Int) -> Bool { kinds?.contains(kind) ?? true }
}
