/// What the log says it holds: its name, how many leaves, and the root over them (C2SP tlog-checkpoint).
public struct Checkpoint: Equatable, Sendable {
    /// The name of the log, which is the name of its key.
    public let origin: String
    /// The number of leaves.
    public let size: UInt64
    /// The root of the tree over them.
    public let root: MerkleHash

    /// Refuses an origin that cannot name a key, and a size over ``MerkleTree/sizeMax``.
    package init(origin: String, size: UInt64, root: MerkleHash) throws(LogError) {
        guard NoteText.isName(origin), size <= MerkleTree.sizeMax else { throw .malformedCheckpoint }
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// Reads the text of a note. Exactly three lines: this log writes no extension lines and takes none.
    public init(parsing text: String) throws(LogError) {
        guard let lines = NoteText.lines(Array(text.utf8)), lines.count == 3,
            let origin = String(validating: lines[0], as: UTF8.self), NoteText.isName(origin),
            let size = NoteText.decimal(lines[1]), let root = MerkleHash(base64: lines[2])
        else { throw .malformedCheckpoint }
        guard size > 0 || root == .empty else { throw .malformedCheckpoint }
        self.origin = origin
        self.size = size
        self.root = root
    }

    /// The text that is signed.
    public var text: String { "\(origin)\n\(size)\n\(root.base64)\n" }

    /// The checkpoint as a note with the log's signature. Callers MUST make it durable before it leaves.
    package func signed(by signer: NoteSigner) throws(LogError) -> SignedNote {
        guard NoteText.same(origin, signer.verifierKey.name) else { throw .originMismatch }
        return try signer.note(of: text)
    }

    /// Whether the texts are the same bytes.
    public static func == (left: Checkpoint, right: Checkpoint) -> Bool {
        NoteText.same(left.origin, right.origin) && left.size == right.size && left.root == right.root
    }
}

/// A checkpoint whose signature by the log was checked. There is no other way to make one.
public struct VerifiedCheckpoint: Equatable, Sendable {
    /// What the log signed.
    public let checkpoint: Checkpoint
    /// The witnesses, among those asked about, that cosigned it.
    public let cosignatures: [VerifiedSignature]

    /// Checks a note: the log's own signature is there and verifies, every line of a given witness verifies, and the text
    /// is a checkpoint of the log that `logKey` names.
    public init(
        _ note: SignedNote, logKey: NoteVerifierKey, witnesses: [NoteVerifierKey] = []
    ) throws(LogError) {
        guard logKey.algorithm == .ed25519, witnesses.allSatisfy({ $0.algorithm == .cosignature }) else {
            throw .malformedVerifierKey
        }
        // Order matters: the log's key alone first, so that a witness's signature can never stand in for it.
        _ = try note.verify(with: [logKey])
        let checkpoint = try Checkpoint(parsing: note.text)
        guard NoteText.same(checkpoint.origin, logKey.name) else { throw .originMismatch }
        self.checkpoint = checkpoint
        cosignatures = try note.verify(with: [logKey] + witnesses).filter { $0.time != nil }
    }

    /// Reads and checks the bytes of a note.
    public init(
        parsing bytes: [UInt8], logKey: NoteVerifierKey, witnesses: [NoteVerifierKey] = []
    ) throws(LogError) {
        try self.init(SignedNote(parsing: bytes), logKey: logKey, witnesses: witnesses)
    }
}
