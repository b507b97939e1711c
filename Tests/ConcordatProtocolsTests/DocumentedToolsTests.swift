import ConcordatDecision
import ConcordatProtocols
import ConcordatTerms
import Foundation
import Testing

/// Every example of `docs/protocol-tools.md` prints what the page shows.
@Suite struct DocumentedToolsTests {
    @Test func theExamplesPrintWhatThePageShows() throws {
        let page = try String(
            contentsOf: Fixture.repository.appendingPathComponent("docs/protocol-tools.md"), encoding: .utf8)
        var commands: [String] = []
        for block in page.components(separatedBy: "```console\n").dropFirst() {
            let text = try #require(block.components(separatedBy: "\n```\n").first)
            let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
            let words = lines[0].split(separator: " ").map(String.init)
            try #require(words.starts(with: ["$", "concordat", "protocol"]))
            commands.append(words[3])
            let printed = try output(Array(words.dropFirst(3)))
            #expect(printed == String(lines.count > 1 ? lines[1] : ""), "\(lines[0])")
        }
        #expect(commands == ["check", "test", "mutate", "explain", "explain", "matrix", "diff", "replay", "fmt"])
    }

    private func output(_ words: [String]) throws -> String {
        let last = words.last ?? ""
        switch words.first {
        case "check": return CheckReport(ProtocolDirectory.load(try files(last))).text
        case "test": return try cases(last).report.text
        case "mutate":
            let run = try MutationRun.make(try files(last))
            return MutationReport(run, run.mutants).text
        case "matrix": return SharingMatrix(try load(last)).text(width: 100)
        case "diff": return ProtocolDifference(old: try load(words[1]), new: try load(words[2])).text
        case "fmt": return FormatReport(try files(last)).text(isCheck: true)
        case "replay":
            let (loaded, report) = try cases("Tests/ConcordatProtocolsTests/Fixtures/tiny")
            let bundle = try ReplayBundle.read(report.bundle(of: loaded).bytes)
            return ReplayReport(draft: try load(words[1]).compiled, bundle: bundle).text
        case "explain":
            func option(_ name: String) throws -> String {
                words[try #require(words.firstIndex(of: name)) + 1]
            }
            if words.contains("--reach") {
                return Reach(
                    Category(try option("--reach")) ?? "", about: Role(try option("--about")).map { .role($0) },
                    to: PartyKind(try option("--to")) ?? "", in: try load(words[1]).compiled
                ).text
            }
            return try Explanation.explain(
                try load(words[1]), message: try bytes(try option("--message")),
                facts: try bytes(try option("--facts")), recipient: try #require(PartyID(try option("--recipient"))),
                now: UTCInstant(seconds: 0)
            ).get().text
        default:
            Issue.record("nothing runs `\(words.first ?? "")`")
            return ""
        }
    }

    private func cases(_ folder: String) throws -> (loaded: LoadedProtocol, report: CaseReport) {
        let loaded = try load(folder)
        return (loaded, CaseReport(loaded, files: try files(folder)))
    }

    private func files(_ folder: String) throws -> ProtocolFiles {
        try ProtocolDirectory.read(Fixture.repository.appendingPathComponent(folder).path)
    }

    private func load(_ folder: String) throws -> LoadedProtocol { try ProtocolDirectory.load(try files(folder)).get() }

    private func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: Fixture.repository.appendingPathComponent(path)))
    }
}
