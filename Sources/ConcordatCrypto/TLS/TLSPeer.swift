package import ConcordatTerms

/// Whom a connection is for.
package enum PeerExpectation: Equatable, Sendable {
    /// Any party's system, no person: the data plane.
    case parties
    /// Any person, no party's system: the desk.
    case persons
    /// Either kind.
    case anyone
    /// This one party's system: every connection we open.
    case party(PartyID)

    /// The fault in `identity`, if it is not one expected.
    func fault(in identity: PeerIdentity) -> IdentityFault? {
        switch (self, identity) {
        case (.anyone, _), (.parties, .party), (.persons, .person): nil
        case (.parties, .person), (.persons, .party), (.party, .person): .wrongKind
        case (.party(let expected), .party(let party)): party == expected ? nil : .otherParty
        }
    }
}

/// Which end of a connection we are.
package enum TLSSide: Equatable, Sendable {
    /// We accept; the peer must show a client certificate.
    case server(accepts: PeerExpectation)
    /// We connect; the peer must be `party` of the deployment and hold a server certificate for `host`, a DNS name or an
    /// IP address in text form.
    case client(host: String, expects: PeerExpectation)

    var expectation: PeerExpectation {
        switch self {
        case .server(let accepts): accepts
        case .client(_, let expects): expects
        }
    }
}

/// The peer of an established connection: verified, not revoked, and named.
package struct TLSPeer: Equatable, Sendable {
    /// Who it is.
    package let identity: PeerIdentity
    /// Its own certificate.
    package let certificate: X509Certificate
    /// What is needed to verify it again.
    package let chain: PeerChain
    /// When the first certificate of its chain expires; the connection must not outlive this.
    package let notAfter: UTCInstant
}

/// A peer's certificates and what they were accepted for, to be verified again under a later context.
package struct PeerChain: Equatable, Sendable {
    /// DER, the peer's own certificate first.
    let certificates: [[UInt8]]
    let side: TLSSide
}
