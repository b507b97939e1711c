import ConcordatJSON

/// What a schema tells people about a field.
package struct FieldWords: Sendable, Equatable {
    /// Empty when the schema gives none.
    package let title: String
    /// Empty when the schema gives none.
    package let description: String
    /// Whether it is somebody's opinion and not a fact (DPA 2018 s.38); nil when the schema does not say.
    package let isAssessment: Bool?
}

extension MessageSchema {
    /// The words of a node; whether it is an opinion is also said by what it stands in.
    package func words(of node: NodeIndex) -> FieldWords {
        let texts = table.sources[node.value].texts
        func text(_ name: String) -> String { texts.last { $0.name == name }?.value.stringValue ?? "" }
        var nature: String?
        var here = node.value
        // Bound: as deep as the schema.
        while here >= 0, nature == nil {
            nature = table.sources[here].nature
            here = Int(table.nodes[here].parent)
        }
        return FieldWords(
            title: text("title"), description: text("description"), isAssessment: nature.map { $0 == "assessment" })
    }
}
