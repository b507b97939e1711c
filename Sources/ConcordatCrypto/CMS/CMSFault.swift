/// Why a detached signature over a text does not hold, or could not be made. Says which part failed, never what was signed.
package enum CMSFault: Error, Equatable, Sendable {
    /// Neither PEM nor DER of a CMS structure, or cut short.
    case malformed
    /// The signature, its certificates or the content are over their bound.
    case tooLong
    /// Not signed data over plain content that lies beside it (RFC 5652, 5).
    case notDetached
    /// Not exactly one signer.
    case signers
    /// The signer's certificate is not in the signature.
    case certificateMissing
    /// The digest is weaker than SHA-256.
    case weakDigest
    /// The signature says nothing of when it was made.
    case noSigningTime
    /// The signature says that it was made after now.
    case signedLater
    /// The content is not the one that was signed.
    case otherContent
    /// The signature is not one of the certificate's key.
    case wrongKey
    /// The signer's certificate did not hold when it signed.
    case certificate(PeerRefusal)
    /// This kind of key signs nothing in CMS with the system's library; Ed25519 is one (before OpenSSL 3.5).
    case keyNotSupported
}

extension CMSFault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformed: "the signature cannot be read; it must be one CMS structure in PEM or DER"
        case .tooLong: "the signature or what it signs is too long"
        case .notDetached: "the signature is not a detached one over plain data; sign with `openssl cms -sign -binary`"
        case .signers: "the signature must have exactly one signer"
        case .certificateMissing: "the signer's certificate is not in the signature; sign without `-nocerts`"
        case .weakDigest: "the signature uses a digest weaker than SHA-256; sign with `-md sha256`"
        case .noSigningTime: "the signature has no signing time; sign without `-noattr`"
        case .signedLater: "the signature is dated ahead of the clock; compare the clocks"
        case .otherContent: "the signature is over another content"
        case .wrongKey: "the signature is not one of the signer's key"
        case .certificate(let refusal): Self.words(of: refusal)
        case .keyNotSupported:
            "this kind of key cannot sign CMS with the system's OpenSSL; use RSA of at least 2048 bits or EC P-256"
        }
    }

    private static func words(of refusal: PeerRefusal) -> String {
        switch refusal {
        case .noCertificate: "the signature shows no certificate"
        case .revoked: "the signer's certificate is revoked"
        case .expired: "the signer's certificate, or one above it, had expired when it signed"
        case .notYetValid: "the signer's certificate, or one above it, was not valid yet when it signed"
        case .unknownAuthority: "the signer's certificate leads to no listed authority; sign with its intermediates"
        case .revocationListMissing: "an authority above the signer has no revocation list here; add its current one"
        case .revocationListExpired: "a revocation list above the signer is out of date; fetch the current one"
        case .revocationListNotYetValid: "a revocation list above the signer is not valid yet; compare the clocks"
        case .wrongHost: "the signer's certificate is for another host"
        case .wrongPurpose:
            "the signer's certificate is not for signing texts; its extendedKeyUsage must allow emailProtection"
        case .identity(let fault): fault.description
        // X509_V_ERR_EE_KEY_TOO_SMALL
        case .chain(66): "the signer's key is too short; use RSA of at least 2048 bits or EC P-256"
        // X509_V_ERR_CA_KEY_TOO_SMALL
        case .chain(67): "the key of an authority above the signer is too short; it needs RSA of at least 2048 bits"
        case .chain(let code): "the signer's certificate chain does not hold; `openssl verify` explains code \(code)"
        }
    }
}
