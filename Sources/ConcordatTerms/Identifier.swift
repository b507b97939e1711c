/// Floor 1, ConcordatTerms: one vocabulary for all rooms; ids, terms, pointers, times and the mark of a personal value.
///
/// A name or id used between rooms: 1 to 64 characters of `[A-Za-z0-9._-]`, compared byte for byte.
///
/// The same alphabet as CloudEvents `id` and `subject` on this gateway, so an id is safe in a URL, a header, a file name
/// and a log line. Each kind of id is its own type; a party id cannot be passed where a person id is expected.
public protocol Identifier: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible,
    ExpressibleByStringLiteral
where RawValue == String, StringLiteralType == String {
    /// Makes the id without checking it. Conformers keep it `internal` in spirit: call `init?(rawValue:)`.
    init(unchecked rawValue: String)
}

extension Identifier {
    /// Nil when `rawValue` is not 1 to 64 characters of `[A-Za-z0-9._-]`.
    public init?(rawValue: String) {
        guard IdentifierGrammar.accepts(rawValue) else { return nil }
        self.init(unchecked: rawValue)
    }

    /// Nil when `text` is not 1 to 64 characters of `[A-Za-z0-9._-]`.
    public init?(_ text: String) { self.init(rawValue: text) }

    /// A literal in source code. A literal outside the grammar is a programmer error and traps.
    public init(stringLiteral value: String) {
        precondition(IdentifierGrammar.accepts(value), "identifier literal outside [A-Za-z0-9._-]{1,64}")
        self.init(unchecked: value)
    }

    /// The id itself.
    public var description: String { rawValue }
    /// By bytes.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The one grammar of all ids.
public enum IdentifierGrammar {
    /// Bound: the longest id, in bytes.
    public static let bytesMax = 64

    /// Whether `text` is 1 to 64 characters of `[A-Za-z0-9._-]`.
    public static func accepts(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (1...bytesMax).contains(bytes.count) else { return false }
        return bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }
}
