import COpenSSL

/// Why a TLS connection ended without a clean close. Says what happened and never what was sent.
package enum TLSFailure: Error, Equatable, Sendable {
    /// We do not accept the peer's certificate; it was told so by alert.
    case peerNotAccepted(PeerRefusal)
    /// The peer ended the connection with this alert.
    case alertFromPeer(TLSAlert)
    /// The peer speaks no TLS 1.3.
    case versionTooOld
    /// The bytes ended inside the handshake.
    case cutInHandshake
    /// The bytes ended without close_notify: what was read last may be only a part.
    case truncated
    /// The peer sent more key updates and tickets than its payload warrants.
    case tooManyKeyUpdates
    /// Payload was offered before the peer is known, or after our side is closed.
    case notOpen
    /// The peer broke the protocol, or the library failed; its reason code.
    case protocolFault(reason: Int)
}

extension TLSFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .peerNotAccepted(let refusal): refusal.description
        case .alertFromPeer(let alert): "the peer refused the connection with alert `\(alert)`"
        case .versionTooOld: "the peer does not speak TLS 1.3; enable it there"
        case .cutInHandshake: "the connection ended inside the TLS handshake"
        case .truncated: "the connection ended without close_notify, so the last bytes may be missing"
        case .tooManyKeyUpdates: "the peer sent too many TLS key updates for its payload"
        case .notOpen: "the TLS connection is not open for payload"
        case .protocolFault(let reason): "the TLS protocol failed with library reason \(reason)"
        }
    }
}

/// Why a peer's certificate is not accepted.
package enum PeerRefusal: Error, Equatable, Sendable {
    case noCertificate
    case revoked
    case expired
    case notYetValid
    /// No chain to a listed authority.
    case unknownAuthority
    /// An authority in the chain has no revocation list here.
    case revocationListMissing
    /// A revocation list is past its nextUpdate and the grace.
    case revocationListExpired
    /// A revocation list is dated ahead of our clock.
    case revocationListNotYetValid
    /// The certificate is not for the host asked.
    case wrongHost
    /// The certificate is not for this side of TLS.
    case wrongPurpose
    /// The chain holds, but names nobody we may talk to.
    case identity(IdentityFault)
    /// Any other failure of the chain: the code of the library's verifier (`openssl verify` explains it).
    case chain(code: Int)

    /// The library verifier's result, sorted by what one would do about it.
    init(verifierCode code: Int32) {
        switch code {
        case X509_V_ERR_CERT_REVOKED: self = .revoked
        case X509_V_ERR_CERT_HAS_EXPIRED: self = .expired
        case X509_V_ERR_CERT_NOT_YET_VALID: self = .notYetValid
        case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY,
            X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN,
            X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
            self = .unknownAuthority
        case X509_V_ERR_UNABLE_TO_GET_CRL, X509_V_ERR_UNABLE_TO_GET_CRL_ISSUER, X509_V_ERR_DIFFERENT_CRL_SCOPE:
            self = .revocationListMissing
        case X509_V_ERR_CRL_HAS_EXPIRED: self = .revocationListExpired
        case X509_V_ERR_CRL_NOT_YET_VALID: self = .revocationListNotYetValid
        case X509_V_ERR_HOSTNAME_MISMATCH, X509_V_ERR_IP_ADDRESS_MISMATCH: self = .wrongHost
        case X509_V_ERR_INVALID_PURPOSE: self = .wrongPurpose
        default: self = .chain(code: Int(code))
        }
    }
}

extension PeerRefusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .noCertificate: "the peer showed no certificate; give it one and its key"
        case .revoked: "the peer's certificate is revoked; it needs a new one from its authority"
        case .expired: "the peer's certificate, or one above it, has expired; renew it"
        case .notYetValid: "the peer's certificate is not valid yet; compare the clocks"
        case .unknownAuthority: "the peer's certificate leads to no listed authority; it must send its intermediates"
        case .revocationListMissing: "an authority in the peer's chain has no revocation list here; add its current one"
        case .revocationListExpired: "a revocation list in the peer's chain is out of date; fetch the current one"
        case .revocationListNotYetValid: "a revocation list in the peer's chain is not valid yet; compare the clocks"
        case .wrongHost: "the peer's certificate is not for the host asked; add the name to it or ask the right host"
        case .wrongPurpose: "the peer's certificate is not for this use; its extendedKeyUsage must allow it"
        case .identity(let fault): fault.description
        case .chain(let code): "the peer's certificate chain does not hold; `openssl verify` explains code \(code)"
        }
    }
}
