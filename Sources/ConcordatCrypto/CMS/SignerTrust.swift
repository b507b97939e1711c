import COpenSSL
package import ConcordatTerms

/// Whose signatures count: the authorities of a deployment's persons, and what they have revoked.
package struct SignerTrust: Sendable {
    /// The deployment whose persons are accepted.
    package let deployment: String
    let authorities: [LibraryCertificate]
    let revocationLists: [UInt8]
    let revocationGrace: Duration
    let revocationAsOf: UTCInstant?

    /// - Parameters:
    ///   - authorities: PEM: roots and intermediates. Only a self-signed one anchors a chain.
    ///   - revocationLists: PEM: one current list for each authority above a signer, the root's included; nil looks at none.
    ///   - revocationGrace: how long past its `nextUpdate` a list is still taken.
    ///   - revocationAsOf: the time the lists are judged as of, where that is not the time of the judgement: who asks how
    ///     things will stand on a later day has today's lists.
    /// - Throws: ``CryptoError`` when a text is malformed or missing, or a certificate is not an authority's.
    package init(
        deployment: String, authorities: [UInt8], revocationLists: [UInt8]?, revocationGrace: Duration = .zero,
        revocationAsOf: UTCInstant? = nil
    ) throws(CryptoError) {
        self.deployment = deployment
        self.authorities = try LibraryCertificate.all(inPEM: authorities)
        guard !self.authorities.isEmpty else { throw .missing(.trustList) }
        self.revocationLists = revocationLists ?? []
        self.revocationGrace = max(.zero, revocationGrace)
        self.revocationAsOf = revocationAsOf
        looksAtRevocation = revocationLists != nil
        // Read once here, so that a fault is told at start and not at the first signature.
        LibraryErrors.clear()
        guard let store = X509_STORE_new() else { throw LibraryErrors.take() }
        defer { X509_STORE_free(store) }
        _ = try fill(store)
    }

    let looksAtRevocation: Bool

    func fill(_ store: OpaquePointer) throws(CryptoError) -> [X509Certificate] {
        try TrustStore.fill(
            store, authorities: authorities, revocationLists: LibraryRevocationList.all(inPEM: revocationLists))
    }
}

/// The judgement over one signer's chain: its dates as of the time it signed, its revocation as of now.
///
/// Two runs of the verifier, since it knows one time only: a list published after a signature would be too new for it, and
/// one that was current then would be taken for ever.
final class SignerCheck {
    let trust: SignerTrust
    let time: UTCInstant
    /// As of when revocation is judged.
    let now: UTCInstant
    private var isAboutRevocation = false

    init(trust: SignerTrust, time: UTCInstant, now: UTCInstant) {
        (self.trust, self.time, self.now) = (trust, time, trust.revocationAsOf ?? now)
    }

    /// The person the certificate names, once its chain holds.
    func identity(of x509: OpaquePointer, untrusted: OpaquePointer) throws(CryptoError) -> PeerIdentity {
        LibraryErrors.clear()
        guard let store = X509_STORE_new() else { throw LibraryErrors.take() }
        defer { X509_STORE_free(store) }
        _ = try trust.fill(store)
        try verify(x509, untrusted, store, at: time, flags: UInt(X509_V_FLAG_X509_STRICT))
        if trust.looksAtRevocation {
            isAboutRevocation = true
            try verify(x509, untrusted, store, at: now, flags: TrustRules.flags)
        }
        return try named(x509)
    }

    /// Judges a certificate as if it were an authority's own word: by its dates, the strength of its key and its purpose.
    static func holdsByItself(
        _ x509: OpaquePointer, untrusted: OpaquePointer, at time: UTCInstant
    ) throws(CryptoError) {
        LibraryErrors.clear()
        guard let store = X509_STORE_new() else { throw LibraryErrors.take() }
        defer { X509_STORE_free(store) }
        guard X509_STORE_add_cert(store, x509) == 1 else { throw LibraryErrors.take() }
        let flags = UInt(X509_V_FLAG_X509_STRICT | X509_V_FLAG_PARTIAL_CHAIN)
        try run(x509, untrusted, store, at: time, flags: flags, watchedBy: nil)
    }

    private func verify(
        _ x509: OpaquePointer, _ untrusted: OpaquePointer, _ store: OpaquePointer, at moment: UTCInstant, flags: UInt
    ) throws(CryptoError) {
        try Self.run(x509, untrusted, store, at: moment, flags: flags, watchedBy: self)
    }

    /// One run of the verifier; every fault is final unless a check watches it.
    private static func run(
        _ x509: OpaquePointer, _ untrusted: OpaquePointer, _ store: OpaquePointer, at moment: UTCInstant, flags: UInt,
        watchedBy check: SignerCheck?
    ) throws(CryptoError) {
        guard let context = X509_STORE_CTX_new() else { throw LibraryErrors.take() }
        defer { X509_STORE_CTX_free(context) }
        guard X509_STORE_CTX_init(context, store, x509, untrusted) == 1,
            // The default of `openssl cms -verify`: the purpose is S/MIME signing.
            X509_STORE_CTX_set_default(context, "smime_sign") == 1,
            let parameters = X509_STORE_CTX_get0_param(context)
        else { throw LibraryErrors.take() }
        X509_VERIFY_PARAM_set_depth(parameters, TrustRules.depthMax)
        X509_VERIFY_PARAM_set_auth_level(parameters, TrustRules.securityLevel)
        X509_VERIFY_PARAM_set_time(parameters, time_t(moment.secondsSinceEpoch))
        guard X509_VERIFY_PARAM_set_flags(parameters, flags) == 1 else { throw LibraryErrors.take() }
        if let check {
            X509_STORE_CTX_set_ex_data(context, 0, Unmanaged.passUnretained(check).toOpaque())
            X509_STORE_CTX_set_verify_cb(context, onFault)
        }
        let accepted = withExtendedLifetime(check) { X509_verify_cert(context) == 1 }
        LibraryErrors.clear()
        guard !accepted else { return }
        let code = X509_STORE_CTX_get_error(context)
        // Fail closed: a failure without a reason must not read as success.
        throw .signature(.certificate(PeerRefusal(verifierCode: code == X509_V_OK ? X509_V_ERR_UNSPECIFIED : code)))
    }

    private func named(_ x509: OpaquePointer) throws(CryptoError) -> PeerIdentity {
        do throws(CryptoError) {
            let identity = try PeerIdentity(uris: AlternativeNames(x509).uris, deployment: trust.deployment)
            guard case .person = identity else { throw CryptoError.identity(.wrongKind) }
            return identity
        } catch .identity(let fault) {
            throw .signature(.certificate(.identity(fault)))
        }
    }

    /// Called by the verifier at each fault.
    private static let onFault: @convention(c) (Int32, OpaquePointer?) -> Int32 = { accepted, context in
        guard accepted != 1 else { return 1 }
        guard let context, let check = X509_STORE_CTX_get_ex_data(context, 0) else { return 0 }
        let this = Unmanaged<SignerCheck>.fromOpaque(check).takeUnretainedValue()
        guard this.isAboutRevocation, this.overrides(context) else { return 0 }
        X509_STORE_CTX_set_error(context, X509_V_OK)
        return 1
    }

    /// Whether a fault found in the run about revocation is none.
    private func overrides(_ context: OpaquePointer) -> Bool {
        switch X509_STORE_CTX_get_error(context) {
        // Dates of certificates were judged by the time of signing, in the run before.
        case X509_V_ERR_CERT_HAS_EXPIRED, X509_V_ERR_CERT_NOT_YET_VALID: return true
        case X509_V_ERR_CRL_HAS_EXPIRED:
            guard let list = X509_STORE_CTX_get0_current_crl(context),
                let until = ASN1Time.instant(X509_CRL_get0_nextUpdate(list))
            else { return false }
            return now < until + trust.revocationGrace
        case X509_V_ERR_CERT_REVOKED:
            return leavesTrust(X509_STORE_CTX_get0_current_crl(context), X509_STORE_CTX_get_current_cert(context))
        default: return false
        }
    }

    /// Whether the revocation came after the signature and for a reason that says nothing against the key.
    private func leavesTrust(_ list: OpaquePointer?, _ x509: OpaquePointer?) -> Bool {
        var entry: OpaquePointer?
        guard let list, let x509, X509_CRL_get0_by_cert(list, &entry, x509) == 1, let entry,
            let since = ASN1Time.instant(X509_REVOKED_get0_revocationDate(entry)), time < since
        else { return false }
        return Self.harmlessReasons.contains(Int32(clamping: concordat_revocation_reason(entry)))
    }

    private static let harmlessReasons: Set<Int32> = [
        CRL_REASON_AFFILIATION_CHANGED, CRL_REASON_SUPERSEDED, CRL_REASON_CESSATION_OF_OPERATION,
    ]
}
