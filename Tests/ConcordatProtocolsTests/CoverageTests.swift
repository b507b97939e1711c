import ConcordatJSON
import ConcordatProtocols
import ConcordatTerms
import Testing

/// What cases leave out is said: rules nobody exercises, fields nobody can get, needs nobody shows.
@Suite struct CoverageTests {
    @Test func aRuleThatNoCaseMeetsIsNamed() throws {
        let rule = "  - {id: R6, permit: [casework], to: [hub], when: {field: /sensitive, is: \"yes\"}}\n"
        let coverage = try coverage(replacing: [("  - {id: R5,", rule + "  - {id: R5,")])
        #expect(coverage.unexercised.map(\.rawValue) == ["R6", "S1"])
        #expect(coverage.text.contains("rules: 5 of 7 exercised\n  no case exercises `R6`, `S1`"))
    }

    @Test func aPermitThatCameNearIsExercised() throws {
        let rule = "  - {id: R6, permit: [contact], about: [harmer], to: [hub], consent: given}\n"
        let met = try coverage(replacing: [("  - {id: R5,", rule + "  - {id: R5,")]).rules
        #expect(met.first { $0.rule == "R3" }?.decidedIn == ["first"])
        #expect(met.first { $0.rule == "R6" }?.decidedIn == [])
        #expect(met.first { $0.rule == "R6" }?.missedIn == ["first"])
        #expect(met.first { $0.rule == "S1" }?.isExercised == false)
    }

    @Test func aFieldThatNoRuleCanShareIsNamed() throws {
        #expect(try coverage().neverShared.map { "\($0.message) \($0.path)" } == ["report /phone"])
        // A permit that a prohibition without conditions stands against wherever it could apply shares nothing.
        let closed = try coverage(replacing: [
            ("  - {id: R5, prohibit: [contact], to: [prison],", "  - {id: R5, prohibit: [contact],")
        ])
        #expect(closed.neverShared.map(\.path).contains("/people/*/phone"))
        #expect(closed.json["neverShared"]?.arrayValue?.count == closed.neverShared.count)
    }

    @Test func needsAreTabulated() throws {
        let coverage = try coverage()
        #expect(coverage.needs.map(\.need) == ["C2", "P2"])
        #expect(coverage.json["needs"]?["P2"]?.arrayValue == [.string("first")])
        #expect(coverage.text.contains("NEED  CASES\n----  -----\nC2    first\nP2    first"))
    }

    private func coverage(replacing words: [(String, String)] = []) throws -> CaseCoverage {
        let files = try Fixture.tiny(replacing: words)
        return CaseReport(try ProtocolDirectory.load(files).get(), files: files).coverage
    }
}
