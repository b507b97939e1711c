import COpenSSL
import ConcordatTerms

/// The judgement over one peer's chain: path, purpose, revocation, host, and then its identity.
///
/// Used inside a handshake and when a live connection is verified again; both run the same code.
final class PeerCheck {
    let rules: TrustRules
    let side: TLSSide
    let now: UTCInstant
    /// Set once a chain has been accepted.
    private(set) var identity: PeerIdentity?
    /// Set once a chain has been refused.
    private(set) var refusal: PeerRefusal?

    init(rules: TrustRules, side: TLSSide, now: UTCInstant) {
        (self.rules, self.side, self.now) = (rules, side, now)
    }

    /// Sets time, purpose and the host to verify.
    func prepare(_ parameters: OpaquePointer) throws(CryptoError) {
        X509_VERIFY_PARAM_set_time(parameters, time_t(now.secondsSinceEpoch))
        let purpose: Int32
        switch side {
        case .server: purpose = X509_PURPOSE_SSL_CLIENT
        case .client(let host, _):
            purpose = X509_PURPOSE_SSL_SERVER
            guard try Self.expect(host, in: parameters) else { throw .hostName }
        }
        guard X509_VERIFY_PARAM_set_purpose(parameters, purpose) == 1,
            X509_VERIFY_PARAM_set_flags(parameters, TrustRules.flags) == 1
        else { throw LibraryErrors.take() }
    }

    /// Verifies the chain in `store`. On refusal the store's error is set so that the library picks the right alert.
    func run(_ store: OpaquePointer) -> Bool {
        (identity, refusal) = (nil, nil)
        X509_STORE_CTX_set_ex_data(store, 0, Unmanaged.passUnretained(self).toOpaque())
        X509_STORE_CTX_set_verify_cb(store, Self.onFault)
        guard X509_verify_cert(store) == 1 else {
            let code = X509_STORE_CTX_get_error(store)
            // Fail closed: a failure without a reason must not read as success.
            if code == X509_V_OK { X509_STORE_CTX_set_error(store, X509_V_ERR_UNSPECIFIED) }
            refusal = PeerRefusal(verifierCode: code)
            return false
        }
        do throws(CryptoError) {
            let found = try named(X509_STORE_CTX_get0_cert(store))
            if let fault = side.expectation.fault(in: found) { throw CryptoError.identity(fault) }
            identity = found
            return true
        } catch .identity(let fault) {
            refusal = .identity(fault)
        } catch {
            refusal = .identity(.malformed)
        }
        X509_STORE_CTX_set_error(store, X509_V_ERR_CERT_REJECTED)
        return false
    }

    private func named(_ x509: OpaquePointer?) throws(CryptoError) -> PeerIdentity {
        guard let x509 else { throw .missing(.certificate) }
        return try PeerIdentity(uris: AlternativeNames(x509).uris, deployment: rules.deployment)
    }

    /// Called by the verifier at each fault. Only one is ever overridden: a revocation list expired within the grace.
    private static let onFault: @convention(c) (Int32, OpaquePointer?) -> Int32 = { accepted, store in
        guard accepted != 1 else { return 1 }
        guard X509_STORE_CTX_get_error(store) == X509_V_ERR_CRL_HAS_EXPIRED,
            let check = X509_STORE_CTX_get_ex_data(store, 0),
            let list = X509_STORE_CTX_get0_current_crl(store),
            let nextUpdate = ASN1Time.instant(X509_CRL_get0_nextUpdate(list))
        else { return 0 }
        let this = Unmanaged<PeerCheck>.fromOpaque(check).takeUnretainedValue()
        guard this.now < nextUpdate + this.rules.revocationGrace else { return 0 }
        X509_STORE_CTX_set_error(store, X509_V_OK)
        return 1
    }

    /// An empty host would switch the check off, so only a well-formed one is passed on.
    private static func expect(_ host: String, in parameters: OpaquePointer) throws(CryptoError) -> Bool {
        switch HostName(host) {
        case .address(let text): return X509_VERIFY_PARAM_set1_ip_asc(parameters, text) == 1
        case .dns(let name):
            let flags = UInt32(X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT)
            X509_VERIFY_PARAM_set_hostflags(parameters, flags)
            return X509_VERIFY_PARAM_set1_host(parameters, name, name.utf8.count) == 1
        case nil: throw .hostName
        }
    }
}

/// A host as it stands in a certificate.
enum HostName {
    /// An IPv4 or IPv6 address in text form.
    case address(String)
    /// A DNS name of letters, digits, hyphens and dots, at most 253 bytes.
    case dns(String)

    init?(_ host: String) {
        if let octets = a2i_IPADDRESS(host) {
            ASN1_OCTET_STRING_free(octets)
            self = .address(host)
            return
        }
        LibraryErrors.clear()
        let bytes = host.utf8
        let last = host.split(separator: ".", omittingEmptySubsequences: false).last ?? ""
        // A name ending in digits is a broken address, not a name.
        guard (1...253).contains(bytes.count), bytes.first != UInt8(ascii: "."), bytes.first != UInt8(ascii: "-"),
            !last.isEmpty, last.utf8.contains(where: { !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            bytes.allSatisfy({ byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "-"):
                    true
                default: false
                }
            })
        else { return nil }
        self = .dns(host)
    }
}
