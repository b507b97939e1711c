import ConcordatProtocols
import Foundation
import Testing

/// Every folder of `FailCases` is the tiny protocol with some files replaced, and the headlines its load must give.
@Suite struct FailCaseTests {
    static let names: [String] = {
        let folder = Fixture.folder.appendingPathComponent("FailCases").path
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }
            .sorted()
    }()

    @Test func thereIsACorpus() { #expect(Self.names.count > 40) }

    @Test(arguments: names)
    func saysExactlyWhatIsWrong(name: String) throws {
        var files = try Fixture.tiny()
        let changed = try Fixture.files("FailCases/\(name)")
        for (path, bytes) in changed.contents { files[path] = bytes }
        let headlines = ProtocolDirectory.load(files).headlines
        let place = Fixture.folder.appendingPathComponent("FailCases/\(name)/expected.txt")
        if ProcessInfo.processInfo.environment["CONCORDAT_RECORD"] != nil {
            try Data((headlines.joined(separator: "\n") + "\n").utf8).write(to: place)
        }
        let expected = try String(contentsOf: place, encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(!expected.isEmpty)
        #expect(headlines == expected)
    }

    @Test(arguments: names)
    func everyProblemHasAPlaceAndAdvice(name: String) throws {
        var files = try Fixture.tiny()
        for (path, bytes) in try Fixture.files("FailCases/\(name)").contents { files[path] = bytes }
        guard case .failure(let problems) = ProtocolDirectory.load(files) else {
            Issue.record("`\(name)` loads")
            return
        }
        for problem in problems.errors {
            #expect(!problem.advice.isEmpty)
            #expect(!problem.message.contains("\n"))
            #expect(problem.message.first?.isUppercase == false)
            #expect(!problem.message.hasSuffix("."))
        }
    }
}
