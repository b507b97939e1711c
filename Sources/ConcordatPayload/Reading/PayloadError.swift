package import ConcordatJSON
package import ConcordatTerms

/// What is wrong with the data of a message. Says where, never what: a value must not reach a log.
///
/// The pointer holds only names the schema declares and item indexes; any other name of the document is the token `?`.
package struct PayloadError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Everything the data can be refused for.
    package enum Kind: Hashable, Sendable {
        /// The bytes are not strict JSON.
        case json(JSONError.Kind)
        case unknownMember
        case missingMember
        case wrongType
        case notInEnum
        case tooLong
        case tooShort
        case outOfRange
        case notMultiple
        case patternMismatch
        case badFormat
        case tooManyItems
        case tooFewItems
        case tooManyMembers
        case tooFewMembers
        /// A person reference outside the identifier grammar.
        case personReference
        /// A party id outside the identifier grammar.
        case partyReference
        /// A code that is not in its code list.
        case unknownCode
        case tooManyPersons
        case tooManyFields
    }

    /// What is wrong.
    package let kind: Kind
    /// Where, in the bytes of the whole document handed in.
    package let position: JSONPosition
    /// The value concerned, under the base the reader was given.
    package let pointer: JSONPointer

    /// An error at a place. `pointer` must already be free of names the schema does not declare.
    package init(kind: Kind, position: JSONPosition, pointer: JSONPointer) {
        (self.kind, self.position, self.pointer) = (kind, position, pointer)
    }

    /// The stable code for the wire, `schema.wrong-type` or `json.truncated`.
    package var code: String { kind.code }

    /// One line in lower case, `wrong type at line 3 column 9 (byte 41) in /data/people/0/name`.
    package var description: String {
        let place = "line \(position.line) column \(position.column) (byte \(position.offset))"
        return "\(kind.phrase) at \(place) in \(pointer.tokens.isEmpty ? "the document" : pointer.description)"
    }
}
