import ConcordatProtocols
import Foundation

/// The protocols that tests load, from the folders beside this file.
enum Fixture {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    static let repository = folder.deletingLastPathComponent().deletingLastPathComponent()

    static func files(_ path: String) throws -> ProtocolFiles {
        try ProtocolDirectory.read(folder.appendingPathComponent(path).path)
    }

    /// The tiny protocol, with some of its files replaced.
    static func tiny(_ changes: [String: String] = [:]) throws -> ProtocolFiles {
        var files = try files("Fixtures/tiny")
        for (path, text) in changes { files[path] = Array(text.utf8) }
        return files
    }

    /// The tiny protocol with words of its text replaced; each must be there.
    static func tiny(replacing words: [(String, String)]) throws -> ProtocolFiles {
        var text = String(decoding: try tiny()["protocol.yaml"] ?? [], as: UTF8.self)
        for (old, new) in words {
            guard let range = text.range(of: old) else { throw FixtureError.noSuchWords(old) }
            text.replaceSubrange(range, with: new)
        }
        return try tiny(["protocol.yaml": text])
    }

    enum FixtureError: Error { case noSuchWords(String) }
}

extension Result where Success == LoadedProtocol, Failure == ProtocolProblems {
    var headlines: [String] {
        switch self {
        case .success: []
        case .failure(let problems): problems.errors.map(\.headline)
        }
    }
}
