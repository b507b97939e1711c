import ConcordatJSON
import Foundation

/// Reads the files beside a protocol directory that its text and its schemas name. Links are not followed.
struct SharedFiles {
    // Bound: files a protocol shares with others.
    private static let filesMax = 64

    /// The directory that holds the protocol's.
    let parent: URL

    /// Adds every file that is named, and what those name in turn. What is not there is left out: the load names it.
    func add(to files: inout ProtocolFiles, _ total: inout Int) throws(ProtocolReadError) {
        var waiting = named(in: files)
        var seen: Set<IncludePath> = []
        while let path = waiting.popLast() {
            guard seen.insert(path).inserted, isPlain(path) else { continue }
            let url = parent.appendingPathComponent(String(path.description.dropFirst("../".count)))
            guard let bytes = ProtocolDirectory.contents(of: url, max: ProtocolFiles.fileBytesMax) else {
                throw .unreadable(path: path.description)
            }
            total += bytes.count
            guard seen.count <= Self.filesMax, total <= ProtocolFiles.bytesMax else { throw .tooMuch }
            files[path.description] = bytes
            waiting += Self.named(in: bytes, path: path.description, folder: path.folder)
        }
    }

    private func named(in files: ProtocolFiles) -> [IncludePath] {
        var named = Self.named(
            in: files[ProtocolDirectory.textName] ?? [], path: ProtocolDirectory.textName, folder: "")
        for path in files.paths(in: "messages", suffix: ".json") {
            named += Self.named(in: files[path] ?? [], path: path, folder: "messages")
        }
        return named
    }

    /// What one file names. A file that cannot be read as what it is names nothing; the load says what is wrong with it.
    private static func named(in bytes: [UInt8], path: String, folder: String) -> [IncludePath] {
        if path.hasSuffix(".json") {
            guard let json = try? JSONValue.parse(bytes, limits: SchemaLoader.limits) else { return [] }
            return SchemaBundle.references(in: json).compactMap { text in
                let file = text.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false).first.map(
                    String.init)
                return file.flatMap { IncludePath($0, from: folder, endings: SchemaBundle.endings) }
            }
        }
        guard path.hasSuffix(".yaml") else { return [] }
        let log = ProblemLog(ProtocolFiles())
        guard let root = YAMLText(file: path, log: log).read(bytes), case .mapping(let members) = root.content,
            let list = members.first(where: { $0.key.value == IncludeMerger.key })?.value,
            case .sequence(let items) = list.content
        else { return [] }
        return items.compactMap { item in
            guard case .scalar(let text, _) = item.content else { return nil }
            return IncludePath(text, from: folder, endings: IncludeMerger.endings)
        }
    }

    /// Whether the file is there, and neither it nor a folder on the way is a link.
    private func isPlain(_ path: IncludePath) -> Bool {
        var url = parent
        let parts = path.description.dropFirst("../".count).split(separator: "/")
        for (index, part) in parts.enumerated() {
            url.appendPathComponent(String(part))
            let type = (try? FileManager.default.attributesOfItem(atPath: url.path))?[.type] as? FileAttributeType
            guard type == (index == parts.count - 1 ? .typeRegular : .typeDirectory) else { return false }
        }
        return true
    }
}
