/// Where the scan of a string has come to; kept between calls, so that no byte is looked at a second time but for those of
/// an escape or a UTF-8 sequence cut off in the middle (11 bytes at most).
struct StringScanner: Sendable {
    /// How one stretch of scanning ended.
    enum Stop: Equatable {
        /// At the closing quote.
        case closed
        /// At `end`, or at the start of an escape or sequence that goes beyond it.
        case ranOut
        case failed(JSONError.Kind)
    }

    /// The next byte to look at; after `.closed` the quote, after `.failed` the first byte of what is wrong.
    var index: Int
    /// Whether a backslash has been met.
    var hasEscapes = false

    /// Scans on from ``index``, touching no byte at or after `end`.
    @inline(__always)
    mutating func scan(_ document: RawSpan, to end: Int) -> Stop {
        while true {
            index = document.skipPlain(index, end)
            guard index < end else { return .ranOut }
            let byte = document.byte(at: index)
            if byte == UInt8(ascii: "\"") { return .closed }
            if let stop = special(byte, document, end) { return stop }
        }
    }

    /// Passes over what is not plain; nil when the scan can go on.
    @inline(never)
    private mutating func special(_ byte: UInt8, _ document: RawSpan, _ end: Int) -> Stop? {
        if byte >= 0x80 {
            // Text in other scripts comes in runs.
            var lead = byte
            while lead >= 0x80 {
                if let stop = sequence(lead, document, end) { return stop }
                guard index < end else { return .ranOut }
                lead = document.byte(at: index)
            }
            return nil
        }
        guard byte == UInt8(ascii: "\\") else { return .failed(.controlCharacter) }
        hasEscapes = true
        return escape(document, end)
    }

    /// Passes over one well-formed sequence of two to four bytes (Unicode 16, table 3-7).
    private mutating func sequence(_ lead: UInt8, _ document: RawSpan, _ end: Int) -> Stop? {
        let length: Int
        // The range of the second byte shuts out overlong forms, surrogates and what lies above U+10FFFF.
        var second: ClosedRange<UInt8> = 0x80...0xBF
        switch lead {
        case 0xC2...0xDF: length = 2
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: length = 3
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: length = 4
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return .failed(.invalidUTF8)
        }
        var value = UInt32(lead) & (0x7F >> UInt32(length))
        for step in 1..<length {
            guard index + step < end else { return .ranOut }
            let byte = document.byte(at: index + step)
            guard (step == 1 ? second : 0x80...0xBF).contains(byte) else { return .failed(.invalidUTF8) }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        if Self.isNoncharacter(value) { return .failed(.noncharacter) }
        index += length
        return nil
    }

    private mutating func escape(_ document: RawSpan, _ end: Int) -> Stop? {
        guard index + 1 < end else { return .ranOut }
        switch document.byte(at: index + 1) {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"), UInt8(ascii: "b"), UInt8(ascii: "f"),
            UInt8(ascii: "n"), UInt8(ascii: "r"), UInt8(ascii: "t"):
            index += 2
            return nil
        case UInt8(ascii: "u"): return unicodeEscape(document, end)
        default: return .failed(.badEscape)
        }
    }

    /// Passes over `\u` and four digits, or over two of them that make one character.
    private mutating func unicodeEscape(_ document: RawSpan, _ end: Int) -> Stop? {
        var value: UInt32 = 0
        if let stop = codeUnit(index + 2, document, end, &value) { return stop }
        var length = 6
        switch value {
        case 0xD800...0xDBFF:
            guard index + 6 < end else { return .ranOut }
            guard document.byte(at: index + 6) == UInt8(ascii: "\\") else { return .failed(.loneSurrogate) }
            guard index + 7 < end else { return .ranOut }
            guard document.byte(at: index + 7) == UInt8(ascii: "u") else { return .failed(.loneSurrogate) }
            var low: UInt32 = 0
            if let stop = codeUnit(index + 8, document, end, &low) { return stop }
            guard low & 0xFC00 == 0xDC00 else { return .failed(.loneSurrogate) }
            value = 0x10000 + (value & 0x3FF) << 10 + (low & 0x3FF)
            length = 12
        case 0xDC00...0xDFFF: return .failed(.loneSurrogate)
        default: break
        }
        if Self.isNoncharacter(value) { return .failed(.noncharacter) }
        index += length
        return nil
    }

    private func codeUnit(_ start: Int, _ document: RawSpan, _ end: Int, _ value: inout UInt32) -> Stop? {
        for place in start..<start + 4 {
            guard place < end else { return .ranOut }
            guard let digit = ByteClass.hexValue(document.byte(at: place)) else { return .failed(.badEscape) }
            value = value << 4 | UInt32(digit)
        }
        return nil
    }

    @inline(__always)
    static func isNoncharacter(_ value: UInt32) -> Bool {
        value & 0xFFFE == 0xFFFE || (0xFDD0...0xFDEF).contains(value)
    }
}
