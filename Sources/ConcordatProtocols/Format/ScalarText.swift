/// How words are written: plain where that is safe, in double quotes where not, over several lines where they are long.
enum ScalarText {
    /// A key.
    static func key(_ text: String) -> String { isPlainSafe(text) ? text : quoted(text) }

    /// A word on one line.
    static func inline(_ node: YAMLNode, _ text: String) -> String {
        switch node.layout {
        // Plain text was safe where it stood; quoted text may mean something else without its quotes.
        case .plain: return text.contains("\n") ? quoted(text) : text
        case .single, .double, .folded, .literal: return isPlainSafe(text) ? text : quoted(text)
        }
    }

    /// A scalar after what leads to it, in lines of at most 120 columns where it can be broken.
    static func lines(_ node: YAMLNode, after lead: String, indent: Int) -> [String] {
        guard case .scalar(let text, _) = node.content else { return [lead] }
        let space = String(repeating: " ", count: indent)
        if node.layout == .folded || node.layout == .literal { return blockLines(text, node.layout, lead, space) }
        if text.isEmpty, node.layout == .plain { return [lead] }
        let word = inline(node, text)
        let start = lead.isEmpty ? "" : lead + " "
        guard start.count + word.count > ProtocolFormat.widthMax, !text.contains("\n") else { return [start + word] }
        return folded(word, start: start, space: space)
    }

    private static func blockLines(
        _ text: String, _ layout: YAMLNode.Layout, _ lead: String, _ space: String
    ) -> [String] {
        let body = text.hasSuffix("\n") ? String(text.dropLast()) : text
        let chomp = text.hasSuffix("\n") ? "" : "-"
        let isSimple =
            !body.isEmpty && !body.contains("\n") && !body.contains("  ") && body.first != " " && body.last != " "
        if layout == .folded, isSimple {
            return [lead + " >" + chomp] + folded(body, start: space, space: space)
        }
        return [lead + " |" + chomp]
            + body.split(separator: "\n", omittingEmptySubsequences: false).map { $0.isEmpty ? "" : space + $0 }
    }

    /// Broken at single spaces between words that begin with a letter or digit, so that nothing else begins a line.
    private static func folded(_ text: String, start: String, space: String) -> [String] {
        var lines: [String] = []
        var line = start
        var isEmpty = true
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            let canBreak = !isEmpty && (word.first.map { $0.isLetter || $0.isNumber } ?? false) && !line.hasSuffix(" ")
            if canBreak, line.count + 1 + word.count > ProtocolFormat.widthMax {
                lines.append(line)
                line = space + word
            } else {
                line += (isEmpty ? "" : " ") + word
            }
            isEmpty = false
        }
        return lines + [line]
    }

    /// Whether the text means itself without quotes, wherever it stands.
    static func isPlainSafe(_ text: String) -> Bool {
        guard let first = text.first, first.isLetter || first == "/", text.last != " ", !text.contains("  "),
            !words.contains(text.lowercased())
        else { return false }
        return text.unicodeScalars.allSatisfy { scalar in
            scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                || " -_./()'&+;".unicodeScalars.contains(scalar)
        }
    }

    // Words that some reader of YAML takes for something else than text.
    private static let words: Set<String> = ["true", "false", "yes", "no", "on", "off", "y", "n", "null"]

    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\t": result += "\\t"
            default:
                if scalar.value < 0x20 || scalar.value == 0x7F {
                    let hex = String(scalar.value, radix: 16, uppercase: true)
                    result += "\\x" + String(repeating: "0", count: 2 - hex.count) + hex
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}

/// `{…}` and `[…]` on one line, or a list over several.
enum FlowText {
    /// The collection on one line after what leads to it; nil when it does not fit or something in it cannot be in a line.
    static func fitting(_ node: YAMLNode, after lead: String) -> String? {
        let text = text(node)
        return lead.count + 1 + text.count <= ProtocolFormat.widthMax ? text : nil
    }

    /// A list of words over several lines, each beginning under the first word; nil when it holds anything else.
    static func wrapped(_ node: YAMLNode, after lead: String) -> [String]? {
        guard case .sequence(let items) = node.content, !items.isEmpty else { return nil }
        var lines: [String] = []
        var line = lead + " ["
        let space = String(repeating: " ", count: line.count)
        for (place, item) in items.enumerated() {
            guard case .scalar(let word, _) = item.content else { return nil }
            let text = ScalarText.inline(item, word) + (place == items.count - 1 ? "]" : ",")
            let isFirst = line.hasSuffix("[") || line == space
            if !isFirst, line.count + 1 + text.count > ProtocolFormat.widthMax {
                lines.append(line)
                line = space + text
            } else {
                line += (isFirst ? "" : " ") + text
            }
        }
        return lines + [line]
    }

    private static func text(_ node: YAMLNode) -> String {
        switch node.content {
        case .scalar(let word, _): return ScalarText.inline(node, word)
        case .sequence(let items): return "[" + items.map(text).joined(separator: ", ") + "]"
        case .mapping(let members):
            let parts = KeyOrder.sorted(members).map { member -> String in
                let value = text(member.value)
                return ScalarText.key(member.key.value) + ":" + (value.isEmpty ? "" : " " + value)
            }
            return "{" + parts.joined(separator: ", ") + "}"
        }
    }
}
