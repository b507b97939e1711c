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

    let content: Content
    let span: SourceSpan

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
