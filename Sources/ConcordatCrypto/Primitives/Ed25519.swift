import COpenSSL

/// An Ed25519 private key (RFC 8032). The seed stays with the library until asked for.
package struct Ed25519PrivateKey: Sendable, CustomStringConvertible, CustomReflectable {
    private let key: LibraryKey
    /// The 32-byte public key.
    package let publicKey: [UInt8]

    /// The key of a 32-byte seed.
    package init(seed: [UInt8]) throws(CryptoError) {
        guard seed.count == Ed25519.seedCount else { throw .length(of: .seed, expected: Ed25519.seedCount) }
        LibraryErrors.clear()
        guard let pointer = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nil, seed, seed.count) else {
            throw LibraryErrors.take()
        }
        let key = LibraryKey(pointer)
        var publicKey = [UInt8](repeating: 0, count: Ed25519.publicKeyCount)
        var count = publicKey.count
        guard EVP_PKEY_get_raw_public_key(key.pointer, &publicKey, &count) == 1, count == publicKey.count else {
            throw LibraryErrors.take()
        }
        self.key = key
        self.publicKey = publicKey
    }

    /// A new key from the system's randomness.
    package static func generate() throws(CryptoError) -> Ed25519PrivateKey {
        try Ed25519PrivateKey(seed: SecureRandom.bytes(Ed25519.seedCount))
    }

    /// The 32-byte seed, for keeping the key. Secret.
    package var seed: [UInt8] {
        var seed = [UInt8](repeating: 0, count: Ed25519.seedCount)
        var count = seed.count
        guard EVP_PKEY_get_raw_private_key(key.pointer, &seed, &count) == 1, count == seed.count else {
            preconditionFailure("the system's OpenSSL cannot give back an Ed25519 seed")
        }
        return seed
    }

    /// The 64-byte signature of `message`; the same each time.
    package func sign(_ message: [UInt8]) throws(CryptoError) -> [UInt8] {
        LibraryErrors.clear()
        guard let context = EVP_MD_CTX_new() else { throw LibraryErrors.take() }
        defer { EVP_MD_CTX_free(context) }
        var signature = [UInt8](repeating: 0, count: Ed25519.signatureCount)
        var count = signature.count
        guard EVP_DigestSignInit(context, nil, nil, nil, key.pointer) == 1,
            EVP_DigestSign(context, &signature, &count, message, message.count) == 1, count == signature.count
        else { throw LibraryErrors.take() }
        return signature
    }

    package var description: String { "<private key>" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// Ed25519 signatures (RFC 8032), checked.
package enum Ed25519 {
    /// Bytes of a seed.
    package static let seedCount = 32
    /// Bytes of a public key.
    package static let publicKeyCount = 32
    /// Bytes of a signature.
    package static let signatureCount = 64

    /// Whether `signature` is that of `message` under `publicKey`; false also when a length is wrong.
    package static func verify(signature: [UInt8], message: [UInt8], publicKey: [UInt8]) -> Bool {
        guard signature.count == signatureCount, publicKey.count == publicKeyCount else { return false }
        defer { LibraryErrors.clear() }
        guard let pointer = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, publicKey, publicKey.count) else {
            return false
        }
        let key = LibraryKey(pointer)
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        return EVP_DigestVerifyInit(context, nil, nil, nil, key.pointer) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}

/// Owns one key of the library.
///
/// `@unchecked Sendable`: the key never changes after it is made, and the library counts references atomically.
final class LibraryKey: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes over the one reference the caller holds.
    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { EVP_PKEY_free(pointer) }
}
