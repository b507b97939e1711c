import ArgumentParser
import ConcordatCrypto
import ConcordatDecision
import ConcordatJSON
import ConcordatProtocols
import ConcordatTerms

struct ProtocolSignoffCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "signoff",
        abstract: "Who has signed a protocol, what each party still owes, and until when it lasts.",
        discussion: """
            Exit 0 when every party has signed and the period has not ended, 1 when not.
            Certificates count as of the time of signing; with --crl, revoked ones do not.

            Example: concordat protocol signoff protocols/rj-west-midlands --deployment west-midlands \\
                       --ca authority/trust.pem --crl authority/crl.pem
            """)

    @OptionGroup var place: ProtocolPlace
    @Option(help: "The deployment whose people sign.") var deployment: String
    @Option(help: "The authorities of its people, PEM; the root among them.") var ca: String
    @Option(help: "A current revocation list of each authority, PEM; without it none is looked at.") var crl: String?
    @Option(help: "The time to judge as of, RFC 3339; else now.") var at: String?
    @Flag(help: "For machines.") var json = false

    func run() throws {
        var now = GatewayClock.machine()
        if let at {
            guard let time = UTCInstant(at) else { throw ValidationError("--at must be as 2026-04-01T09:30:00Z") }
            now = time
        }
        let trust: SignerTrust
        do {
            trust = try SignerTrust(
                deployment: deployment, authorities: try InputFile.read(ca, bytesMax: Self.pemBytesMax),
                revocationLists: try crl.map { try InputFile.read($0, bytesMax: Self.pemBytesMax) })
        } catch let error as CryptoError { throw Complaint("the authorities: \(error)") }
        let files = try place.files()
        let loaded = try place.load()
        let status = SignoffStatus(
            loaded, files: files, trust: trust, now: now,
            gainsNothing: StandingSignature.rule(loaded, files: files))
        print(json ? status.json.pretty() : status.text)
        if case .lapsed = status.watch.standing { throw ExitCode(1) }
        if !status.isComplete { throw ExitCode(1) }
    }

    // Bound: authorities or revocation lists.
    private static let pemBytesMax = 16 << 20
}
