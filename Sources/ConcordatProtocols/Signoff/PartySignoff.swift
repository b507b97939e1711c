package import ConcordatTerms

/// How one party stands to the text: its roster entry, its officer's advice, its signatory's signature.
package struct PartySignoff: Sendable, Equatable {
    package let party: PartyID
    /// The controller this party processes for; its signatures count for both.
    package let onBehalfOf: PartyID?
    /// The joiner's signature over the roster entry.
    package let entry: SignoffPart
    /// The officer's signature over the advice.
    package let advice: SignoffPart
    /// What the officer says, where the signature over it holds.
    package let opinion: OfficerAdvice?
    /// The signatory's signature over the text. It counts only beside an advice that holds.
    package let text: SignoffPart
    /// Whether the text is in force for this party, its period apart.
    package internal(set) var isSigned: Bool

    /// What is owed, in words.
    package var owed: [String] {
        let parts = [("roster entry", entry), ("advice", advice), ("text", text)]
        return parts.compactMap { name, part in
            switch part {
            case .holds, .notNeeded: nil
            case .missing: "\(name): not signed"
            case .otherText(let mark): "\(name): signed for \(mark.text.prefix(12)); sign again"
            case .bad(let fault): "\(name): \(fault)"
            }
        }
    }

    /// The signatures that count, for the log.
    package var marks: [SignoffMark] { [entry, advice, text].compactMap(\.mark) }
}
