import ConcordatTerms

/// Writes a syntax tree in the canonical layout, with its comments.
struct LayoutWriter {
    private let source: LayoutSource
    private var lines: [String] = []
    /// Lines over which comments were written already.
    private var told: Set<Int> = []
    private var behind: Set<Int> = []

    init(source: LayoutSource) { self.source = source }

    /// The whole text, with one line end at its end.
    mutating func write(_ root: YAMLNode) -> String {
        switch root.content {
        case .mapping(let members) where !source.isFlow(root): block(members, 0)
        case .sequence(let items) where !source.isFlow(root): block(items, 0)
        case .mapping, .sequence, .scalar: entry("", root, root.span.line, 0, isItem: false)
        }
        for line in source.tail { lines.append(line) }
        while lines.last?.isEmpty ?? false { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }

    private mutating func block(_ members: [YAMLNode.Member], _ indent: Int, lead: String? = nil) {
        for (place, member) in KeyOrder.sorted(members).enumerated() {
            let line = member.key.span.line
            over(line, indent: lead != nil && place == 0 ? indent - 2 : indent)
            let start = place == 0 ? lead : nil
            entry(
                (start ?? String(repeating: " ", count: indent)) + ScalarText.key(member.key.value) + ":", member.value,
                line, indent, isItem: false)
        }
    }

    private mutating func block(_ items: [YAMLNode], _ indent: Int) {
        for item in items {
            let line = item.span.line
            over(line, indent: indent)
            entry(String(repeating: " ", count: indent) + "-", item, line, indent, isItem: true)
        }
    }

    /// One member or item: what leads to it, then its value, on one line if it may and can.
    private mutating func entry(_ lead: String, _ value: YAMLNode, _ line: Int, _ indent: Int, isItem: Bool) {
        switch value.content {
        case .scalar: scalar(lead, value, line, indent)
        case .mapping(let members):
            if source.isFlow(value) || members.isEmpty, let text = FlowText.fitting(value, after: lead) {
                return put(lead + (lead.isEmpty ? "" : " ") + text, line, through: value)
            }
            if isItem { return block(members, indent + 2, lead: lead + " ") }
            put(lead, line)
            block(members, indent + 2)
        case .sequence(let items):
            if source.isFlow(value) || items.isEmpty {
                if let text = FlowText.fitting(value, after: lead) {
                    return put(lead + " " + text, line, through: value)
                }
                if let wrapped = FlowText.wrapped(value, after: lead) {
                    lines += wrapped.dropLast()
                    return put(wrapped.last ?? "", line, through: value)
                }
            }
            put(lead, line)
            block(items, indent + 2)
        }
    }

    private mutating func scalar(_ lead: String, _ value: YAMLNode, _ line: Int, _ indent: Int) {
        let written = ScalarText.lines(value, after: lead, indent: indent + 2)
        // A comment behind a text of several lines stands behind its first, where it can still be one.
        let isBlock = value.layout == .folded || value.layout == .literal
        if isBlock, let first = written.first {
            put(first, line)
            lines += written.dropFirst()
        } else {
            lines += written.dropLast()
            put(written.last ?? lead, line)
        }
    }

    /// A line, with the comment that stood behind the same line, or behind the last one of a collection.
    private mutating func put(_ text: String, _ line: Int, through value: YAMLNode? = nil) {
        let last = value.map { LayoutSource.lastLine(of: $0) } ?? line
        for place in [line, last] {
            guard let comment = source.behind(place), behind.insert(place).inserted else { continue }
            lines.append(text + "  " + comment)
            return
        }
        lines.append(text)
    }

    /// Comments and blank lines that stood over a line, once.
    private mutating func over(_ line: Int, indent: Int) {
        guard told.insert(line).inserted else { return }
        let space = String(repeating: " ", count: indent)
        for text in source.over(line) {
            // A text begins with something, and so does what is under a key.
            if text.isEmpty, lines.isEmpty || lines.last?.hasSuffix(":") ?? false { continue }
            if text.isEmpty, lines.last?.isEmpty ?? false { continue }
            lines.append(text.isEmpty ? "" : space + text)
        }
    }
}
