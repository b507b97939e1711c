import ConcordatCrypto

/// The proof that a log holds one entry, complete in itself (C2SP tlog-proof): the leaf's index, the hashes that lead to
/// the root, and the signed checkpoint with that root.
public struct LogProof: Equatable, Sendable {
    // Bound: the longest proof file, in bytes: its hashes, an extra and a checkpoint.
    /// The longest proof that is read.
    public static let bytesMax = 2 * SignedNote.bytesMax
    // Bound: the longest extra, in bytes.
    /// The longest extra that is read.
    public static let extraBytesMax = 16_384

    /// The leaf's place in the log, from 0.
    public let index: UInt64
    /// Bytes of the application; not signed, and this gateway writes none.
    public let extra: [UInt8]?
    /// The siblings on the way to the root, the leaf's own first.
    public let hashes: [MerkleHash]
    /// The checkpoint with all its signatures.
    public let checkpoint: SignedNote

    /// A proof of leaf `index` at this checkpoint.
    package init(index: UInt64, hashes: [MerkleHash], checkpoint: SignedNote) {
        self.index = index
        self.extra = nil
        self.hashes = hashes
        self.checkpoint = checkpoint
    }

    /// Reads a proof file.
    public init(parsing bytes: [UInt8]) throws(LogError) {
        guard bytes.count <= Self.bytesMax, let end = Self.firstBlankLine(of: bytes),
            var lines = NoteText.lines(bytes[...end])?[...], lines.popFirst() == Array(Self.magic.utf8)
        else { throw .malformedProof }
        if let line = lines.first, line.starts(with: Self.extraPrefix.utf8) {
            guard
                let extra = NoteText.base64(
                    line.dropFirst(Self.extraPrefix.utf8.count), bytesMax: Self.extraBytesMax)
            else { throw .malformedProof }
            self.extra = extra
            lines = lines.dropFirst()
        } else {
            extra = nil
        }
        guard let line = lines.popFirst(), line.starts(with: Self.indexPrefix.utf8),
            let index = NoteText.decimal(line.dropFirst(Self.indexPrefix.utf8.count)),
            lines.count <= MerkleTree.proofHashesMax
        else { throw .malformedProof }
        self.index = index
        var hashes: [MerkleHash] = []
        for line in lines {
            guard let hash = MerkleHash(base64: line) else { throw .malformedProof }
            hashes.append(hash)
        }
        self.hashes = hashes
        checkpoint = try SignedNote(parsing: Array(bytes[(end + 2)...]))
    }

    /// The proof file.
    public var text: String {
        let extraLine = extra.map { "\(Self.extraPrefix)\(Base64.encode($0))\n" } ?? ""
        let hashLines = hashes.map { $0.base64 + "\n" }.joined()
        return "\(Self.magic)\n\(extraLine)\(Self.indexPrefix)\(index)\n\(hashLines)\n"
            + String(decoding: checkpoint.bytes, as: UTF8.self)
    }

    /// Checks that the log of `logKey` holds `entry` at ``index``, and returns the checkpoint that says so.
    public func verify(
        entry: [UInt8], logKey: NoteVerifierKey, witnesses: [NoteVerifierKey] = []
    ) throws(LogError) -> VerifiedCheckpoint {
        let verified = try VerifiedCheckpoint(checkpoint, logKey: logKey, witnesses: witnesses)
        guard
            MerkleTree.verifyInclusion(
                of: .leaf(entry), at: index, in: verified.checkpoint.size, proof: hashes,
                root: verified.checkpoint.root)
        else { throw .inclusionFailed(index: index) }
        return verified
    }

    private static let magic = "c2sp.org/tlog-proof@v1"
    private static let extraPrefix = "extra "
    private static let indexPrefix = "index "

    private static func firstBlankLine(of bytes: [UInt8]) -> Int? {
        bytes.indices.dropLast().first { bytes[$0] == NoteText.lineFeed && bytes[$0 + 1] == NoteText.lineFeed }
    }
}
