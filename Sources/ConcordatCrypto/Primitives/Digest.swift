import COpenSSL

/// SHA-256 (FIPS 180-4) of bytes that are at hand as a whole.
package enum Digest {
    /// The length of a SHA-256 digest in bytes.
    package static let sha256Count = 32

    /// The 32-byte digest of `bytes`.
    package static func sha256(_ bytes: [UInt8]) -> [UInt8] {
        var hasher = SHA256Hasher()
        hasher.update(bytes)
        return hasher.finish()
    }

    /// The 32-byte digest of `bytes`.
    package static func sha256(_ bytes: RawSpan) -> [UInt8] {
        var hasher = SHA256Hasher()
        hasher.update(bytes)
        return hasher.finish()
    }
}

/// SHA-256 over bytes that come in parts. A copy is a hasher of its own.
package struct SHA256Hasher: Sendable {
    private var state: DigestState

    /// A hasher that has seen nothing yet.
    package init() { state = DigestState() }

    /// Takes the next bytes.
    package mutating func update(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { own().update($0) }
    }

    /// Takes the next bytes.
    package mutating func update(_ bytes: RawSpan) {
        let state = own()
        bytes.withUnsafeBytes { state.update($0) }
    }

    /// The 32-byte digest of all bytes so far; the hasher can go on.
    package func finish() -> [UInt8] { state.finish() }

    private mutating func own() -> DigestState {
        if !isKnownUniquelyReferenced(&state) { state = DigestState(copying: state) }
        return state
    }
}

/// Fetched once: a fetch costs more than hashing a leaf.
///
/// `@unchecked Sendable`: the algorithm object is reference-counted by the library and never changes.
private struct FetchedDigest: @unchecked Sendable {
    static let sha256 = FetchedDigest()
    let algorithm: OpaquePointer

    private init() {
        guard let algorithm = EVP_MD_fetch(nil, "SHA256", nil) else {
            preconditionFailure("no SHA-256 in the system's OpenSSL")
        }
        self.algorithm = algorithm
    }
}

/// The library's running state.
///
/// `@unchecked Sendable`: written only through a hasher that holds the one reference to it.
private final class DigestState: @unchecked Sendable {
    private let context: OpaquePointer

    init() {
        guard let context = EVP_MD_CTX_new(),
            EVP_DigestInit_ex2(context, FetchedDigest.sha256.algorithm, nil) == 1
        else { preconditionFailure("the system's OpenSSL cannot start SHA-256") }
        self.context = context
    }

    init(copying other: DigestState) {
        guard let context = EVP_MD_CTX_new(), EVP_MD_CTX_copy_ex(context, other.context) == 1 else {
            preconditionFailure("the system's OpenSSL cannot copy SHA-256")
        }
        self.context = context
    }

    deinit { EVP_MD_CTX_free(context) }

    func update(_ bytes: UnsafeRawBufferPointer) {
        guard !bytes.isEmpty else { return }
        guard EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1 else {
            preconditionFailure("the system's OpenSSL cannot go on with SHA-256")
        }
    }

    func finish() -> [UInt8] {
        let last = DigestState(copying: self)
        return [UInt8](unsafeUninitializedCapacity: Digest.sha256Count) { out, count in
            guard EVP_DigestFinal_ex(last.context, out.baseAddress, nil) == 1 else {
                preconditionFailure("the system's OpenSSL cannot finish SHA-256")
            }
            count = Digest.sha256Count
        }
    }
}
