package import ConcordatTerms

/// One code list: dated, sourced values that a schema's `x-codelist` asks for. Not part of the digest.
package struct Codelist: Sendable, Equatable {
    package struct Entry: Sendable, Equatable {
        package let code: String
        package let label: String
        package let from: CivilDate?
        package let until: CivilDate?
        package let source: String
    }

    /// The stem of the file: `offences` for `codelists/offences.csv`.
    package let name: String
    package let entries: [Entry]

    /// Every code, in force or past: a case may be historic.
    package var codes: Set<String> { Set(entries.map(\.code)) }
}

/// Reads `codelists/*.csv`.
struct CodelistReader {
    private static let header = ["code", "label", "from", "until", "source"]

    let log: ProblemLog

    /// The protocol's own lists, and those in the files it shares with others.
    func readAll(_ files: ProtocolFiles, shared: [String] = []) -> [String: Codelist] {
        var lists: [String: Codelist] = [:]
        for path in files.paths(in: "codelists", suffix: ".csv") + shared {
            guard let bytes = files[path], let list = read(bytes, path: path) else { continue }
            if lists[list.name] != nil {
                log.error(
                    .start(of: path), "there are two code lists `\(list.name)`", "take one out, or rename its file")
            }
            lists[list.name] = list
        }
        return lists
    }

    private func read(_ bytes: [UInt8], path: String) -> Codelist? {
        let name = String(path[path.index(after: path.lastIndex(of: "/") ?? path.startIndex)...].dropLast(".csv".count))
        guard IdentifierGrammar.accepts(name) else {
            log.error(.start(of: path), "`\(name)` is not a name for a code list", "use letters, digits, `.`, `_`, `-`")
            return nil
        }
        let table = CSVTable(bytes)
        for fault in table.faults {
            log.error(
                SourceSpan(file: path, line: fault.line, column: fault.column), "not csv: \(fault.message)",
                "rfc 4180: commas between cells, cells with commas or quotes in double quotes")
        }
        // A list with a fault is there, though nothing is loaded: whoever names it is not wrong.
        guard let first = table.rows.first else {
            if table.faults.isEmpty { noteHeader(path) }
            return Codelist(name: name, entries: [])
        }
        guard first.map(\.text).starts(with: Self.header) else {
            noteHeader(path)
            return Codelist(name: name, entries: [])
        }
        return Codelist(name: name, entries: entries(table.rows.dropFirst(), path))
    }

    private func noteHeader(_ path: String) {
        log.error(
            .start(of: path), "the header must begin with `\(Self.header.joined(separator: ","))`",
            "write that as the first line; further columns may follow")
    }

    private func entries(_ rows: ArraySlice<[CSVTable.Cell]>, _ path: String) -> [Codelist.Entry] {
        var firsts: [String: Int] = [:]
        return rows.compactMap { row in
            let code = row[0]
            let span = SourceSpan(file: path, line: code.line, column: code.column)
            guard !code.text.isEmpty else {
                log.error(span, "a row without a code", "give it a code, or take it out")
                return nil
            }
            if let first = firsts.updateValue(code.line, forKey: code.text) {
                log.error(span, "duplicate code `\(code.text)`", "it is first used in line \(first)")
                return nil
            }
            let from = date(row[2], path)
            let until = date(row[3], path)
            if let from, let until, until < from {
                log.error(span, "code `\(code.text)` ends before it begins", "swap `from` and `until`")
            }
            return Codelist.Entry(
                code: code.text, label: row[1].text, from: from, until: until, source: row[4].text)
        }
    }

    private func date(_ cell: CSVTable.Cell, _ path: String) -> CivilDate? {
        guard !cell.text.isEmpty else { return nil }
        if let date = CivilDate(cell.text) { return date }
        log.error(
            SourceSpan(file: path, line: cell.line, column: cell.column), "`\(cell.text)` is not a date",
            "write it as 2026-04-01, or leave it empty")
        return nil
    }
}
