import ConcordatDecision
import ConcordatTerms
import Foundation
import Testing

@testable import ConcordatProtocols

/// Each protocol of the repository, whatever its field: it loads, warns of nothing, and its worked cases pass.
@Suite struct EveryProtocolTests {
    static let names: [String] = {
        let root = Fixture.repository.appendingPathComponent("protocols").path
        let found = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        return found.filter { FileManager.default.fileExists(atPath: "\(root)/\($0)/protocol.yaml") }.sorted()
    }()

    private static func files(_ name: String) throws -> ProtocolFiles {
        try ProtocolDirectory.read(Fixture.repository.appendingPathComponent("protocols/" + name).path)
    }

    @Test func thereAreTwoThatHaveNothingInCommonButTheProgram() throws {
        #expect(Self.names == ["asb-housing", "rj-west-midlands"])
        let texts = try Self.names.map { try ProtocolDirectory.load(try Self.files($0)).get().compiled }
        #expect(Set(texts[0].messages.values.map(\.type)).isDisjoint(with: texts[1].messages.values.map(\.type)))
        #expect(Set(texts[0].purposes.keys) != Set(texts[1].purposes.keys))
        #expect(texts[0].partyKinds != texts[1].partyKinds)
    }

    @Test(arguments: names)
    func loadsAndItsCasesPass(name: String) throws {
        let files = try Self.files(name)
        let loaded = try ProtocolDirectory.load(files).get()
        #expect(loaded.warnings.map(\.headline) == [])
        let results = ProtocolCases.run(loaded, files: files)
        #expect(results.count >= 25)
        for result in results { #expect(result.passed, "\(result.text)") }
    }

    /// A rule that no case meets is a rule that nobody has seen at work.
    @Test(arguments: names)
    func everyRuleIsMetByACase(name: String) throws {
        let files = try Self.files(name)
        let loaded = try ProtocolDirectory.load(files).get()
        #expect(CaseCoverage(loaded, ProtocolCases.run(loaded, files: files)).unexercised.isEmpty)
    }

    @Test(arguments: names)
    func standsInTheCanonicalLayout(name: String) throws {
        #expect(FormatReport(try Self.files(name)).changed.map(\.path) == [])
    }
}
