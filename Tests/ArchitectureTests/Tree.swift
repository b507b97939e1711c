import Foundation

/// The working tree this test was compiled from, read as text. Generated and ignored places are left out.
struct Tree: Sendable {
    /// A text file of the tree.
    struct File: Sendable {
        /// Its path from the root, with `/`.
        let path: String
        let text: String

        /// The module of a file under Sources, else nil.
        var module: String? {
            let parts = path.split(separator: "/")
            return parts.count > 2 && parts[0] == "Sources" ? String(parts[1]) : nil
        }

        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
    }

    /// The tree of this checkout, read once.
    static let here = Tree(root: rootOfThisFile())

    let files: [File]
    let topLevel: [String]

    /// Swift files under Sources, without comments and the text of string literals.
    let code: [(file: File, code: SwiftCode)]

    /// Every Swift file under Sources and Tests.
    var swiftFiles: [File] {
        files.filter { $0.path.hasSuffix(".swift") && ($0.path.hasPrefix("Sources/") || $0.path.hasPrefix("Tests/")) }
    }

    func file(_ path: String) -> File? { files.first { $0.path == path } }

    /// Whether a file or directory is at `path`.
    func has(_ path: String) -> Bool {
        let trimmed = path.hasSuffix("/") ? String(path.dropLast()) : path
        return files.contains { $0.path == trimmed || $0.path.hasPrefix(trimmed + "/") }
    }

    init(root: URL) {
        var files: [File] = []
        let manager = FileManager.default
        topLevel = ((try? manager.contentsOfDirectory(atPath: root.path)) ?? []).sorted()
        for entry in topLevel where !Self.isIgnored(entry) {
            for path in Self.paths(under: entry, root: root) {
                // A file that is not text has nothing these tests could hold.
                guard let text = try? String(contentsOf: root.appendingPathComponent(path), encoding: .utf8) else {
                    continue
                }
                files.append(File(path: path, text: text))
            }
        }
        self.files = files
        code = files.filter { $0.module != nil && $0.path.hasSuffix(".swift") }.map { ($0, SwiftCode($0.text)) }
    }

    /// Whether a top-level entry is made by tools and never committed.
    static func isIgnored(_ entry: String) -> Bool {
        entry.hasPrefix(".build") || [".git", ".swiftpm", "Package.resolved"].contains(entry)
    }

    private static func paths(under entry: String, root: URL) -> [String] {
        let manager = FileManager.default
        var isDirectory: ObjCBool = false
        guard manager.fileExists(atPath: root.appendingPathComponent(entry).path, isDirectory: &isDirectory) else {
            return []
        }
        guard isDirectory.boolValue else { return [entry] }
        let inside = (try? manager.subpathsOfDirectory(atPath: root.appendingPathComponent(entry).path)) ?? []
        return inside.map { entry + "/" + $0 }
            .filter { !$0.hasPrefix("certs-example/out") && !$0.contains("__pycache__") }
            .filter { path in
                var isDirectory: ObjCBool = false
                return manager.fileExists(atPath: root.appendingPathComponent(path).path, isDirectory: &isDirectory)
                    && !isDirectory.boolValue
            }
            .sorted()
    }

    /// Three levels up from this file, with symbolic links resolved.
    private static func rootOfThisFile() -> URL {
        URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    }
}
