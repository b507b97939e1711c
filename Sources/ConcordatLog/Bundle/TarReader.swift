/// Reads an uncompressed ustar archive (POSIX.1-1988) by its headers: plain files and directories, nothing else.
///
/// Links, devices and extended headers are refused, as are absolute paths, `..`, and two files of one name: what is checked
/// and what another program unpacks must be the same.
public struct TarReader {
    // Bound: files in one archive.
    /// The largest number of files that is read.
    public static let filesMax = 1_000_000

    private struct Place {
        var offset: UInt64
        var count: Int
    }

    /// The paths of all files, in the order of the archive.
    public let paths: [String]
    private let places: [String: Place]
    private let read: (UInt64, Int) -> [UInt8]?

    /// Reads the headers of an archive of so many bytes.
    ///
    /// `read` answers the bytes at an offset, exactly as many as asked for, or nil when it cannot. It is asked for one
    /// header at a time here, and for one file at a time later.
    public init(byteCount: UInt64, read: @escaping (_ offset: UInt64, _ count: Int) -> [UInt8]?) throws(LogError) {
        var paths: [String] = []
        var places: [String: Place] = [:]
        var offset: UInt64 = 0
        while true {
            guard byteCount >= TarHeader.blockBytes, offset <= byteCount - TarHeader.blockBytes,
                let block = read(offset, Int(TarHeader.blockBytes)), block.count == Int(TarHeader.blockBytes)
            else { throw .malformedArchive(at: offset) }
            if block.allSatisfy({ $0 == 0 }) { break }
            guard let header = TarHeader(parsing: block) else { throw .malformedArchive(at: offset) }
            let start = offset + TarHeader.blockBytes
            let next = start.addingReportingOverflow(TarHeader.padded(header.byteCount))
            guard !next.overflow, next.partialValue <= byteCount else { throw .malformedArchive(at: offset) }
            if !header.isDirectory {
                guard places[header.path] == nil, paths.count < Self.filesMax,
                    let count = Int(exactly: header.byteCount)
                else { throw .malformedArchive(at: offset) }
                paths.append(header.path)
                places[header.path] = Place(offset: start, count: count)
            }
            offset = next.partialValue
        }
        self.paths = paths
        self.places = places
        self.read = read
    }

    /// Reads an archive that is held in memory.
    public init(_ bytes: [UInt8]) throws(LogError) {
        try self.init(byteCount: UInt64(bytes.count)) { offset, count in
            guard offset <= UInt64(bytes.count), count <= bytes.count - Int(offset) else { return nil }
            return Array(bytes[Int(offset)..<Int(offset) + count])
        }
    }

    /// The bytes of the file at a path. Nil when there is none, and for one longer than ``EntryPage/bytesMax``.
    public func read(_ path: String) -> [UInt8]? {
        guard let place = places[path], place.count <= EntryPage.bytesMax else { return nil }
        guard let bytes = read(place.offset, place.count), bytes.count == place.count else { return nil }
        return bytes
    }
}
