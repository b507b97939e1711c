import ConcordatDecision
import ConcordatProtocols
import ConcordatTerms
import Testing

/// The tiny protocol loads, and what must not change its digest does not.
@Suite struct TinyProtocolTests {
    @Test func emptyDirectoryIsRefused() {
        #expect(ProtocolDirectory.load(ProtocolFiles()).headlines == ["protocol.yaml:1:1: there is no `protocol.yaml`"])
    }

    @Test func fileOverItsBoundIsRefused() throws {
        var files = try Fixture.tiny()
        files["protocol.yaml"] = [UInt8](repeating: UInt8(ascii: "#"), count: ProtocolFiles.fileBytesMax + 1)
        #expect(ProtocolDirectory.load(files).headlines == ["protocol.yaml:1:1: file is larger than 1 MiB"])
    }

    @Test func problemsAreBounded() throws {
        let keys = (0..<500).map { "stray-\($0): x" }.joined(separator: "\n")
        let text = String(decoding: try Fixture.tiny()["protocol.yaml"] ?? [], as: UTF8.self)
        guard case .failure(let problems) = ProtocolDirectory.load(try Fixture.tiny(["protocol.yaml": text + keys]))
        else {
            Issue.record("loads")
            return
        }
        #expect(problems.errors.count == ProtocolProblems.countMax)
        #expect(problems.isCut)
    }

    @Test func problemShowsTheLineAndWhatWasMeant() throws {
        let load = ProtocolDirectory.load(try Fixture.tiny(replacing: [("permit: [casework]", "permit: [caswork]")]))
        guard case .failure(let problems) = load, let problem = problems.errors.first else {
            Issue.record("loads")
            return
        }
        #expect(problem.excerpt == "  - {id: R4, permit: [caswork]}\n                      ^")
        #expect(problem.advice == "did you mean `casework`?")
    }

    @Test func loadsWithItsTerms() throws {
        let loaded = try ProtocolDirectory.load(try Fixture.tiny()).get()
        let compiled = loaded.compiled
        #expect(compiled.id == "tiny")
        #expect(compiled.mode == .training)
        #expect(compiled.category("agreed-area", isWithin: "contact"))
        #expect(compiled.parties["some-prison"]?.title == "A prison")
        #expect(compiled.rules.first { $0.id == "R1" }?.categories == ["identity", "contact", "agreed-area"])
        #expect(compiled.rules.first { $0.id == "R5" }?.categories == ["contact"])
        #expect(compiled.capacities["custodian"]?.grants.map(\.holder) == [.field("/held-at")])
        #expect(loaded.guarantees.map(\.id) == ["G1", "G2"])
        #expect(loaded.proof.cells > 0)
        #expect(loaded.warnings.isEmpty)
    }

    @Test func unusedNamesAreWarnedOf() throws {
        let files = try Fixture.tiny(replacing: [
            ("  harmer: {title: Harmer}", "  harmer: {title: Harmer}\n  witness: {}")
        ])
        let warnings = try ProtocolDirectory.load(files).get().warnings
        #expect(warnings.map(\.headline) == ["protocol.yaml:13:3: warning: role `witness` is declared but never used"])
    }

    @Test func refusalThatLapsesWhenAFactIsMissingIsWarnedOf() throws {
        let words = ("when: {flag: sensitive, is: \"yes\"}", "when: {flag: sensitive, is-not: \"no\"}")
        let warnings = try ProtocolDirectory.load(try Fixture.tiny(replacing: [words])).get().warnings
        #expect(warnings.map(\.message) == ["rule `S1` does not hold when flag sensitive is missing in `referral`"])
        #expect(warnings.map(\.line) == [45])
    }

    @Test func digestIgnoresOrderCommentsSpaceAndQuotes() throws {
        let before = try digest(try Fixture.tiny())
        let reordered = try Fixture.tiny(replacing: [
            ("protocol: tiny\nversion: 1.0.0\n", "version: \"1.0.0\"   # the first\n\nprotocol: 'tiny'\n"),
            ("{id: R4, permit: [casework]}", "{ permit: [ casework ], id: R4 }"),
        ])
        #expect(try digest(reordered) == before)
        var schema = String(decoding: try Fixture.tiny()["messages/report.json"] ?? [], as: UTF8.self)
        schema = schema.replacing("  \"title\": \"Report\",\n", with: "").replacing("]}\n", with: "]}\n")
        schema = schema.replacing("{\n  \"type\": \"object\",", with: "{\n\"type\":\"object\", \"title\": \"Report\",")
        #expect(try digest(try Fixture.tiny(["messages/report.json": schema])) == before)
    }

    @Test func digestLeavesOutRosterListsAndCases() throws {
        let before = try digest(try Fixture.tiny())
        let more = try Fixture.tiny([
            "parties/new-hub.yaml": "party: new-hub\nkind: hub\n", "codelists/a.csv": "code,label,from,until,source\n",
            "cases/first/facts.yaml": "now: 2026-01-01T00:00:00Z\n",
        ])
        #expect(try digest(more) == before)
    }

    @Test(arguments: [
        ("permit: [casework]", "permit: [casework, identity]"), ("version: 1.0.0", "version: 1.0.1"),
        ("title: Police force", "title: Police"),
    ])
    func digestChangesWithAnyWord(old: String, new: String) throws {
        #expect(try digest(try Fixture.tiny(replacing: [(old, new)])) != digest(try Fixture.tiny()))
    }

    private func digest(_ files: ProtocolFiles) throws -> String {
        try ProtocolDirectory.load(files).get().compiled.digest
    }
}
