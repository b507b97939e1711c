import Yams

/// Finds the second use of a key, which the parser does not tell.
enum YAMLDuplicate {
    /// The next line after the first use where the key stands in the same column, or the first use itself.
    static func second(of name: String, after first: Mark, in text: String, file: String) -> SourceSpan {
        let lines = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        let spellings = ["\(name):", "\"\(name)\":", "'\(name)':"]
        for index in lines.indices.dropFirst(first.line) {
            let line = lines[index]
            let indent = line.prefix { $0 == " " }.count
            guard indent == first.column - 1 else { continue }
            if spellings.contains(where: { line.dropFirst(indent).hasPrefix($0) }) {
                return SourceSpan(file: file, line: index + 1, column: first.column)
            }
        }
        return SourceSpan(file: file, line: first.line, column: first.column)
    }
}
