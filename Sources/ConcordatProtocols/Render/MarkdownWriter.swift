/// A document as Markdown (CommonMark with tables). No character of a text can become markup.
package struct MarkdownWriter {
    private var lines: [String] = []

    /// The whole document, ending in one newline.
    package static func text(_ document: RenderedDocument) -> String {
        var writer = MarkdownWriter()
        writer.lines.append("# \(escaped(document.title))")
        for subtitle in document.subtitles { writer.lines += ["", escaped(subtitle)] }
        var number = 0
        for block in document.blocks { writer.write(block, &number) }
        return writer.lines.joined(separator: "\n") + "\n"
    }

    private mutating func write(_ block: RenderedDocument.Block, _ number: inout Int) {
        lines.append("")
        switch block {
        case .section(let title):
            number += 1
            lines.append("## \(number). \(Self.escaped(title))")
        case .heading(let title): lines.append("### \(Self.escaped(title))")
        case .paragraph(let text): lines.append(Self.escaped(text))
        case .list(let items): lines += items.map { "- \(Self.escaped($0))" }
        case .clause(let number, let title, let text):
            let name = title.isEmpty ? "" : " " + Self.escaped(title)
            lines += ["**\(Self.escaped(number))**\(name)", "", "> \(Self.escaped(text))"]
        case .facts(let facts):
            table(["", ""], facts.map { [$0.name, $0.text] })
        case .table(let header, let rows): table(header, rows)
        case .signatures(let signatures):
            table(
                ["Party", "Signatory", "Signature and date", "Officer", "Advice and date", "Recorded"],
                signatures.map { [$0.party, $0.signatory, "", $0.officer, "", $0.status] })
        }
    }

    private mutating func table(_ header: [String], _ rows: [[String]]) {
        func line(_ cells: [String]) -> String {
            "| " + cells.map(Self.inline).joined(separator: " | ") + " |"
        }
        lines += [line(header), "|" + String(repeating: " --- |", count: header.count)] + rows.map(line)
    }

    /// Backslashes before every mark of Markdown, character references for those of HTML, and one line only.
    static func escaped(_ text: String) -> String { escapedOrdinal(inline(text)) }

    /// The same for a cell, which no list can begin in.
    private static func inline(_ text: String) -> String {
        var result = ""
        for (place, scalar) in text.unicodeScalars.enumerated() {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\\", "`", "*", "_", "[", "]", "|", "~", "#": result += "\\" + String(scalar)
            case "-", "+", "=": result += (place == 0 ? "\\" : "") + String(scalar)
            case "\n", "\r", "\t": result += " "
            default: if scalar.value >= 0x20 { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }

    /// `1.` at the beginning of a line would begin a list.
    private static func escapedOrdinal(_ text: String) -> String {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, let next = text.dropFirst(digits.count).first, next == "." || next == ")" else {
            return text
        }
        return digits + "\\" + text.dropFirst(digits.count)
    }
}
