import ConcordatPayload
import ConcordatTerms

/// What the protocol says about one message.
final class MessageTable: Sendable {
    /// A field of the message's schema.
    struct Node: Sendable {
        let category: Category
        /// The number of its category.
        let number: Int
        /// Its place among the message's fields in the order of their data paths.
        let rank: Int
    }

    /// A capacity and one way in which a message moves it.
    struct Move: Sendable {
        let capacity: Capacity
        let move: CapacityMove
    }

    let message: CompiledMessage
    /// Capacities it asks of its sender and of its recipient, by number.
    let fromCapacity: NumberSet
    let toCapacity: NumberSet
    let grants: [Move]
    let ends: [Move]
    /// Whether some grant can be wrong: it names parties in a field, or only one may hold the capacity.
    let hasGrantToCheck: Bool
    /// By number of the schema node; nil for what is no field.
    private let nodes: [Node?]
    /// By number of the recipient's kind.
    private let recipients: [RecipientTable]

    init(
        of message: CompiledMessage, rules: [IndexedRule], capacities: [Capacity: CompiledCapacity],
        numbers: Numbering<Capacity>, categories: Numbering<Category>, subjects: SubjectNumbers,
        kinds: Numbering<PartyKind>, senders: SenderNumbers
    ) {
        self.message = message
        (fromCapacity, toCapacity) = (numbers.set(message.fromCapacity), numbers.set(message.toCapacity))
        func moves(_ moves: KeyPath<CompiledCapacity, [CapacityMove]>) -> [Move] {
            capacities.sorted { $0.key < $1.key }.flatMap { capacity, compiled in
                compiled[keyPath: moves].filter { $0.message == message.name }.map {
                    Move(capacity: capacity, move: $0)
                }
            }
        }
        (grants, ends) = (moves(\.grants), moves(\.ends))
        hasGrantToCheck = grants.contains { $0.isByField || (capacities[$0.capacity]?.exclusive ?? true) }
        let fields = message.schema.fieldNodes.map { (node: $0, path: message.schema.path(of: $0)) }
        var nodes: [Node?] = []
        for (rank, field) in fields.sorted(by: { ($0.path, $0.node) < ($1.path, $1.node) }).enumerated() {
            while nodes.count <= field.node.value { nodes.append(nil) }
            let category = message.schema.category(of: field.node)
            nodes[field.node.value] = Node(category: category, number: categories[category], rank: rank)
        }
        self.nodes = nodes
        let spoken = rules.filter { $0.text.messages?.contains(message.name) ?? true }
        let to = kinds.set(message.to)
        recipients = (0..<kinds.count).map { kind in
            // No message goes to a kind that may not receive it, so that nothing is said about that.
            let heard = to.contains(kind) ? spoken.filter { $0.to?.contains(kind) ?? true } : []
            return RecipientTable(heard, senders: senders, categories, subjects)
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
        switch move.holder {
        case .field: true
        case .sender, .recipient, .everyone: false
        }
    }
}

/// The rules that can speak of one message on its way to one kind of recipient, in the text's order.
///
/// They are numbered anew, so that what a judgement remembers of them is small; a place is an index of ``rules``.
final class RecipientTable: Sendable {
    let rules: [IndexedRule]
    let refusals: [Int]
    let holds: [Int]
    /// Break-glass clauses.
    let glass: [Int]
    let permits: FieldRules
    let prohibits: FieldRules
    /// For each rule, each kind of sender and each purpose, whether the rule speaks of both.
    private let hears: [Bool]
    private let senders: SenderNumbers

    fileprivate init(
        _ rules: [IndexedRule], senders: SenderNumbers, _ categories: Numbering<Category>, _ subjects: SubjectNumbers
    ) {
        (self.rules, self.senders) = (rules, senders)
        var (refusals, holds): ([Int], [Int]) = ([], [])
        var permits = Array(repeating: [Int](), count: rules.isEmpty ? 0 : categories.count * subjects.count)
        var prohibits = permits
        func add(_ place: Int, to lists: inout [[Int]]) {
            let about = rules[place].about
            for category in rules[place].text.categories.compactMap(categories.known) {
                for subject in 0..<subjects.count where about?.contains(subject) ?? true {
                    lists[category * subjects.count + subject].append(place)
                }
            }
        }
        for (place, rule) in rules.enumerated() {
            switch rule.text.effect {
            case .refuseMessage: refusals.append(place)
            case .hold: holds.append(place)
            case .permit: add(place, to: &permits)
            case .prohibit: add(place, to: &prohibits)
            }
        }
        (self.refusals, self.holds) = (refusals, holds)
        glass = rules.indices.filter { rules[$0].text.isBreakGlass }
        self.permits = FieldRules(permits, subjectCount: subjects.count)
        self.prohibits = FieldRules(prohibits, subjectCount: subjects.count)
        hears = rules.flatMap { senders.heard(by: $0.text) }
    }

    /// Whether a rule speaks of the kind of sender and the purpose with that number.
    func hears(_ place: Int, _ sender: Int) -> Bool { hears[place * senders.count + sender] }
}

/// For each category and subject, by their numbers, the rules that can speak of it: those about it and those about anyone.
///
/// One flat list with the bounds of each part, so that reading a part asks for no memory.
struct FieldRules: Sendable {
    private var places: [Int] = []
    /// The first place of each part, and the end of the last.
    private var bounds = [0]
    private let subjectCount: Int

    fileprivate init(_ lists: [[Int]], subjectCount: Int) {
        self.subjectCount = subjectCount
        for list in lists {
            places += list
            bounds.append(places.count)
        }
    }

    /// Where in the list the rules stand, in the order of the text.
    func part(_ category: Int, _ subject: Int) -> Range<Int> {
        let part = category * subjectCount + subject
        return part + 1 < bounds.count ? bounds[part]..<bounds[part + 1] : 0..<0
    }

    /// A place in the recipient's table.
    subscript(position: Int) -> Int { places[position] }
}
