import ConcordatTerms

/// The formats a schema may assert.
enum StringFormat: UInt8, Sendable {
    case none, date, dateTime, email, uuid, uri

    init?(name: String) {
        switch name {
        case "date": self = .date
        case "date-time": self = .dateTime
        case "email": self = .email
        case "uuid": self = .uuid
        case "uri": self = .uri
        default: return nil
        }
    }

    /// Whether the text `start..<end` has this format.
    func accepts(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        switch self {
        case .none: true
        case .date: Self.date(text, start, end) != nil
        case .dateTime: Self.isDateTime(text, start, end)
        case .email: Self.isEmail(text, start, end)
        case .uuid: Self.isUUID(text, start, end)
        case .uri: Self.isURI(text, start, end)
        }
    }

    /// RFC 3339 `full-date`, years 0001 to 9999.
    static func date(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> CivilDate? {
        guard end - start == 10, text[start + 4] == 0x2D, text[start + 7] == 0x2D,
            let year = digits(text, start, 4), let month = digits(text, start + 5, 2),
            let day = digits(text, start + 8, 2)
        else { return nil }
        return CivilDate(year: year, month: month, day: day)
    }

    private static func digits(_ text: Span<UInt8>, _ start: Int, _ count: Int) -> Int? {
        var value = 0
        for index in start..<start + count {
            let digit = text[index] &- 0x30
            guard digit < 10 else { return nil }
            value = value * 10 + Int(digit)
        }
        return value
    }

    /// RFC 3339 `date-time`; second 60 is taken at any minute, as no table of leap seconds is kept.
    private static func isDateTime(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard end - start >= 20, date(text, start, start + 10) != nil, text[start + 10] | 0x20 == 0x74,
            let hour = digits(text, start + 11, 2), hour < 24, text[start + 13] == 0x3A,
            let minute = digits(text, start + 14, 2), minute < 60, text[start + 16] == 0x3A,
            let second = digits(text, start + 17, 2), second <= 60
        else { return false }
        var index = start + 19
        if text[index] == 0x2E {
            index += 1
            let first = index
            while index < end, text[index] &- 0x30 < 10 { index += 1 }
            guard index > first else { return false }
        }
        guard index < end else { return false }
        if text[index] | 0x20 == 0x7A { return index + 1 == end }
        guard text[index] == 0x2B || text[index] == 0x2D, end - index == 6, text[index + 3] == 0x3A,
            let hours = digits(text, index + 1, 2), hours < 24, let minutes = digits(text, index + 4, 2), minutes < 60
        else { return false }
        return true
    }

    /// RFC 5321 `Mailbox` without quoted local parts and address literals, within its lengths.
    private static func isEmail(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard end - start <= 254 else { return false }
        var at = start
        while at < end, text[at] != 0x40 { at += 1 }
        guard at > start, at - start <= 64, at + 1 < end else { return false }
        var wasDot = true
        for index in start..<at {
            let byte = text[index]
            if byte == 0x2E {
                guard !wasDot else { return false }
                wasDot = true
            } else {
                guard isAtext(byte) else { return false }
                wasDot = false
            }
        }
        return !wasDot && isDomain(text, at + 1, end)
    }

    private static func isDomain(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        var label = start
        for index in start...end {
            if index < end, text[index] != 0x2E {
                guard isAlphanumeric(text[index]) || text[index] == 0x2D else { return false }
                continue
            }
            guard index > label, index - label <= 63, text[label] != 0x2D, text[index - 1] != 0x2D else { return false }
            label = index + 1
        }
        return true
    }

    private static func isAtext(_ byte: UInt8) -> Bool {
        if isAlphanumeric(byte) { return true }
        switch byte {
        case UInt8(ascii: "!"), UInt8(ascii: "#"), UInt8(ascii: "$"), UInt8(ascii: "%"), UInt8(ascii: "&"),
            UInt8(ascii: "'"), UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "/"),
            UInt8(ascii: "="), UInt8(ascii: "?"), UInt8(ascii: "^"), UInt8(ascii: "_"), UInt8(ascii: "`"),
            UInt8(ascii: "{"), UInt8(ascii: "|"), UInt8(ascii: "}"), UInt8(ascii: "~"):
            return true
        default: return false
        }
    }

    static func isAlphanumeric(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26 }

    private static func isHex(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 6 }

    /// RFC 9562, either case.
    private static func isUUID(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        guard end - start == 36 else { return false }
        for place in 0..<36 {
            let byte = text[start + place]
            let isHyphen = place == 8 || place == 13 || place == 18 || place == 23
            guard isHyphen ? byte == 0x2D : isHex(byte) else { return false }
        }
        return true
    }

    /// RFC 3986 `URI`: a scheme, then only its characters, each `%` with two digits, `[` and `]` round an IP literal only.
    private static func isURI(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Bool {
        var index = start
        while index < end, text[index] != 0x3A {
            let byte = text[index]
            let isLetter = (byte | 0x20) &- 0x61 < 26
            let isOther = byte &- 0x30 < 10 || byte == 0x2B || byte == 0x2D || byte == 0x2E
            guard isLetter || (index > start && isOther) else { return false }
            index += 1
        }
        guard index > start, index < end else { return false }
        index += 1
        if index + 1 < end, text[index] == 0x2F, text[index + 1] == 0x2F {
            guard let after = authorityEnd(text, index + 2, end) else { return false }
            index = after
        }
        var fragments = 0
        while index < end {
            let byte = text[index]
            if byte == 0x23 { fragments += 1 }
            guard fragments <= 1, let width = characterWidth(text, index, end, extra: "/?#:@") else { return false }
            index += width
        }
        return true
    }

    /// `[ userinfo "@" ] host [ ":" port ]`; the end of it, or nil.
    private static func authorityEnd(_ text: Span<UInt8>, _ start: Int, _ end: Int) -> Int? {
        var stop = start
        while stop < end, text[stop] != 0x2F, text[stop] != 0x3F, text[stop] != 0x23 { stop += 1 }
        var host = start
        for index in start..<stop where text[index] == 0x40 {
            guard host == start else { return nil }
            host = index + 1
        }
        var index = start
        while index < host - 1 {
            guard let width = characterWidth(text, index, host - 1, extra: ":") else { return nil }
            index += width
        }
        index = host
        if index < stop, text[index] == 0x5B {
            index += 1
            let first = index
            while index < stop, isHex(text[index]) || text[index] == 0x3A || text[index] == 0x2E { index += 1 }
            guard index > first, index < stop, text[index] == 0x5D else { return nil }
            index += 1
        } else {
            while index < stop, text[index] != 0x3A {
                guard let width = characterWidth(text, index, stop, extra: "") else { return nil }
                index += width
            }
        }
        if index < stop {
            guard text[index] == 0x3A else { return nil }
            index += 1
            while index < stop { if text[index] &- 0x30 < 10 { index += 1 } else { return nil } }
        }
        return stop
    }

    /// The bytes of one unreserved, sub-delimiter, percent-encoded or `extra` character at `index`.
    private static func characterWidth(_ text: Span<UInt8>, _ index: Int, _ end: Int, extra: StaticString) -> Int? {
        let byte = text[index]
        if isAlphanumeric(byte) { return 1 }
        switch byte {
        case UInt8(ascii: "%"):
            return index + 2 < end && isHex(text[index + 1]) && isHex(text[index + 2]) ? 3 : nil
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "!"),
            UInt8(ascii: "$"), UInt8(ascii: "&"), UInt8(ascii: "'"), UInt8(ascii: "("), UInt8(ascii: ")"),
            UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "="):
            return 1
        case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: ":"), UInt8(ascii: "@"):
            return extra.description.utf8.contains(byte) ? 1 : nil
        default: return nil
        }
    }
}
