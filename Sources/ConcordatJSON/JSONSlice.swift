/// Where a name, string or number stands in the bytes of its document: the contents between the quotes, or the digits.
///
/// Means something only together with the document whose reader made it; that document has been checked up to `end`.
package struct JSONSlice: Sendable, Equatable {
    // Four bytes each keep an event in two registers; a document is at most 1 GiB.
    let start32: UInt32
    let end32: UInt32
    /// Whether the contents hold a backslash, so that the text differs from the bytes.
    package let hasEscapes: Bool

    /// A slice by its ends. Only a reader, or one who has checked the bytes as strictly, may make one.
    package init(start: Int, end: Int, hasEscapes: Bool) {
        start32 = UInt32(truncatingIfNeeded: start)
        end32 = UInt32(truncatingIfNeeded: end)
        self.hasEscapes = hasEscapes
    }

    /// The first byte of the contents.
    package var start: Int { Int(start32) }
    /// The byte after the contents.
    package var end: Int { Int(end32) }
    /// The bytes of the contents as written.
    package var byteCount: Int { end - start }
}

extension JSONSlice {
    /// The text, with its escapes resolved.
    package func text(in document: RawSpan) -> String {
        hasEscapes
            ? String(decoding: bytes(in: document), as: UTF8.self) : document.string(start, end)
    }

    /// The UTF-8 bytes of the text, with its escapes resolved.
    package func bytes(in document: RawSpan) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        guard hasEscapes else { document.copy(start, end, into: &bytes); return bytes }
        UnescapedBytes(self).append(to: &bytes, in: document)
        return bytes
    }

    /// Whether the text, with its escapes resolved, is exactly `text`, byte for byte. Allocates nothing.
    package func equals(_ text: String, in document: RawSpan) -> Bool {
        hasEscapes
            ? UnescapedBytes(self).equal(text.utf8, in: document) : document.equals(start, end, text)
    }
}
