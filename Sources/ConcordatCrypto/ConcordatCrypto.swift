/// Floor 2, ConcordatCrypto: digests, MACs, sealing, signatures, certificates and the TLS engine over memory buffers.
///
/// Every OpenSSL pointer of the product lives in this room. It reads no file, no clock and no socket: PEM bytes and the
/// time come in as arguments. Errors carry neither keys nor values.
package enum CryptoError: Error, Equatable, Sendable {
    /// A key, seed or nonce has the wrong length.
    case length(of: Part, expected: Int)
    /// The sealed bytes do not fit key, nonce and associated data, or were cut short.
    case notAuthentic
    /// The system gave no random bytes.
    case noRandomness
    /// A PEM or DER text cannot be read.
    case malformed(Part)
    /// A PEM text holds nothing of that kind.
    case missing(Part)
    /// The private key is not that of the certificate.
    case keyDoesNotFitCertificate
    /// A revocation list without `nextUpdate` would never go stale, so it is not taken.
    case revocationListNeverExpires
    /// A certificate in the trust list is not one of an authority.
    case notAnAuthority
    /// The certificate carries no identity of this deployment.
    case identity(IdentityFault)
    /// The host to verify is neither a DNS name nor an IP address.
    case hostName
    /// The connection is not, or no longer, one that carries payload.
    case tls(TLSFailure)
    /// A detached signature does not hold, or could not be made.
    case signature(CMSFault)
    /// The library failed where it should not; its reason code.
    case library(reason: Int)

    /// What an error is about.
    package enum Part: String, Sendable {
        case key, seed, nonce, signature
        case certificate
        case privateKey = "private key"
        case revocationList = "revocation list"
        case trustList = "trust list"
    }
}

extension CryptoError: CustomStringConvertible {
    /// One line in lower case, saying what to do where something can be done.
    package var description: String {
        switch self {
        case .length(let part, let expected): "the \(part.rawValue) must be \(expected) bytes long"
        case .notAuthentic: "the sealed bytes do not fit their key or have been changed"
        case .noRandomness: "the system gave no random bytes"
        case .malformed(let part): "the \(part.rawValue) cannot be read; give it as unencrypted PEM or as DER"
        case .missing(let part): "no \(part.rawValue) found; give at least one as PEM"
        case .keyDoesNotFitCertificate: "the private key is not that of the certificate; give the pair made together"
        case .revocationListNeverExpires: "a revocation list has no nextUpdate; have the authority issue it with one"
        case .notAnAuthority: "a certificate in the trust list is not one of an authority; list CA certificates only"
        case .identity(let fault): fault.description
        case .hostName: "the host to verify is neither a DNS name nor an IP address"
        case .tls(let failure): failure.description
        case .signature(let fault): fault.description
        case .library(let reason): "the cryptographic library failed with reason \(reason)"
        }
    }
}
