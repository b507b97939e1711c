import COpenSSL

/// What a chain is judged by, beside the store of authorities and revocation lists.
struct TrustRules: Sendable {
    let deployment: String
    let revocationGrace: Duration

    /// Every certificate of the chain is checked against its authority's revocation list, the root's included.
    static let flags = UInt(X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL | X509_V_FLAG_X509_STRICT)
    // Bound: authorities between a peer's certificate and a root.
    static let depthMax: Int32 = 4
    /// 112 bits: no RSA below 2048, no SHA-1 signatures.
    static let securityLevel: Int32 = 2
}

/// The authorities and their revocation lists, as one library store.
enum TrustStore {
    /// Fills `store` and says which authorities have no list. A peer below one of those is refused.
    static func fill(
        _ store: OpaquePointer, authorities: [LibraryCertificate], revocationLists: [LibraryRevocationList]
    ) throws(CryptoError) -> [X509Certificate] {
        var issuers: [OpaquePointer] = []
        for list in revocationLists {
            guard X509_CRL_get0_nextUpdate(list.pointer) != nil else { throw .revocationListNeverExpires }
            guard X509_STORE_add_crl(store, list.pointer) == 1, let issuer = X509_CRL_get_issuer(list.pointer) else {
                throw LibraryErrors.take()
            }
            issuers.append(issuer)
        }
        var without: [X509Certificate] = []
        for authority in authorities {
            guard X509_check_ca(authority.pointer) == 1 else { throw .notAnAuthority }
            guard X509_STORE_add_cert(store, authority.pointer) == 1 else { throw LibraryErrors.take() }
            let subject = X509_get_subject_name(authority.pointer)
            guard !issuers.contains(where: { X509_NAME_cmp($0, subject) == 0 }) else { continue }
            without.append(try X509Certificate(authority, der: authority.der()))
        }
        return without
    }
}
