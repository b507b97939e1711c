import ConcordatCrypto

/// A SHA-256 hash in the tree of RFC 6962: of a leaf, of an inner node, or of the whole.
///
/// Held as four words, so that a hash costs no allocation.
public struct MerkleHash: Hashable, Sendable, CustomStringConvertible {
    /// How long a hash is, in bytes.
    public static let byteCount = 32

    /// The root of the tree without leaves: SHA-256 of nothing.
    public static let empty = MerkleHash(digest: Digest.sha256([]))

    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let fourth: UInt64

    /// Nil when there are not 32 bytes.
    public init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Self.byteCount else { return nil }
        var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
        for (offset, byte) in bytes.enumerated() {
            switch offset >> 3 {
            case 0: words.0 = words.0 << 8 | UInt64(byte)
            case 1: words.1 = words.1 << 8 | UInt64(byte)
            case 2: words.2 = words.2 << 8 | UInt64(byte)
            default: words.3 = words.3 << 8 | UInt64(byte)
            }
        }
        (first, second, third, fourth) = words
    }

    /// Reads a hash in base64 with padding, in its one canonical spelling. Nil for anything else.
    public init?(base64: some Collection<UInt8>) {
        guard let bytes = NoteText.base64(base64, bytesMax: Self.byteCount) else { return nil }
        self.init(bytes)
    }

    /// The hash of a leaf that holds `entry`: SHA-256(0x00 ‖ entry).
    public static func leaf(_ entry: [UInt8]) -> MerkleHash {
        var input: [UInt8] = []
        input.reserveCapacity(entry.count + 1)
        input.append(0x00)
        input.append(contentsOf: entry)
        return MerkleHash(digest: Digest.sha256(input))
    }

    /// The hash of a node over two subtrees: SHA-256(0x01 ‖ left ‖ right).
    public static func node(_ left: MerkleHash, _ right: MerkleHash) -> MerkleHash {
        var input: [UInt8] = []
        input.reserveCapacity(2 * byteCount + 1)
        input.append(0x01)
        left.append(to: &input)
        right.append(to: &input)
        return MerkleHash(digest: Digest.sha256(input))
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.byteCount)
        append(to: &bytes)
        return bytes
    }

    /// The hash in base64 with padding, as checkpoints and proofs write it.
    public var base64: String { Base64.encode(bytes) }

    /// The hash in lower-case hexadecimal.
    public var description: String { Hex.encode(bytes) }

    /// Writes the 32 bytes behind what is already in `bytes`.
    package func append(to bytes: inout [UInt8]) {
        for word in [first, second, third, fourth] {
            for shift in stride(from: 56, through: 0, by: -8) {
                bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift)))
            }
        }
    }

    private init(digest: [UInt8]) {
        guard let hash = MerkleHash(digest) else { preconditionFailure("a SHA-256 of \(digest.count) bytes") }
        self = hash
    }
}
