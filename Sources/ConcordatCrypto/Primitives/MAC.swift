import COpenSSL

/// HMAC (RFC 2104) over SHA-256, and the comparison that goes with it.
package enum MAC {
    /// The 32-byte HMAC-SHA-256 of `message`. Any key length is legal.
    package static func hmacSHA256(key: [UInt8], _ message: [UInt8]) -> [UInt8] {
        guard let context = concordat_hmac_sha256_new(FetchedMAC.hmac.algorithm, key, key.count) else {
            preconditionFailure("the system's OpenSSL cannot start HMAC")
        }
        defer { EVP_MAC_CTX_free(context) }
        guard message.isEmpty || EVP_MAC_update(context, message, message.count) == 1 else {
            preconditionFailure("the system's OpenSSL cannot go on with HMAC")
        }
        return [UInt8](unsafeUninitializedCapacity: Digest.sha256Count) { out, count in
            guard EVP_MAC_final(context, out.baseAddress, &count, Digest.sha256Count) == 1 else {
                preconditionFailure("the system's OpenSSL cannot finish HMAC")
            }
        }
    }

    /// Whether both are equal, in a time that depends on their length only.
    package static func constantTimeEquals(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        return left.isEmpty || CRYPTO_memcmp(left, right, left.count) == 0
    }
}

/// Fetched once, as fetching is slow.
///
/// `@unchecked Sendable`: the algorithm object is reference-counted by the library and never changes.
private struct FetchedMAC: @unchecked Sendable {
    static let hmac = FetchedMAC()
    let algorithm: OpaquePointer

    private init() {
        guard let algorithm = EVP_MAC_fetch(nil, "HMAC", nil) else {
            preconditionFailure("no HMAC in the system's OpenSSL")
        }
        self.algorithm = algorithm
    }
}
