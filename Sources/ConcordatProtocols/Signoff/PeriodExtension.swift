import ConcordatJSON
package import ConcordatTerms

/// The one extension of a protocol's period, as it is signed: by how many days, of which text, to which last day.
///
/// What the text allows stands in its `agreement: {extension: {days: 90, quorum: 5}}`.
package struct PeriodExtension: Sendable, Equatable {
    /// The digest of the text that is extended.
    package let text: String
    /// The last day before.
    package let from: CivilDate
    /// The last day from now on.
    package let until: CivilDate

    /// The extension that a text's terms allow from its last day.
    package init(of text: SignedText, terms: AgreementExtension, from: CivilDate) {
        (self.text, self.from) = (text.digest, from)
        until = CivilDate(daysSinceEpoch: from.daysSinceEpoch + terms.days)
    }

    /// The canonical form (RFC 8785): what is signed.
    package var bytes: [UInt8] {
        let document = JSONValue.object([
            JSONMember("extends", .string(text)), JSONMember("from", .string("\(from)")),
            JSONMember("until", .string("\(until)")),
        ])
        // Texts only: such a document always has a canonical form.
        return (try? document.canonical()) ?? []
    }
}

/// How the extension stands.
///
/// The members of the board are kinds of party. A kind agrees once, when the signatory of at least one party of that kind
/// for which the text is in force has signed; a kind that is not on the board has no vote, however many of it sign.
package enum ExtensionStanding: Sendable, Equatable {
    /// Nobody asked for one.
    case none
    /// The text allows none, and still one is asked for.
    case notAllowed
    /// What is asked for is not what the text allows.
    case otherTerms
    /// Some have signed, of fewer members of the board than the quorum.
    case asked(until: CivilDate, by: [PartyID], kinds: [PartyKind], quorum: Int)
    /// In force.
    case granted(until: CivilDate, by: [PartyID], kinds: [PartyKind])
}
