/// A place in the bytes of a document.
package struct JSONPosition: Equatable, Sendable {
    /// Bytes before this place; 0 is the first byte.
    package let offset: Int
    /// 1 for the first line. A line ends with a line feed, with or without a carriage return before it.
    package let line: Int
    /// 1 for the first byte of the line. Counted in bytes, not in characters.
    package let column: Int

    /// A place already worked out.
    package init(offset: Int, line: Int, column: Int) {
        (self.offset, self.line, self.column) = (offset, line, column)
    }

    /// The place of the byte at `offset`, which may be the end of the document. Costs one pass over the bytes before it.
    package init(offset: Int, in document: RawSpan) {
        let end = min(offset, document.byteCount)
        var line = 1
        var lineStart = 0
        for index in 0..<end where document.byte(at: index) == UInt8(ascii: "\n") {
            line += 1
            lineStart = index + 1
        }
        self.init(offset: offset, line: line, column: end - lineStart + 1)
    }
}
