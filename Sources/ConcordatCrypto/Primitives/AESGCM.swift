import COpenSSL

/// AES-256-GCM (NIST SP 800-38D). A nonce must never be used twice with one key.
package enum AESGCM {
    /// Bytes of a key.
    package static let keyCount = 32
    /// Bytes of a nonce.
    package static let nonceCount = 12
    /// Bytes of the tag at the end of what is sealed.
    package static let tagCount = 16

    /// The ciphertext with its 16-byte tag behind it. `aad` is bound to it but not part of it.
    package static func seal(_ plaintext: [UInt8], key: [UInt8], nonce: [UInt8], aad: [UInt8]) throws(CryptoError)
        -> [UInt8]
    {
        let context = try context(key: key, nonce: nonce, encrypting: true)
        defer { EVP_CIPHER_CTX_free(context) }
        var sealed = [UInt8](repeating: 0, count: plaintext.count + tagCount)
        let done = sealed.withUnsafeMutableBufferPointer { out in
            var moved: Int32 = 0
            return take(aad, into: context)
                && (plaintext.isEmpty
                    || EVP_EncryptUpdate(context, out.baseAddress, &moved, plaintext, Int32(plaintext.count)) == 1)
                && EVP_EncryptFinal_ex(context, out.baseAddress, &moved) == 1
                && concordat_gcm_get_tag(context, out.baseAddress?.advanced(by: plaintext.count)) == 1
        }
        guard done else { throw LibraryErrors.take() }
        return sealed
    }

    /// The plaintext, or ``CryptoError/notAuthentic``: then nothing of it is given out.
    package static func open(_ sealed: [UInt8], key: [UInt8], nonce: [UInt8], aad: [UInt8]) throws(CryptoError)
        -> [UInt8]
    {
        guard sealed.count >= tagCount else { throw .notAuthentic }
        let context = try context(key: key, nonce: nonce, encrypting: false)
        defer { EVP_CIPHER_CTX_free(context) }
        let count = sealed.count - tagCount
        let tag = Array(sealed[count...])
        // One byte more than needed, so that an empty text has an address too.
        var opened = [UInt8](repeating: 0, count: count + 1)
        let done = opened.withUnsafeMutableBufferPointer { out in
            var moved: Int32 = 0
            return take(aad, into: context)
                && (count == 0 || EVP_DecryptUpdate(context, out.baseAddress, &moved, sealed, Int32(count)) == 1)
                && concordat_gcm_set_tag(context, tag) == 1
                && EVP_DecryptFinal_ex(context, out.baseAddress?.advanced(by: count), &moved) == 1
        }
        guard done else {
            LibraryErrors.clear()
            opened.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) }
            throw .notAuthentic
        }
        opened.removeLast()
        return opened
    }

    private static func context(key: [UInt8], nonce: [UInt8], encrypting: Bool) throws(CryptoError) -> OpaquePointer {
        guard key.count == keyCount else { throw .length(of: .key, expected: keyCount) }
        guard nonce.count == nonceCount else { throw .length(of: .nonce, expected: nonceCount) }
        LibraryErrors.clear()
        guard let context = EVP_CIPHER_CTX_new() else { throw LibraryErrors.take() }
        // 12 bytes is the cipher's own nonce length, so it need not be set.
        guard EVP_CipherInit_ex2(context, FetchedCipher.gcm.algorithm, key, nonce, encrypting ? 1 : 0, nil) == 1 else {
            EVP_CIPHER_CTX_free(context)
            throw LibraryErrors.take()
        }
        return context
    }

    private static func take(_ aad: [UInt8], into context: OpaquePointer) -> Bool {
        var moved: Int32 = 0
        return aad.isEmpty || EVP_CipherUpdate(context, nil, &moved, aad, Int32(aad.count)) == 1
    }
}

/// Fetched once, as fetching is slow.
///
/// `@unchecked Sendable`: the algorithm object is reference-counted by the library and never changes.
private struct FetchedCipher: @unchecked Sendable {
    static let gcm = FetchedCipher()
    let algorithm: OpaquePointer

    private init() {
        guard let algorithm = EVP_CIPHER_fetch(nil, "AES-256-GCM", nil) else {
            preconditionFailure("no AES-256-GCM in the system's OpenSSL")
        }
        self.algorithm = algorithm
    }
}
