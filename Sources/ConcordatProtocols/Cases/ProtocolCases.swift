package import ConcordatDecision
package import ConcordatJSON
import ConcordatTerms

/// Runs the worked cases of a protocol: `protocol test`. The grammar is in `docs/worked-cases.md`.
package enum ProtocolCases {
    // Bound: cases of one protocol.
    package static let countMax = 1_000

    /// What came of one case.
    package struct Result: Sendable {
        /// The name of its folder.
        package let name: String
        /// The numbers of the needs it shows, as its `expect.yaml` names them.
        package let needs: [String]
        /// What is wrong with its files; then nothing was compared.
        package let problems: [ProtocolProblem]
        package let mismatches: [CaseMismatch]
        /// How many messages were judged.
        package let messages: Int
        /// The rules its messages met.
        package let rules: RulesMet
        /// What each message was judged by, as a gateway would keep it.
        package let records: [DecisionRecord]

        package var passed: Bool { problems.isEmpty && mismatches.isEmpty }
    }

    /// Every case, in the order of their names.
    package static func run(_ loaded: LoadedProtocol, files: ProtocolFiles) -> [Result] {
        files.folders(in: "cases").prefix(countMax).map { run($0, compiled: loaded.compiled, files: files) }
    }

    /// One case.
    package static func run(_ name: String, compiled: CompiledProtocol, files: ProtocolFiles) -> Result {
        let log = ProblemLog(files)
        let (needs, ready) = PreparedCase.read(name, compiled: compiled, files: files, log: log)
        guard let ready else {
            return Result(
                name: name, needs: needs, problems: log.problems().errors, mismatches: [], messages: 0,
                rules: RulesMet(), records: [])
        }
        return ready.result(under: compiled)
    }

    static let limits = JSONLimits()
}

extension ProtocolCases.Result {
    /// One line when it passed; else every problem or difference.
    package var text: String {
        if passed {
            let count = "\(messages) \(messages == 1 ? "message" : "messages")"
            return "ok    \(name) (\(count); \(needs.joined(separator: ", ")))"
        }
        let differences = mismatches.map { mismatch in
            "  \(mismatch.span.file):\(mismatch.span.line): \(mismatch.what)\n"
                + "      expected  \(mismatch.expected)\n      actual    \(mismatch.actual)"
        }
        return (["FAIL  \(name)"] + problems.map { "  \($0)" } + differences).joined(separator: "\n")
    }

    /// The same for machines.
    package var json: JSONValue {
        .object([
            JSONMember("case", .string(name)), JSONMember("passed", .bool(passed)),
            JSONMember("needs", .array(needs.map { .string($0) })),
            JSONMember("problems", .array(problems.map(\.json))),
            JSONMember(
                "mismatches",
                .array(
                    mismatches.map { mismatch in
                        .object([
                            JSONMember("file", .string(mismatch.span.file)),
                            JSONMember("line", .number(JSONNumber(mismatch.span.line))),
                            JSONMember("what", .string(mismatch.what)),
                            JSONMember("expected", .string(mismatch.expected)),
                            JSONMember("actual", .string(mismatch.actual)),
                        ])
                    })),
        ])
    }
}
