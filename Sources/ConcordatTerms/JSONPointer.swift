/// A place in a JSON document (RFC 6901). The empty pointer is the whole document.
///
/// Tokens compare byte for byte, as member names in JSON do: Swift's own `==` takes a composed and a decomposed letter for
/// the same, and a document may have a member of each name.
public struct JSONPointer: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The reference tokens, unescaped, outermost first.
    public var tokens: [String]

    /// A pointer of these unescaped tokens.
    public init(tokens: [String] = []) { self.tokens = tokens }

    /// Reads `/people/0/name`. Nil when the text is neither empty nor starts with `/`, or holds a bare `~`.
    public init?(_ text: String) {
        guard !text.isEmpty else { self.init(); return }
        guard text.utf8.first == UInt8(ascii: "/") else { return nil }
        var tokens: [String] = []
        for part in text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard let token = Self.unescape(part) else { return nil }
            tokens.append(token)
        }
        self.init(tokens: tokens)
    }

    /// The place of member `name`, or of the item with that index, inside this one.
    public func appending(_ name: String) -> JSONPointer { JSONPointer(tokens: tokens + [name]) }

    /// Whether `other` is this place or lies inside it.
    public func contains(_ other: JSONPointer) -> Bool { other.tokens.starts(with: tokens, by: Self.isSame) }

    /// The text form of RFC 6901, `/people/0/name`.
    public var description: String {
        tokens.map { "/" + Self.escape($0) }.joined()
    }

    /// Whether both are the same tokens, byte for byte.
    public static func == (left: JSONPointer, right: JSONPointer) -> Bool {
        left.tokens.elementsEqual(right.tokens, by: isSame)
    }

    /// Agrees with `==`: the bytes of each token, and where it ends.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(tokens.count)
        for token in tokens {
            // No byte of UTF-8 is 0xFF, so that it ends a token.
            for byte in token.utf8 { hasher.combine(byte) }
            hasher.combine(0xFF as UInt8)
        }
    }

    /// By tokens from the outermost, each by its bytes; a place comes before what lies inside it.
    public static func < (left: JSONPointer, right: JSONPointer) -> Bool {
        left.tokens.lexicographicallyPrecedes(right.tokens) { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func isSame(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }

    private static func escape(_ token: String) -> String {
        var out = ""
        for character in token.unicodeScalars {
            switch character {
            case "~": out += "~0"
            case "/": out += "~1"
            default: out.unicodeScalars.append(character)
            }
        }
        return out
    }

    private static func unescape(_ part: Substring.UTF8View.SubSequence) -> String? {
        var bytes: [UInt8] = []
        var iterator = part.makeIterator()
        while let byte = iterator.next() {
            guard byte == UInt8(ascii: "~") else { bytes.append(byte); continue }
            switch iterator.next() {
            case UInt8(ascii: "0"): bytes.append(UInt8(ascii: "~"))
            case UInt8(ascii: "1"): bytes.append(UInt8(ascii: "/"))
            default: return nil
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
