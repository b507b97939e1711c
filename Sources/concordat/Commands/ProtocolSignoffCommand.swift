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
            Certificates count as of the time of signing; with --crl, those that are revoked today do not, whatever --at says:
            with a later day it shows how the period will stand then.

            Example: concordat protocol signoff protocols/rj-west-midlands \\
                --deployment west-midlands --ca authority/trust.pem \\
                --crl authority/crl.pem
            """)

    @OptionGroup var place: ProtocolPlace
    @Option(help: "The deployment whose people sign.") var deployment: String
    @Option(help: "The authorities of its people, PEM; the root among them.") var ca: String
    @Option(help: "A current revocation list of each authority, PEM; without it none is looked at.") var crl: String?
    @Option(help: "The time to judge as of, RFC 3339; else now.") var at: String?
    @Flag(help: "For machines.") var json = false

    func validate() throws {
        if let at, UTCInstant(at) == nil { throw ValidationError("--at must be as 2026-04-01T09:30:00Z") }
    }

    func run() throws {
        let today = GatewayClock.machine()
        let now = at.flatMap { UTCInstant($0) } ?? today
        // The lists at hand are today's, so they say nothing of another day.
        let trust = try Self.trust(deployment, ca: ca, crl: crl, asOf: today)
        let files = try place.files()
        let loaded = try place.load()
        let status = SignoffStatus(
            loaded, files: files, trust: trust, now: now,
            gainsNothing: StandingSignature.rule(loaded, files: files))
        print(json ? status.json.pretty() : status.text)
        if case .lapsed = status.watch.standing { throw ExitCode(1) }
        if !status.isComplete { throw ExitCode(1) }
    }

    /// The authorities of a deployment's people, as files have them.
    ///
    /// - Parameter asOf: when revocation is judged, where that is not the time of the judgement.
    static func trust(_ deployment: String, ca: String, crl: String?, asOf: UTCInstant?) throws -> SignerTrust {
        do {
            return try SignerTrust(
                deployment: deployment, authorities: try InputFile.read(ca, bytesMax: pemBytesMax),
                revocationLists: try crl.map { try InputFile.read($0, bytesMax: pemBytesMax) }, revocationAsOf: asOf)
        } catch let error as CryptoError { throw Complaint("the authorities: \(error)") }
    }

    // Bound: authorities or revocation lists.
    private static let pemBytesMax = 16 << 20
}
