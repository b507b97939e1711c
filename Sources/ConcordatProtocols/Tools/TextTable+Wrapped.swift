extension TextTable {
    /// The table in lines of at most `width` columns, where its longest words allow that: cells are broken at spaces, and
    /// what is left of them stands under them.
    func text(width: Int) -> String {
        let widths = fitting(width)
        let rule = widths.indices.map { column in
            String(repeating: "-", count: column == widths.count - 1 ? header[column].count : widths[column])
        }
        let all = [header, rule] + rows
        return all.flatMap { row -> [String] in
            let cells = row.indices.map { Self.broken(row[$0], widths[$0]) }
            return (0..<(cells.map(\.count).max() ?? 0)).map { line in
                let parts = cells.indices.map { column -> String in
                    let text = line < cells[column].count ? cells[column][line] : ""
                    return text + String(repeating: " ", count: max(0, widths[column] - text.count))
                }
                return Self.trimmed(parts.joined(separator: "  "))
            }
        }.joined(separator: "\n")
    }

    /// Takes from the widest column first, and from none below its longest word.
    private func fitting(_ width: Int) -> [Int] {
        let all = [header] + rows
        var widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        let least = header.indices.map { column in
            all.flatMap { $0[column].split(separator: " ") }.map(\.count).max() ?? 0
        }
        // Bound: every round takes one column away.
        while widths.reduce(0, +) + 2 * (widths.count - 1) > width {
            guard let widest = widths.indices.filter({ widths[$0] > least[$0] }).max(by: { widths[$0] < widths[$1] })
            else { return widths }
            widths[widest] -= 1
        }
        return widths
    }

    /// The lines of a cell, each of whole words.
    private static func broken(_ text: String, _ width: Int) -> [String] {
        var lines = [""]
        for word in text.split(separator: " ") {
            let last = lines[lines.count - 1]
            if last.isEmpty {
                lines[lines.count - 1] = String(word)
            } else if last.count + 1 + word.count <= width {
                lines[lines.count - 1] = last + " " + word
            } else {
                lines.append(String(word))
            }
        }
        return lines
    }

    private static func trimmed(_ line: String) -> String {
        var text = line[...]
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
