import ArgumentParser
import ConcordatDecision
import ConcordatJSON
import ConcordatProtocols

struct ProtocolReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay", abstract: "Judge a gateway's recorded decisions again under a draft.",
        discussion: """
            BUNDLE holds the facts that decisions rested on, and no payload; `concordat protocol test --record` makes one. Each
            decision comes out changed, the same, or as one that cannot be told, because the draft asks for a fact that nobody
            kept. docs/replay.md has the form of a bundle.

            Exit 0 whatever came out, 1 when the draft does not load or the bundle cannot be read.

            Example: concordat protocol replay ../draft --from last-month.jsonl
            """)

    @OptionGroup var draft: ProtocolPlace
    @Option(name: .customLong("from"), help: "The bundle, or - for standard input.") var bundle: String
    @Flag(help: "For machines.") var json = false

    func run() throws {
        let loaded = try draft.load()
        let bytes = try InputFile.read(bundle, bytesMax: ReplayBundle.bytesMax)
        let recorded: ReplayBundle
        do { recorded = try ReplayBundle.read(bytes) } catch { throw Complaint("`\(bundle)`: \(error)") }
        let report = ReplayReport(draft: loaded.compiled, bundle: recorded)
        print(json ? report.json.pretty() : report.text)
    }
}
