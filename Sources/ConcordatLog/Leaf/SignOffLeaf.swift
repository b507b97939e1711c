package import ConcordatTerms

/// Signatures under the text named in the leaf's head, found to hold when the daemon began or the text came into force.
///
/// It fixes them: a signature that is taken away, exchanged or dated back later is not the one in the log.
package struct SignOffLeaf: Equatable, Sendable {
    // Bound: parties of one leaf; more of them take another leaf.
    package static let partiesMax = 100

    /// What one party has signed.
    package struct Signed: Equatable, Sendable {
        /// The party the text is in force for.
        package var party: PartyID
        /// What its officer advised; nil where its controller's advice counts.
        package var advice: LeafToken?
        /// SHA-256 of each signature file that counts: roster entry, advice, text.
        package var signatures: [LeafDigest]

        /// A party and its signatures.
        package init(party: PartyID, advice: LeafToken?, signatures: [LeafDigest]) {
            (self.party, self.advice, self.signatures) = (party, advice, signatures)
        }
    }

    /// By party.
    package var signed: [Signed]

    /// These parties' signatures.
    package init(signed: [Signed]) { self.signed = signed }

    /// As many leaves as the bound asks for.
    package static func leaves(of signed: [Signed]) -> [SignOffLeaf] {
        stride(from: 0, to: signed.count, by: partiesMax).map { start in
            SignOffLeaf(signed: Array(signed[start..<min(start + partiesMax, signed.count)]))
        }
    }
}

extension SignOffLeaf: LeafContent {
    init(reading members: inout LeafMembers) throws(LeafError) {
        signed = try members.objects("signed") { (inner: inout LeafMembers) throws(LeafError) -> Signed in
            Signed(
                party: try inner.term("party"), advice: try inner.optionalTerm("advice"),
                signatures: try inner.terms("signatures"))
        }
    }

    func write(to members: inout LeafMembers) {
        members.set("signed", signed) { item, inner in
            inner.set("party", item.party)
            inner.set("advice", item.advice)
            inner.set("signatures", item.signatures)
        }
    }

    /// One line, ids only.
    package var summary: String { "signed by \(signed.map(\.party.rawValue).joined(separator: ", "))" }
}
