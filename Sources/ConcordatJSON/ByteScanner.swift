// The one file of this room that reads memory without the bounds checks of the language. Every function here names the
// bytes it may touch, and every caller passes ends it has compared with the size of the document.
extension RawSpan {
    /// The byte at `index`, which must lie inside the span.
    @inline(__always)
    func byte(at index: Int) -> UInt8 {
        assert(index >= 0 && index < byteCount, "byte \(index) of \(byteCount)")
        return unsafeLoad(fromByteOffset: index, as: UInt8.self)
    }

    /// Eight bytes from `index`, the first in the lowest place; all must lie inside the span.
    @inline(__always)
    func word(at index: Int) -> UInt64 {
        assert(index >= 0 && index + 8 <= byteCount, "word \(index) of \(byteCount)")
        return UInt64(littleEndian: unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self))
    }

    /// The text of checked UTF-8 bytes.
    func string(_ start: Int, _ end: Int) -> String {
        extracting(start..<end).withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// Appends the bytes in one copy.
    @inline(__always)
    func copy(_ start: Int, _ end: Int, into bytes: inout [UInt8]) {
        extracting(start..<end).withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    /// Whether the bytes are exactly those of `text`.
    @inline(__always)
    func equals(_ start: Int, _ end: Int, _ text: String) -> Bool {
        let other = text.utf8
        guard other.count == end - start else { return false }
        var index = start
        for byte in other {
            if self.byte(at: index) != byte { return false }
            index += 1
        }
        return true
    }

    /// Whether two stretches of the span hold the same bytes.
    func equal(_ left: Range<Int>, _ right: Range<Int>) -> Bool {
        guard left.count == right.count else { return false }
        return extracting(left).withUnsafeBytes { first in
            extracting(right).withUnsafeBytes { first.elementsEqual($0) }
        }
    }

    /// The first index from `start` that holds no white space of RFC 8259, or `end`.
    @inline(__always)
    func skipWhitespace(_ start: Int, _ end: Int) -> Int {
        var index = start
        while index < end {
            let byte = byte(at: index)
            if byte > 0x20 || !ByteClass.isWhitespace(byte) { return index }
            index += 1
            // Indentation comes in runs of spaces.
            while index + 8 <= end, word(at: index) == 0x2020_2020_2020_2020 { index += 8 }
        }
        return index
    }

    /// The first index from `start` whose byte ends a plain run of a string: a quote, a backslash, a control character
    /// or a byte of a longer UTF-8 sequence; or `end`.
    @inline(__always)
    func skipPlain(_ start: Int, _ end: Int) -> Int {
        var index = start
        while index + 8 <= end {
            let mask = ByteClass.specialBytes(word(at: index))
            if mask != 0 { return index + mask.trailingZeroBitCount >> 3 }
            index += 8
        }
        while index < end {
            let byte = byte(at: index)
            if byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5C { return index }
            index += 1
        }
        return index
    }
}

/// What single bytes, and eight of them at once, are.
enum ByteClass {
    @inline(__always)
    static func isWhitespace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    @inline(__always)
    static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    /// The value of a hexadecimal digit of either case.
    @inline(__always)
    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    /// The high bit of each byte that may end a plain run. Exact up to and including the lowest set bit; bits above it
    /// may be false, because a subtraction borrows from the next byte.
    @inline(__always)
    static func specialBytes(_ word: UInt64) -> UInt64 {
        let ones: UInt64 = 0x0101_0101_0101_0101
        let quote = word ^ 0x2222_2222_2222_2222
        let backslash = word ^ 0x5C5C_5C5C_5C5C_5C5C
        let zeros = ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash)
        let control = word &- 0x2020_2020_2020_2020
        return (zeros | control | word) & 0x8080_8080_8080_8080
    }
}
