import COpenSSL
import ConcordatTerms

/// Owns one certificate of the library.
///
/// `@unchecked Sendable`: the certificate is never changed after reading; the library's own caching in it is locked.
final class LibraryCertificate: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes over the one reference the caller holds.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    convenience init(der: [UInt8]) throws(CryptoError) {
        LibraryErrors.clear()
        let (pointer, used): (OpaquePointer?, Int) = der.withUnsafeBufferPointer { bytes in
            var cursor = bytes.baseAddress
            let pointer = d2i_X509(nil, &cursor, bytes.count)
            return (pointer, cursor.map { $0 - (bytes.baseAddress ?? $0) } ?? 0)
        }
        guard let pointer else { LibraryErrors.clear(); throw .malformed(.certificate) }
        self.init(owning: pointer)
        guard used == der.count else { throw .malformed(.certificate) }
    }

    deinit { X509_free(pointer) }

    func der() throws(CryptoError) -> [UInt8] {
        try Self.der(of: pointer)
    }

    static func der(of pointer: OpaquePointer) throws(CryptoError) -> [UInt8] {
        var start: UnsafeMutablePointer<UInt8>?
        let count = i2d_X509(pointer, &start)
        guard count > 0, let start else { LibraryErrors.clear(); throw .malformed(.certificate) }
        defer { CRYPTO_free(start, "", 0) }
        return Array(UnsafeBufferPointer(start: start, count: Int(count)))
    }

    static func all(inPEM pem: [UInt8]) throws(CryptoError) -> [LibraryCertificate] {
        try PEMText.all(
            in: pem, of: .certificate, read: { concordat_pem_read_x509($0) },
            owner: { LibraryCertificate(owning: $0) })
    }
}

/// Owns one revocation list of the library. Not shared: it goes into a store, which keeps its own reference.
final class LibraryRevocationList {
    let pointer: OpaquePointer

    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { X509_CRL_free(pointer) }

    static func all(inPEM pem: [UInt8]) throws(CryptoError) -> [LibraryRevocationList] {
        try PEMText.all(
            in: pem, of: .revocationList, read: { concordat_pem_read_crl($0) },
            owner: { LibraryRevocationList(owning: $0) })
    }
}

/// Texts of PEM objects (RFC 7468), read one after the other.
enum PEMText {
    // Bound: objects in one text.
    static let objectsMax = 1000

    /// Every object that `read` finds, each handed to an owner. A broken one fails the whole text.
    static func all<Owner>(
        in pem: [UInt8], of part: CryptoError.Part, read: (OpaquePointer) -> OpaquePointer?,
        owner: (OpaquePointer) -> Owner
    ) throws(CryptoError) -> [Owner] {
        LibraryErrors.clear()
        var owned: [Owner] = []
        // The BIO reads from the array's own bytes, so it must not outlive them.
        let ended = pem.withUnsafeBytes { bytes in
            guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return pem.isEmpty }
            defer { BIO_free(bio) }
            while owned.count < objectsMax, let object = read(bio) { owned.append(owner(object)) }
            return concordat_err_is_pem_end(ERR_peek_last_error()) == 1
        }
        LibraryErrors.clear()
        guard ended else { throw .malformed(part) }
        return owned
    }

    /// The first private key. The library's reader of keys cannot tell an end from a fault, so one is read and no more.
    static func privateKey(in pem: [UInt8]) throws(CryptoError) -> LibraryKey {
        guard !pem.isEmpty else { throw .missing(.privateKey) }
        LibraryErrors.clear()
        let key = pem.withUnsafeBytes { bytes -> LibraryKey? in
            guard let bio = BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else { return nil }
            defer { BIO_free(bio) }
            return concordat_pem_read_private_key(bio).map { LibraryKey($0) }
        }
        LibraryErrors.clear()
        guard let key else { throw .malformed(.privateKey) }
        return key
    }
}

/// Times inside certificates and revocation lists.
enum ASN1Time {
    /// The moment of a UTCTime or GeneralizedTime; nil when it is not a legal one.
    static func instant(_ time: UnsafePointer<ASN1_TIME>?) -> UTCInstant? {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1,
            let day = CivilDate(year: Int(parts.tm_year) + 1900, month: Int(parts.tm_mon) + 1, day: Int(parts.tm_mday))
        else { return nil }
        let seconds = Int64(parts.tm_hour) * 3600 + Int64(parts.tm_min) * 60 + Int64(parts.tm_sec)
        return UTCInstant(seconds: UTCInstant(startOf: day).secondsSinceEpoch + seconds)
    }
}
