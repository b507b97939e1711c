import ConcordatJSON
import ConcordatTerms
import Foundation
import Testing

@testable import ConcordatProtocols

/// Wrong changes of rules: which there are, who notices them, and that one nobody notices is named with its place.
@Suite struct MutationTests {
    // MARK: refusals

    @Test func aTextThatDoesNotLoadIsNotMutated() throws {
        let files = try Fixture.tiny(replacing: [
            ("never: {categories: [contact], about: [harmed], to: [prison]", "never: {categories: [contact], to: [hub]")
        ])
        guard case .problems(let problems)? = fault(files) else {
            Issue.record("it must not run")
            return
        }
        #expect(problems.errors.contains { $0.message.contains("guarantee `G1` is broken") })
    }

    @Test func nothingIsLearntFromACaseThatFailsAnyway() throws {
        var files = try Fixture.tiny()
        let path = "cases/first/expect.yaml"
        let text = String(decoding: try #require(files[path]), as: UTF8.self)
        files[path] = Array(text.replacing("{/people/0/name: initials}", with: "{/people/0/name: year}").utf8)
        guard case .failing(let name)? = fault(files) else {
            Issue.record("it must not run")
            return
        }
        #expect(name == "first")
    }

    // MARK: who notices

    @Test func aDroppedRuleIsNoticedByTheCaseThatMetIt() throws {
        let verdicts = try verdicts()
        #expect(verdicts["R2 dropped"] == .noticedByCase("first"))
        #expect(verdicts["R4 turned into a prohibition"] == .noticedByCase("first"))
    }

    @Test func aRefusalThatNoCaseMeetsSurvivesAndIsNamedWithItsLine() throws {
        let report = try report(Fixture.tiny())
        #expect(report.survivors.contains { $0.rule == "S1" && $0.change == "dropped" })
        #expect(report.text.contains("protocol.yaml:45: nobody notices `S1` dropped\n"))
        #expect(report.text.contains("protocol.yaml:45: nobody notices `S1` without `tell`\n"))
    }

    @Test func whatAGuaranteeRulesOutNeedsNoCase() throws {
        // No case names an area, and R3 asks for no consent: only G2 sees that it would be needed.
        #expect(try verdicts()["R3 with the category `agreed-area`"] == .noticedByGuarantee("G2"))
    }

    @Test func aRuleThatSaysWhatAnotherSaysMeansNothingOfItsOwn() throws {
        let twin = "  - {id: R6, permit: [casework], to: [prison]}\n"
        let verdicts = try verdicts(try Fixture.tiny(replacing: [("  - {id: R5,", twin + "  - {id: R5,")]))
        #expect(verdicts["R6 dropped"] == .sameMeaning)
    }

    @Test func aCaseNoticesHowLongAMessageWaitsAndWhatThenHappens() throws {
        let files = try shipped("asb-housing")
        let run = try MutationRun.make(files)
        let waits = run.mutants.filter { ["H1", "H2"].contains($0.rule.rawValue) && $0.kind == .limit }
        #expect(waits.count == 6)
        for mutant in waits {
            guard case .noticedByCase = run.verdict(of: mutant) else {
                Issue.record("\(mutant.rule) \(mutant.change)")
                continue
            }
        }
    }

    // MARK: what is tried

    @Test func everySortOfChangeIsTriedAndNoneTwice() throws {
        let run = try MutationRun.make(try shipped("asb-housing"))
        #expect(Set(run.mutants.map(\.kind)) == Set(RuleMutant.Kind.allCases))
        let names = run.mutants.map { "\($0.rule) \($0.change)" }
        #expect(Set(names).count == names.count)
        #expect(Set(run.mutants.filter { $0.kind == .dropped }.map(\.rule)).count == run.ruleCount)
        let everything = try MutationRun.make(try shipped("asb-housing"), isExhaustive: true)
        #expect(everything.mutants.count > run.mutants.count)
    }

    @Test func aSampleIsSpreadOverTheText() throws {
        let run = try MutationRun.make(try shipped("asb-housing"))
        let sample = run.sample(run.mutants.count / 4)
        #expect(sample.count == run.mutants.count / 4)
        #expect(sample.first?.index == 0)
        #expect((sample.last?.index ?? 0) > run.ruleCount * 3 / 4)
        #expect(run.sample(run.mutants.count + 1).count == run.mutants.count)
    }

    @Test func theReportForMachinesHasEachChangeAndWhoNoticed() throws {
        let report = try report(Fixture.tiny())
        let json = report.json
        #expect(json["tried"] == json["changes"])
        #expect(json["survived"] == .number(JSONNumber(report.survivors.count)))
        let first = try #require(json["mutants"]?.arrayValue?.first { $0["rule"] == .string("R2") })
        #expect(first["noticedBy"] == .string("case"))
        #expect(first["by"] == .string("first"))
        #expect(first["kind"] == .string("dropped"))
    }

    // MARK: support

    private func shipped(_ name: String) throws -> ProtocolFiles {
        try ProtocolDirectory.read(Fixture.repository.appendingPathComponent("protocols/" + name).path)
    }

    private func report(_ files: ProtocolFiles) throws -> MutationReport {
        let run = try MutationRun.make(files)
        return MutationReport(run, run.mutants)
    }

    private func verdicts(_ files: ProtocolFiles? = nil) throws -> [String: MutantVerdict] {
        let entries = try report(try files ?? Fixture.tiny()).entries
        return Dictionary(
            entries.map { ("\($0.mutant.rule) \($0.mutant.change)", $0.verdict) },
            uniquingKeysWith: { first, _ in first })
    }

    private func fault(_ files: ProtocolFiles) -> MutationRun.Fault? {
        do {
            _ = try MutationRun.make(files)
            return nil
        } catch { return error }
    }
}
