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
        let folder = "cases/\(name)"
        let log = ProblemLog(files)
        func bytes(_ file: String) -> [UInt8]? {
            if let bytes = files["\(folder)/\(file)"] { return bytes }
            log.error(
                .start(of: "\(folder)/\(file)"), "there is no such file", "a case has facts.yaml, in.json, expect.yaml")
            return nil
        }
        let (factsBytes, inBytes, expectBytes) = (bytes("facts.yaml"), bytes("in.json"), bytes("expect.yaml"))
        let facts = FactsReader(compiled: compiled, log: log)
        let start = factsBytes.flatMap { facts.read($0, file: "\(folder)/facts.yaml") }
        let sent = inBytes.flatMap { events($0, file: "\(folder)/in.json", log) }
        let expected = expectBytes.flatMap { ExpectationReader(log: log).read($0, file: "\(folder)/expect.yaml") }
        let needs = expected?.needs.map(\.value) ?? []
        guard var state = start, let events = sent, let expected, let inBytes, !log.hasErrors else {
            return Result(
                name: name, needs: needs, problems: log.problems().errors, mismatches: [], messages: 0,
                rules: RulesMet(), records: [])
        }
        if events.count != expected.messages.count {
            log.error(
                expected.span, "\(expected.messages.count) messages are expected, \(events.count) are sent",
                "write one entry for each message of in.json")
            return Result(
                name: name, needs: needs, problems: log.problems().errors, mismatches: [], messages: 0,
                rules: RulesMet(), records: [])
        }
        var comparison = CaseComparison(files: files, folder: folder)
        var rules = RulesMet()
        var records: [DecisionRecord] = []
        for (event, expectation) in zip(events, expected.messages) {
            let outcome = EventJudgement(compiled: compiled, event: event, bytes: inBytes, limits: limits).run(&state)
            comparison.compare(expectation, with: outcome, after: state)
            rules.note(outcome)
            records += outcome.record.map { [$0] } ?? []
        }
        return Result(
            name: name, needs: needs, problems: [], mismatches: comparison.mismatches, messages: events.count,
            rules: rules, records: records)
    }

    static let limits = JSONLimits()

    static func events(_ bytes: [UInt8], file: String, _ log: ProblemLog) -> [CloudEventText]? {
        do {
            return try CloudEventText.read(bytes, limits: limits)
        } catch {
            let span = JSONPlaces(bytes, file: file, limits: limits).span(offset: error.offset)
            log.error(span, error.message, "write one CloudEvent in structured form, or an array of them")
            return nil
        }
    }
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
