import ConcordatDecision
import ConcordatJSON
import ConcordatProtocols
import ConcordatTerms
import Foundation
import Testing

/// The author's tools say what the judge does, and never a value.
@Suite struct ToolTests {
    private let now = UTCInstant(seconds: 1_777_887_000)

    @Test func explainRefusesAPartyOffTheRoster() throws {
        let files = try Fixture.tiny()
        let result = Explanation.explain(
            try ProtocolDirectory.load(files).get(), message: try #require(files["cases/first/in.json"]), facts: nil,
            recipient: "the-hbu", now: now)
        guard case .failure(let problems) = result else { Issue.record("explained"); return }
        #expect(problems.errors.map(\.message) == ["unknown party `the-hbu`"])
        #expect(problems.errors.map(\.advice) == ["did you mean `the-hub`?"])
    }

    @Test func explainSaysWhyFieldByField() throws {
        let explanation = try explainReferral(facts: nil)
        #expect(explanation.answer == "share")
        func why(_ path: String, _ about: String) -> String? {
            explanation.fields.first { $0.path == path && $0.about == about }?.why
        }
        #expect(why("/sensitive", "nobody") == "permitted by R4")
        #expect(why("/people/*/phone", "p-1 (harmed)") == "no rule permits it here: R1 would but for consent")
        #expect(why("/people/*/phone", "p-2 (harmer)") == "no rule permits it")
        #expect(why("/people/*/name", "p-1 (harmed)") == "permitted by R3 as initials")
        #expect(why("/people/*/name", "p-2 (harmer)") == "permitted by R2")
    }

    @Test func explainKnowsTheFacts() throws {
        let facts = try #require(try Fixture.tiny()["cases/first/facts.yaml"])
        let explanation = try explainReferral(facts: facts)
        let phone = explanation.fields.first { $0.path == "/people/*/phone" && $0.about == "p-1 (harmed)" }
        #expect(phone?.why == "permitted by R1")
        #expect(explanation.withheld.map(\.description) == ["/people/1/phone"])
    }

    @Test func explainHoldsNoValueAndNoReference() throws {
        let explanation = try explainReferral(facts: nil)
        for text in [explanation.text, explanation.json.pretty()] {
            for secret in ["Lovelace", "0121", "v-7", "o-3"] { #expect(!text.contains(secret)) }
        }
        #expect(explanation.json["fields"]?.arrayValue?.count == explanation.fields.count)
    }

    @Test func matrixHoldsWhatIsPermittedAndNotWhatIsAlwaysProhibited() throws {
        let matrix = SharingMatrix(try ProtocolDirectory.load(try Fixture.tiny()).get())
        #expect(!matrix.rows.contains { $0.to == "prison" && $0.category == "contact" })
        let row = try #require(matrix.rows.first { $0.to == "hub" && $0.category == "contact" })
        #expect(row.about == ["harmed"])
        #expect(row.from == ["police"])
        #expect(row.rule == "R1")
        #expect(row.consent.level == .given)
        #expect(row.isConditional)
        #expect(matrix.json.arrayValue?.count == matrix.rows.count)
        #expect(matrix.text().contains("initials"))
    }

    @Test func matrixAsCSVHasOneLineForEachRow() throws {
        let matrix = SharingMatrix(try ProtocolDirectory.load(try Fixture.tiny()).get())
        let lines = matrix.csv.components(separatedBy: "\r\n")
        #expect(lines.count == matrix.rows.count + 2)
        #expect(lines.last == "")
        #expect(lines.contains("hub,contact,harmed,police,referral,offer,,given,whole,R1,yes,no,no"))
        #expect(
            lines.allSatisfy { $0.isEmpty || $0.split(separator: ",", omittingEmptySubsequences: false).count == 13 })
    }

    @Test func matrixAsAPageNeedsNothingElseAndHoldsNoMarkupOfTheText() throws {
        let words = ("title: Police force", "title: \"<script>x</script> & 'y'\"")
        let hub = ("hub: {title: Hub}", "hub: {title: \"<b>Hub</b> & co\"}")
        let html = SharingMatrix(try ProtocolDirectory.load(try Fixture.tiny(replacing: [words, hub])).get()).html
        #expect(!html.contains("<script") && !html.contains("<b>"))
        #expect(html.contains("&lt;b&gt;Hub&lt;/b&gt; &amp; co <code>hub</code>"))
        for outside in ["http:", "https:", "src=", "@import", "url("] { #expect(!html.contains(outside)) }
        #expect(html.contains("@media print"))
    }

    @Test func recipientSchemaHoldsWhatCanReachThem() throws {
        let compiled = try ProtocolDirectory.load(try Fixture.tiny()).get().compiled
        let hub = try #require(RecipientSchemas.schema(of: "referral", for: "hub" as PartyKind, in: compiled))
        let person = try #require(hub["properties"]?["people"]?["items"]?["properties"])
        #expect(person["phone"] != nil)
        #expect(hub["required"]?.arrayValue == [.string("sensitive")])
        let prison = try #require(RecipientSchemas.schema(of: "report", for: "some-prison" as PartyID, in: compiled))
        #expect(prison["properties"]?["phone"] == nil)
        #expect(prison["properties"]?["decision"] != nil)
        #expect(RecipientSchemas.schema(of: "letter", for: "hub" as PartyKind, in: compiled) == nil)
    }

    @Test func checkReportCountsAndShows() throws {
        let good = CheckReport(ProtocolDirectory.load(try Fixture.tiny()))
        #expect(good.passed)
        #expect(good.text.contains("2 guarantees proven"))
        let bad = CheckReport(ProtocolDirectory.load(try Fixture.tiny(replacing: [("mode: training", "mode: x")])))
        #expect(!bad.passed)
        #expect(bad.text.contains("\n1 error; what the rules mean together"))
        #expect(bad.json["names-only"]?.boolValue == true)
        #expect(bad.json["errors"]?[0]?["line"]?.intValue == 4)
    }

    private func explainReferral(facts: [UInt8]?) throws -> Explanation {
        let files = try Fixture.tiny()
        let text = String(decoding: try #require(files["cases/first/in.json"]), as: UTF8.self)
        let events = try #require(try JSONValue.parse(Array(text.utf8)).arrayValue)
        return try Explanation.explain(
            try ProtocolDirectory.load(files).get(), message: events[0].serialized(), facts: facts,
            recipient: "the-hub", now: now
        ).get()
    }
}
