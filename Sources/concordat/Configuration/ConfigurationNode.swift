import Foundation
import Yams

/// One place of the configuration with its line, read strictly: unknown keys and wrong types are problems.
struct ConfigurationNode {
    let node: Node
    let file: String
    let path: String

    func problem(_ reason: String) -> ConfigurationProblem {
        let mark = node.mark
        return ConfigurationProblem(
            file: file, line: mark?.line ?? 1, column: mark?.column ?? 1,
            reason: path.isEmpty ? reason : "`\(path)`: \(reason)")
    }

    /// The members of a mapping whose keys are all in `known`.
    func members(_ known: Set<String>) throws -> [String: ConfigurationNode] {
        guard case .mapping(let mapping) = node else { throw problem("must be a mapping") }
        var members: [String: ConfigurationNode] = [:]
        for (key, value) in mapping {
            guard let name = key.string else { throw problem("has a key that is not a word") }
            let inside = ConfigurationNode(node: value, file: file, path: path.isEmpty ? name : "\(path).\(name)")
            guard known.isEmpty || known.contains(name) else {
                let place = ConfigurationNode(node: key, file: file, path: path)
                throw place.problem("unknown key `\(name)`; known are \(known.sorted().joined(separator: ", "))")
            }
            guard members.updateValue(inside, forKey: name) == nil else { throw inside.problem("stands twice") }
        }
        return members
    }

    func text() throws -> String {
        guard let text = node.string, !text.isEmpty else { throw problem("must be a text") }
        return text
    }

    func list() throws -> [ConfigurationNode] {
        guard case .sequence(let sequence) = node else { throw problem("must be a list") }
        return sequence.enumerated().map { ConfigurationNode(node: $1, file: file, path: "\(path)[\($0)]") }
    }

    func integer(_ range: ClosedRange<Int>) throws -> Int {
        guard let value = node.int, range.contains(value) else {
            throw problem("must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// An ISO 8601 duration of days, hours, minutes and seconds.
    func duration(_ range: ClosedRange<Duration>) throws -> Duration {
        guard let value = ISODuration.parse(try text()), range.contains(value) else {
            throw problem("must be an ISO 8601 duration such as PT30S, from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}
