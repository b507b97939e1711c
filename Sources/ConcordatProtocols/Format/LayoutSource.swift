import ConcordatTerms

/// Where the comments of a text stand, and what lies between them: what the syntax tree leaves out.
struct LayoutSource {
    struct Comment {
        /// Counted from 1.
        let line: Int
        /// From its `#`, without space at its end.
        let text: String
        /// Whether something stands before it on its line.
        let isBehind: Bool
    }

    /// By line; index 0 is line 1.
    let lines: [String]
    let comments: [Comment]
    /// The first line with a comment between the brackets of a `{…}` or `[…]`.
    let commentInFlow: Int?

    private let skipped: Skipped
    private let byLine: [Int: Comment]
    private let isContent: [Bool]

    init(text: String, root: YAMLNode) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            line.hasSuffix("\r") ? String(line.dropLast()) : String(line)
        }
        self.lines = lines
        var skipped = Skipped(lines: lines.map { Array($0.unicodeScalars) })
        skipped.collect(root)
        let comments = skipped.comments()
        self.comments = comments
        byLine = Dictionary(comments.map { ($0.line, $0) }, uniquingKeysWith: { first, _ in first })
        self.skipped = skipped
        let blockLines = skipped.blockLines
        isContent = lines.indices.map { index in
            let line = index + 1
            if blockLines.contains(line) { return true }
            if let comment = comments.first(where: { $0.line == line }) { return comment.isBehind }
            return lines[index].contains { $0 != " " && $0 != "\t" }
        }
        commentInFlow =
            comments.first { comment in
                skipped.flows.contains { $0.lowerBound <= comment.line && comment.line < $0.upperBound }
            }?.line
    }

    /// Whether a collection is written in brackets.
    func isFlow(_ node: YAMLNode) -> Bool { skipped.isFlow(node) }

    /// The comment behind something on a line.
    func behind(_ line: Int) -> String? { byLine[line].flatMap { $0.isBehind ? $0.text : nil } }

    /// Comments and blank lines over a line, from the top; a blank line is empty, and never two together.
    func over(_ line: Int) -> [String] {
        var found: [String] = []
        var here = line - 1
        while here >= 1, !isContent[here - 1] {
            let text = byLine[here]?.text ?? ""
            if !(text.isEmpty && found.last?.isEmpty ?? false) { found.append(text) }
            here -= 1
        }
        return found.reversed()
    }

    /// The last line on which something of the node begins. A comment before that is inside it.
    static func lastLine(of node: YAMLNode) -> Int {
        switch node.content {
        case .scalar: node.span.line
        case .sequence(let items): items.map { lastLine(of: $0) }.max() ?? node.span.line
        case .mapping(let members):
            members.map { max($0.key.span.line, lastLine(of: $0.value)) }.max() ?? node.span.line
        }
    }

    /// What stands under the last line with anything in it.
    var tail: [String] { over(lines.count + 1) }
}

/// The stretches of a text in which a `#` is no comment, and the lines that `{…}` and `[…]` stretch over.
private struct Skipped {
    let lines: [[Unicode.Scalar]]
    private(set) var flows: [Range<Int>] = []
    private(set) var blockLines: Set<Int> = []
    private var quotes: Set<Place> = []

    struct Place: Hashable {
        let line: Int
        let column: Int
    }

    init(lines: [[Unicode.Scalar]]) { self.lines = lines }

    /// Notes every quoted and block scalar, and every flow collection.
    mutating func collect(_ node: YAMLNode) {
        switch node.content {
        case .scalar:
            switch node.layout {
            case .single, .double: quotes.insert(Place(line: node.span.line, column: node.span.column))
            case .folded, .literal: noteBlock(node.span)
            case .plain: break
            }
        case .sequence(let items): items.forEach { collect($0) }
        case .mapping(let members):
            for member in members {
                if isQuote(member.key.span) {
                    quotes.insert(Place(line: member.key.span.line, column: member.key.span.column))
                }
                collect(member.value)
            }
        }
        if isFlow(node) { flows.append(node.span.line..<LayoutSource.lastLine(of: node)) }
    }

    /// Whether a collection is written in brackets.
    func isFlow(_ node: YAMLNode) -> Bool {
        switch node.content {
        case .scalar: return false
        case .sequence, .mapping:
            guard lines.indices.contains(node.span.line - 1),
                lines[node.span.line - 1].indices.contains(node.span.column - 1)
            else { return false }
            return ["[", "{"].contains(lines[node.span.line - 1][node.span.column - 1])
        }
    }

    private func isQuote(_ span: SourceSpan) -> Bool {
        guard lines.indices.contains(span.line - 1), lines[span.line - 1].indices.contains(span.column - 1)
        else { return false }
        return ["\"", "'"].contains(lines[span.line - 1][span.column - 1])
    }

    /// A block scalar goes on while lines are blank or deeper than the line that opens it.
    private mutating func noteBlock(_ span: SourceSpan) {
        let opening = lines[span.line - 1]
        let depth = opening.prefix { $0 == " " }.count
        var last = span.line
        for line in (span.line + 1)..<max(span.line + 1, lines.count + 1) {
            let scalars = lines[line - 1]
            let indent = scalars.prefix { $0 == " " }.count
            if indent == scalars.count { continue }
            guard indent > depth else { break }
            last = line
        }
        if last > span.line { blockLines.formUnion((span.line + 1)...last) }
    }

    func comments() -> [LayoutSource.Comment] {
        var found: [LayoutSource.Comment] = []
        var open: Unicode.Scalar?
        for (index, scalars) in lines.enumerated() {
            let line = index + 1
            if blockLines.contains(line) { continue }
            var column = 0
            while column < scalars.count {
                let scalar = scalars[column]
                if let quote = open {
                    if scalar == "\\", quote == "\"" {
                        column += 1
                    } else if scalar == quote {
                        if quote == "'", column + 1 < scalars.count, scalars[column + 1] == "'" {
                            column += 1
                        } else {
                            open = nil
                        }
                    }
                } else if quotes.contains(Place(line: line, column: column + 1)) {
                    open = scalar
                } else if scalar == "#", column == 0 || [" ", "\t"].contains(scalars[column - 1]) {
                    found.append(comment(line, scalars, column))
                    break
                }
                column += 1
            }
        }
        return found
    }

    private func comment(_ line: Int, _ scalars: [Unicode.Scalar], _ column: Int) -> LayoutSource.Comment {
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[column...])
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        let isBehind = scalars[..<column].contains { $0 != " " && $0 != "\t" }
        return LayoutSource.Comment(line: line, text: String(text), isBehind: isBehind)
    }
}
