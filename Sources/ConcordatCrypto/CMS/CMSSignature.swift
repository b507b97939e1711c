import COpenSSL
package import ConcordatTerms

/// Detached signatures over a text: CMS signed data (RFC 5652) with one signer, its certificates and its signing time.
///
/// What is made here `openssl cms -verify -binary -content` accepts, and what `openssl cms -sign -binary` makes is accepted
/// here. Keys: RSA, RSA-PSS and elliptic curves of at least 112 bits of strength. Ed25519 (RFC 8419) is not among what OpenSSL before
/// 3.5 can do in CMS, and is refused as ``CMSFault/keyNotSupported``.
package enum CMSSignature {
    // Bound: what is signed, in bytes.
    package static let contentBytesMax = 64 << 20
    // Bound: a signature in PEM, its certificates included, in bytes.
    package static let signatureBytesMax = 64 << 10
    // Bound: certificates in one signature.
    static let certificatesMax = 8
    // Bound: how far a signer's clock may be ahead of ours.
    static let clockSkewMax: Duration = .seconds(300)

    /// Signs `content` as it is, byte for byte.
    ///
    /// - Parameters:
    ///   - certificate: PEM: the signer's certificate; those after it go into the signature too.
    ///   - key: PEM: its private key, unencrypted.
    ///   - chain: PEM: further intermediates; may be empty.
    ///   - time: goes into the signature as its signing time, in whole seconds.
    /// - Returns: PEM.
    /// - Throws: what is wrong with the material, ``CryptoError/keyDoesNotFitCertificate``, or
    ///   ``CryptoError/signature(_:)`` with `tooLong` or `keyNotSupported`.
    package static func sign(
        _ content: [UInt8], certificate: [UInt8], key: [UInt8], chain: [UInt8] = [], at time: UTCInstant
    ) throws(CryptoError) -> [UInt8] {
        guard content.count <= contentBytesMax else { throw .signature(.tooLong) }
        let certificates = try LibraryCertificate.all(inPEM: certificate)
        guard let own = certificates.first else { throw .missing(.certificate) }
        let above = certificates.dropFirst() + (chain.isEmpty ? [] : try LibraryCertificate.all(inPEM: chain))
        guard above.count < certificatesMax else { throw .signature(.tooLong) }
        let key = try PEMText.privateKey(in: key)
        LibraryErrors.clear()
        guard X509_check_private_key(own.pointer, key.pointer) == 1 else {
            LibraryErrors.clear()
            throw .keyDoesNotFitCertificate
        }
        guard let others = concordat_x509_stack_new() else { throw LibraryErrors.take() }
        defer { concordat_x509_stack_free(others) }
        for other in above where concordat_x509_stack_push(others, other.pointer) != 1 { throw LibraryErrors.take() }
        guard let structure = CMS_sign(nil, nil, others, nil, flags | UInt32(CMS_PARTIAL)) else {
            throw LibraryErrors.take()
        }
        let signed = LibrarySignature(owning: structure)
        // An RSA-PSS key signs by its own padding only, which the library writes down only when it is asked to beforehand.
        let isPSS = EVP_PKEY_get_id(key.pointer) == EVP_PKEY_RSA_PSS
        let signerFlags = flags | UInt32(CMS_PARTIAL | CMS_NOSMIMECAP | CMS_CADES | (isPSS ? CMS_KEY_PARAM : 0))
        guard let signer = CMS_add1_signer(signed.pointer, own.pointer, key.pointer, EVP_sha256(), signerFlags) else {
            LibraryErrors.clear()
            throw .signature(.keyNotSupported)
        }
        guard !isPSS || concordat_cms_use_pss(signer) == 1 else {
            LibraryErrors.clear()
            throw .signature(.keyNotSupported)
        }
        guard concordat_cms_set_signing_time(signer, time_t(time.secondsSinceEpoch)) == 1 else {
            throw LibraryErrors.take()
        }
        let finished = MemoryBytes.read(content) { bio in CMS_final(signed.pointer, bio, nil, flags) == 1 }
        LibraryErrors.clear()
        guard finished else { throw .signature(.keyNotSupported) }
        let pem = try signed.pem()
        guard pem.count <= signatureBytesMax else { throw .signature(.tooLong) }
        return pem
    }

    /// Who signed `content`, and when.
    ///
    /// The chain is judged as of the signature's own signing time, which must not lie ahead of `now`: a certificate that
    /// has expired since still counts. A revoked one does not, unless it was revoked after it signed and for a reason that
    /// leaves its key trusted (RFC 5280, 5.3.1: affiliationChanged, superseded, cessationOfOperation).
    ///
    /// - Parameter signature: PEM or DER.
    /// - Throws: ``CryptoError/signature(_:)``; a signer that is no person of the deployment is
    ///   `certificate(.identity(…))` there.
    package static func verify(
        _ signature: [UInt8], content: [UInt8], trust: SignerTrust, now: UTCInstant
    ) throws(CryptoError) -> Signer {
        try opened(signature, content, now) { x509, untrusted, time throws(CryptoError) in
            let check = SignerCheck(trust: trust, time: time, now: now)
            let identity = try check.identity(of: x509, untrusted: untrusted)
            let der = try LibraryCertificate.der(of: x509)
            return Signer(identity: identity, signedAt: time, certificateFingerprint: Digest.sha256(der))
        }
    }

    /// Whether a signature holds in all but who vouches for its signer: content, key, digest, times, and of the signer's own
    /// certificate its dates, the strength of its key and what it is for.
    ///
    /// For those who sign where the authorities are not at hand; it says nothing of whether the signature counts.
    /// - Throws: as ``verify(_:content:trust:now:)``.
    package static func verifyUnvouched(
        _ signature: [UInt8], content: [UInt8], now: UTCInstant
    ) throws(CryptoError) {
        try opened(signature, content, now) { x509, untrusted, time throws(CryptoError) in
            try SignerCheck.holdsByItself(x509, untrusted: untrusted, at: time)
        }
    }

    /// Checks all of a signature but its signer's certificate, which `judge` gets with the others and the signing time.
    private static func opened<Answer>(
        _ signature: [UInt8], _ content: [UInt8], _ now: UTCInstant,
        judge: (OpaquePointer, OpaquePointer, UTCInstant) throws(CryptoError) -> Answer
    ) throws(CryptoError) -> Answer {
        guard signature.count <= signatureBytesMax, content.count <= contentBytesMax else {
            throw .signature(.tooLong)
        }
        let signed = try LibrarySignature(reading: signature)
        guard concordat_cms_is_signed_data(signed.pointer) == 1, CMS_is_detached(signed.pointer) == 1,
            concordat_cms_signs_data(signed.pointer) == 1
        else { throw .signature(.notDetached) }
        guard let signer = concordat_cms_only_signer(signed.pointer) else { throw .signature(.signers) }
        guard strongDigests.contains(concordat_cms_signer_digest(signer)) else { throw .signature(.weakDigest) }
        guard let time = ASN1Time.instant(concordat_cms_signing_time(signer)) else {
            LibraryErrors.clear()
            throw .signature(.noSigningTime)
        }
        LibraryErrors.clear()
        let verifyFlags = flags | UInt32(CMS_NO_SIGNER_CERT_VERIFY)
        let holds = MemoryBytes.read(content) { bio in
            CMS_verify(signed.pointer, nil, nil, bio, nil, verifyFlags) == 1
        }
        guard holds else { throw .signature(fault(ofReason: LibraryErrors.takeReason())) }
        guard time <= now + clockSkewMax else { throw .signature(.signedLater) }
        // Looked up by the verification above, among the certificates in the signature.
        guard let x509 = concordat_cms_signer_certificate(signer), let untrusted = CMS_get1_certs(signed.pointer) else {
            throw .signature(.certificateMissing)
        }
        defer { concordat_x509_stack_free(untrusted) }
        guard concordat_x509_stack_count(untrusted) <= certificatesMax else { throw .signature(.tooLong) }
        return try judge(x509, untrusted, time)
    }

    private static let flags = UInt32(CMS_BINARY | CMS_DETACHED)
    private static let strongDigests: Set<Int32> = [NID_sha256, NID_sha384, NID_sha512]

    private static func fault(ofReason reason: Int) -> CMSFault {
        switch Int32(reason) {
        case CMS_R_CONTENT_VERIFY_ERROR: .otherContent
        case CMS_R_SIGNER_CERTIFICATE_NOT_FOUND: .certificateMissing
        default: .wrongKey
        }
    }
}

/// A person whose signature holds.
package struct Signer: Hashable, Sendable {
    /// Whom the certificate names; always a person.
    package let identity: PeerIdentity
    /// When the signature says it was made, in whole seconds.
    package let signedAt: UTCInstant
    /// The SHA-256 digest of the certificate's DER.
    package let certificateFingerprint: [UInt8]
}

/// Owns one CMS structure of the library.
final class LibrarySignature {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    /// Reads one structure from PEM, or from DER without a byte behind it.
    init(reading bytes: [UInt8]) throws(CryptoError) {
        LibraryErrors.clear()
        defer { LibraryErrors.clear() }
        // DER of any CMS structure begins with a SEQUENCE; no PEM text does.
        guard bytes.first != 0x30 else {
            let (pointer, used) = bytes.withUnsafeBufferPointer { buffer in
                var cursor = buffer.baseAddress
                let pointer = d2i_CMS_ContentInfo(nil, &cursor, buffer.count)
                return (pointer, cursor.map { $0 - (buffer.baseAddress ?? $0) } ?? 0)
            }
            guard let pointer else { throw .signature(.malformed) }
            self.pointer = pointer
            guard used == bytes.count else { throw .signature(.malformed) }
            return
        }
        let read: (first: OpaquePointer?, isOnly: Bool) = MemoryBytes.read(bytes) { bio in
            guard let first = concordat_pem_read_cms(bio) else { return (nil, false) }
            if let second = concordat_pem_read_cms(bio) {
                CMS_ContentInfo_free(second)
                return (first, false)
            }
            return (first, concordat_err_is_pem_end(ERR_peek_last_error()) == 1)
        }
        guard let first = read.first else { throw .signature(.malformed) }
        pointer = first
        guard read.isOnly else { throw .signature(.malformed) }
    }

    deinit { CMS_ContentInfo_free(pointer) }

    /// The structure as PEM.
    func pem() throws(CryptoError) -> [UInt8] {
        LibraryErrors.clear()
        guard let bio = BIO_new(BIO_s_mem()) else { throw LibraryErrors.take() }
        defer { BIO_free(bio) }
        var start: UnsafeMutablePointer<CChar>?
        guard concordat_pem_write_cms(bio, pointer) == 1 else { throw LibraryErrors.take() }
        let count = concordat_bio_contents(bio, &start)
        guard count > 0, let start else { throw LibraryErrors.take() }
        return UnsafeRawBufferPointer(start: start, count: count).map { $0 }
    }
}

/// Bytes as the library's readers want them.
enum MemoryBytes {
    /// Calls `body` with a reader over the bytes; it must not be kept. Nil where the library has no memory for one.
    static func read<Result>(_ bytes: [UInt8], _ body: (OpaquePointer?) -> Result) -> Result {
        // The reader wants an address even for nothing.
        let addressed = bytes.isEmpty ? [0] : bytes
        return addressed.withUnsafeBytes { buffer in
            let bio = BIO_new_mem_buf(buffer.baseAddress, Int32(clamping: bytes.count))
            defer { BIO_free(bio) }
            return body(bio)
        }
    }
}
