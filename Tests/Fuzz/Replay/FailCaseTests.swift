import Foundation
import FuzzReaders
import Testing

/// Whatever once broke a reader is read again, for good.
@Suite struct FailCaseTests {
    private static let tests = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    @Test(arguments: FuzzTargets.names)
    func nothingThatOnceBrokeAReaderBreaksItAgain(name: String) throws {
        let folder = Self.tests.appendingPathComponent("FailCases/\(name)").path
        let files = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter {
            $0.hasSuffix(".input")
        }
        guard !files.isEmpty else { return }
        let protocols = Self.tests.deletingLastPathComponent().appendingPathComponent("protocols/rj-west-midlands").path
        let target = try #require(try FuzzTargets.make(name, protocolDirectory: protocols))
        for file in files.sorted() {
            let input = try #require(FileManager.default.contents(atPath: "\(folder)/\(file)"))
            #expect(throws: Never.self, "FailCases/\(name)/\(file)") { try target.check([UInt8](input)) }
        }
    }

    /// So that an empty folder is no reason to believe anything: the same check over fresh inputs.
    @Test(arguments: FuzzTargets.names)
    func aHundredFreshInputsBreakNoReader(name: String) throws {
        let protocols = Self.tests.deletingLastPathComponent().appendingPathComponent("protocols/rj-west-midlands").path
        let made = try #require(try FuzzTargets.make(name, protocolDirectory: protocols))
        let accepted = try Self.accepted(of: name == "protocol" ? 3 : 100, made)
        // A target that refuses all it makes checks nothing.
        #expect(name == "protocol" || accepted > 0)
    }

    private static func accepted(of count: Int, _ made: some FuzzTarget) throws -> Int {
        var target = made
        var dice = FuzzDice(seed: 1)
        var accepted = 0
        for _ in 0..<count where try target.check(target.input(&dice)) { accepted += 1 }
        return accepted
    }
}
