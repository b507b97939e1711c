/// The files of an exported log, wherever they lie: a directory, one ustar file, or memory in a test.
///
/// The verifier asks for paths of the tlog-tiles layout only. Implementations MUST NOT follow links out of the bundle, and
/// MUST answer nil for a file longer than ``EntryPage/bytesMax`` instead of reading it.
public struct BundleSource {
    /// The bytes of the file at a path, or nil when there is none.
    public let read: (String) -> [UInt8]?
    /// The paths of all files in the bundle, or nil when they cannot be listed.
    public let paths: [String]?

    /// A source that reads through the closure.
    public init(paths: [String]?, read: @escaping (String) -> [UInt8]?) {
        self.paths = paths
        self.read = read
    }
}

extension BundleSource {
    /// The files of a ustar archive.
    public init(_ archive: TarReader) {
        self.init(paths: archive.paths, read: { archive.read($0) })
    }
}
