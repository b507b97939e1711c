/// Writes one compact document. Commas and colons are its own business; members and items come in the order given.
///
/// It does not look for duplicate names, nor for noncharacters in strings made by the program: whoever builds a document
/// from parts that were not read by ``JSONReader`` answers for those. A value is appended, never rewritten.
package struct JSONWriter: Sendable {
    /// What has been written so far.
    package private(set) var bytes: [UInt8] = []
    /// Objects and arrays open now.
    package private(set) var depth = 0
    // Whether a comma belongs before the next name or item.
    private var needsComma = false

    /// An empty writer with room for so many bytes.
    package init(capacity: Int = 0) { bytes.reserveCapacity(capacity) }

    /// Opens an object as the next value.
    @inline(__always)
    package mutating func beginObject() { open(UInt8(ascii: "{")) }
    /// Closes the innermost object. None being open is a programmer error and traps.
    @inline(__always)
    package mutating func endObject() { close(UInt8(ascii: "}")) }
    /// Opens an array as the next value.
    @inline(__always)
    package mutating func beginArray() { open(UInt8(ascii: "[")) }
    /// Closes the innermost array. None being open is a programmer error and traps.
    @inline(__always)
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    /// A member name; its value comes next.
    package mutating func name(_ text: String) {
        separate()
        quote(text)
        colon()
    }

    /// A member name as it stands in a checked document, escapes and all.
    @inline(__always)
    package mutating func rawName(_ slice: JSONSlice, in document: RawSpan) {
        separate()
        quote(slice, in: document)
        colon()
    }

    /// A string, with the fewest escapes.
    package mutating func string(_ text: String) {
        separate()
        quote(text)
        needsComma = true
    }

    /// A string as it stands in a checked document, escapes and all.
    @inline(__always)
    package mutating func rawString(_ slice: JSONSlice, in document: RawSpan) {
        separate()
        quote(slice, in: document)
        needsComma = true
    }

    /// A number as it was written.
    package mutating func number(_ number: JSONNumber) { raw(number.text.utf8) }

    /// A number as it stands in a checked document.
    @inline(__always)
    package mutating func rawNumber(_ slice: JSONSlice, in document: RawSpan) {
        raw(from: slice.start, to: slice.end, in: document)
    }

    /// A whole number.
    package mutating func int(_ value: Int) { raw(String(value).utf8) }

    /// `true` or `false`.
    package mutating func bool(_ value: Bool) { raw(value ? "true".utf8 : "false".utf8) }

    /// `null`.
    package mutating func null() { raw("null".utf8) }

    /// A whole value that the caller knows to be one; nothing is checked.
    package mutating func raw(_ value: some Sequence<UInt8>) {
        separate()
        bytes.append(contentsOf: value)
        needsComma = true
    }

    /// A whole value as it stands in a checked document, white space inside and all.
    @inline(__always)
    package mutating func raw(from start: Int, to end: Int, in document: RawSpan) {
        separate()
        document.copy(start, end, into: &bytes)
        needsComma = true
    }

    /// A tree. Goes as deep on the call stack as the tree does.
    package mutating func value(_ value: JSONValue) {
        switch value {
        case .object(let members):
            beginObject()
            for member in members {
                name(member.name)
                self.value(member.value)
            }
            endObject()
        case .array(let items):
            beginArray()
            for item in items { self.value(item) }
            endArray()
        case .string(let text): string(text)
        case .number(let number): self.number(number)
        case .bool(let bool): self.bool(bool)
        case .null: null()
        }
    }

    // MARK: going back

    /// A moment of the writing to go back to.
    package struct Mark: Sendable {
        fileprivate let count: Int
        fileprivate let depth: Int
        fileprivate let needsComma: Bool
    }

    /// Now.
    package var mark: Mark { Mark(count: bytes.count, depth: depth, needsComma: needsComma) }

    /// Takes back everything written since `mark`, which must be of this writer and not itself taken back.
    ///
    /// What was open at the mark must not have been closed since: whoever closes an object loses the marks inside it.
    package mutating func rewind(to mark: Mark) {
        precondition(mark.count <= bytes.count, "mark at \(mark.count) of \(bytes.count) bytes")
        bytes.removeLast(bytes.count - mark.count)
        depth = mark.depth
        needsComma = mark.needsComma
    }

    // MARK: parts

    @inline(__always)
    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    @inline(__always)
    private mutating func colon() {
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    @inline(__always)
    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        depth += 1
        needsComma = false
    }

    @inline(__always)
    private mutating func close(_ bracket: UInt8) {
        precondition(depth > 0, "nothing is open")
        bytes.append(bracket)
        depth -= 1
        needsComma = true
    }

    @inline(__always)
    private mutating func quote(_ slice: JSONSlice, in document: RawSpan) {
        // The quotes stand beside the contents in the document: one copy takes all.
        document.copy(slice.start - 1, slice.end + 1, into: &bytes)
    }

    /// The escapes of RFC 8785 section 3.2.2.2: only what must be, in the short form where there is one.
    private mutating func quote(_ text: String) {
        bytes.append(UInt8(ascii: "\""))
        let utf8 = text.utf8
        let contents = utf8.span.bytes
        var index = 0
        while index < contents.byteCount {
            let stop = Self.skipUnescaped(contents, from: index)
            contents.copy(index, stop, into: &bytes)
            guard stop < contents.byteCount else { break }
            escape(contents.byte(at: stop))
            index = stop + 1
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private static func skipUnescaped(_ contents: RawSpan, from start: Int) -> Int {
        var index = start
        while true {
            index = contents.skipPlain(index, contents.byteCount)
            guard index < contents.byteCount, contents.byte(at: index) >= 0x80 else { return index }
            index += 1
        }
    }

    private mutating func escape(_ byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            let digits = Array("0123456789abcdef".utf8)
            bytes.append(contentsOf: "u00".utf8)
            bytes.append(digits[Int(byte >> 4)])
            bytes.append(digits[Int(byte & 15)])
        }
    }
}
