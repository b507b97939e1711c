import ConcordatCrypto
public import ConcordatTerms

// The kinds of text that a leaf takes beside ids. Each has a grammar too narrow for a name, an address or a sentence.

/// A token: an id of no particular kind, a state's name or a version; 1 to 64 characters of `[A-Za-z0-9._-]`.
package struct LeafToken: Identifier {
    package let rawValue: String
    package init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// A stable code such as `consent.missing`; 1 to 64 characters of `[A-Za-z0-9._-]`.
public struct LeafCode: Identifier {
    /// The code as text.
    public let rawValue: String
    /// Takes the text unchecked; `init?(rawValue:)` checks.
    public init(unchecked rawValue: String) { self.rawValue = rawValue }
}

/// 32 bytes in lower-case hexadecimal: a digest of a protocol, or a keyed digest of a message under a fresh salt.
package struct LeafDigest: RawRepresentable, Hashable, Sendable {
    package let rawValue: String

    /// Nil when the text is not 64 lower-case hexadecimal digits.
    package init?(rawValue: String) {
        guard rawValue.utf8.count == 64, rawValue.utf8.allSatisfy(LowerHex.contains) else { return nil }
        self.rawValue = rawValue
    }

    /// The text of 32 bytes. Nil for any other number of them.
    package init?(bytes: [UInt8]) { self.init(rawValue: Hex.encode(bytes)) }
}

/// The keyed pseudonym of a person: 16 to 32 bytes in lower-case hexadecimal. The link goes when the person's key does.
package struct Pseudonym: RawRepresentable, Hashable, Comparable, Sendable {
    package let rawValue: String

    /// Nil when the text is not 32 to 64 lower-case hexadecimal digits, an even number.
    package init?(rawValue: String) {
        let digits = rawValue.utf8
        guard (32...64).contains(digits.count), digits.count.isMultiple(of: 2), digits.allSatisfy(LowerHex.contains)
        else { return nil }
        self.rawValue = rawValue
    }

    /// The text of 16 to 32 bytes. Nil for any other number of them.
    package init?(bytes: [UInt8]) { self.init(rawValue: Hex.encode(bytes)) }

    package static func < (left: Pseudonym, right: Pseudonym) -> Bool { left.rawValue < right.rawValue }
}

/// A place in a message's schema, such as `/people/*/name`: a JSON Pointer of visible ASCII, at most 256 bytes.
///
/// A path of the schema, never of the message: items are `*`, and member names are those the schema's author chose.
package struct SchemaPath: RawRepresentable, Hashable, Comparable, Sendable {
    // Bound: the longest path, in bytes.
    package static let bytesMax = 256
    package let rawValue: String

    /// Nil when the text is not a JSON Pointer of visible ASCII within the bound. The empty path is the whole message.
    package init?(rawValue: String) {
        guard rawValue.utf8.count <= Self.bytesMax, Self.isPointer(rawValue.utf8) else { return nil }
        self.rawValue = rawValue
    }

    /// Whether these are visible ASCII and a JSON Pointer (RFC 6901). One pass without a copy: every field of every
    /// message comes through here.
    private static func isPointer(_ bytes: String.UTF8View) -> Bool {
        var isFirst = true
        var isEscaped = false
        for byte in bytes {
            guard (0x21...0x7E).contains(byte), !isFirst || byte == UInt8(ascii: "/") else { return false }
            if isEscaped, byte != UInt8(ascii: "0"), byte != UInt8(ascii: "1") { return false }
            isEscaped = byte == UInt8(ascii: "~")
            isFirst = false
        }
        return !isEscaped
    }

    package static func < (left: SchemaPath, right: SchemaPath) -> Bool { left.rawValue < right.rawValue }
}

private enum LowerHex {
    static func contains(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte)
    }
}
