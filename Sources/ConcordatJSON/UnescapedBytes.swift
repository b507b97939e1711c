/// Resolves the escapes of a checked slice, byte by byte and without memory of its own.
struct UnescapedBytes {
    private var index: Int
    private let end: Int
    // The rest of an escaped character, lowest byte next.
    private var queue: UInt32 = 0
    private var queued = 0

    init(_ slice: JSONSlice) {
        index = slice.start
        end = slice.end
    }

    /// The next byte of the text; nil at its end.
    mutating func next(in document: RawSpan) -> UInt8? {
        if queued > 0 {
            defer { queue >>= 8; queued -= 1 }
            return UInt8(truncatingIfNeeded: queue)
        }
        guard index < end else { return nil }
        let byte = document.byte(at: index)
        index += 1
        guard byte == UInt8(ascii: "\\") else { return byte }
        let letter = document.byte(at: index)
        index += 1
        switch letter {
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "u"): return firstByteOfUnicodeEscape(in: document)
        default: return letter
        }
    }

    /// Appends all of the text.
    consuming func append(to bytes: inout [UInt8], in document: RawSpan) {
        while let byte = next(in: document) { bytes.append(byte) }
    }

    /// Whether the text is exactly `other`.
    consuming func equal(_ other: some Sequence<UInt8>, in document: RawSpan) -> Bool {
        for byte in other where next(in: document) != byte { return false }
        return next(in: document) == nil
    }

    private mutating func firstByteOfUnicodeEscape(in document: RawSpan) -> UInt8 {
        var value = codeUnit(in: document)
        if value & 0xFC00 == 0xD800 {
            index += 2
            value = 0x10000 + (value & 0x3FF) << 10 + codeUnit(in: document) & 0x3FF
        }
        switch value {
        case ..<0x80: return UInt8(value)
        case ..<0x800:
            (queue, queued) = (continuation(value), 1)
            return UInt8(0xC0 | value >> 6)
        case ..<0x10000:
            (queue, queued) = (continuation(value >> 6) | continuation(value) << 8, 2)
            return UInt8(0xE0 | value >> 12)
        default:
            queue = continuation(value >> 12) | continuation(value >> 6) << 8 | continuation(value) << 16
            queued = 3
            return UInt8(0xF0 | value >> 18)
        }
    }

    private mutating func codeUnit(in document: RawSpan) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            value = value << 4 | UInt32(ByteClass.hexValue(document.byte(at: index)) ?? 0)
            index += 1
        }
        return value
    }

    private func continuation(_ bits: UInt32) -> UInt32 { 0x80 | bits & 0x3F }
}
