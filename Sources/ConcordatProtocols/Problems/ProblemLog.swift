/// Gathers what is wrong while one directory is read. One load, one thread, then thrown away.
final class ProblemLog {
    private let files: ProtocolFiles
    private var lines: [String: [Substring]] = [:]
    private var seen: Set<ProtocolProblem> = []
    private(set) var errors: [ProtocolProblem] = []
    private(set) var warnings: [ProtocolProblem] = []
    private(set) var isCut = false

    init(_ files: ProtocolFiles) { self.files = files }

    var hasErrors: Bool { !errors.isEmpty }

    /// Notes what stops the load.
    func error(_ span: SourceSpan, _ message: String, _ advice: String) { add(.error, span, message, advice) }

    /// Notes what is doubtful.
    func warning(_ span: SourceSpan, _ message: String, _ advice: String) { add(.warning, span, message, advice) }

    /// All that was noted, in the order of the files.
    func problems(isOfNames: Bool = false) -> ProtocolProblems {
        ProtocolProblems(errors: errors.sorted(), warnings: warnings.sorted(), isCut: isCut, isOfNames: isOfNames)
    }

    private func add(_ severity: ProtocolProblem.Severity, _ span: SourceSpan, _ message: String, _ advice: String) {
        guard errors.count + warnings.count < ProtocolProblems.countMax else { isCut = true; return }
        let shown = files.origins[span.file].map { SourceSpan(file: $0, line: span.line, column: span.column) } ?? span
        let problem = ProtocolProblem(
            severity: severity, span: shown, message: Self.oneLine(message), excerpt: excerpt(at: span), advice: advice)
        guard seen.insert(problem).inserted else { return }
        switch severity {
        case .error: errors.append(problem)
        case .warning: warnings.append(problem)
        }
    }

    /// Lines of messages are not shown: where an author tries a real one, they hold personal values.
    private func excerpt(at span: SourceSpan) -> String {
        guard !span.file.hasSuffix("in.json") else { return "" }
        let all = lines[span.file] ?? split(span.file)
        guard all.indices.contains(span.line - 1) else { return "" }
        let line = String(all[span.line - 1].unicodeScalars.map { $0.value < 0x20 ? " " : Character($0) })
        guard !line.isEmpty else { return "" }
        // Bound: long lines are shown round the place only.
        let from = max(0, span.column - 1 - 80)
        let shown = line.unicodeScalars.dropFirst(from).prefix(140)
        let caret = String(repeating: " ", count: max(0, span.column - 1 - from)) + "^"
        return String(String.UnicodeScalarView(shown)) + "\n" + caret
    }

    private func split(_ file: String) -> [Substring] {
        let text = String(decoding: files[file] ?? [], as: UTF8.self)
        let parts = text.split(omittingEmptySubsequences: false) { $0 == "\n" || $0 == "\r\n" }
        lines[file] = parts
        return parts
    }

    private static func oneLine(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.map { $0.value < 0x20 ? " " : $0 }))
    }
}
