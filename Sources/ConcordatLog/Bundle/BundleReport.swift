public import ConcordatTerms

/// What the verifier found.
public struct BundleReport: Equatable, Sendable {
    // Bound: file names that are listed; more are only counted.
    /// The largest number of unexpected files that is named.
    public static let unexpectedMax = 100

    /// What the log signed; nil when no checkpoint under its key was found.
    public internal(set) var checkpoint: Checkpoint?
    /// The witnesses, among those asked about, that cosigned it, and when.
    public internal(set) var cosignatures: [VerifiedSignature] = []
    /// How many leaves were read and fit.
    public internal(set) var leavesChecked: UInt64 = 0
    /// The time of the first leaf.
    public internal(set) var firstTime: UTCInstant?
    /// The time of the last leaf that was checked.
    public internal(set) var lastTime: UTCInstant?
    /// The first thing that does not fit; nil when everything does.
    public internal(set) var fault: BundleFault?
    /// Files that are no part of the log, and that the checkpoint says nothing about; at most ``unexpectedMax`` of them.
    public internal(set) var unexpected: [String] = []
    /// How many such files there are.
    public internal(set) var unexpectedCount = 0

    /// Whether every leaf is the one that was signed, and there is nothing else in the bundle.
    public var isSound: Bool { fault == nil && unexpectedCount == 0 }
}
