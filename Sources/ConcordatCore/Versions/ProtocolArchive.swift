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
        /// Bytes that are not an archive, from that offset on: cut short, no ustar header, a link, or a path out of it.
        case malformed(at: UInt64)
        /// A path that an archive cannot carry: over 100 bytes, or not plain ASCII.
        case path(String)
        /// Beside the sign-off there is no file of a text.
        case noText
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
        for (path, contents) in files.sorted(by: { $0.key < $1.key }) {
            guard let file = try? TarWriter.file(Self.stored(path), contents) else { throw .path(path) }
            bytes += file
        }
        bytes += TarWriter.trailer
        guard bytes.count <= Self.bytesMax else { throw .tooMuch }
        (self.files, self.bytes) = (files, bytes)
        id = VersionID(unchecked: Hex.encode(Digest.sha256(bytes)))
    }

    /// Reads an archive in any order, with any times and owners; links and odd paths are refused.
    package init(parsing bytes: [UInt8]) throws(Fault) {
        guard bytes.count <= Self.bytesMax else { throw .tooMuch }
        let reader: TarReader
        do throws(LogError) { reader = try TarReader(bytes) } catch {
            guard case .malformedArchive(let offset) = error else { throw .malformed(at: 0) }
            throw .malformed(at: offset)
        }
        guard reader.paths.count <= Self.filesMax else { throw .tooMuch }
        var files: [String: [UInt8]] = [:]
        for path in reader.paths {
            guard let contents = reader.read(path) else { throw .tooMuch }
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
        let rest = whole.files.filter { !$0.key.hasPrefix(Self.signoffFolder) }
        guard !rest.isEmpty else { throw .noText }
        text = try ProtocolArchive(files: rest)
    }

    package init(text: ProtocolArchive, signoff: ProtocolArchive?) { (self.text, self.signoff) = (text, signoff) }

    /// Both together, as they lay in their directory.
    package var files: [String: [UInt8]] {
        text.files.merging(signoff?.files ?? [:]) { first, _ in first }
    }
}

extension ProtocolArchive.Fault: CustomStringConvertible {
    /// What is wrong and what to send instead. A path stands in it only where it is the sender's own file name.
    package var description: String {
        switch self {
        case .empty: "the archive holds no file"
        case .tooMuch:
            "more than \(ProtocolArchive.filesMax) files, or more than \(ProtocolArchive.bytesMax >> 20) MiB"
        case .malformed(let offset):
            "not a plain ustar archive at byte \(offset): cut short, a link or a device, an extended header, a path that is "
                + "absolute or has `..`, two files of one name, or something else than a header; "
                + "what lies beside the directory as `../common/…` goes in as `+beside/common/…`"
        case .path(let path): "`\(path)` is longer than 100 bytes, or not plain ASCII"
        case .noText: "there are only sign-off files; send them with the text they sign"
        }
    }
}
