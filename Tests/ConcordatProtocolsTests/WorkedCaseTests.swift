import ConcordatJSON
import ConcordatProtocols
import Foundation
import Testing

/// Worked cases pass when all is as expected, and say what is not.
@Suite struct WorkedCaseTests {
    @Test(arguments: [
        ("answer: share\n        kept", "answer: withhold\n        kept", "answer", "withhold", "share"),
        ("kept: [/sensitive,", "kept: [/people/1/phone,", "kept /people/1/phone", "there", "drop and keep"),
        ("cut: [/people/1/phone]", "cut: [/people/0/phone]", "cut /people/0/phone", "dropped", "drop and keep"),
        (
            "cut: [/people/1/phone]", "cut: [/people/1/fax]", "cut /people/1/fax", "dropped",
            "the sender had no such field"
        ),
        (
            "cut: [/people/1/phone]", "silent: [/people/1/phone]", "silent /people/1/phone", "not told",
            "told as withheld"
        ),
        ("name: initials", "name: year", "transformed /people/0/name", "year", "initials and keep"),
        ("withheld: [/people/1/phone]", "withheld: []", "withheld", "nothing", "/people/1/phone"),
        ("masked: [/people/0/name]", "masked: []", "masked", "nothing", "/people/0/name"),
        ("not-supplied: [/people/0/area]", "not-supplied: []", "not-supplied", "nothing", "/people/0/area"),
        ("code: recipient.no-capacity", "code: rule.refused", "code", "rule.refused", "recipient.no-capacity"),
        ("the-hub: [screener]", "the-hub: []", "capacities of the-hub", "nothing", "screener"),
        ("flags: {sensitive: [\"no\"]}", "flags: {sensitive: []}", "flag sensitive", "nothing", "no"),
        ("open-requests: []", "open-requests: [r-1]", "open requests", "r-1", "nothing"),
        ("id: rep-1", "id: rep-2", "message", "rep-2", "rep-1"),
        (
            "      other-prison: {answer: withhold, code: recipient.no-capacity}\n", "", "other-prison", "nothing said",
            "withhold recipient.no-capacity"
        ),
    ])
    func saysWhatIsNotAsExpected(old: String, new: String, what: String, expected: String, actual: String) throws {
        let result = try run("expect.yaml", replacing: old, with: new)
        let mismatch = try #require(result.mismatches.first)
        #expect(result.mismatches.count == 1)
        #expect(mismatch.what.hasSuffix(what))
        #expect(mismatch.expected == expected)
        #expect(mismatch.actual == actual)
        #expect(result.text.contains("FAIL  first"))
    }

    @Test func documentDiffersWithoutShowingValues() throws {
        let result = try run("hub.json", replacing: "A.M.L.", with: "X.")
        let mismatch = try #require(result.mismatches.first)
        #expect(mismatch.what == "ref-1 → the-hub: document /people/0/name")
        #expect(!result.text.contains("A.M.L."))
    }

    @Test(arguments: [
        ("facts.yaml", "now:", "nwo:", "unknown key `nwo` in the facts"),
        ("facts.yaml", "purpose: offer", "purpose: ofer", "unknown purpose `ofer`"),
        ("facts.yaml", "state: given", "state: gien", "unknown state `gien`"),
        ("expect.yaml", "needs: [P2, C2]\n", "", "the expectation lacks `needs`"),
        ("expect.yaml", "needs: [P2, C2]", "needs: [P2, 4C]", "`4C` is not the number of a need"),
        ("expect.yaml", "needs: [P2, C2]", "needs: [P2, P2]", "`P2` is named twice in `needs`"),
        ("expect.yaml", "masked:", "maskd:", "unknown key `maskd` in an expected answer"),
        ("expect.yaml", "answer: share\n        kept", "answer: maybe\n        kept", "unknown answer `maybe`"),
        ("in.json", "\"subject\": \"OWN-1\"", "\"subjct\": \"OWN-1\"", "unknown attribute"),
        ("in.json", "\"id\": \"ref-1\",", "", "event without `id`"),
        ("in.json", "\"sensitive\": \"no\"", "\"sensitive\": no", "not strict json: a byte that may not stand here"),
    ])
    func unreadableFilesAreProblems(file: String, old: String, new: String, message: String) throws {
        let result = try run(file, replacing: old, with: new)
        #expect(result.problems.contains { $0.message == message })
        #expect(result.messages == 0)
        #expect(!result.text.contains("Lovelace"))
    }

    @Test func dataOutsideItsSchemaIsRefusedWithTheCodeOfTheFault() throws {
        var files = try Fixture.tiny()
        try replace(&files, "cases/first/in.json", "\"sensitive\": \"no\"", "\"sensitive\": \"perhaps\"")
        try replace(
            &files, "cases/first/expect.yaml", "answer: share\n        kept",
            "answer: refuse\n        code: schema.not-in-enum\n        kept")
        let result = try #require(ProtocolCases.run(try ProtocolDirectory.load(files).get(), files: files).first)
        #expect(
            !result.mismatches.contains {
                $0.what.hasSuffix("code") || $0.what.hasSuffix("answer") && $0.what.contains("ref-1")
            })
        #expect(!result.passed)
    }

    @Test func theTinyCasePasses() throws {
        let files = try Fixture.tiny()
        let results = ProtocolCases.run(try ProtocolDirectory.load(files).get(), files: files)
        #expect(results.map(\.text) == ["ok    first (2 messages; P2, C2)"])
        #expect(results.first?.json["passed"]?.boolValue == true)
    }

    /// What is owed after a message is known to a worked case, until it is answered: as the gateway reckons it.
    @Test(arguments: [
        ("{clause: E1, by: 2026-05-06, owed-by: the-hub, remind: [2026-05-05]}", "", "", ""),
        ("{clause: E1, by: 2026-05-06}", "", "", ""),
        ("{clause: E1, by: 2026-05-07}", "due", "E1 by 2026-05-07", "E1 by 2026-05-06"),
        ("", "due", "nothing", "E1 by 2026-05-06"),
        ("{clause: E1, by: 2026-05-06, owed-by: some-police}", "E1: owed by", "some-police", "the-hub"),
        ("{clause: E1, by: 2026-05-06, remind: [2026-05-04]}", "E1: remind", "2026-05-04", "2026-05-05"),
        ("{clause: E1, by: 2026-05-06, remind: []}", "E1: remind", "nothing", "2026-05-05"),
    ])
    func saysWhatIsDueAndNotAsExpected(due: String, what: String, expected: String, actual: String) throws {
        let result = try dueCase(due, then: "")
        #expect(result.problems.isEmpty)
        guard !what.isEmpty else {
            #expect(result.mismatches.isEmpty)
            return
        }
        let mismatch = try #require(result.mismatches.first)
        #expect(result.mismatches.count == 1)
        #expect(mismatch.what.hasSuffix(what))
        #expect(mismatch.expected == expected)
        #expect(mismatch.actual == actual)
    }

    /// The hub reports to the police and to the prison: the answer closes what it owed, and what it did not owe stays.
    @Test(arguments: [("recipient", ""), ("sender", "{clause: E1, by: 2026-05-06, owed-by: some-police}")])
    func anAnswerClosesWhatItsSenderOwed(owedBy: String, then: String) throws {
        let first = "{clause: E1, by: 2026-05-06, owed-by: \(owedBy == "recipient" ? "the-hub" : "some-police")}"
        let result = try dueCase(first, then: then, owedBy: owedBy)
        #expect(result.problems.isEmpty)
        #expect(result.mismatches.isEmpty)
    }

    @Test(arguments: [
        ("{clause: E1}", "an answer that is due lacks `by`"), ("{clause: E1, by: soon}", "`soon` is not a date"),
        ("{clause: E1, by: 2026-05-06, reminded: []}", "unknown key `reminded` in an answer that is due"),
    ])
    func whatIsDueIsSaidInFull(due: String, message: String) throws {
        #expect(try dueCase(due, then: "").problems.contains { $0.message == message })
    }

    private func dueCase(_ due: String, then: String, owedBy: String = "recipient") throws -> ProtocolCases.Result {
        let answer = owedBy == "recipient" ? "report" : "referral"
        var files = try Fixture.tiny(replacing: [
            (
                "guarantees:\n",
                """
                expectations:
                  - {id: E1, after: referral, owed-by: \(owedBy), answered-by: [\(answer)], within: {days: 2}, remind: [{days: 1}]}
                guarantees:

                """
            )
        ])
        try replace(&files, "cases/first/expect.yaml", "open-requests: []", "open-requests: []\n      due: [\(due)]")
        try replace(
            &files, "cases/first/expect.yaml", "other-prison: []}\n", "other-prison: []}\n      due: [\(then)]\n")
        return try #require(ProtocolCases.run(try ProtocolDirectory.load(files).get(), files: files).first)
    }

    private func run(_ file: String, replacing old: String, with new: String) throws -> ProtocolCases.Result {
        var files = try Fixture.tiny()
        try replace(&files, "cases/first/\(file)", old, new)
        return try #require(ProtocolCases.run(try ProtocolDirectory.load(files).get(), files: files).first)
    }

    private func replace(_ files: inout ProtocolFiles, _ path: String, _ old: String, _ new: String) throws {
        let text = String(decoding: try #require(files[path]), as: UTF8.self)
        let range = try #require(text.range(of: old), "no such words")
        files[path] = Array(text.replacingCharacters(in: range, with: new).utf8)
    }
}
