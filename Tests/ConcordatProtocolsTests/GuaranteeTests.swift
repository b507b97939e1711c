import ConcordatProtocols
import ConcordatTerms
import Testing

/// A guarantee that does not hold stops the load, with a way in which it could be broken.
@Suite struct GuaranteeTests {
    private let guarantee = "  - {id: G2, never: {categories: [contact], without-consent: true}}\n"

    @Test func counterexampleNamesFactsConsentAndPermit() throws {
        let load = ProtocolDirectory.load(try Fixture.tiny(replacing: [("consent: given,", "consent: not-objected,")]))
        let headline = try #require(load.headlines.first)
        for word in ["`G2`", "`R1`", "/people/*/phone", "harmed", "police", "hub", "not-objected", "/sensitive = no"] {
            #expect(headline.contains(word), "lacks \(word)")
        }
    }

    @Test func refusalOfTheMessageCounts() throws {
        // Sensitive cases never reach the hub, since S1 refuses the message: proven only with the refusal in view.
        let rule = (
            "consent: given, when: {field: /sensitive, is: \"no\"}",
            "consent: given, when: {field: /sensitive, is: \"yes\"}"
        )
        let never = (guarantee, "  - {id: G2, never: {categories: [contact], to: [hub]}}\n")
        #expect(ProtocolDirectory.load(try Fixture.tiny(replacing: [rule, never])).headlines.isEmpty)
        let without = [
            rule, never,
            (
                "  - {id: S1, refuse: message, messages: [referral], when: {flag: sensitive, is: \"yes\"}, tell: hub}\n",
                ""
            ),
        ]
        #expect(ProtocolDirectory.load(try Fixture.tiny(replacing: without)).headlines.count == 1)
    }

    @Test func capacityIsTheWayRoundOnlyForItsHolder() throws {
        let never = (
            guarantee, "  - {id: G2, never: {categories: [casework], to: [prison], to-capacity-not: [custodian]}}\n"
        )
        // A prison can only be sent a report as custodian, so R4 keeps the guarantee.
        #expect(ProtocolDirectory.load(try Fixture.tiny(replacing: [never])).headlines.isEmpty)
        let open = [never, ("    to-capacity: [referrer, custodian]\n", "")]
        let headline = try #require(ProtocolDirectory.load(try Fixture.tiny(replacing: open)).headlines.first)
        #expect(headline.contains("`R4` lets `/decision`"))
    }

    @Test func consentOfSomebodyElseIsNotTheirs() throws {
        let others = ("consent: given,", "consent: given, consent-of: [harmer],")
        let headline = try #require(ProtocolDirectory.load(try Fixture.tiny(replacing: [others])).headlines.first)
        #expect(headline.contains("guarantee `G2` is broken"))
        let own = ("consent: given,", "consent: given, consent-of: [harmed],")
        #expect(ProtocolDirectory.load(try Fixture.tiny(replacing: [own])).headlines.isEmpty)
    }

    @Test func aPersonOfTwoRolesIsNoWayRound() throws {
        // Whatever one role lets through, the other must let through as well.
        let rule = ("  - {id: R4", "  - {id: R6, permit: [contact], about: [harmer], from: [police]}\n  - {id: R4")
        let never = (
            guarantee, "  - {id: G2, never: {categories: [contact], about: [harmed], without-consent: true}}\n"
        )
        #expect(ProtocolDirectory.load(try Fixture.tiny(replacing: [rule, never])).headlines.isEmpty)
    }

    @Test(arguments: [("", true), (", \"minItems\": 1", false)])
    func aRoleThatOnlyTheCaseKnowsIsNoWayRound(bound: String, isBroken: Bool) throws {
        // The message states no other role than harmer; where it may state none, the case may know the harmed person.
        let schema = String(decoding: try Fixture.tiny()["messages/referral.json"] ?? [], as: UTF8.self).replacing(
            "\"roles\": {\"type\": \"array\", \"items\": {\"type\": \"string\", \"enum\": [\"harmed\", \"harmer\"]}}",
            with: "\"roles\": {\"type\": \"array\"\(bound), \"items\": {\"type\": \"string\", \"enum\": [\"harmer\"]}}")
        var files = try Fixture.tiny(replacing: [
            ("consent: given, when: {field: /sensitive, is: \"no\"}", "consent: none"),
            (guarantee, "  - {id: G2, never: {categories: [contact], about: [harmed], to: [hub]}}\n"),
        ])
        files["messages/referral.json"] = Array(schema.utf8)
        let headlines = ProtocolDirectory.load(files).headlines
        // A person who is always a harmer too is not reached by R1, which then matches nothing.
        #expect(headlines.contains { $0.contains("rule `R1` can match nothing") } != isBroken, "\(headlines)")
        #expect(headlines.contains { $0.contains("`G2` is broken: `R1`") } == isBroken, "\(headlines)")
    }

    @Test func aRoleOfAnEarlierTextIsNoWayRound() throws {
        let words = [
            ("permit: [identity, contact], about: [harmed], to: [hub], consent: given,", "permit: [contact],"),
            ("  - {id: R4", "  - {id: R6, prohibit: [contact], about: [harmed, harmer], to: [hub]}\n  - {id: R4"),
            (guarantee, "  - {id: G2, never: {categories: [contact], to: [hub]}}\n"),
        ]
        let headline = try #require(ProtocolDirectory.load(try Fixture.tiny(replacing: words)).headlines.first)
        #expect(headline.contains("about a role this text does not declare go from police to hub"))
    }

    @Test func whatWaitsIsNotStopped() throws {
        let hold =
            "  - {id: H1, hold: message, messages: [report], until: officer, at-most: P7D, then: withhold}\n  - {id: R4"
        let never = (guarantee, "  - {id: G2, never: {categories: [casework], to: [police]}}\n")
        let load = ProtocolDirectory.load(try Fixture.tiny(replacing: [("  - {id: R4", hold), never]))
        #expect(load.headlines.contains { $0.contains("`G2` is broken: `R4`") }, "\(load.headlines)")
    }

    @Test func aWrongPermitThatMakesItsCellTooLargeIsWhatIsReported() throws {
        let values = (0..<14).map { "v\($0)" }
        let many = values.joined(separator: ", ")
        var files = try Fixture.files("FailCases/cell-too-large")
        for (path, bytes) in try Fixture.tiny().contents where files[path] == nil { files[path] = bytes }
        let text = String(decoding: files["protocol.yaml"] ?? [], as: UTF8.self)
        #expect(text.contains(many), "the case is about another flag")
        #expect(ProtocolDirectory.load(files).headlines.allSatisfy { $0.contains("classes of facts in one cell") })
        files["protocol.yaml"] = Array(text.replacing("consent: given, ", with: "").utf8)
        let headlines = ProtocolDirectory.load(files).headlines
        #expect(headlines.count == 1, "\(headlines)")
        #expect(try #require(headlines.first).contains("`G2` is broken: `R1`"), "\(headlines)")
    }

    /// A bound that no value can ever meet or miss leaves nothing untried.
    @Test(arguments: ["{count: harmed, at-least: -3}", "{not: {count: harmer, less-than: -3}}"])
    func aBoundOutsideWhatCanBeIsNoWayRound(when: String) throws {
        let words = [("consent: given, when: {field: /sensitive, is: \"no\"}", "when: \(when)")]
        let headlines = ProtocolDirectory.load(try Fixture.tiny(replacing: words)).headlines
        #expect(headlines.contains { $0.contains("`G2` is broken: `R1`") || $0.contains("-3") }, "\(headlines)")
    }
}
