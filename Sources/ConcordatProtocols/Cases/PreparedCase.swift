import ConcordatDecision
import ConcordatJSON
import ConcordatTerms

/// A worked case with its files read, to be run as often as is wanted.
struct PreparedCase: Sendable {
    let name: String
    /// The numbers of the needs it shows.
    let needs: [String]
    /// What it sends, told apart by name; messages of no known type are left out.
    let messages: Set<MessageName>
    private let start: CaseState
    private let events: [CloudEventText]
    private let bytes: [UInt8]
    private let expected: CaseExpectation
    private let files: ProtocolFiles

    /// Reads a case; nil when its files are wrong, which is then in the log. The needs are told either way.
    static func read(
        _ name: String, compiled: CompiledProtocol, files: ProtocolFiles, log: ProblemLog
    ) -> (needs: [String], ready: PreparedCase?) {
        let folder = "cases/\(name)"
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
        guard let start, let sent, let expected, let inBytes, !log.hasErrors else { return (needs, nil) }
        if sent.count != expected.messages.count {
            log.error(
                expected.span, "\(expected.messages.count) messages are expected, \(sent.count) are sent",
                "write one entry for each message of in.json")
            return (needs, nil)
        }
        return (
            needs,
            PreparedCase(
                name: name, needs: needs,
                messages: Set(sent.compactMap { compiled.message(ofType: $0["type"] ?? "")?.name }), start: start,
                events: sent, bytes: inBytes, expected: expected, files: files)
        )
    }

    /// What comes of it.
    func result(under compiled: CompiledProtocol) -> ProtocolCases.Result {
        var comparison = CaseComparison(files: files, folder: "cases/\(name)")
        var rules = RulesMet()
        var records: [DecisionRecord] = []
        var state = start
        for (event, expectation) in zip(events, expected.messages) {
            let outcome = judgement(of: event, under: compiled).run(&state)
            comparison.compare(expectation, with: outcome, after: state)
            rules.note(outcome)
            records += outcome.record.map { [$0] } ?? []
        }
        return ProtocolCases.Result(
            name: name, needs: needs, problems: [], mismatches: comparison.mismatches, messages: events.count,
            rules: rules, records: records)
    }

    /// Whether it comes out as it expects; stops at the first message that does not.
    func passes(under compiled: CompiledProtocol) -> Bool {
        var comparison = CaseComparison(files: files, folder: "cases/\(name)")
        var state = start
        for (event, expectation) in zip(events, expected.messages) {
            let outcome = judgement(of: event, under: compiled).run(&state)
            comparison.compare(expectation, with: outcome, after: state)
            guard comparison.mismatches.isEmpty else { return false }
        }
        return true
    }

    private func judgement(of event: CloudEventText, under compiled: CompiledProtocol) -> EventJudgement {
        EventJudgement(compiled: compiled, event: event, bytes: bytes, limits: ProtocolCases.limits)
    }

    static func events(_ bytes: [UInt8], file: String, _ log: ProblemLog) -> [CloudEventText]? {
        do {
            return try CloudEventText.read(bytes, limits: ProtocolCases.limits)
        } catch {
            let span = JSONPlaces(bytes, file: file, limits: ProtocolCases.limits).span(offset: error.offset)
            log.error(span, error.message, "write one CloudEvent in structured form, or an array of them")
            return nil
        }
    }
}
