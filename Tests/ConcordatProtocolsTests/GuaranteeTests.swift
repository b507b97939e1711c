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
}
