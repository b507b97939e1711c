import ArgumentParser
import ConcordatDecision
import ConcordatJSON
import ConcordatProtocols
import Foundation

struct ProtocolCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Load a protocol and prove its guarantees; say everything that is wrong with it.",
        discussion: """
            Exit 0 when it loads, 1 when not. Each finding has file, line, column, the line itself and what to do.

            Example: concordat protocol check protocols/rj-west-midlands
            """)

    @OptionGroup var place: ProtocolPlace
    @Flag(help: "For machines.") var json = false

    func run() throws {
        let report = CheckReport(ProtocolDirectory.load(try place.files()))
        print(json ? report.json.pretty() : report.text)
        if !report.passed { throw ExitCode(1) }
    }
}

struct ProtocolTestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Run the worked cases of a protocol, and say what they cover.",
        discussion: """
            Exit 0 when every case comes out as it expects, 1 when not: each difference is shown with its line. Then which
            rules no case exercises, which fields no rule can ever share, and which cases show which need.

            --record writes what the cases' messages were judged by into a bundle for `concordat protocol replay`.

            Example: concordat protocol test protocols/rj-west-midlands
            """)

    @OptionGroup var place: ProtocolPlace
    @Option(help: "Write a replay bundle of the cases to this file.") var record: String?
    @Flag(help: "For machines.") var json = false

    func run() throws {
        let loaded = try place.load()
        let report = CaseReport(loaded, files: try place.files())
        guard !report.results.isEmpty else {
            throw Complaint("`\(place.directory)` has no worked cases; write cases/<name>/in.json")
        }
        if let record {
            let bundle = Data(report.bundle(of: loaded).bytes)
            do { try bundle.write(to: URL(fileURLWithPath: record), options: .atomic) } catch {
                throw Complaint("`\(record)` cannot be written")
            }
        }
        print(json ? report.json.pretty() : report.text)
        if !report.passed { throw ExitCode(1) }
    }
}
