package import ConcordatCrypto
package import ConcordatTerms

/// One signature that a party owes, and how it stands.
package enum SignoffPart: Sendable, Equatable {
    /// Not there.
    case missing
    /// Not owed: the party acts for another, whose signature counts for it.
    case notNeeded
    /// It holds.
    case holds(SignoffMark)
    /// It holds over another text, and the present one gives somebody more: sign again.
    case otherText(SignoffMark)
    /// It does not hold.
    case bad(SignoffFault)

    /// The signature, where it counts.
    package var mark: SignoffMark? { if case .holds(let mark) = self { mark } else { nil } }

    /// Whether nothing is owed any more.
    package var isSettled: Bool {
        switch self {
        case .holds, .notNeeded: true
        case .missing, .otherText, .bad: false
        }
    }
}

/// A signature that holds: by whom, when, over which text.
package struct SignoffMark: Hashable, Sendable {
    /// The id in the signer's certificate; never a name.
    package let person: OfficerID
    /// The signing time in the signature.
    package let at: UTCInstant
    /// The digest of the protocol text it stands for.
    package let text: String
    /// The SHA-256 digest of the signature file, in lower-case hex.
    package let signature: String

    package init(person: OfficerID, at: UTCInstant, text: String, signature: String) {
        (self.person, self.at, self.text, self.signature) = (person, at, text, signature)
    }
}

/// Why a signature that is there does not count.
package enum SignoffFault: Error, Equatable, Sendable {
    /// What cryptography says of it.
    case signature(CMSFault)
    /// The library failed; nothing is known of the signature.
    case unchecked
    /// The signer is a person of another party.
    case otherParty
    /// The party's roster entry does not say whose signature counts.
    case nobodyNamed
    /// The signer is not the person that the roster entry names.
    case otherPerson
    /// Signatory and officer are the same person.
    case samePerson
    /// The signed advice cannot be read.
    case adviceUnreadable
    /// The advice is about another text than the signature.
    case adviceOnOtherText
    /// The advice was signed after the text.
    case adviceTooLate
}

extension SignoffFault: CustomStringConvertible {
    /// One line in lower case: what is wrong, and what to do.
    package var description: String {
        switch self {
        case .signature(let fault): fault.description
        case .unchecked: "the signature could not be checked; try again"
        case .otherParty: "signed by a person of another party"
        case .nobodyNamed:
            "the roster entry does not say whose signature counts; add `signatory: {person: …}` and `officer: {person: …}`"
        case .otherPerson: "not signed by the person that the roster entry names"
        case .samePerson: "signatory and officer are the same person; the advice must be another's"
        case .adviceUnreadable: "the advice is not in its canonical form; write it with `concordat protocol sign`"
        case .adviceOnOtherText: "the advice is about another text; the officer advises again"
        case .adviceTooLate: "the advice was signed after the text; the signatory signs again"
        }
    }
}
