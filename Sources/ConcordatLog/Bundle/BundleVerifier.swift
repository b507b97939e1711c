/// Checks an exported log offline, with nothing but the log's verifier key, and names the first leaf that does not fit.
///
/// A bundle has the layout of C2SP tlog-tiles: `checkpoint`, `tile/<level>/…` and `tile/entries/…`, every tile at its width
/// for the checkpoint's size. A file `key` may say which key to ask for and is never trusted.
///
/// Reads every page once and holds one page, and one tile a level, at a time.
public struct BundleVerifier: Sendable {
    private let logKey: NoteVerifierKey
    private let witnesses: [NoteVerifierKey]
    private let earlier: VerifiedCheckpoint?

    /// A verifier of the log with this key, which MUST come from elsewhere than the bundle.
    ///
    /// With `earlier`, a checkpoint kept from before, the log must also begin with the leaves that one speaks of.
    public init(logKey: NoteVerifierKey, witnesses: [NoteVerifierKey] = [], since earlier: VerifiedCheckpoint? = nil) {
        self.logKey = logKey
        self.witnesses = witnesses
        self.earlier = earlier
    }

    /// Checks the whole bundle, up to the first fault.
    ///
    /// `entry` hears of every entry that fits its tile and is a leaf, in order. The root comes last: only a report without a
    /// fault says that they are the signed ones.
    public func verify(_ source: BundleSource, entry: (UInt64, [UInt8]) -> Void = { _, _ in }) -> BundleReport {
        var report = BundleReport()
        do throws(BundleFault) {
            let verified = try checkpoint(in: source)
            report.checkpoint = verified.checkpoint
            report.cosignatures = verified.cosignatures
            noteUnexpected(source, size: verified.checkpoint.size, in: &report)
            if let earlier, earlier.checkpoint.size > verified.checkpoint.size {
                throw BundleFault.shrunk(earlierSize: earlier.checkpoint.size)
            }
            var walk = BundleWalk(source: source, size: verified.checkpoint.size)
            try check(&walk, against: verified.checkpoint, entry: entry, report: &report)
        } catch {
            report.fault = error
        }
        return report
    }

    private func checkpoint(in source: BundleSource) throws(BundleFault) -> VerifiedCheckpoint {
        guard let bytes = source.read(Self.checkpointPath) else { throw .noCheckpoint }
        do {
            return try VerifiedCheckpoint(parsing: bytes, logKey: logKey, witnesses: witnesses)
        } catch {
            throw .checkpoint(error)
        }
    }

    private func check(
        _ walk: inout BundleWalk, against checkpoint: Checkpoint, entry: (UInt64, [UInt8]) -> Void,
        report: inout BundleReport
    ) throws(BundleFault) {
        try checkEarlier(walk.frontier)
        while let (index, bytes) = try walk.next() {
            let leaf: Leaf
            do { leaf = try Leaf(parsing: bytes) } catch { throw .malformedLeaf(leaf: index, error) }
            if let last = report.lastTime, leaf.time < last { throw .timeBackwards(leaf: index) }
            try walk.append(bytes)
            report.firstTime = report.firstTime ?? leaf.time
            report.lastTime = leaf.time
            report.leavesChecked = index + 1
            try checkEarlier(walk.frontier)
            entry(index, bytes)
        }
        guard walk.frontier.root == checkpoint.root else {
            // What the earlier checkpoint covers has just been shown to be as it was.
            throw .rootMismatch(leaves: (earlier?.checkpoint.size ?? 0)..<checkpoint.size)
        }
    }

    /// Compares with the earlier checkpoint on the way past its size.
    private func checkEarlier(_ frontier: TreeFrontier) throws(BundleFault) {
        guard let earlier, earlier.checkpoint.size == frontier.size else { return }
        guard NoteText.same(earlier.checkpoint.origin, logKey.name), earlier.checkpoint.root == frontier.root else {
            throw .forked(earlierSize: earlier.checkpoint.size)
        }
    }

    private func noteUnexpected(_ source: BundleSource, size: UInt64, in report: inout BundleReport) {
        let layout = TileLayout(size: size)
        for path in source.paths ?? [] where path != Self.checkpointPath && path != Self.keyPath {
            if let tile = TilePath(path), layout.contains(tile) { continue }
            report.unexpectedCount += 1
            if report.unexpected.count < BundleReport.unexpectedMax { report.unexpected.append(path) }
        }
    }

    private static let checkpointPath = "checkpoint"
    private static let keyPath = "key"
}
