import COpenSSL
package import ConcordatTerms

/// What both ends of our TLS connections start from: certificate and key, authorities, revocation lists.
///
/// Immutable: to change anything make a new one. TLS 1.3 only, peers always show a certificate, every certificate of a
/// chain is checked for revocation, no tickets, no session cache, no renegotiation, ALPN `http/1.1`.
///
/// `@unchecked Sendable`: the library's context is written in `init` only; its reference count and its lazy caches are
/// guarded by the library's own locks.
package final class TLSContext: @unchecked Sendable {
    /// The texts a context is made of. Paths and files are the caller's business.
    package struct Material: Sendable {
        /// The deployment whose identities are accepted.
        package var deployment: String
        /// PEM: our certificate, then its intermediates.
        package var certificateChain: [UInt8]
        /// PEM: its private key, unencrypted.
        package var privateKey: [UInt8]
        /// PEM: the authorities, roots and intermediates. Only a self-signed one anchors a chain.
        package var authorities: [UInt8]
        /// PEM: one current revocation list for each authority, the root's included.
        package var revocationLists: [UInt8]
        /// How long past its `nextUpdate` a revocation list is still taken.
        package var revocationGrace: Duration

        package init(
            deployment: String, certificateChain: [UInt8], privateKey: [UInt8], authorities: [UInt8],
            revocationLists: [UInt8], revocationGrace: Duration = .zero
        ) {
            self.deployment = deployment
            self.certificateChain = certificateChain
            self.privateKey = privateKey
            self.authorities = authorities
            self.revocationLists = revocationLists
            self.revocationGrace = revocationGrace
        }
    }

    /// Our own certificate.
    package let certificate: X509Certificate
    /// The authorities without a revocation list. Their peers are refused, so a caller may want to refuse to start.
    package let authoritiesWithoutRevocationList: [X509Certificate]
    /// The deployment whose identities are accepted.
    package var deployment: String { rules.deployment }

    let rules: TrustRules
    let pointer: OpaquePointer

    // Bound: bytes of a peer's certificate message.
    static let peerCertificatesBytesMax = 32 * 1024

    /// Reads the material. Throws when a text is malformed or missing, or key and certificate do not fit.
    ///
    /// An empty text of revocation lists is taken, and then refuses every peer.
    package init(_ material: Material) throws(CryptoError) {
        LibraryErrors.clear()
        guard let context = SSL_CTX_new(TLS_method()) else { throw LibraryErrors.take() }
        do throws(CryptoError) {
            rules = TrustRules(deployment: material.deployment, revocationGrace: max(.zero, material.revocationGrace))
            certificate = try Self.present(material, in: context)
            let authorities = try LibraryCertificate.all(inPEM: material.authorities)
            guard !authorities.isEmpty else { throw CryptoError.missing(.trustList) }
            guard let store = SSL_CTX_get_cert_store(context) else { throw LibraryErrors.take() }
            authoritiesWithoutRevocationList = try TrustStore.fill(
                store, authorities: authorities,
                revocationLists: LibraryRevocationList.all(inPEM: material.revocationLists))
            for authority in authorities { SSL_CTX_add_client_CA(context, authority.pointer) }
            try Self.harden(context)
            pointer = context
        } catch {
            SSL_CTX_free(context)
            throw error
        }
        LibraryErrors.clear()
    }

    deinit { SSL_CTX_free(pointer) }

    /// Why a chain accepted earlier would not be accepted now; nil while it still would.
    package func refusal(of chain: PeerChain, at now: UTCInstant) -> PeerRefusal? {
        do throws(CryptoError) {
            return try verify(chain, at: now)
        } catch {
            // Fail closed: what cannot be checked is not accepted.
            return .chain(code: Int(X509_V_ERR_UNSPECIFIED))
        }
    }

    /// Whether a chain accepted earlier, perhaps under another context, is accepted now.
    package func stillAccepts(_ chain: PeerChain, at now: UTCInstant) -> Bool {
        refusal(of: chain, at: now) == nil
    }

    private func verify(_ chain: PeerChain, at now: UTCInstant) throws(CryptoError) -> PeerRefusal? {
        var certificates: [LibraryCertificate] = []
        for der in chain.certificates { certificates.append(try LibraryCertificate(der: der)) }
        guard let leaf = certificates.first else { throw .missing(.certificate) }
        LibraryErrors.clear()
        guard let untrusted = concordat_x509_stack_new() else { throw LibraryErrors.take() }
        defer { concordat_x509_stack_free(untrusted) }
        for certificate in certificates.dropFirst() {
            guard concordat_x509_stack_push(untrusted, certificate.pointer) == 1 else { throw LibraryErrors.take() }
        }
        guard let store = X509_STORE_CTX_new() else { throw LibraryErrors.take() }
        defer { X509_STORE_CTX_free(store) }
        guard X509_STORE_CTX_init(store, SSL_CTX_get_cert_store(pointer), leaf.pointer, untrusted) == 1,
            X509_STORE_CTX_set_default(store, chain.side.defaultParameters) == 1,
            let parameters = X509_STORE_CTX_get0_param(store)
        else { throw LibraryErrors.take() }
        X509_VERIFY_PARAM_set_depth(parameters, TrustRules.depthMax)
        X509_VERIFY_PARAM_set_auth_level(parameters, TrustRules.securityLevel)
        let check = PeerCheck(rules: rules, side: chain.side, now: now)
        try check.prepare(parameters)
        let accepted = withExtendedLifetime((certificates, check)) { check.run(store) }
        LibraryErrors.clear()
        if accepted { return nil }
        return check.refusal ?? .chain(code: Int(X509_V_ERR_UNSPECIFIED))
    }

    private static func present(_ material: Material, in context: OpaquePointer) throws(CryptoError)
        -> X509Certificate
    {
        let chain = try LibraryCertificate.all(inPEM: material.certificateChain)
        guard let own = chain.first else { throw .missing(.certificate) }
        let key = try PEMText.privateKey(in: material.privateKey)
        SSL_CTX_set_security_level(context, TrustRules.securityLevel)
        guard SSL_CTX_use_certificate(context, own.pointer) == 1 else { throw LibraryErrors.take() }
        guard SSL_CTX_use_PrivateKey(context, key.pointer) == 1, SSL_CTX_check_private_key(context) == 1 else {
            LibraryErrors.clear()
            throw .keyDoesNotFitCertificate
        }
        for intermediate in chain.dropFirst() {
            guard concordat_ssl_ctx_add_chain_cert(context, intermediate.pointer) == 1 else {
                throw LibraryErrors.take()
            }
        }
        return try X509Certificate(own, der: own.der())
    }

    private static func harden(_ context: OpaquePointer) throws(CryptoError) {
        guard concordat_ssl_ctx_only_tls13(context) == 1, SSL_CTX_set_num_tickets(context, 0) == 1,
            concordat_ssl_ctx_only_http11(context) == 1
        else { throw LibraryErrors.take() }
        concordat_ssl_ctx_set_options(context)
        concordat_ssl_ctx_set_modes(context)
        _ = concordat_ssl_ctx_no_session_cache(context)
        _ = concordat_ssl_ctx_set_max_cert_list(context, peerCertificatesBytesMax)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        SSL_CTX_set_verify_depth(context, TrustRules.depthMax)
        SSL_CTX_set_cert_verify_callback(context, EngineWatch.onPeerCertificate, nil)
        SSL_CTX_set_msg_callback(context, EngineWatch.onMessage)
    }
}

extension TLSSide {
    /// The library's name for the parameters a chain of the other side starts from.
    var defaultParameters: String {
        switch self {
        case .server: "ssl_client"
        case .client: "ssl_server"
        }
    }
}
