import ConcordatDecision
import ConcordatJSON
import ConcordatPayload
import ConcordatTerms
import Testing

@testable import ConcordatProtocols

/// Recorded decisions come out under their own text as they were, and under a draft as the judge would have had it.
@Suite struct ReplayTests {
    @Test func underItsOwnTextEveryWorkedCaseComesOutTheSame() throws {
        let files = try #require(ShippedProtocolTests.files)
        let loaded = try #require(ShippedProtocolTests.loaded).get()
        let bundle = try bundle(files, loaded.compiled)
        #expect(bundle.records.count > 60)
        let report = ReplayReport(draft: loaded.compiled, bundle: bundle)
        #expect(report.all.changed == 0, "\(report.text)")
        #expect(report.all.cannotTell == 0, "\(report.text)")
        #expect(report.all.same >= bundle.records.count)
        #expect(!report.gainsAnything)
    }

    @Test func aBundleReadsBackAsItWasWritten() throws {
        let files = try #require(ShippedProtocolTests.files)
        let bundle = try bundle(files, try #require(ShippedProtocolTests.loaded).get().compiled)
        #expect(try ReplayBundle.read(bundle.bytes) == bundle)
    }

    @Test func aBundleHoldsNoValueNoReferenceAndNoID() throws {
        let files = try Fixture.tiny()
        let text = String(decoding: try bundle(files, try load([]).compiled).bytes, as: UTF8.self)
        for secret in ["Lovelace", "Charles", "0121", "v-7", "o-3", "ref-1", "OWN-1", "p-1", "case-1", "consent-1"] {
            #expect(!text.contains(secret), "\(secret)")
        }
        #expect(text.contains("/people/*/phone"))
    }

    @Test func whatADraftTakesAwayIsLostAndWhatItGivesIsGained() throws {
        let less = try report([
            (
                "{id: R2, permit: [identity], about: [harmer]}",
                "{id: R2, permit: [contact], about: [harmer], consent: none}"
            ), ("  - {id: G2, never: {categories: [contact], without-consent: true}}\n", ""),
        ])
        #expect(less.all == ReplayReport.Tally(same: 3, changed: 1, cannotTell: 0))
        #expect(less.byParty["the-hub"] == ReplayReport.Tally(same: 0, changed: 1, cannotTell: 0))
        #expect(
            less.byField[.init(message: "referral", path: "/people/*/name")] == .init(gained: 0, lost: 1, otherForm: 0))
        #expect(
            less.byField[.init(message: "referral", path: "/people/*/phone")] == .init(gained: 1, lost: 0, otherForm: 0)
        )
        #expect(less.gainsAnything)
        #expect(less.text.contains("/people/*/name of harmer: keep -> drop"))
        #expect(less.json["changes"]?[0]?["fields"]?.arrayValue?.count == 2)
    }

    @Test func whatWasRefusedForItsDayIsLeftAlone() throws {
        var bundle = try bundle(try Fixture.tiny(), try load([]).compiled)
        for place in bundle.records.indices {
            for answer in bundle.records[place].answers.indices {
                bundle.records[place].answers[answer].answer = "refuse"
                bundle.records[place].answers[answer].code = "protocol.lapsed"
                bundle.records[place].answers[answer].passed = [:]
            }
        }
        let report = ReplayReport(draft: try load([]).compiled, bundle: bundle)
        #expect(report.all == ReplayReport.Tally(same: 4, changed: 0, cannotTell: 0))
    }

    @Test func anotherAnswerIsAChangeWithItsReason() throws {
        let report = try report([
            ("when: {flag: sensitive, is: \"yes\"}, tell", "when: {flag: sensitive, is: \"no\"}, tell")
        ])
        guard case .changed(let change) = report.changes.first?.verdict else { Issue.record("the same"); return }
        #expect(change.before.answer == "share")
        #expect(change.after == Replay.Answer(answer: "refuse", code: "rule.refused", clause: "S1"))
        #expect(change.fields.allSatisfy { $0.after == .drop })
    }

    @Test func renamingAndReorderingChangeNothing() throws {
        let report = try report([
            ("  - {id: R2, permit: [identity], about: [harmer]}\n", ""),
            ("  - {id: R4,", "  - {id: R22, title: Other, permit: [identity], about: [harmer]}\n  - {id: R4,"),
            ("version: 1.0.0", "version: 3.0.0"),
            (
                "from: 2026-04-01, review: 2027-03-01, until: 2027-03-31",
                "from: 2027-04-01, review: 2028-03-01, until: 2028-03-31"
            ),
        ])
        #expect(report.all == ReplayReport.Tally(same: 4, changed: 0, cannotTell: 0))
    }

    @Test(arguments: [
        // A flag of a name that nobody gathered.
        (
            [
                ("flags:\n", "flags:\n  wary: {title: Wary, fields: [{message: referral, field: /sensitive}]}\n"),
                (
                    "{id: R2, permit: [identity], about: [harmer]}",
                    "{id: R2, permit: [identity], about: [harmer], when: {flag: wary, is: \"yes\"}}"
                ),
            ], "flag wary"
        ),
        // A capacity that nobody had.
        (
            [
                (
                    "  custodian:",
                    "  second: {title: Second, kinds: [hub], granted-by: report, to: sender}\n  custodian:"
                ),
                (
                    "{id: R2, permit: [identity], about: [harmer]}",
                    "{id: R2, permit: [identity], about: [harmer], to: [hub], to-capacity: [second]}"
                ),
            ], "capacity second of the recipient"
        ),
    ])
    func whatNobodyKeptCannotBeTold(words: [(String, String)], fact: String) throws {
        let report = try report(words)
        #expect(report.all.cannotTell == 1)
        #expect(report.needs == [fact: 1])
        #expect(report.changes.first?.verdict == .cannotTell([fact]))
        #expect(report.text.contains("cannot tell without \(fact)"))
    }

    @Test func aMissingFactThatDecidesNothingDoesNotStandInTheWay() throws {
        // R9 could only add what R2 gives already.
        let report = try report([
            ("flags:\n", "flags:\n  wary: {title: Wary, fields: [{message: referral, field: /sensitive}]}\n"),
            (
                "  - {id: R4,",
                "  - {id: R9, permit: [identity], about: [harmer], when: {flag: wary, is: \"yes\"}}\n  - {id: R4,"
            ),
        ])
        #expect(report.all == ReplayReport.Tally(same: 4, changed: 0, cannotTell: 0))
    }

    @Test func aFieldThatBecomesAFactIsKnownOnlyWhereItWasNotThere() throws {
        let report = Self.schema("report")
        let fact = report.replacing(
            "\"decision\": {\"type\": \"string\", \"enum\": [\"accepted\", \"rejected\"],",
            with: "\"decision\": {\"type\": \"string\", \"x-fact\": true, \"enum\": [\"accepted\", \"rejected\"],")
        #expect(fact != report)
        let rule = (
            "{id: R4, permit: [casework]}",
            "{id: R4, permit: [casework], when: {any: [{field: /decision, is: accepted}, {not: {field: /decision, present: true}}]}}"
        )
        var files = try Fixture.tiny(replacing: [rule])
        files["messages/report.json"] = Array(fact.utf8)
        let draft = ProtocolDirectory.load(files)
        try #require(draft.headlines == [])
        let result = ReplayReport(
            draft: try draft.get().compiled, bundle: try bundle(try Fixture.tiny(), try load([]).compiled))
        // The referral has no such field at all; both parties that got a report had one that nobody kept.
        #expect(result.byMessage["report"]?.cannotTell == 2)
    }

    @Test(arguments: [
        ("", "line 1: not the first line of a replay bundle of version 1"),
        ("{}\n", "line 1: not the first line of a replay bundle of version 1"),
        ("{ }\n", "line 1: not one line of canonical json"), ("{\n", "line 1: not one line of canonical json"),
    ])
    func refusesWhatIsNoBundle(text: String, why: String) {
        #expect { try ReplayBundle.read(Array(text.utf8)) } throws: { "\($0)" == why }
    }

    @Test(arguments: [
        ("\"newCase\":true", "\"newCase\":true,\"note\":1", "not a record, or one of a later version"),
        ("\"newCase\":true", "\"newCase\":1", "not a record, or one of a later version"),
        ("\"answer\":\"share\"", "\"answer\":\"perhaps\"", "not a record, or one of a later version"),
        ("\"passed\":[[0,", "\"passed\":[[99,", "not a record, or one of a later version"),
        ("\"state\":\"given\"", "\"state\":\"maybe\"", "not a record, or one of a later version"),
    ])
    func refusesALineThatIsNoRecord(old: String, new: String, why: String) throws {
        let text = String(decoding: try bundle(try Fixture.tiny(), try load([]).compiled).bytes, as: UTF8.self)
        let head = text.prefix { $0 != "\n" }
        let rest = text.dropFirst(head.count)
        try #require(rest.contains(old))
        #expect {
            try ReplayBundle.read(Array((head + rest.replacing(old, with: new, maxReplacements: 1)).utf8))
        } throws: {
            "\($0)" == "line 2: \(why)"
        }
    }

    @Test func refusesARecordOfATextThatIsNotNamed() throws {
        var bundle = try bundle(try Fixture.tiny(), try load([]).compiled)
        bundle.texts = []
        #expect { try ReplayBundle.read(bundle.bytes) } throws: {
            "\($0)".hasSuffix(ReplayBundle.Fault.Kind.textMissing.rawValue)
        }
    }

    private static func schema(_ name: String) -> String {
        String(decoding: (try? Fixture.tiny())?["messages/\(name).json"] ?? [], as: UTF8.self)
    }

    private func report(_ words: [(String, String)]) throws -> ReplayReport {
        let bundle = try bundle(try Fixture.tiny(), try load([]).compiled)
        return ReplayReport(draft: try load(words).compiled, bundle: try ReplayBundle.read(bundle.bytes))
    }

    private func load(_ words: [(String, String)]) throws -> LoadedProtocol {
        let result = ProtocolDirectory.load(try Fixture.tiny(replacing: words))
        try #require(result.headlines == [])
        return try result.get()
    }

    /// Everything that the worked cases of a protocol send, as a gateway would have recorded it.
    private func bundle(_ files: ProtocolFiles, _ compiled: CompiledProtocol) throws -> ReplayBundle {
        var records: [DecisionRecord] = []
        for name in files.folders(in: "cases") {
            let log = ProblemLog(files)
            let facts = try #require(files["cases/\(name)/facts.yaml"])
            let bytes = try #require(files["cases/\(name)/in.json"])
            var state = try #require(FactsReader(compiled: compiled, log: log).read(facts, file: "facts.yaml"))
            for event in try CloudEventText.read(bytes) {
                let outcome = EventJudgement(compiled: compiled, event: event, bytes: bytes, limits: .init()).run(
                    &state)
                guard let record = outcome.record else { continue }
                records.append(record)
            }
        }
        let moment = UTCInstant(seconds: 1_777_887_000)
        return ReplayBundle(
            exported: moment, from: moment, until: moment, texts: [RecordedText(of: compiled)], records: records)
    }
}
