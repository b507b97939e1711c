import ConcordatCrypto
import ConcordatLog
import ConcordatTerms

/// Names packed files of a protocol: the lower-case hex SHA-256 of the archive.
package struct VersionID: Identifier {
    package let rawValue: String
    package init(unchecked rawValue: String) { self.rawValue = rawValue }

    /// Nil when `text` is not 64 lower-case hexadecimal digits.
    package init?(digest text: String) {
        guard LeafDigest(rawValue: text) != nil else { return nil }
        self.init(unchecked: text)
    }
}

/// Files of a protocol in one spelling: a ustar archive of sorted paths with no times and no owners, so that equal files are
/// equal bytes and `tar` can unpack them.
package struct ProtocolArchive: Sendable, Equatable {
    // Bound: an archive, in bytes; as much as the desk takes in one request.
    package static let bytesMax = 16 << 20
    // Bound: files in it.
    package static let filesMax = 4_000

    /// Why files are no archive.
    package enum Fault: Error, Equatable {
        case empty
        case tooMuch
        /// A path that the archive cannot carry, or bytes that are not an archive.
        case malformed
    }

    /// Path in the protocol's directory to contents.
    package let files: [String: [UInt8]]
    package let bytes: [UInt8]
    package let id: VersionID

    /// Packs files. A path that begins with `../` lies beside the protocol's own directory.
    package init(files: [String: [UInt8]]) throws(Fault) {
        guard !files.isEmpty else { throw .empty }
        guard files.count <= Self.filesMax, files.values.reduce(0, { $0 + $1.count }) <= Self.bytesMax else {
            throw .tooMuch
        }
        var bytes: [UInt8] = []
        do {
            for (path, contents) in files.sorted(by: { $0.key < $1.key }) {
                bytes += try TarWriter.file(Self.stored(path), contents)
            }
        } catch {
            throw .malformed
        }
        bytes += TarWriter.trailer
        guard bytes.count <= Self.bytesMax else { throw .tooMuch }
        (self.files, self.bytes) = (files, bytes)
        id = VersionID(unchecked: Hex.encode(Digest.sha256(bytes)))
    }

    /// Reads an archive in any order, with any times and owners; links and odd paths are refused.
    package init(parsing bytes: [UInt8]) throws(Fault) {
        guard bytes.count <= Self.bytesMax else { throw .tooMuch }
        guard let reader = try? TarReader(bytes) else { throw .malformed }
        guard reader.paths.count <= Self.filesMax else { throw .tooMuch }
        var files: [String: [UInt8]] = [:]
        for path in reader.paths {
            guard let contents = reader.read(path) else { throw .malformed }
            files[Self.named(path)] = contents
        }
        try self.init(files: files)
    }

    /// Reads what the store kept under `id`. Nil when it is not that, byte for byte: it was tampered with.
    package init?(kept bytes: [UInt8], as id: VersionID) {
        guard Hex.encode(Digest.sha256(bytes)) == id.rawValue, let archive = try? ProtocolArchive(parsing: bytes),
            archive.id == id
        else { return nil }
        self = archive
    }

    // An archive holds no path out of itself: what lies beside the directory is kept under a name no protocol uses.
    private static let beside = "+beside/"
    private static func stored(_ path: String) -> String {
        path.hasPrefix("../") ? beside + path.dropFirst(3) : path
    }
    private static func named(_ path: String) -> String {
        path.hasPrefix(beside) ? "../" + path.dropFirst(beside.count) : path
    }
}

/// A proposal: what is agreed to, and who has signed it. The second grows after the first has come into force, as parties
/// accede, and does not make another version of it.
package struct ProposedFiles: Sendable {
    /// Where sign-off files lie.
    package static let signoffFolder = "signoff/"

    package let text: ProtocolArchive
    package let signoff: ProtocolArchive?

    /// Takes an archive apart.
    package init(_ whole: ProtocolArchive) throws(ProtocolArchive.Fault) {
        let signed = whole.files.filter { $0.key.hasPrefix(Self.signoffFolder) }
        signoff = signed.isEmpty ? nil : try ProtocolArchive(files: signed)
        text = try ProtocolArchive(files: whole.files.filter { !$0.key.hasPrefix(Self.signoffFolder) })
    }

    package init(text: ProtocolArchive, signoff: ProtocolArchive?) { (self.text, self.signoff) = (text, signoff) }

    /// Both together, as they lay in their directory.
    package var files: [String: [UInt8]] {
        text.files.merging(signoff?.files ?? [:]) { first, _ in first }
    }
}
