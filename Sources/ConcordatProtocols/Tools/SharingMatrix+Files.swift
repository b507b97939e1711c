import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

extension SharingMatrix {
    /// For a spreadsheet: RFC 4180, CRLF, one line a row, several names in one cell apart by a space.
    package var csv: String {
        let header = [
            "to", "category", "about", "from", "messages", "purposes", "capacity", "consent", "form", "rule",
            "conditional", "may-be-prohibited", "break-glass",
        ]
        let lines = rows.map { row in
            [
                row.to.rawValue, row.category.rawValue, row.about.joined(separator: " "), Self.names(row.from),
                Self.names(row.messages), Self.names(row.purposes), Self.names(row.toCapacity),
                row.consent.text, row.formWord, row.rule.rawValue,
                row.isConditional ? "yes" : "no", row.mayBeProhibited ? "yes" : "no", row.isBreakGlass ? "yes" : "no",
            ]
        }
        return ([header] + lines).map { $0.map(Self.cell).joined(separator: ",") + "\r\n" }.joined()
    }

    private static func cell(_ text: String) -> String {
        guard text.utf8.contains(where: { [0x22, 0x2C, 0x0A, 0x0D].contains($0) }) else { return text }
        return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private static func names<ID: Identifier>(_ ids: [ID]) -> String where ID.RawValue == String {
        ids.map(\.rawValue).joined(separator: " ")
    }

    /// One page that needs nothing else and prints well: a table for each kind of recipient.
    package var html: String {
        let kinds = rows.map(\.to).reduce(into: [PartyKind]()) { if $0.last != $1 { $0.append($1) } }
        let sections = kinds.map(section).joined(separator: "\n")
        let title = Self.escaped("Who may receive what: \(heading.title)")
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <style>
            \(Self.style)
            </style>
            </head>
            <body>
            <h1>\(title)</h1>
            <p>Version \(Self.escaped(heading.version)), text <code>sha256 \(Self.escaped(heading.digest))</code>. What no row
            names is never shared. A prohibition beats every row marked <em>unless prohibited</em>.</p>
            \(sections)
            </body>
            </html>

            """
    }

    private func section(_ kind: PartyKind) -> String {
        let lines = rows.filter { $0.to == kind }.map { row in
            let cells = [
                heading.titles.categories[row.category] ?? row.category.rawValue, row.about.joined(separator: ", "),
                row.from.map(\.rawValue).joined(separator: ", "), row.messages.map(\.rawValue).joined(separator: ", "),
                row.purposes.map(\.rawValue).joined(separator: ", "),
                row.toCapacity.isEmpty ? "" : row.toCapacity.map(\.rawValue).joined(separator: " or "),
                row.consent.text, row.formWord, rule(row),
            ]
            return "<tr>" + cells.map { "<td>\(Self.escaped($0))</td>" }.joined() + "</tr>"
        }
        let head = ["What", "About", "From", "In", "For", "Only as", "Consent", "Form", "By"]
        return """
            <h2>\(Self.escaped(heading.titles.partyKinds[kind] ?? kind.rawValue)) <code>\(Self.escaped(kind.rawValue))</code></h2>
            <table>
            <thead><tr>\(head.map { "<th scope=\"col\">\($0)</th>" }.joined())</tr></thead>
            <tbody>
            \(lines.joined(separator: "\n"))
            </tbody>
            </table>
            """
    }

    private func rule(_ row: Row) -> String {
        let title = heading.rules[row.rule].map { $0.isEmpty || $0 == row.rule.rawValue ? "" : " \($0)" } ?? ""
        return row.rule.rawValue + title + row.marks.map { " (\($0))" }.joined()
    }

    /// Text for a page: nothing in it can be markup.
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { result, character in
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.append(character)
            }
        }
    }

    private static let style = """
        body { font: 14px/1.4 system-ui, sans-serif; margin: 2rem; color: #111; }
        h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
        code { font-size: 0.85em; overflow-wrap: anywhere; }
        table { border-collapse: collapse; width: 100%; }
        th, td { border: 1px solid #999; padding: 0.25rem 0.4rem; text-align: left; vertical-align: top; }
        th { background: #eee; }
        @media print {
          @page { size: A4 landscape; margin: 12mm; }
          body { margin: 0; font-size: 9px; }
          h2 { break-after: avoid; }
          thead { display: table-header-group; }
          tr { break-inside: avoid; }
        }
        """
}
