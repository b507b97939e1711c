/// A YAML value and where it stands. Plain text only: no tags, no anchors, no merge keys.
struct YAMLNode: Sendable {
    struct Member: Sendable {
        let key: Spanned<String>
        let value: YAMLNode
    }

    enum Content: Sendable {
        /// The text as written; `isPlain` when it stands without quotes.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([Member])
    }

    /// How a word is written: without quotes, in single or in double quotes, folded (`>`) or literal (`|`).
    enum Layout: Sendable { case plain, single, double, folded, literal }

    let content: Content
    let span: SourceSpan
    /// Of a word only; the parser does not say how a collection is written.
    var layout = Layout.plain

    /// What the author sees this as.
    var kindName: String {
        switch content {
        case .scalar(let text, true) where Self.isNull(text): "nothing"
        case .scalar: "a word"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }

    var isNothing: Bool {
        if case .scalar(let text, true) = content { Self.isNull(text) } else { false }
    }

    static func isNull(_ text: String) -> Bool { text.isEmpty || text == "~" || text == "null" }
}
