import ConcordatDecision
import ConcordatJSON
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
        return Reach(category, about: .role("harmed"), to: "prison", in: compiled).chains
            .filter { $0.way == .byRule }.map(\.text)
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
        #expect(closed.way == nil)
        #expect(closed.residual.map(\.text) == ["hub → prison by report, free text (R4)"])
        let open = Reach("identity", about: .role("harmed"), to: "prison", in: compiled)
        #expect(open.chains.map(\.steps.count) == [2])
        #expect(open.text.contains("residual risk"))
    }

    // MARK: broken glass

    private static let glass = """
        break-glass:
          grounds: {life: {title: A life is in danger}, harm: {title: Serious harm}}
          reason-min: 20
          review-within: P2D
          clauses:
            - {id: B1, grounds: [life, harm], permit: [contact], messages: [report], to: [prison]}
        guarantees:
        """

    /// The tiny protocol whose report also tells a prison how to reach somebody, when a life is in danger.
    private func glassFiles(_ words: [(String, String)] = []) throws -> ProtocolFiles {
        try Fixture.tiny(
            replacing: [
                ("guarantees:", Self.glass),
                ("to: [prison], except: [agreed-area]}", "to: [prison], except: [agreed-area], yields-to: [life]}"),
                (
                    "to: [prison], except: [agreed-area]}}",
                    "to: [prison], except: [agreed-area], except-grounds: [life]}}"
                ),
                (
                    "{id: G2, never: {categories: [contact], without-consent: true}}",
                    "{id: G2, never: {categories: [contact], without-consent: true, except-grounds: [life, harm]}}"
                ),
            ] + words)
    }

    @Test func whatGoesUnderABrokenGlassIsNotCalledANo() throws {
        let compiled = try ProtocolDirectory.load(try glassFiles()).get().compiled
        let reach = Reach("contact", about: .role("harmed"), to: "prison", in: compiled)
        #expect(reach.way == .brokenGlass)
        #expect(
            reach.chains.filter { $0.way == .brokenGlass }.map(\.text)
                == ["hub → prison by report, under broken glass for life (B1)"])
        #expect(reach.text.hasPrefix("`contact` about harmed can reach prison only when somebody breaks the glass:\n"))
        #expect(reach.json["answer"]?.stringValue == "broken-glass")
        #expect(reach.json["reaches"]?.boolValue == true)
        #expect(
            reach.json["chains"]?.arrayValue?.first?["steps"]?.arrayValue?.first?["grounds"]?.arrayValue?.count == 1)
    }

    /// The prohibition gives way for a life and for nothing else; by rule it never does.
    @Test func aProhibitionThatYieldsIsNoPermitByRule() throws {
        let compiled = try ProtocolDirectory.load(
            try glassFiles([
                (
                    "  - {id: R2,",
                    "  - {id: R9, permit: [contact], about: [harmed], to: [prison], consent: given}\n  - {id: R2,"
                )
            ])
        ).get().compiled
        #expect(Reach("contact", about: .role("harmed"), to: "prison", in: compiled).way == .brokenGlass)
    }

    // MARK: short texts

    /// The hub's report to a prison gets a text that nothing marks or bounds in its form.
    private func shortFiles(_ bounds: String, mayRestate: String = "") throws -> ProtocolFiles {
        var files = try files(mayRestate: mayRestate)
        let schema = String(decoding: files["messages/report.json"] ?? [], as: UTF8.self)
            .replacing("\"maxLength\": 90, \"x-free-text\": true,", with: bounds)
        files["messages/report.json"] = Array(schema.utf8)
        return files
    }

    @Test(arguments: [
        "\"maxLength\": 80,", "", "\"format\": \"uri\",", "\"maxLength\": 90, \"x-free-text\": false,",
        "\"maxLength\": 60, \"pattern\": \"^[A-Za-z0-9 ]+$\",",
    ])
    func aTextThatIsNotMarkedIsARiskOfItsOwn(bounds: String) throws {
        let compiled = try ProtocolDirectory.load(try shortFiles(bounds)).get().compiled
        let reach = Reach("contact", about: .role("harmed"), to: "prison", in: compiled)
        #expect(reach.way == .shortText)
        #expect(reach.residual.map(\.text) == ["hub → prison by report, short text `/note` (R4)"])
        #expect(
            reach.text.hasPrefix("no field and no free text brings `contact` about harmed to prison, but short texts"))
        #expect(reach.json["answer"]?.stringValue == "short-text")
        #expect(reach.json["reaches"]?.boolValue == false)
    }

    @Test(arguments: [
        "\"pattern\": \"^[A-Z]{2}$\",", "\"enum\": [\"a\", \"b\"],", "\"format\": \"date\",", "\"x-party\": true,",
    ])
    func aTextOfAFixedFormCarriesNothing(bounds: String) throws {
        let compiled = try ProtocolDirectory.load(try shortFiles(bounds)).get().compiled
        let reach = Reach("contact", about: .role("harmed"), to: "prison", in: compiled)
        #expect(reach.way == nil)
        #expect(reach.residual.isEmpty)
        #expect(
            reach.text
                == "no chain of messages brings `contact` about harmed to prison\nno text marked as free reaches prison whole"
        )
        #expect(reach.json["answer"]?.stringValue == "no")
    }

    @Test func whatMayNotBeRestatedGoesByNoShortTextEither() throws {
        let compiled = try ProtocolDirectory.load(
            try shortFiles("\"maxLength\": 80,", mayRestate: "    may-restate: [casework]\n")
        ).get().compiled
        let reach = Reach("contact", about: .role("harmed"), to: "prison", in: compiled)
        #expect(reach.way == nil)
        #expect(reach.residual.map(\.carrier) == [.shortText])
    }

    /// Taking one mark away must not make the answer better in silence.
    @Test func aLongTextWithoutAMarkIsTold() throws {
        let long = try shortFiles("\"maxLength\": 201,")
        let loaded = try ProtocolDirectory.load(long).get()
        #expect(
            loaded.warnings.map(\.message) == [
                "`/properties/note` holds any text and does not say whether it is free text"
            ])
        #expect(try ProtocolDirectory.load(try shortFiles("\"maxLength\": 200,")).get().warnings.isEmpty)
    }

    @Test(arguments: ["rj-west-midlands", "asb-housing"])
    func everyShortTextThatGoesWholeIsNamed(name: String) throws {
        let compiled = try RenderTests.load(name).compiled
        let residual = ChainAnalysis(compiled).residual
        #expect(residual.contains { $0.carrier == .shortText && !$0.fields.isEmpty })
        #expect(Set(residual.map(\.place)).count == residual.count)
    }

    /// What the matrix of a shipped text shows under a broken glass is no plain "no" of the chains.
    @Test(arguments: ["rj-west-midlands", "asb-housing"])
    func theChainsKnowEveryRowOfTheMatrix(name: String) throws {
        let loaded = try RenderTests.load(name)
        let analysis = ChainAnalysis(loaded.compiled)
        for row in SharingMatrix(loaded).rows {
            for role in row.about {
                let about: CompiledRule.Subject = Role(role).map { role == "nobody" ? .nobody : .role($0) } ?? .nobody
                let chains = analysis.chains(of: [row.category], about: [about], to: row.to)
                // A row that some condition always takes away is left to the matrix; broken glass asks for none.
                guard row.isBreakGlass, !row.mayBeProhibited else { continue }
                #expect(!chains.isEmpty, "\(row.rule) \(row.category) \(role)")
            }
        }
    }

    /// The question of the brief: by way of the hub or a satellite, or by whatever other way.
    @Test func theHarmedPersonsAddressReachesNoPrison() throws {
        let compiled = try #require(ShippedProtocolTests.loaded).get().compiled
        for category in ["contact", "location"] as [ConcordatTerms.Category] {
            let reach = Reach(category, about: .role("harmed"), to: "prison", in: compiled)
            let byRule = reach.chains.filter { $0.way == .byRule }
            #expect(byRule.allSatisfy { $0.category == "agreed-area" }, "\(reach.text)")
        }
    }
}
