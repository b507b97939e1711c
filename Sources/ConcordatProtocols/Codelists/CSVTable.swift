/// A strict subset of RFC 4180: comma, LF or CRLF, quotes doubled inside quotes, every row as wide as the header.
struct CSVTable: Sendable {
    // Bound: rows of one file.
    static let rowsMax = 50_000

    struct Cell: Sendable, Equatable {
        let text: String
        let line: Int
        let column: Int
    }

    struct Fault: Error, Equatable {
        let line: Int
        let column: Int
        let message: String
    }

    /// Every row as wide as the header that stands before a fault after which rows can no longer be told apart.
    let rows: [[Cell]]
    /// All that is wrong, in the order of the text.
    let faults: [Fault]

    init(_ bytes: [UInt8]) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            (rows, faults) = ([], [Fault(line: 1, column: 1, message: "file is not utf-8")])
            return
        }
        var reader = CSVReader(scalars: Array(text.unicodeScalars))
        rows = reader.read()
        faults = reader.faults
    }
}

/// Walks the characters once.
private struct CSVReader {
    let scalars: [Unicode.Scalar]
    var index = 0
    var line = 1
    var lineStart = 0
    var faults: [CSVTable.Fault] = []

    init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    mutating func read() -> [[CSVTable.Cell]] {
        var rows: [[CSVTable.Cell]] = []
        var width: Int?
        while index < scalars.count {
            do throws(CSVTable.Fault) {
                guard rows.count <= CSVTable.rowsMax else { throw fault("more than \(CSVTable.rowsMax) rows") }
                let row = try readRow()
                if let width, row.count != width {
                    // The next line begins a row again: what is wrong with it is told too.
                    faults.append(
                        CSVTable.Fault(
                            line: row[0].line, column: 1, message: "row has \(row.count) cells, the header has \(width)"
                        ))
                } else {
                    width = row.count
                    rows.append(row)
                }
            } catch {
                faults.append(error)
                return rows
            }
        }
        return rows
    }

    private mutating func readRow() throws(CSVTable.Fault) -> [CSVTable.Cell] {
        var row: [CSVTable.Cell] = []
        while true {
            row.append(try readCell())
            guard index < scalars.count else { return row }
            if scalars[index] == "," { index += 1; continue }
            if scalars[index] == "\r" { index += 1 }
            guard index < scalars.count, scalars[index] == "\n" else { throw fault("a bare carriage return") }
            newLine()
            return row
        }
    }

    private mutating func readCell() throws(CSVTable.Fault) -> CSVTable.Cell {
        let (atLine, atColumn) = (line, index - lineStart + 1)
        var text = String.UnicodeScalarView()
        if index < scalars.count, scalars[index] == "\"" {
            index += 1
            while true {
                guard index < scalars.count else { throw fault("a quote that is never closed") }
                let scalar = scalars[index]
                if scalar == "\"" {
                    index += 1
                    guard index < scalars.count, scalars[index] == "\"" else { break }
                }
                if scalar == "\n" { text.append(scalar); newLine(); continue }
                text.append(scalar)
                index += 1
            }
            guard index >= scalars.count || [",", "\r", "\n"].contains(scalars[index]) else {
                throw fault("text after a closing quote")
            }
        } else {
            while index < scalars.count, ![",", "\r", "\n"].contains(scalars[index]) {
                guard scalars[index] != "\"" else { throw fault("a quote inside an unquoted cell") }
                text.append(scalars[index])
                index += 1
            }
        }
        return CSVTable.Cell(text: String(text), line: atLine, column: atColumn)
    }

    private mutating func newLine() {
        index += 1
        line += 1
        lineStart = index
    }

    private func fault(_ message: String) -> CSVTable.Fault {
        CSVTable.Fault(line: line, column: index - lineStart + 1, message: message)
    }
}
