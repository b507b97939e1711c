import ArgumentParser
import ConcordatJSON
import ConcordatProtocols

struct ProtocolCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Load a protocol and prove its guarantees; say everything that is wrong with it.",
        discussion: """
            Exit 0 when it loads, 1 when not. Each finding has file, line, column, the line itself and what to do.

            Example: concordat protocol check protocols/rj-west-midlands
            """)

    @Argument(help: "The protocol's directory.") var directory: String
    @Flag(help: "For machines.") var json = false

    func run() throws {
        let report = CheckReport(ProtocolDirectory.load(try LoadedDirectory.files(directory)))
        print(json ? report.json.pretty() : report.text)
        if !report.passed { throw ExitCode(1) }
    }
}

struct ProtocolTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run the worked cases of a protocol.",
        discussion: """
            Exit 0 when every case comes out as it expects, 1 when not: each difference is shown with its line.

            Example: concordat protocol test protocols/rj-west-midlands
            """)

    @Argument(help: "The protocol's directory.") var directory: String
    @Flag(help: "For machines.") var json = false

    func run() throws {
        let files = try LoadedDirectory.files(directory)
        let results = ProtocolCases.run(try LoadedDirectory.load(directory), files: files)
        if json {
            print(JSONValueList(results.map(\.json)).text)
        } else {
            for result in results { print(result.text) }
            print("\(results.filter(\.passed).count) passed, \(results.filter { !$0.passed }.count) failed")
        }
        guard !results.isEmpty else {
            throw Complaint("`\(directory)` has no worked cases; write cases/<name>/in.json")
        }
        if !results.allSatisfy(\.passed) { throw ExitCode(1) }
    }
}
