package import ConcordatTerms

/// Where signatures and what they sign lie in a protocol directory. Every signature is one detached CMS file.
package enum SignoffPath {
    static let folder = "signoff"

    /// The text in its canonical form, for checking by hand. Its signatures stand beside it.
    package static let text = "signoff/text.json"
    /// A text that was signed before.
    package static func olderText(_ digest: String) -> String { "\(olderTexts)/\(digest).json" }
    static let olderTexts = "signoff/texts"
    /// The accountable signatory's signature over the text.
    package static func signatory(_ party: PartyID) -> String { "signoff/\(party).signatory.p7s" }
    /// The officer's advice on the text.
    package static func advice(_ party: PartyID) -> String { "signoff/\(party).advice.json" }
    /// The officer's signature over that advice.
    package static func adviceSignature(_ party: PartyID) -> String { "signoff/\(party).advice.p7s" }
    /// The party's roster entry, signed byte for byte by its signatory.
    package static func entry(_ party: PartyID) -> String { "parties/\(party).yaml" }
    /// The signature over that entry.
    package static func entrySignature(_ party: PartyID) -> String { "signoff/parties/\(party).p7s" }
    /// What is signed to move the last day, once.
    package static let extensionText = "signoff/extension.json"
    /// A signatory's signature over that.
    package static func extensionSignature(_ party: PartyID) -> String { "signoff/extension/\(party).p7s" }
}
