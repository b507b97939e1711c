import ArgumentParser
import ConcordatJSON
import ConcordatProtocols

struct ProtocolRenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Write the agreement for people: every section, clause, party and data item.",
        discussion: """
            As Markdown, or as one HTML file that needs nothing beside it and prints well. It is made from the text alone, so the
            same text gives the same document. --json gives it as a list of blocks.

            Example: concordat protocol render protocols/rj-west-midlands --format html > agreement.html
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case markdown, html }

    @Argument(help: "The protocol's directory.") var directory: String
    @Option(help: "markdown or html.") var format: Format = .markdown
    @Flag(help: "For machines.") var json = false

    func run() throws {
        let document = AgreementRender.document(try LoadedDirectory.load(directory))
        if json {
            print(document.json.pretty())
            return
        }
        switch format {
        case .markdown: print(MarkdownWriter.text(document), terminator: "")
        case .html: print(HTMLWriter.text(document), terminator: "")
        }
    }
}
