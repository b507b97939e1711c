/// Why bytes are not a leaf, or facts cannot become one. Says which member, never what stood in it.
public enum LeafError: Error, Equatable, Sendable {
    /// The leaf is longer than the bound: the message it is about is refused.
    case tooLong(bytesMax: Int)
    /// Not a JSON object of strings, whole numbers, booleans, arrays and objects.
    case notALeaf
    /// The same content has another, canonical spelling (RFC 8785).
    case notCanonical
    /// A version other than 1.
    case unknownVersion
    /// A kind that this program does not know.
    case unknownKind
    /// A member that the kind needs and that is not there.
    case missing(member: String)
    /// A member outside its grammar.
    case malformed(member: String)
    /// A member that the kind does not have.
    case unknownMember
}

extension LeafError: CustomStringConvertible {
    /// One line in lower case, without values.
    public var description: String {
        switch self {
        case .tooLong(let bytesMax): "longer than \(bytesMax) bytes"
        case .notALeaf: "not a json object of strings, whole numbers, booleans, arrays and objects"
        case .notCanonical: "not in its canonical spelling"
        case .unknownVersion: "of an unknown version"
        case .unknownKind: "of an unknown kind"
        case .missing(let member): "without `\(member)`"
        case .malformed(let member): "with a malformed `\(member)`"
        case .unknownMember: "with a member that its kind does not have"
        }
    }
}
