// The one file of this room that touches a disk, and so the one that imports Foundation.
import Foundation

extension ProtocolDirectory {
    /// Reads a protocol directory: text files by relative path, links and hidden files left out.
    ///
    /// Bounded by ``ProtocolFiles``: a file over its bound is read one byte beyond it, so that the load names it. Throws
    /// ``ProtocolReadError`` when there is no such directory or it holds too much. Files beside the directory come along
    /// where its text or a schema names them, as `../folder/file`.
    ///
    /// - Parameter parties: a directory of a deployment's own party files, read as if they stood in `parties/`.
    package static func read(
        _ directory: String, parties: String? = nil
    ) throws(ProtocolReadError) -> ProtocolFiles {
        let root = URL(fileURLWithPath: directory, isDirectory: true).standardizedFileURL
        var files = ProtocolFiles()
        var total = 0
        var waiting: [(url: URL, path: String, depth: Int)] = [(root, "", 0)]
        while let (url, path, depth) = waiting.popLast() {
            guard let names = try? FileManager.default.contentsOfDirectory(atPath: url.path) else {
                throw .notADirectory
            }
            for name in names.sorted() where !name.hasPrefix(".") {
                let child = url.appendingPathComponent(name)
                let childPath = path.isEmpty ? name : "\(path)/\(name)"
                let type = (try? FileManager.default.attributesOfItem(atPath: child.path))?[.type] as? FileAttributeType
                switch type {
                case .typeDirectory? where depth < depthMax: waiting.append((child, childPath, depth + 1))
                case .typeRegular? where isWanted(name):
                    guard let bytes = contents(of: child, max: bytesMax(of: childPath)) else {
                        throw .unreadable(path: childPath)
                    }
                    total += bytes.count
                    guard files.contents.count < ProtocolFiles.filesMax, total <= ProtocolFiles.bytesMax else {
                        throw .tooMuch
                    }
                    files[childPath] = bytes
                default: continue
                }
            }
        }
        if let parties { try addParties(from: parties, to: &files, &total) }
        try SharedFiles(parent: root.deletingLastPathComponent()).add(to: &files, &total)
        return files
    }

    /// A deployment's own party files, by the path each has beside the protocol's.
    ///
    /// - Throws: as ``read(_:parties:)``; a directory that is not there is refused.
    package static func ownParties(in directory: String) throws(ProtocolReadError) -> [String: [UInt8]] {
        var (files, total) = (ProtocolFiles(), 0)
        try addParties(from: directory, to: &files, &total)
        return files.contents
    }

    /// The party files of a deployment; one that the protocol has as well is set apart, and refused by the load.
    private static func addParties(
        from directory: String, to files: inout ProtocolFiles, _ total: inout Int
    ) throws(ProtocolReadError) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: directory) else {
            throw .noParties(path: directory)
        }
        for name in names.sorted() where name.hasSuffix(".yaml") && !name.hasPrefix(".") {
            let url = URL(fileURLWithPath: directory, isDirectory: true).appendingPathComponent(name)
            guard let bytes = contents(of: url, max: ProtocolFiles.fileBytesMax) else {
                throw .unreadable(path: url.path)
            }
            total += bytes.count
            guard files.contents.count < ProtocolFiles.filesMax, total <= ProtocolFiles.bytesMax else {
                throw .tooMuch
            }
            let isDoubled = files["parties/\(name)"] != nil
            let path = "\(isDoubled ? ProtocolFiles.doubledFolder : "parties")/\(name)"
            files[path] = bytes
            files.origins[path] = directory.hasSuffix("/") ? directory + name : "\(directory)/\(name)"
        }
    }

    // Bound: folders inside folders; `cases/<name>/<file>` is the deepest the layout knows.
    private static let depthMax = 4

    private static func isWanted(_ name: String) -> Bool {
        [".yaml", ".json", ".csv", ".p7s"].contains { name.hasSuffix($0) }
    }

    /// A signed text holds all the files of a protocol in one.
    private static func bytesMax(of path: String) -> Int {
        path.hasPrefix(SignoffPath.folder + "/") ? SignedText.bytesMax : ProtocolFiles.fileBytesMax
    }

    static func contents(of url: URL, max bytesMax: Int) -> [UInt8]? {
        guard let handle = try? FileHandle(forReadingFrom: url) else { return nil }
        defer { try? handle.close() }
        do {
            // Nothing to read is an empty file; a failure is thrown.
            return [UInt8](try handle.read(upToCount: bytesMax + 1) ?? Data())
        } catch {
            return nil
        }
    }
}

/// Why a protocol directory could not be read from the disk.
package enum ProtocolReadError: Error, Equatable, Sendable, CustomStringConvertible {
    case notADirectory
    case unreadable(path: String)
    /// Over the bounds of ``ProtocolFiles``.
    case tooMuch
    /// The directory of a deployment's parties is not there.
    case noParties(path: String)

    package var description: String {
        switch self {
        case .notADirectory: "no such directory"
        case .unreadable(let path): "cannot read `\(path)`"
        case .noParties(let path): "there is no directory of parties `\(path)`"
        case .tooMuch: "the directory holds more than \(ProtocolFiles.filesMax) files or 64 MiB"
        }
    }
}
