/// Rows in aligned columns, for a terminal.
struct TextTable {
    let header: [String]
    var rows: [[String]] = []

    init(_ header: String...) { self.header = header }

    /// The table with a line under its header; the last column is not padded.
    var text: String {
        let all = [header] + rows
        let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        // The last column may be a long sentence; its line is as wide as its header.
        let rule = widths.indices.map { column in
            String(repeating: "-", count: column == widths.count - 1 ? header[column].count : widths[column])
        }
        return ([header, rule] + rows).map { row in
            row.indices.map { column in
                let pad = column == row.count - 1 ? 0 : widths[column] - row[column].count
                return row[column] + String(repeating: " ", count: pad)
            }.joined(separator: "  ")
        }.joined(separator: "\n")
    }
}
