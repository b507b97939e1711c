/// base64 of RFC 4648 §4, with padding.
package enum Base64 {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    private static let padding = UInt8(ascii: "=")
    private static let values: [UInt8] = {
        var values = [UInt8](repeating: .max, count: 256)
        for (value, letter) in letters.enumerated() { values[Int(letter)] = UInt8(value) }
        return values
    }()

    /// The text of `bytes`, without line breaks.
    package static func encode(_ bytes: [UInt8]) -> String {
        var out: [UInt8] = []
        out.reserveCapacity((bytes.count + 2) / 3 * 4)
        var index = 0
        while index < bytes.count {
            let left = bytes.count - index
            let second = left > 1 ? bytes[index + 1] : 0
            let third = left > 2 ? bytes[index + 2] : 0
            out.append(letters[Int(bytes[index] >> 2)])
            out.append(letters[Int((bytes[index] & 0x03) << 4 | second >> 4)])
            out.append(left > 1 ? letters[Int((second & 0x0F) << 2 | third >> 6)] : padding)
            out.append(left > 2 ? letters[Int(third & 0x3F)] : padding)
            index += 3
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The bytes of `text`; nil unless it is exactly what ``encode(_:)`` would give for them.
    ///
    /// Line breaks, missing padding, the URL alphabet and stray bits before the padding are all refused, so that two
    /// texts never mean the same bytes.
    package static func decode(_ text: String) -> [UInt8]? { decode(Array(text.utf8)) }

    /// As ``decode(_:)-(String)``, for a text at hand as ASCII bytes.
    package static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.count % 4 == 0 else { return nil }
        guard !text.isEmpty else { return [] }
        let pads = text[text.count - 1] != padding ? 0 : text[text.count - 2] != padding ? 1 : 2
        var out: [UInt8] = []
        out.reserveCapacity(text.count / 4 * 3)
        var bits: UInt32 = 0
        for (index, letter) in text.dropLast(pads).enumerated() {
            let value = values[Int(letter)]
            guard value != .max else { return nil }
            bits = bits << 6 | UInt32(value)
            if index % 4 == 3 {
                out.append(UInt8(truncatingIfNeeded: bits >> 16))
                out.append(UInt8(truncatingIfNeeded: bits >> 8))
                out.append(UInt8(truncatingIfNeeded: bits))
                bits = 0
            }
        }
        switch pads {
        case 1:
            guard bits & 0x03 == 0 else { return nil }
            out.append(UInt8(truncatingIfNeeded: bits >> 10))
            out.append(UInt8(truncatingIfNeeded: bits >> 2))
        case 2:
            guard bits & 0x0F == 0 else { return nil }
            out.append(UInt8(truncatingIfNeeded: bits >> 4))
        default: break
        }
        return out
    }
}
