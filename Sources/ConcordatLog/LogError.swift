/// Floor 4, ConcordatLog: the evidence; leaves, Merkle tree, checkpoints, cosignatures, proofs and the verifier that
/// outsiders link. Pure: it reads through closures, asks no clock and makes no random number.

/// Why a key, note, checkpoint, proof, tile, archive or receipt is refused. Says where, never what.
///
/// Names and paths in it are those of known keys and of the tile layout, never text taken from a refused document.
/// What is wrong with one leaf is ``LeafError``: that one is an answer to whoever sent a message, this one to whoever checks.
public enum LogError: Error, Equatable, Sendable {
    /// A verifier key that is not `name+hex+base64`, or whose id does not belong to its name and key.
    case malformedVerifierKey
    /// A note that breaks the grammar of signed notes.
    case malformedNote
    /// A note longer than the bound.
    case noteTooLong(bytesMax: Int)
    /// A note with more signature lines than the bound.
    case tooManySignatures(signaturesMax: Int)
    /// No signature line of the note belongs to a known key.
    case noKnownSignature
    /// A signature line belongs to this known key and does not verify.
    case badSignature(keyName: String)
    /// The signing key could not sign.
    case signingFailed
    /// A checkpoint text that is not origin, size and root, one line each.
    case malformedCheckpoint
    /// The checkpoint's origin is not the name of the log's key.
    case originMismatch
    /// A proof file that breaks its grammar.
    case malformedProof
    /// The proof does not lead from the entry to the checkpoint's root.
    case inclusionFailed(index: UInt64)
    /// The stored right edge of the tree does not fit its size.
    case malformedFrontier
    /// A tile that holds something else than whole hashes, or too few of them.
    case malformedTile
    /// A page of entries that ends early, goes on too long, or holds an entry over the bound; the number is its place in
    /// the page.
    case malformedEntries(entry: Int)
    /// A file of the tree could not be read.
    case unreadable(path: String)
    /// A receipt that breaks its grammar.
    case malformedReceipt
    /// The receipt's answers, message or case are not those of its leaves.
    case receiptMismatch
    /// An archive that is not plain ustar, at this byte.
    case malformedArchive(at: UInt64)
}

extension LogError: CustomStringConvertible {
    /// One line in lower case, without values.
    public var description: String {
        switch self {
        case .malformedVerifierKey: "the verifier key is not `name+hex+base64`, or its id does not fit"
        case .malformedNote: "the note is malformed"
        case .noteTooLong(let bytesMax): "the note is longer than \(bytesMax) bytes"
        case .tooManySignatures(let signaturesMax): "the note has more than \(signaturesMax) signatures"
        case .noKnownSignature: "no signature of the note is by a known key"
        case .badSignature(let keyName): "the signature of `\(keyName)` does not verify"
        case .signingFailed: "the signing key could not sign"
        case .malformedCheckpoint: "the checkpoint is not origin, size and root"
        case .originMismatch: "the checkpoint's origin is not the name of the log's key"
        case .malformedProof: "the proof is malformed"
        case .inclusionFailed(let index): "the proof of leaf \(index) does not lead to the checkpoint"
        case .malformedFrontier: "the stored right edge does not fit its size"
        case .malformedTile: "the tile does not hold the hashes it should"
        case .malformedEntries(let entry): "the page of entries is malformed at its entry \(entry)"
        case .unreadable(let path): "`\(path)` cannot be read"
        case .malformedReceipt: "the receipt is malformed"
        case .receiptMismatch: "the receipt's answers are not those of its leaves"
        case .malformedArchive(let offset): "the archive is not plain ustar at byte \(offset)"
        }
    }
}
