import ArgumentParser
import ConcordatCrypto
import ConcordatJSON
import ConcordatProtocols
import ConcordatTerms
import Foundation

struct ProtocolSignCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sign",
        abstract: "Sign a protocol for a party: its officer's advice, then its signatory's signature.",
        discussion: """
            Signatures go into DIR/signoff as detached CMS, which `openssl cms -verify` checks too; docs/sign-off.md says how.
            The signatory signs the text and the party's roster entry; with --extend, the one extension that the text allows.
            What would not count is not kept: an expired certificate, too short a key, one that is not for signing. With --ca
            and --deployment it is also checked who vouches for the signer, as `signoff` will.
            With --prepare nothing is signed: what must be signed is written, for a key that only openssl reaches.
            A key with a passphrase: openssl pkey -in key.pem | concordat protocol sign … --key -

            Example: concordat protocol sign protocols/rj-west-midlands --party rj-hub \\
                --as officer --advice supports \\
                --certificate people/rj-hub.officer.chain.crt \\
                --key people/rj-hub.officer.key
            Example: concordat protocol sign protocols/rj-west-midlands --party rj-hub \\
                --as signatory --certificate people/rj-hub.signatory.chain.crt \\
                --key people/rj-hub.signatory.key
            """)

    enum Office: String, ExpressibleByArgument, CaseIterable { case signatory, officer }

    @OptionGroup var place: ProtocolPlace
    @Option(help: "The party signed for.") var party: String
    @Option(name: .customLong("as"), help: "Who signs: signatory or officer.") var office: Office
    @Option(help: "The officer's advice: supports, supports-with-conditions or opposes.") var advice: String?
    @Option(help: "A condition of the officer's support; may be given again.") var condition: [String] = []
    @Option(help: "The office that advises; else as the roster entry has it.") var adviser: String?
    @Flag(help: "Sign the extension of the period.") var extend = false
    @Option(help: "The signer's certificate, PEM; those above it may follow.") var certificate: String?
    @Option(help: "The signer's private key, PEM, unencrypted; `-` for standard input.") var key: String?
    @Option(help: "Certificates above the signer's, PEM.") var chain: String?
    @Flag(help: "Write what must be signed, and sign nothing.") var prepare = false
    @Option(help: "The deployment whose people sign.") var deployment: String?
    @Option(help: "The authorities of its people, PEM; the root among them.") var ca: String?
    @Option(help: "A current revocation list of each authority, PEM.") var crl: String?
    @Flag(help: "For machines.") var json = false

    /// Wrong use is told here, where the usage shown is that of this command.
    func validate() throws {
        guard PartyID(party) != nil else { throw ValidationError("--party is not a party id") }
        guard (ca == nil) == (deployment == nil) else { throw ValidationError("--ca and --deployment belong together") }
        guard crl == nil || ca != nil else { throw ValidationError("--crl needs --ca") }
        if prepare {
            guard certificate == nil, key == nil, chain == nil else {
                throw ValidationError("--prepare signs nothing, so it takes no certificate and no key")
            }
        } else if certificate == nil || key == nil {
            throw ValidationError("give --certificate and --key, or --prepare")
        }
        switch office {
        case .officer:
            guard !extend else { throw ValidationError("--extend belongs to --as signatory") }
            guard advice.flatMap(OfficerAdvice.Opinion.init) != nil else {
                let known = OfficerAdvice.Opinion.allCases.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("--as officer needs --advice, one of \(known)")
            }
        case .signatory:
            guard advice == nil, condition.isEmpty, adviser == nil else {
                throw ValidationError("--advice, --condition and --adviser belong to --as officer")
            }
        }
    }

    func run() throws {
        guard let id = PartyID(party) else { throw ValidationError("--party is not a party id") }
        let files = try place.files()
        let trust: SignerTrust? = try ca.flatMap { ca in
            try deployment.map { try ProtocolSignoffCommand.trust($0, ca: ca, crl: crl, asOf: nil) }
        }
        let signing = try Signing(
            try place.load(), files: files, party: id, at: GatewayClock.machine(), trust: trust)
        let material = try material()
        let made: ProtocolFiles
        switch office {
        case .officer: made = try advised(signing, material)
        case .signatory:
            made = try extend ? signing.extend(with: material) : signing.sign(with: material)
        }
        let paths = made.contents.keys.sorted()
        for path in paths { try write(made[path] ?? [], to: path) }
        if json {
            print(JSONValue.array(paths.map { .string($0) }).pretty())
        } else {
            for path in paths { print("\(place.directory)/\(path)") }
        }
    }

    private func advised(_ signing: Signing, _ material: SigningMaterial?) throws -> ProtocolFiles {
        guard let opinion = advice.flatMap(OfficerAdvice.Opinion.init) else {
            throw ValidationError("--as officer needs --advice")
        }
        guard let office = adviser ?? signing.officerOffice else {
            throw Complaint("the roster entry names no officer; give --adviser")
        }
        return try signing.advise(opinion, office: office, conditions: condition, with: material)
    }

    private func material() throws -> SigningMaterial? {
        guard !prepare, let certificate, let key else { return nil }
        return SigningMaterial(
            certificate: try InputFile.read(certificate, bytesMax: Self.pemBytesMax),
            key: try InputFile.read(key, bytesMax: Self.pemBytesMax),
            chain: try chain.map { try InputFile.read($0, bytesMax: Self.pemBytesMax) } ?? [])
    }

    // Bound: a certificate chain or a key.
    private static let pemBytesMax = 64 << 10

    private func write(_ bytes: [UInt8], to path: String) throws {
        let target = URL(fileURLWithPath: place.directory, isDirectory: true).appendingPathComponent(path)
        do {
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: target, options: .atomic)
        } catch { throw Complaint("`\(target.path)` cannot be written") }
    }
}
