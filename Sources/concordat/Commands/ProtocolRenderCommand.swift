import ArgumentParser
import ConcordatCrypto
import ConcordatJSON
import ConcordatProtocols
import ConcordatTerms

struct ProtocolRenderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "render", abstract: "Write the agreement for people: every section, clause, party and data item.",
        discussion: """
            As Markdown, or as one HTML file that needs nothing beside it and prints well. It is made from the text alone, so the
            same text gives the same document. With --ca and --deployment the sign-off page also says how each party stands
            now. --json gives it as a list of blocks.

            Example: concordat protocol render protocols/rj-west-midlands --format html \\
                > agreement.html
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case markdown, html }

    @OptionGroup var place: ProtocolPlace
    @Option(help: "markdown or html.") var format: Format = .markdown
    @Option(help: "The authorities of the people who sign, PEM; the root among them.") var ca: String?
    @Option(help: "The deployment whose people sign.") var deployment: String?
    @Option(help: "A current revocation list of each authority, PEM.") var crl: String?
    @Flag(help: "For machines.") var json = false

    func validate() throws {
        guard (ca == nil) == (deployment == nil) else {
            throw ValidationError("--ca and --deployment belong together")
        }
        guard crl == nil || ca != nil else { throw ValidationError("--crl needs --ca") }
    }

    func run() throws {
        let loaded = try place.load()
        let status = try status(of: loaded)
        let document = AgreementRender.document(
            loaded, signoff: Dictionary(uniqueKeysWithValues: (status?.parties ?? []).map { ($0.party, $0.sentence) }),
            extendedUntil: status?.extendedUntil)
        if json {
            print(document.json.pretty())
            return
        }
        switch format {
        case .markdown: print(MarkdownWriter.text(document), terminator: "")
        case .html: print(HTMLWriter.text(document), terminator: "")
        }
    }

    /// How each party stands, when there is something to judge signatures by.
    private func status(of loaded: LoadedProtocol) throws -> SignoffStatus? {
        guard let ca, let deployment else { return nil }
        let trust: SignerTrust
        do {
            trust = try SignerTrust(
                deployment: deployment, authorities: try InputFile.read(ca, bytesMax: Self.pemBytesMax),
                revocationLists: try crl.map { try InputFile.read($0, bytesMax: Self.pemBytesMax) })
        } catch let error as CryptoError { throw Complaint("the authorities: \(error)") }
        let files = try place.files()
        return SignoffStatus(
            loaded, files: files, trust: trust, now: GatewayClock.machine(),
            gainsNothing: StandingSignature.rule(loaded, files: files))
    }

    // Bound: authorities or revocation lists.
    private static let pemBytesMax = 16 << 20
}
