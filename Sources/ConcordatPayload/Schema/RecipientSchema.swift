import ConcordatJSON
import ConcordatTerms

/// Derives the schema that every copy for one recipient is valid against.
struct RecipientSchema {
    private let table: SchemaTable
    private let actions: [Set<FieldAction>]
    /// Whether a copy can hold the node, and whether it holds it whenever the source does.
    private var isPossible: [Bool]
    private var isCertain: [Bool]

    init(table: SchemaTable, actions: (NodeIndex) -> Set<FieldAction>) {
        self.table = table
        self.actions = table.nodes.indices.map { table.nodes[$0].isField ? actions(NodeIndex($0)) : [] }
        isPossible = Array(repeating: false, count: table.nodes.count)
        isCertain = isPossible
        // Children come after their parents.
        for index in table.nodes.indices.reversed() { classify(index) }
    }

    private mutating func classify(_ index: Int) {
        let node = table.nodes[index]
        if node.traits.contains(.structural) {
            (isPossible[index], isCertain[index]) = (true, true)
            return
        }
        let canPass = !node.isField || actions[index].contains { $0 != .drop }
        let mustPass = !node.isField || actions[index] == [.keep]
        guard node.kind.isContainer else {
            (isPossible[index], isCertain[index]) = (canPass, mustPass)
            return
        }
        // One that came empty stays when it is a field that is kept.
        let staysEmpty = node.isField && actions[index].contains(.keep)
        if node.kind == .array {
            let item = Int(node.item)
            isPossible[index] = canPass && (staysEmpty || isPossible[item])
            isCertain[index] = mustPass && isCertain[item] && (node.isField || node.countMin > 0)
            return
        }
        let content = table.children(of: index).map { Int($0) }.filter { !table.nodes[$0].traits.contains(.structural) }
        isPossible[index] = canPass && (staysEmpty || content.contains { isPossible[$0] })
        let holdsOne = content.contains { table.nodes[$0].isRequired && isCertain[$0] }
        isCertain[index] = mustPass && (holdsOne || node.isField && content.allSatisfy { isCertain[$0] })
    }

    func derived() -> JSONValue {
        var members = [JSONMember("$schema", .string(SchemaKeywordTable.dialect))]
        if let id = table.id { members.append(JSONMember("$id", .string(id))) }
        guard case .object(let root) = schema(of: 0) else { return .object(members) }
        return .object(members + root)
    }

    private func schema(of index: Int) -> JSONValue {
        let node = table.nodes[index]
        let source = table.sources[index]
        if node.traits.contains(.reference) {
            return .object(
                source.texts + [
                    JSONMember("type", "string"), JSONMember("pattern", "^[A-Za-z0-9._-]{1,64}$"),
                ])
        }
        switch node.kind {
        case .object: return .object(source.texts + source.constraints + objectMembers(index))
        case .array: return .object(source.texts + arrayMembers(index, source.constraints))
        case .string, .integer, .number, .boolean, .null: break
        }
        let forms = FieldAction.allCases.filter { actions[index].contains($0) }.compactMap { form($0, source) }
        if node.traits.contains(.structural) || forms.count == 0 { return .object(source.texts + source.constraints) }
        if forms.count == 1 { return .object(source.texts + forms[0]) }
        return .object(source.texts + [JSONMember("anyOf", .array(forms.map { .object($0) }))])
    }

    private func objectMembers(_ index: Int) -> [JSONMember] {
        let children = table.children(of: index).map { Int($0) }.filter { isPossible[$0] }
        let required = children.filter { table.nodes[$0].isRequired && isCertain[$0] }
        var members = [
            JSONMember("properties", .object(children.map { JSONMember(table.names[$0], schema(of: $0)) }))
        ]
        if !required.isEmpty {
            members.append(JSONMember("required", .array(required.map { .string(table.names[$0]) })))
        }
        members.append(JSONMember("additionalProperties", false))
        return members
    }

    private func arrayMembers(_ index: Int, _ constraints: [JSONMember]) -> [JSONMember] {
        let item = Int(table.nodes[index].item)
        guard isPossible[item] else {
            return [JSONMember("type", "array"), JSONMember("items", schema(of: item)), JSONMember("maxItems", 0)]
        }
        return constraints + [JSONMember("items", schema(of: item))]
    }

    /// The constraints of a value after one action; nil for drop.
    private func form(_ action: FieldAction, _ source: NodeSource) -> [JSONMember]? {
        switch action {
        case .drop: nil
        case .keep: source.constraints
        case .year: Self.text("^[0-9]{4}$")
        case .ageBand:
            [JSONMember("type", "string"), JSONMember("enum", .array(Transform.ageBands.map { .string($0) }))]
        case .outwardCode: Self.text("^[A-Z]{1,2}[0-9][A-Z0-9]?$")
        case .initials: Self.text("^([^ ]\\.){1,10}$")
        case .pseudonym: Self.text("^[a-z2-7]{26}$")
        }
    }

    private static func text(_ pattern: String) -> [JSONMember] {
        [JSONMember("type", "string"), JSONMember("pattern", .string(pattern))]
    }
}
