package import ConcordatTerms

/// What is wrong with a document. Says where, never what: a value must not reach a log.
///
/// Member names come from the document too, and a careless sender may put a person's name or number into one. The pointer
/// therefore shows a name only if it is 1 to 64 characters of `[A-Za-z0-9_-]`, as the names in message schemas are; any
/// other name is the token `?`. Item indexes are always shown.
package struct JSONError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Everything a document can be refused for.
    package enum Kind: String, CaseIterable, Sendable {
        /// No bytes but white space.
        case empty
        /// The bytes end inside a value.
        case truncated
        /// Bytes other than white space follow the value.
        case trailingBytes
        /// A byte that no rule of the grammar allows here.
        case unexpectedByte
        /// The document begins with U+FEFF; RFC 8259 section 8.1 forbids it.
        case byteOrderMark
        /// A string holds bytes that are not UTF-8: stray, overlong, a surrogate, or above U+10FFFF.
        case invalidUTF8
        /// A raw byte below 0x20 in a string.
        case controlCharacter
        /// A backslash that begins no escape of the grammar.
        case badEscape
        /// An escaped surrogate without its other half; RFC 7493 section 2.1.
        case loneSurrogate
        /// A noncharacter (U+FDD0 to U+FDEF, or the last two of a plane), raw or escaped; RFC 7493 section 2.1.
        case noncharacter
        /// A number outside the grammar, such as `01` or `1.`.
        case badNumber
        /// A number of more bytes than allowed.
        case numberTooLong
        /// Two members of one object have the same name after unescaping; RFC 7493 section 2.3.
        case duplicateName
        /// A member name of more bytes than allowed.
        case nameTooLong
        /// An object with more members than allowed.
        case tooManyMembers
        /// An array with more items than allowed.
        case tooManyItems
        /// More objects and arrays open at once than allowed.
        case tooDeep
        /// A document of more bytes than allowed.
        case documentTooLong
    }

    /// What is wrong.
    package let kind: Kind
    /// The first byte that shows it: of the bad sequence, escape or name, or the first byte beyond a bound.
    package let position: JSONPosition
    /// The innermost value that was being read, with doubtful names replaced by `?`.
    package let pointer: JSONPointer

    /// An error at a place. `pointer` must already be free of doubtful names.
    package init(kind: Kind, position: JSONPosition, pointer: JSONPointer) {
        (self.kind, self.position, self.pointer) = (kind, position, pointer)
    }

    /// One line in lower case, for example `duplicate member name at line 3 column 9 (byte 41) in /people/0/name`.
    package var description: String {
        let place = "line \(position.line) column \(position.column) (byte \(position.offset))"
        return "\(kind.phrase) at \(place) in \(pointer.tokens.isEmpty ? "the document" : pointer.description)"
    }
}

extension JSONError {
    /// The pointer token that may be shown for a member `name`: itself if it is 1 to 64 of `[A-Za-z0-9_-]`, else `?`.
    package static func token(showing name: String) -> String {
        let bytes = name.utf8
        guard (1...64).contains(bytes.count) else { return "?" }
        let isPlain = bytes.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                true
            default: false
            }
        }
        return isPlain ? name : "?"
    }
}

extension JSONError.Kind {
    /// The fault in a few lower-case words.
    package var phrase: String {
        switch self {
        case .empty: "no value"
        case .truncated: "the document ends inside a value"
        case .trailingBytes: "bytes after the end of the value"
        case .unexpectedByte: "a byte that may not stand here"
        case .byteOrderMark: "byte order mark"
        case .invalidUTF8: "not utf-8"
        case .controlCharacter: "control character in a string"
        case .badEscape: "unknown escape"
        case .loneSurrogate: "lone surrogate"
        case .noncharacter: "unicode noncharacter"
        case .badNumber: "malformed number"
        case .numberTooLong: "number too long"
        case .duplicateName: "duplicate member name"
        case .nameTooLong: "member name too long"
        case .tooManyMembers: "too many members"
        case .tooManyItems: "too many items"
        case .tooDeep: "nested too deeply"
        case .documentTooLong: "document too long"
        }
    }
}
