package import ConcordatJSON

/// One thing that is wrong, or doubtful, in a protocol directory: where, what, and what to do.
///
/// A protocol text holds no personal value, so its words may be quoted; text from worked cases never is.
package struct ProtocolProblem: Error, Hashable, Sendable, Comparable, CustomStringConvertible {
    /// An error stops the load; a warning does not.
    package enum Severity: String, Sendable, Hashable { case error, warning }

    package let severity: Severity
    package let span: SourceSpan
    /// One line, lower case, no full stop; words of the text in backticks.
    package let message: String
    /// The line of the text with a caret under the place; empty when the file has no such line.
    package let excerpt: String
    /// What the author can do about it.
    package let advice: String

    /// A finding at a place.
    package init(severity: Severity, span: SourceSpan, message: String, excerpt: String, advice: String) {
        (self.severity, self.span, self.message) = (severity, span, message)
        (self.excerpt, self.advice) = (excerpt, advice)
    }

    package var file: String { span.file }
    package var line: Int { span.line }
    package var column: Int { span.column }

    /// `protocol.yaml:12:3: unknown key \`form\``; a warning says so after the place.
    package var headline: String {
        let mark = severity == .warning ? "warning: " : ""
        return "\(span.file):\(span.line):\(span.column): \(mark)\(message)"
    }

    /// The headline, the excerpt and the advice, for a terminal.
    package var description: String {
        let indented = excerpt.split(separator: "\n").map { "    " + $0 }
        return ([headline] + indented + (advice.isEmpty ? [] : ["    " + advice])).joined(separator: "\n")
    }

    package static func < (left: ProtocolProblem, right: ProtocolProblem) -> Bool {
        (left.span, left.message) < (right.span, right.message)
    }
}

/// Everything that stops a protocol from loading, in the order of the files, and the warnings beside it.
package struct ProtocolProblems: Error, Sendable, Equatable {
    // Bound: no load reports more than this many problems.
    package static let countMax = 200

    package let errors: [ProtocolProblem]
    package let warnings: [ProtocolProblem]
    /// Whether there were more than ``countMax`` and the rest is left out.
    package let isCut: Bool
    /// Whether names were looked up only: what rules mean together, and the guarantees, were not looked at.
    package let isOfNames: Bool

    /// A list of findings.
    package init(errors: [ProtocolProblem], warnings: [ProtocolProblem], isCut: Bool, isOfNames: Bool = false) {
        (self.errors, self.warnings, self.isCut, self.isOfNames) = (errors, warnings, isCut, isOfNames)
    }
}

extension ProtocolProblem {
    /// The finding for machines.
    package var json: JSONValue {
        .object([
            JSONMember("severity", .string(severity.rawValue)), JSONMember("file", .string(file)),
            JSONMember("line", .number(JSONNumber(line))), JSONMember("column", .number(JSONNumber(column))),
            JSONMember("message", .string(message)), JSONMember("excerpt", .string(excerpt)),
            JSONMember("advice", .string(advice)),
        ])
    }
}
