package import ConcordatJSON
package import ConcordatTerms

/// Floor 3, ConcordatPayload: message schemas, the facts of a message, and the cutting of a copy for each recipient.
///
/// One message schema, compiled: a tree of nodes in flat arrays, `$ref` resolved, ready to check bytes as they stream.
///
/// Immutable. A ``NodeIndex`` is stable for one compiled schema; ``path(of:)`` is stable for the text.
package struct MessageSchema: Sendable {
    let table: SchemaTable

    init(table: SchemaTable) { self.table = table }

    /// Compiles a schema text. Throws every fault of the text, never only the first.
    package static func compile(_ text: [UInt8], vocabulary: SchemaVocabulary) throws(SchemaFaults) -> MessageSchema {
        var compiler = SchemaCompiler(vocabulary: vocabulary)
        return MessageSchema(table: try compiler.compile(text))
    }

    /// The root's title; empty when it has none.
    package var title: String { table.title }

    /// Every node that is a field: scalars that are not structural, and containers with an effective category.
    package var fieldNodes: [NodeIndex] { table.fieldNodes }

    /// The data path of a node, `/people/*/name`; array items are `*`, the root is empty.
    package func path(of node: NodeIndex) -> String { table.paths[node.value] }

    /// The node at a data path, when there is one.
    package func node(at path: String) -> NodeIndex? { table.nodesByPath[path] }

    /// The effective category of a field. Asking about a node that is no field is a programmer error.
    package func category(of node: NodeIndex) -> Category {
        guard let category = table.categories[node.value] else { preconditionFailure("node \(node.value) is no field") }
        return category
    }

    /// Whether the node has an effective category and is judged: a scalar that is not structural, or such a container.
    package func isField(_ node: NodeIndex) -> Bool { table.nodes[node.value].isField }

    /// Whom the node can be about.
    package func possibleSubjects(of node: NodeIndex) -> SubjectKind { table.subjects[node.value] }

    /// Whether a valid message always states a role of the person that the node is about. Where it does not, all that is
    /// known of them may be what the case remembers. False for a node about nobody or a role.
    package func alwaysStatesRole(of node: NodeIndex) -> Bool { table.statesRole[node.value] }

    /// Whether the object this node is a member of requires it. False for array items, true for the root.
    package func isRequired(_ node: NodeIndex) -> Bool { table.nodes[node.value].isRequired }

    /// Whether the node is an object or array.
    package func isContainer(_ node: NodeIndex) -> Bool { table.nodes[node.value].kind.isContainer }

    /// The object or array this node stands in; nil for the root.
    package func parent(of node: NodeIndex) -> NodeIndex? {
        let parent = table.nodes[node.value].parent
        return parent < 0 ? nil : NodeIndex(Int(parent))
    }

    /// Whether a plan may name this action for this node: keep and drop always, `year` and `age-band` on `format: date`,
    /// `outward-code` and `initials` on plain strings, `pseudonym` on strings that are not from a closed set.
    package func allowsTransform(_ action: FieldAction, at node: NodeIndex) -> Bool {
        table.allows(action, at: node.value)
    }

    /// Whether `x-free-text` is set: names leak in such text.
    package func isFreeText(_ node: NodeIndex) -> Bool { table.freeText.contains(node.value) }

    /// Whether anything short could be written into a field that is not marked as free text: a string whose schema says
    /// neither which values it has (`enum`, `const`, `x-codelist`, `x-party`) nor their form (a date, time or uuid, or a
    /// `pattern` that takes no words with spaces between: one that takes those takes an address as well).
    package func isShortText(_ node: NodeIndex) -> Bool {
        let entry = table.nodes[node.value]
        guard entry.kind == .string, entry.isField, !isFreeText(node), !table.isClosed(node.value),
            entry.pattern < 0 || Self.takesWords(table.patterns[Int(entry.pattern)]), !entry.traits.contains(.party)
        else { return false }
        switch entry.format {
        case .date, .dateTime, .uuid: return false
        case .none, .email, .uri: return true
        }
    }

    /// Words as somebody would write them who has only this field to write in.
    private static let words = [
        "at home", "Sample Row", "12 Sample Row", "She lives in Sampletown", "HOME AT SAMPLE ROW",
    ]

    private static func takesWords(_ pattern: PatternAutomaton) -> Bool {
        words.contains { text in
            let bytes = Array(text.utf8)
            return pattern.matches(bytes.span, 0, bytes.count)
        }
    }

    /// Where such a text of more than `lengthMax` characters is declared, when its schema leaves out `x-free-text`, true or
    /// false; nil for any other node.
    package func unmarkedText(_ node: NodeIndex, over lengthMax: Int) -> JSONPointer? {
        guard isShortText(node), table.nodes[node.value].format == .none,
            Int(table.nodes[node.value].countMax) > lengthMax
        else { return nil }
        return table.unmarked[node.value]
    }

    /// The `x-fact` fields by data path, with what they can hold.
    package var factPaths: [String: FactDomain] { table.factPaths }

    /// The data paths of `x-party` fields.
    package var partyPaths: Set<String> { table.partyPaths }

    /// What every code of `x-requests` asks for, all nodes together.
    package var requestCodes: [String: Category] { table.requestCodes }

    /// The schema (2020-12) that every copy cut along plans of these actions is valid against.
    ///
    /// `keeping` says, for each field, the actions a plan may take for the recipient, over all subjects and cases.
    /// Members always dropped are gone, cuttable ones optional, transformed ones of their new form (`anyOf` when several),
    /// references strings. Title, description and `$id` stay; `x-` annotations do not.
    package func recipientSchema(keeping: (NodeIndex) -> Set<FieldAction>) -> JSONValue {
        RecipientSchema(table: table, actions: keeping).derived()
    }
}
