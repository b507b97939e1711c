package import ConcordatTerms

/// Who a certificate says its holder is: exactly one SAN URI of the deployment.
///
/// `urn:concordat:<deployment>:party:<party>` or `urn:concordat:<deployment>:person:<party>:<id>`, compared byte for byte.
package enum PeerIdentity: Hashable, Sendable, CustomStringConvertible {
    /// An organisation's system.
    case party(PartyID)
    /// A person who works for a party, or for the deployment.
    case person(PartyID, OfficerID)

    /// The party of either kind.
    package var party: PartyID {
        switch self {
        case .party(let party), .person(let party, _): party
        }
    }

    /// The SAN URI of this identity in a deployment.
    package func uri(deployment: String) -> String {
        switch self {
        case .party(let party): "urn:concordat:\(deployment):party:\(party)"
        case .person(let party, let id): "urn:concordat:\(deployment):person:\(party):\(id)"
        }
    }

    package var description: String {
        switch self {
        case .party(let party): "party \(party)"
        case .person(let party, let id): "person \(id) of \(party)"
        }
    }

    /// The identity in a certificate's SAN URIs.
    ///
    /// Throws ``CryptoError/identity(_:)`` unless there is exactly one URI and it is one of this deployment.
    package init(uris: [String], deployment: String) throws(CryptoError) {
        guard let uri = uris.first else { throw .identity(.none) }
        guard uris.count == 1 else { throw .identity(.several) }
        let parts = uri.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false).map { String($0) }
        guard parts.count >= 5, parts[0] == "urn", parts[1] == "concordat" else { throw .identity(.malformed) }
        let texts = parts.map { $0 ?? "" }
        guard texts[2] == deployment else { throw .identity(.otherDeployment) }
        switch (texts[3], texts.count) {
        case ("party", 5):
            guard let party = PartyID(texts[4]) else { throw .identity(.malformed) }
            self = .party(party)
        case ("person", 6):
            guard let party = PartyID(texts[4]), let id = OfficerID(texts[5]) else { throw .identity(.malformed) }
            self = .person(party, id)
        default: throw .identity(.malformed)
        }
    }
}

/// Why a certificate names nobody in this deployment, or not the one expected.
package enum IdentityFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// No SAN URI at all.
    case none
    /// More than one SAN URI: which one counts must never be a question.
    case several
    /// The URI is not of the two forms.
    case malformed
    /// The URI is of another deployment.
    case otherDeployment
    /// A person where only parties may come, or the other way round.
    case wrongKind
    /// Another party than the one the connection was made for.
    case otherParty

    package var description: String {
        switch self {
        case .none: "the certificate has no SAN URI; issue one with `urn:concordat:<deployment>:party:<party>`"
        case .several: "the certificate has several SAN URIs; issue one with exactly one"
        case .malformed:
            "the certificate's SAN URI is not `urn:concordat:<deployment>:party:<party>` or `…:person:<party>:<id>`"
        case .otherDeployment: "the certificate's SAN URI is of another deployment; use one issued for this one"
        case .wrongKind: "party certificates open the data plane only, person certificates the desk only"
        case .otherParty: "the certificate is of another party than the one expected"
        }
    }
}
