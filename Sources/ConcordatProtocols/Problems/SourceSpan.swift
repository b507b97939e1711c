/// A place in a file of the protocol directory.
package struct SourceSpan: Hashable, Sendable, Comparable {
    /// The path inside the protocol directory.
    package let file: String
    /// 1 for the first line.
    package let line: Int
    /// 1 for the first character of the line, counted in Unicode scalars.
    package let column: Int

    /// A place.
    package init(file: String, line: Int, column: Int) {
        (self.file, self.line, self.column) = (file, line, column)
    }

    /// The beginning of a file, for what is wrong with it as a whole.
    package static func start(of file: String) -> SourceSpan { SourceSpan(file: file, line: 1, column: 1) }

    package static func < (left: SourceSpan, right: SourceSpan) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}

/// A value of the text and where it stands.
struct Spanned<Value: Sendable>: Sendable {
    let value: Value
    let span: SourceSpan

    init(_ value: Value, _ span: SourceSpan) { (self.value, self.span) = (value, span) }
}

extension Spanned: Equatable where Value: Equatable {}
