package import ConcordatTerms
package import ConcordatWire

/// A message as it came in: the party of the certificate, and the bytes.
package struct Submission: Sendable {
    /// From the certificate; nothing in the message can say otherwise.
    package let party: PartyID
    package let body: [UInt8]
    /// The attributes of binary mode; nil in structured mode, where they stand in the body.
    package let attributes: EnvelopeAttributes?

    package init(party: PartyID, body: [UInt8], attributes: EnvelopeAttributes? = nil) {
        (self.party, self.body, self.attributes) = (party, body, attributes)
    }
}

/// A message read and checked, before it is judged.
struct ReadMessage: Sendable {
    let submission: Submission
    let envelope: Envelope
    /// Where `data` lies in the body.
    let data: Range<Int>
    let isDryRun: Bool
}
