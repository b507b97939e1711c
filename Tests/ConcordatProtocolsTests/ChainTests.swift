import ConcordatDecision
import ConcordatTerms
import Testing

@testable import ConcordatProtocols

/// What passes from mouth to mouth: what can reach whom over every chain of messages.
@Suite struct ChainTests {
    /// The hub's report to a prison gets a free text, which goes whole.
    private func files(mayRestate: String = "", _ words: [(String, String)] = []) throws -> ProtocolFiles {
        let schema = String(decoding: try Fixture.tiny()["messages/report.json"] ?? [], as: UTF8.self).replacing(
            "\"held-at\":",
            with:
                "\"note\": {\"type\": \"string\", \"maxLength\": 90, \"x-free-text\": true, \"x-category\": \"casework\"}, \"held-at\":"
        )
        var files = try Fixture.tiny(
            replacing: [
                ("    to-capacity: [referrer, custodian]\n", "    to-capacity: [referrer, custodian]\n" + mayRestate)
            ]
                + words)
        files["messages/report.json"] = Array(schema.utf8)
        return files
    }

    private func way(of category: ConcordatTerms.Category, in files: ProtocolFiles) throws -> [String] {
        let compiled = try ProtocolDirectory.load(files).get().compiled
        return Reach(category, about: .role("harmed"), to: "prison", in: compiled).chains.map(\.text)
    }

    @Test func freeTextCarriesWhatItsSenderHasLearnt() throws {
        let ways = try way(of: "contact", in: try files())
        #expect(ways.contains("police → hub by referral (R1), then hub → prison by report, free text (R4)"), "\(ways)")
    }

    @Test(arguments: ["    may-restate: [casework]\n", "    may-restate: none\n"])
    func whatMayNotBeRestatedEndsTheChain(mayRestate: String) throws {
        #expect(try way(of: "contact", in: try files(mayRestate: mayRestate)).isEmpty)
    }

    @Test func aChildOfWhatMayBeRestatedGoesToo() throws {
        #expect(try !way(of: "agreed-area", in: try files(mayRestate: "    may-restate: [contact]\n")).isEmpty)
    }

    @Test func nothingIsToldOfAChainThatNoStructuredFieldBegins() throws {
        let words = [("permit: [identity, contact], about: [harmed]", "permit: [identity], about: [harmed]")]
        #expect(try way(of: "contact", in: try files(mayRestate: "", words)).isEmpty)
    }

    @Test func reachNamesChainsAndWhatIsLeft() throws {
        let compiled = try ProtocolDirectory.load(try files(mayRestate: "    may-restate: [identity]\n")).get().compiled
        let closed = Reach("contact", about: .role("harmed"), to: "prison", in: compiled)
        #expect(closed.chains.isEmpty)
        #expect(closed.residual.map(\.text) == ["hub → prison by report, free text (R4)"])
        let open = Reach("identity", about: .role("harmed"), to: "prison", in: compiled)
        #expect(open.chains.map(\.steps.count) == [2])
        #expect(open.text.contains("residual risk"))
    }

    /// The question of the brief: by way of the hub or a satellite, or by whatever other way.
    @Test func theHarmedPersonsAddressReachesNoPrison() throws {
        let compiled = try #require(ShippedProtocolTests.loaded).get().compiled
        for category in ["contact", "location"] as [ConcordatTerms.Category] {
            let reach = Reach(category, about: .role("harmed"), to: "prison", in: compiled)
            #expect(reach.chains.allSatisfy { $0.category == "agreed-area" }, "\(reach.text)")
        }
    }
}
