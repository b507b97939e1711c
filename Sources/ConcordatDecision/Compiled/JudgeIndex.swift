import ConcordatPayload
import ConcordatTerms

/// What a judgement looks up again and again, worked out once for each protocol.
final class JudgeIndex: Sendable {
    /// Places of rules in the text, in its order, that can speak of one category of one message about one subject.
    struct FieldRules: Sendable {
        var permits: [Int] = []
        var prohibits: [Int] = []
    }

    /// The rules that can speak of one category of one message.
    struct CategoryRules: Sendable {
        /// Those about anyone and nobody: all there are for a subject that no rule names.
        var aboutAnyone = FieldRules()
        /// For each subject that some rule names, those about it and those about anyone.
        var bySubject: [CompiledRule.Subject: FieldRules] = [:]

        func rules(about subject: CompiledRule.Subject) -> FieldRules { bySubject[subject] ?? aboutAnyone }
    }

    /// What the protocol says about one message, whoever sends it.
    struct MessageTable: Sendable {
        var refusals: [Int] = []
        var holds: [Int] = []
        /// By number of the category.
        var fields: [CategoryRules] = []
        var grants: [Move] = []
        var ends: [Move] = []
        var nodes: [NodeIndex: Node] = [:]
    }

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

    /// A rule held by reference, since copying one costs more than asking it.
    final class Rule: Sendable {
        let text: CompiledRule
        init(_ text: CompiledRule) { self.text = text }
    }

    let rules: [Rule]
    let messages: [MessageName: MessageTable]
    /// Categories are numbered, so that a judgement need not hash their names.
    let numbers: [Category: Int]
    /// Each category, by number, with all it lies within, itself included.
    let lineages: [Set<Category>]

    /// An index of nothing.
    init() { (rules, messages, numbers, lineages) = ([], [:], [:], []) }

    init(of text: CompiledProtocol) {
        var known = Set(text.categories.keys)
        for rule in text.rules { known.formUnion(rule.categories) }
        for schema in text.messages.values.map(\.schema) {
            known.formUnion(schema.fieldNodes.map { schema.category(of: $0) })
        }
        let ordered = known.sorted()
        let numbers = Dictionary(uniqueKeysWithValues: ordered.enumerated().map { ($1, $0) })
        self.numbers = numbers
        lineages = ordered.map { category in known.filter { text.category(category, isWithin: $0) } }
        rules = text.rules.map(Rule.init)
        messages = text.messages.mapValues { Self.table(of: $0, numbers, in: text) }
    }

    private static func table(
        of message: CompiledMessage, _ numbers: [Category: Int], in text: CompiledProtocol
    ) -> MessageTable {
        var table = MessageTable()
        var places: [FieldRules] = Array(repeating: FieldRules(), count: numbers.count)
        for (place, rule) in text.rules.enumerated() where rule.messages?.contains(message.name) ?? true {
            let spoken = rule.categories.compactMap { numbers[$0] }
            switch rule.effect {
            case .refuseMessage: table.refusals.append(place)
            case .hold: table.holds.append(place)
            case .prohibit: for number in spoken { places[number].prohibits.append(place) }
            case .permit: for number in spoken { places[number].permits.append(place) }
            }
        }
        table.fields = places.map { bySubject($0, in: text.rules) }
        let nodes = message.schema.fieldNodes.map { (node: $0, path: message.schema.path(of: $0)) }
        for (rank, field) in nodes.sorted(by: { ($0.path, $0.node) < ($1.path, $1.node) }).enumerated() {
            let category = message.schema.category(of: field.node)
            table.nodes[field.node] = numbers[category].map { Node(category: category, number: $0, rank: rank) }
        }
        for (capacity, compiled) in text.capacities.sorted(by: { $0.key < $1.key }) {
            func moves(_ all: [CapacityMove]) -> [Move] {
                all.filter { $0.message == message.name }.map { Move(capacity: capacity, move: $0) }
            }
            table.grants += moves(compiled.grants)
            table.ends += moves(compiled.ends)
        }
        return table
    }

    private static func bySubject(_ places: FieldRules, in rules: [CompiledRule]) -> CategoryRules {
        func only(_ isMeant: (Int) -> Bool) -> FieldRules {
            FieldRules(permits: places.permits.filter(isMeant), prohibits: places.prohibits.filter(isMeant))
        }
        var sorted = CategoryRules(aboutAnyone: only { rules[$0].about == nil })
        for subject in Set((places.permits + places.prohibits).flatMap { rules[$0].about ?? [] }) {
            sorted.bySubject[subject] = only { rules[$0].about?.contains(subject) ?? true }
        }
        return sorted
    }
}
