import ArgumentParser
import ConcordatJSON
import ConcordatProtocols
import Foundation

struct ProtocolFormatCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fmt", abstract: "Write a protocol's YAML in its canonical layout.",
        discussion: """
            Formats protocol.yaml, parties/*.yaml, prohibitions/*.yaml and the .yaml files that the text includes, which other
            protocols may include too: indentation, spaces, needless quotes, lines over 120 columns, blank lines, and the order of keys in whatever has an id. Comments stay. The order of rules, and the
            choice between {brackets} and lines, are yours until a line is too long. The meaning cannot change: the result is
            read again and compared before it is written, so the digest stays the same.

            Exit 0 when every file is in that layout (now), 1 when one is not: with --check nothing is written.

            Example: concordat protocol fmt --check protocols/rj-west-midlands
            """)

    @Argument(help: "The protocol's directory.") var directory: String
    @Flag(help: "Write nothing; exit 1 when a file is not in the canonical layout.") var check = false
    @Flag(help: "For machines.") var json = false

    func run() throws {
        let report = FormatReport(try LoadedDirectory.files(directory))
        guard !report.files.isEmpty else { throw Complaint("`\(directory)` has no protocol.yaml") }
        if !check { try write(report) }
        print(json ? report.json.pretty() : report.text(isCheck: check))
        if check ? !report.isFormatted : !report.refused.isEmpty { throw ExitCode(1) }
    }

    private func write(_ report: FormatReport) throws {
        for file in report.changed {
            guard let text = file.text else { continue }
            let place = URL(fileURLWithPath: directory).appendingPathComponent(file.path)
            do { try Data(text).write(to: place, options: .atomic) } catch {
                throw Complaint("`\(file.path)` cannot be written")
            }
        }
    }
}
