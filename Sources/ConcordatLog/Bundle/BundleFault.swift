/// The first thing about a bundle that does not fit. Names leaves by their number, from 0.
public enum BundleFault: Error, Equatable, Sendable {
    /// There is no `checkpoint`.
    case noCheckpoint
    /// The checkpoint is not one of the log, or not signed by its key.
    case checkpoint(LogError)
    /// A file of the tree is missing or cannot be read; its first leaf should have been this one.
    case missing(path: String, leaf: UInt64)
    /// The page of entries ends early, or goes on, at this leaf.
    case malformedPage(path: String, leaf: UInt64)
    /// A tile of hashes has another length than its width says; these leaves lie under it.
    case malformedTile(path: String, leaves: ClosedRange<UInt64>)
    /// The entry is not the one whose hash the tile holds.
    case entryMismatch(leaf: UInt64)
    /// The entry is the logged one, or claims to be, and is no leaf.
    case malformedLeaf(leaf: UInt64, LeafError)
    /// The leaf is older than the one before it.
    case timeBackwards(leaf: UInt64)
    /// Entries and lower tiles agree with each other but not with the tile above: one of these leaves was changed.
    case tileMismatch(path: String, leaves: ClosedRange<UInt64>)
    /// All tiles agree with the entries but the signed root does not: one of these leaves was changed.
    case rootMismatch(leaves: Range<UInt64>)
    /// The log has fewer leaves than the earlier checkpoint says.
    case shrunk(earlierSize: UInt64)
    /// The log does not begin with the leaves of the earlier checkpoint.
    case forked(earlierSize: UInt64)

    /// The first leaf that does not fit, where the fault lies with leaves: that very one, or the first it can be.
    public var firstLeaf: UInt64? {
        switch self {
        case .noCheckpoint, .checkpoint, .shrunk: nil
        case .missing(_, let leaf), .malformedPage(_, let leaf), .entryMismatch(let leaf), .malformedLeaf(let leaf, _),
            .timeBackwards(let leaf):
            leaf
        case .malformedTile(_, let leaves), .tileMismatch(_, let leaves): leaves.lowerBound
        case .rootMismatch(let leaves): leaves.lowerBound
        case .forked: 0
        }
    }
}

extension BundleFault: CustomStringConvertible {
    /// One line in lower case, without values.
    public var description: String {
        switch self {
        case .noCheckpoint: "there is no `checkpoint`"
        case .checkpoint(let error): "checkpoint: \(error)"
        case .missing(let path, let leaf): "leaf \(leaf): `\(path)` is missing"
        case .malformedPage(let path, let leaf): "leaf \(leaf): `\(path)` is cut off or too long there"
        case .malformedTile(let path, let leaves): "leaves \(Self.text(leaves)): `\(path)` has the wrong length"
        case .entryMismatch(let leaf): "leaf \(leaf): the entry is not the one that was logged"
        case .malformedLeaf(let leaf, let error): "leaf \(leaf): \(error)"
        case .timeBackwards(let leaf): "leaf \(leaf): older than the leaf before it"
        case .tileMismatch(let path, let leaves):
            "leaves \(Self.text(leaves)): one of them is not the one that was logged, by `\(path)`"
        case .rootMismatch(let leaves):
            leaves.isEmpty
                ? "the root is not the signed one"
                : "leaves \(leaves.lowerBound) to \(leaves.upperBound - 1): one of them is not the one that was signed"
        case .shrunk(let size): "the log is shorter than the \(size) leaves of the earlier checkpoint"
        case .forked(let size): "the first \(size) leaves are not those of the earlier checkpoint"
        }
    }

    private static func text(_ leaves: ClosedRange<UInt64>) -> String { "\(leaves.lowerBound) to \(leaves.upperBound)" }
}
