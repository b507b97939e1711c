import ConcordatTerms
import ConcordatWire
import NIOHTTP1

/// The attributes of a CloudEvent in binary mode, from its `ce-` header fields (CloudEvents HTTP binding 3.1.3).
enum BinaryMode {
    /// Whether any field is an attribute.
    static func isUsed(in headers: HTTPHeaders) -> Bool { headers.contains { isAttribute($0.name) } }

    /// Gathers every attribute; what each may hold is for the envelope to say.
    ///
    /// - Throws: an ``EnvelopeFault`` for an attribute that is unknown, comes twice or is not percent-encoded UTF-8.
    static func attributes(in headers: HTTPHeaders) throws(EnvelopeFault) -> EnvelopeAttributes {
        var attributes = EnvelopeAttributes()
        // In binary mode Content-Type is the attribute: `ce-datacontenttype` beside it would be a second one.
        try attributes.take("datacontenttype", "application/json")
        for (name, value) in headers where isAttribute(name) {
            let attribute = String(name.dropFirst(prefix.count)).lowercased()
            guard EnvelopeAttributes.known.contains(attribute) else { throw EnvelopeAttributes.unknown(attribute) }
            guard let text = decoded(value) else {
                throw EnvelopeFault(
                    code: "envelope.malformed", pointer: JSONPointer(tokens: [attribute]),
                    detail: "`\(attribute)` must be percent-encoded UTF-8")
            }
            try attributes.take(attribute, text)
        }
        return attributes
    }

    /// The value of a field: unquoted, then percent-decoded. Nil when it is not well-formed.
    static func decoded(_ value: String) -> String? {
        guard let bytes = unquoted(Array(value.utf8)) else { return nil }
        var text: [UInt8] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            guard byte >= 0x20, byte < 0x7F else { return nil }
            if byte == UInt8(ascii: "%") {
                guard index + 2 < bytes.count, let high = digit(bytes[index + 1]), let low = digit(bytes[index + 2])
                else {
                    return nil
                }
                text.append(high << 4 | low)
                index += 3
            } else {
                text.append(byte)
                index += 1
            }
        }
        return String(validating: text, as: UTF8.self)
    }

    private static func unquoted(_ bytes: [UInt8]) -> [UInt8]? {
        guard bytes.first == UInt8(ascii: "\"") else { return bytes }
        guard bytes.count >= 2, bytes.last == UInt8(ascii: "\"") else { return nil }
        var text: [UInt8] = []
        var inside = bytes.dropFirst().dropLast().makeIterator()
        while let byte = inside.next() {
            switch byte {
            case UInt8(ascii: "\""): return nil
            case UInt8(ascii: "\\"):
                guard let escaped = inside.next() else { return nil }
                text.append(escaped)
            default: text.append(byte)
            }
        }
        return text
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    private static func isAttribute(_ name: String) -> Bool {
        name.utf8.count > prefix.count && name.prefix(prefix.count).lowercased() == prefix
    }

    private static let prefix = "ce-"
}
