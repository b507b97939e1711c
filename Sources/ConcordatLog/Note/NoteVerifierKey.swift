import ConcordatCrypto
public import ConcordatTerms

/// A public key that signs notes, with its name: of the log itself, or of a witness.
///
/// Its text is the C2SP verifier key, `name+hex+base64`, for example
/// `example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k`.
public struct NoteVerifierKey: Hashable, Sendable, CustomStringConvertible {
    /// What a key signs with; the number is the one in key ids and verifier keys.
    public enum Algorithm: UInt8, Sendable {
        /// Ed25519 over the text of the note.
        case ed25519 = 1
        /// Ed25519 over a timed statement about a checkpoint, `cosignature/v1`.
        case cosignature = 4
    }

    /// The name in signature lines; for a log it is its origin.
    public let name: String
    /// What the key signs with.
    public let algorithm: Algorithm
    /// The 32 bytes of the Ed25519 public key.
    public let publicKey: [UInt8]
    /// The first four bytes of SHA-256(name ‖ LF ‖ algorithm ‖ public key), big-endian.
    public let id: UInt32

    /// Refuses a name that is empty or holds white space, `+` or control characters, and a key that is not 32 bytes.
    public init(name: String, algorithm: Algorithm, publicKey: [UInt8]) throws(LogError) {
        guard NoteText.isName(name), publicKey.count == 32 else { throw .malformedVerifierKey }
        self.name = name
        self.algorithm = algorithm
        self.publicKey = publicKey
        let digest = Digest.sha256(Array(name.utf8) + [NoteText.lineFeed, algorithm.rawValue] + publicKey)
        id = digest.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// Reads a verifier key, white space at its end aside. Refuses one whose id does not belong to its name and key.
    public init(parsing text: String) throws(LogError) {
        var bytes = Array(text.utf8)
        while bytes.last == NoteText.lineFeed || bytes.last == NoteText.space { bytes.removeLast() }
        let parts = bytes.split(separator: UInt8(ascii: "+"), maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, let name = String(validating: parts[0], as: UTF8.self),
            let key = NoteText.base64(parts[2], bytesMax: 33), key.count == 33,
            let algorithm = Algorithm(rawValue: key[0])
        else { throw .malformedVerifierKey }
        try self.init(name: name, algorithm: algorithm, publicKey: Array(key[1...]))
        guard parts[1].elementsEqual(Self.hex(id).utf8) else { throw .malformedVerifierKey }
    }

    /// The verifier key as text.
    public var description: String {
        "\(name)+\(Self.hex(id))+\(Base64.encode([algorithm.rawValue] + publicKey))"
    }

    /// Whether name, byte for byte, algorithm and key are the same.
    public static func == (left: NoteVerifierKey, right: NoteVerifierKey) -> Bool {
        NoteText.same(left.name, right.name) && left.algorithm == right.algorithm && left.publicKey == right.publicKey
    }

    /// Whether a signature line claims to be by this key.
    func made(_ signature: NoteSignature) -> Bool {
        signature.keyID == id && NoteText.same(signature.keyName, name)
    }

    /// What the line vouches for, or nil when it does not verify over `text`.
    func verify(_ signature: NoteSignature, over text: String) -> VerifiedSignature? {
        switch algorithm {
        case .ed25519:
            guard
                Ed25519.verify(signature: signature.payload, message: Array(text.utf8), publicKey: publicKey)
            else { return nil }
            return VerifiedSignature(keyName: name, time: nil)
        case .cosignature:
            guard let cosignature = Cosignature(payload: signature.payload),
                Ed25519.verify(
                    signature: cosignature.signature,
                    message: Cosignature.message(time: cosignature.time, checkpoint: text), publicKey: publicKey)
            else { return nil }
            return VerifiedSignature(keyName: name, time: cosignature.time)
        }
    }

    private static func hex(_ id: UInt32) -> String {
        let digits = String(id, radix: 16)
        return String(repeating: "0", count: 8 - digits.count) + digits
    }
}

/// A signature that was checked: by whom, and for a witness when.
public struct VerifiedSignature: Equatable, Sendable {
    /// The name of the key.
    public let keyName: String
    /// When a witness says it saw the checkpoint; nil for a signature that carries no time.
    public let time: UTCInstant?
}
