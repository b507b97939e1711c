import ConcordatDecision
import ConcordatJSON
import ConcordatProtocols
import ConcordatTerms
import Testing

@Suite struct ProhibitionTests {
    static let path = "prohibitions/some-police.yaml"

    func load(_ rules: String, path: String = Self.path) throws -> Result<LoadedProtocol, ProtocolProblems> {
        ProtocolDirectory.load(try Fixture.tiny([path: "party: some-police\nprohibitions:\n\(rules)\n"]))
    }

    @Test(arguments: [
        ("  - {id: some-police.1, permit: [contact]}", "3:25: a party adds prohibitions only"),
        ("  - {id: some-police.1, refuse: message}", "3:25: a party adds prohibitions only"),
        ("  - {id: mine, prohibit: [contact]}", "3:10: `mine` does not begin with `some-police.`"),
        ("  - {id: some-police.1, prohibit: [contact], from: [hub]}", "3:53: `from` has no meaning here"),
        ("  - {id: some-police.1, prohibit: [telephone]}", "3:36: unknown category `telephone`"),
        (
            "  - {id: some-police.1, prohibit: [contact], messages: [report]}",
            "3:25: `some-police` sends no such message"
        ),
        (
            "  - {id: some-police.1, prohibit: [contact]}\n  - {id: some-police.1, prohibit: [identity]}",
            "4:5: duplicate id `some-police.1`"
        ),
        ("  []", "2:1: `prohibitions` must hold 1 to 200 rules"),
    ])
    func refusesAllButProhibitionsOfItsOwn(rules: String, headline: String) throws {
        #expect(try load(rules).headlines == ["\(Self.path):\(headline)"])
    }

    @Test func refusesAFileOfNobody() throws {
        let rule = "  - {id: some-police.1, prohibit: [contact]}"
        #expect(
            try load(rule, path: "prohibitions/other.yaml").headlines
                == ["prohibitions/other.yaml:1:8: prohibitions of `some-police` stand in `prohibitions/other.yaml`"])
        var files = try Fixture.tiny()
        files[Self.path] = Array("party: nobody-we-know\nprohibitions: [{id: nobody-we-know.1, prohibit: all}]".utf8)
        #expect(ProtocolDirectory.load(files).headlines.contains("\(Self.path):1:8: unknown party `nobody-we-know`"))
    }

    @Test func theTextAndItsDigestStayTheSame() throws {
        let plain = try ProtocolDirectory.load(try Fixture.tiny()).get()
        let narrowed = try load("  - {id: some-police.1, title: No phones, prohibit: [contact], about: [harmed]}").get()
        #expect(narrowed.text == plain.text && narrowed.compiled.rules == plain.compiled.rules)
        #expect(plain.served.rules == plain.compiled.rules)
        #expect(narrowed.served.rules.map(\.id).last == "some-police.1")
        #expect(narrowed.served.rules.last?.fromParties == ["some-police"])
    }

    /// The first message of the tiny protocol's worked case, which tells the hub who the harmer is, explained with and without.
    @Test func isInForceAtOnceForThatSenderOnly() throws {
        let files = try Fixture.tiny()
        let message = try #require(try JSONValue.parse(files["cases/first/in.json"] ?? [])[0]).serialized()
        let facts = files["cases/first/facts.yaml"]
        func actions(_ loaded: LoadedProtocol) throws -> [String: String] {
            let explained = try Explanation.explain(
                loaded, message: message, facts: facts, recipient: "the-hub", now: UTCInstant(seconds: 1_780_000_000)
            ).get()
            return Dictionary(explained.fields.map { ("\($0.path) \($0.about)", "\($0.action)") }) { first, _ in first }
        }
        let plain = try actions(try ProtocolDirectory.load(files).get())
        let narrowed = try actions(
            try load("  - {id: some-police.1, title: Names stay here, prohibit: [identity], about: [harmer]}").get())
        let changed = plain.keys.filter { plain[$0] != narrowed[$0] }
        #expect(!changed.isEmpty && changed.allSatisfy { narrowed[$0] == "drop" && $0.contains("harmer") })
        var elsewhere = files
        elsewhere["parties/new-police.yaml"] = Array("party: new-police\nkind: police\n".utf8)
        elsewhere["prohibitions/new-police.yaml"] = Array(
            "party: new-police\nprohibitions: [{id: new-police.1, prohibit: all}]\n".utf8)
        #expect(try actions(try ProtocolDirectory.load(elsewhere).get()) == plain)
    }
}
