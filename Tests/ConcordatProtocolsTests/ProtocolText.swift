import ConcordatJSON
import Foundation
import Testing

@testable import ConcordatProtocols

/// Protocol texts as JSON, which is YAML too: to put one into another, to change them, and to show them to other programs.
enum ProtocolText {
    /// The YAML as the digest sees it.
    static func json(_ yaml: [UInt8]) throws -> JSONValue { try #require(read(yaml)) }

    /// Nil when the text is no YAML that the language takes.
    static func read(_ yaml: [UInt8]) -> JSONValue? {
        let file = "protocol.yaml"
        return YAMLText(file: file, log: ProblemLog(ProtocolFiles([file: yaml]))).read(yaml).map(ProtocolDigest.json)
    }

    static func json(_ yaml: String) throws -> JSONValue { try json(Array(yaml.utf8)) }

    /// What `patch` says on top of `base`: mappings by key, lists of clauses by `id`, anything else replaced.
    static func merge(_ base: JSONValue, _ patch: JSONValue) -> JSONValue {
        if let members = base.objectValue, let changes = patch.objectValue {
            var result = members
            for change in changes {
                if let place = result.firstIndex(where: { $0.name == change.name }) {
                    result[place] = JSONMember(change.name, merge(result[place].value, change.value))
                } else {
                    result.append(change)
                }
            }
            return .object(result)
        }
        guard let items = base.arrayValue, let changes = patch.arrayValue, changes.allSatisfy({ $0["id"] != nil })
        else {
            return patch
        }
        let ids = changes.map { $0["id"] }
        return .array(items.filter { !ids.contains($0["id"]) } + changes)
    }
}
