import ConcordatDecision
package import ConcordatJSON
import ConcordatTerms

/// What `protocol check` says: everything wrong, or what was loaded and proven.
package struct CheckReport: Sendable {
    private let result: Result<LoadedProtocol, ProtocolProblems>

    /// The report of one load.
    package init(_ result: Result<LoadedProtocol, ProtocolProblems>) { self.result = result }

    /// Whether the protocol loads; warnings do not count.
    package var passed: Bool { if case .success = result { true } else { false } }

    /// For a terminal.
    package var text: String {
        switch result {
        case .success(let loaded):
            let compiled = loaded.compiled
            let summary = [
                "\(compiled.id) \(compiled.version), \(compiled.period.from) to \(compiled.period.until), \(compiled.mode)",
                "sha256 \(compiled.digest)",
                "\(compiled.messages.count) messages, \(compiled.rules.count) rules, \(compiled.parties.count) parties",
                "\(loaded.guarantees.count) guarantees proven over \(loaded.proof.cells) cells",
            ]
            return (loaded.warnings.map(\.description) + summary).joined(separator: "\n")
        case .failure(let problems):
            let cut = problems.isCut ? ["more than \(ProtocolProblems.countMax) findings; the rest is left out"] : []
            let count = problems.errors.count
            let lines = (problems.errors + problems.warnings).sorted().map(\.description) + cut
            let rest =
                problems.isOfNames
                ? "; what the rules mean together, and the guarantees, are looked at once there are none" : ""
            return (lines + ["\(count) \(count == 1 ? "error" : "errors")\(rest)"]).joined(separator: "\n")
        }
    }

    /// For machines.
    package var json: JSONValue {
        switch result {
        case .success(let loaded):
            .object([
                JSONMember("passed", .bool(true)), JSONMember("protocol", .string(loaded.compiled.id.rawValue)),
                JSONMember("version", .string(loaded.compiled.version)),
                JSONMember("digest", .string(loaded.compiled.digest)),
                JSONMember("guarantees", .array(loaded.guarantees.map { .string($0.id.rawValue) })),
                JSONMember("cells", .number(JSONNumber(loaded.proof.cells))),
                JSONMember("warnings", .array(loaded.warnings.map(\.json))),
            ])
        case .failure(let problems):
            .object([
                JSONMember("passed", .bool(false)), JSONMember("errors", .array(problems.errors.map(\.json))),
                JSONMember("warnings", .array(problems.warnings.map(\.json))),
                JSONMember("cut", .bool(problems.isCut)), JSONMember("names-only", .bool(problems.isOfNames)),
            ])
        }
    }
}
