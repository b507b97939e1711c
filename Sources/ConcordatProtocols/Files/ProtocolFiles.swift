/// The files of one protocol directory, read once: relative path (`messages/referral.json`) to bytes.
///
/// Everything in this module works on this value; only ``ProtocolDirectory/read(_:)`` touches a disk.
package struct ProtocolFiles: Sendable, Equatable {
    // Bound: one file, in bytes.
    package static let fileBytesMax = 1 << 20
    // Bound: files in one directory tree.
    package static let filesMax = 4_000
    // Bound: all files together, in bytes.
    package static let bytesMax = 64 << 20

    /// The folder in which a deployment's party files stand that the protocol's own roster has as well: the load names them.
    package static let doubledFolder = "--parties"

    /// Relative path, with `/` between its parts, to contents.
    package var contents: [String: [UInt8]]

    /// Where files lie that are not in the directory under their relative path, for people: `own/acme.yaml`.
    package var origins: [String: String] = [:]

    /// A set of files.
    package init(_ contents: [String: [UInt8]] = [:]) { self.contents = contents }

    /// The bytes of one file; nil when it is not there.
    package subscript(path: String) -> [UInt8]? {
        get { contents[path] }
        set { contents[path] = newValue }
    }

    /// The paths directly inside `folder` that end in `suffix`, sorted.
    package func paths(in folder: String, suffix: String) -> [String] {
        contents.keys.filter { path in
            guard path.hasPrefix(folder + "/"), path.hasSuffix(suffix) else { return false }
            return !path.dropFirst(folder.count + 1).contains("/")
        }.sorted()
    }

    /// The names of the folders directly inside `folder` that hold at least one file, sorted.
    package func folders(in folder: String) -> [String] {
        let names = contents.keys.compactMap { path -> String? in
            guard path.hasPrefix(folder + "/") else { return nil }
            let rest = path.dropFirst(folder.count + 1)
            guard let slash = rest.firstIndex(of: "/") else { return nil }
            return String(rest[..<slash])
        }
        return Set(names).sorted()
    }
}
