import COpenSSL
package import ConcordatTerms

/// An X.509 certificate (RFC 5280), read once into values. Reading it says nothing about trust.
package struct X509Certificate: Hashable, Sendable {
    /// The certificate as DER, byte for byte as read.
    package let der: [UInt8]
    /// SAN URIs, in order.
    package let subjectAltURIs: [String]
    /// SAN DNS names, in order.
    package let dnsNames: [String]
    /// SAN IP addresses in text form, in order.
    package let ipAddresses: [String]
    package let notBefore: UTCInstant
    package let notAfter: UTCInstant
    /// The serial number in upper-case hexadecimal, as the openssl tool prints it.
    package let serialHex: String
    /// The SHA-256 digest of the DER.
    package let sha256Fingerprint: [UInt8]
    /// Whether the basic constraints say so.
    package let isCA: Bool
    /// Whether subject and issuer are the same name.
    package let isSelfIssued: Bool

    /// Reads one certificate from DER. Bytes behind it are refused.
    package init(der: [UInt8]) throws(CryptoError) {
        let certificate = try LibraryCertificate(der: der)
        try self.init(certificate, der: der)
    }

    /// Reads the first certificate of a PEM text.
    package init(pem: [UInt8]) throws(CryptoError) {
        guard let first = try LibraryCertificate.all(inPEM: pem).first else { throw .missing(.certificate) }
        try self.init(first, der: first.der())
    }

    /// Reads every certificate of a PEM text, in order; at least one.
    package static func all(inPEM pem: [UInt8]) throws(CryptoError) -> [X509Certificate] {
        var all: [X509Certificate] = []
        for certificate in try LibraryCertificate.all(inPEM: pem) {
            all.append(try X509Certificate(certificate, der: certificate.der()))
        }
        guard !all.isEmpty else { throw .missing(.certificate) }
        return all
    }

    /// Who the certificate names in a deployment; throws ``CryptoError/identity(_:)``.
    package func identity(deployment: String) throws(CryptoError) -> PeerIdentity {
        try PeerIdentity(uris: subjectAltURIs, deployment: deployment)
    }

    init(_ certificate: LibraryCertificate, der: [UInt8]) throws(CryptoError) {
        let x509 = certificate.pointer
        let names = try AlternativeNames(x509)
        guard let notBefore = ASN1Time.instant(X509_get0_notBefore(x509)),
            let notAfter = ASN1Time.instant(X509_get0_notAfter(x509))
        else { throw .malformed(.certificate) }
        self.der = der
        subjectAltURIs = names.uris
        dnsNames = names.dnsNames
        ipAddresses = names.ipAddresses
        self.notBefore = notBefore
        self.notAfter = notAfter
        serialHex = try Self.serial(x509)
        sha256Fingerprint = Digest.sha256(der)
        isCA = X509_check_ca(x509) == 1
        isSelfIssued = X509_NAME_cmp(X509_get_subject_name(x509), X509_get_issuer_name(x509)) == 0
        LibraryErrors.clear()
    }

    private static func serial(_ x509: OpaquePointer) throws(CryptoError) -> String {
        guard let number = ASN1_INTEGER_to_BN(X509_get0_serialNumber(x509), nil) else { throw .malformed(.certificate) }
        defer { BN_free(number) }
        guard let text = BN_bn2hex(number) else { throw LibraryErrors.take() }
        defer { CRYPTO_free(text, "", 0) }
        return String(cString: text)
    }
}

/// The URI, DNS and IP names among a certificate's alternative names.
struct AlternativeNames {
    private(set) var uris: [String] = []
    private(set) var dnsNames: [String] = []
    private(set) var ipAddresses: [String] = []

    init(_ x509: OpaquePointer) throws(CryptoError) {
        var state: Int32 = 0
        guard let names = concordat_x509_alt_names(x509, &state) else {
            // -1 means there is no such extension; anything else that it is broken or there twice.
            guard state == -1 else { LibraryErrors.clear(); throw .malformed(.certificate) }
            return
        }
        defer { concordat_names_free(names) }
        for index in 0..<concordat_names_count(names) {
            var start: UnsafePointer<UInt8>?
            var count: Int32 = 0
            let type = concordat_names_at(names, index, &start, &count)
            guard let start else { continue }
            let bytes = Array(UnsafeBufferPointer(start: start, count: Int(count)))
            switch type {
            case GEN_URI: uris.append(try Self.ascii(bytes))
            case GEN_DNS: dnsNames.append(try Self.ascii(bytes))
            case GEN_IPADD: ipAddresses.append(try Self.address(bytes))
            default: break
            }
        }
    }

    /// A NUL or a byte outside ASCII would let one name look like another.
    private static func ascii(_ bytes: [UInt8]) throws(CryptoError) -> String {
        guard bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else { throw .malformed(.certificate) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func address(_ bytes: [UInt8]) throws(CryptoError) -> String {
        switch bytes.count {
        case 4: bytes.map { String($0) }.joined(separator: ".")
        case 16:
            stride(from: 0, to: 16, by: 2)
                .map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
                .joined(separator: ":")
        default: throw .malformed(.certificate)
        }
    }
}
