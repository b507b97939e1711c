import ConcordatJSON

extension PayloadError.Kind {
    /// The stable code for the wire.
    package var code: String {
        switch self {
        case .json(let kind): "json." + Self.hyphenated(kind.rawValue)
        default: "schema." + phrase.split(separator: " ").joined(separator: "-")
        }
    }

    /// The fault in a few lower-case words; the words of the code, too.
    package var phrase: String {
        switch self {
        case .json(let kind): kind.phrase
        case .unknownMember: "unknown member"
        case .missingMember: "missing member"
        case .wrongType: "wrong type"
        case .notInEnum: "not in enum"
        case .tooLong: "too long"
        case .tooShort: "too short"
        case .outOfRange: "out of range"
        case .notMultiple: "not multiple"
        case .patternMismatch: "pattern mismatch"
        case .badFormat: "bad format"
        case .tooManyItems: "too many items"
        case .tooFewItems: "too few items"
        case .tooManyMembers: "too many members"
        case .tooFewMembers: "too few members"
        case .personReference: "bad person reference"
        case .partyReference: "bad party reference"
        case .unknownCode: "unknown code"
        case .tooManyPersons: "too many persons"
        case .tooManyFields: "too many fields"
        }
    }

    private static func hyphenated(_ name: String) -> String {
        var out = ""
        var wasUpper = true
        for character in name {
            if character.isUppercase, !wasUpper { out += "-" }
            wasUpper = character.isUppercase
            out += character.lowercased()
        }
        return out
    }
}
