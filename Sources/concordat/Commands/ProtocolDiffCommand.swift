import ArgumentParser
import ConcordatJSON
import ConcordatProtocols

struct ProtocolDiffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Say in sentences what a new text shares that the old one does not.",
        discussion: """
            Compares what the two texts mean; wording, order and the names of rules do not count. Each line begins with a mark:
            + somebody gains data, ! a safeguard is weaker, - less is shared or a safeguard is stronger, ~ neither.

            Exit 0 when nothing is newly shared, 3 when something is, 1 when a text does not load, 64 when used wrongly.

            Example: concordat protocol diff protocols/rj-west-midlands ../draft
            """)

    @Argument(help: "The directory of the text in force.") var old: String
    @Argument(help: "The directory of the draft.") var new: String
    @Option(help: "A directory with party files of your own, read beside the `parties/` of both.") var parties: String?
    @Flag(help: "For machines.") var json = false

    /// Something is newly shared.
    static let gainCode: Int32 = 3

    func run() throws {
        let difference = ProtocolDifference(
            old: try LoadedDirectory.load(old, parties: parties), new: try LoadedDirectory.load(new, parties: parties))
        print(json ? difference.json.pretty() : difference.text)
        if difference.gainsAnything { throw ExitCode(Self.gainCode) }
    }
}
