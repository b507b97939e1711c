import ConcordatCrypto
import ConcordatDecision
import ConcordatLog
import ConcordatProtocols
import ConcordatTerms

/// A loaded protocol as a gateway judges by it: in training for everybody, else for those who have signed.
struct ServedText: Sendable {
    /// The text with the parties' own prohibitions, its period as extended, and the parties it is in force for.
    let text: CompiledProtocol
    /// The signatures that hold, for the log; none in training.
    let signed: [SignOffLeaf.Signed]
    /// What people should see to, one line each; ids, dates and what is owed.
    let warnings: [String]

    /// - Parameter trust: the authorities of the deployment's people; nil for training.
    /// - Throws: ``Complaint`` when a text that is to be live is for training, or is signed by nobody.
    static func make(
        _ loaded: LoadedProtocol, files: ProtocolFiles, trust: SignerTrust?, now: UTCInstant
    ) throws -> ServedText {
        var text = loaded.served
        guard let trust else {
            text.mode = .training
            let watch = PeriodWatch(text.period, on: now.date)
            return ServedText(
                text: text, signed: [], warnings: [watch.words(until: text.period.until)].compactMap { $0 })
        }
        guard text.mode == .live else {
            throw Complaint(
                "`mode: live` cannot serve a text with `mode: training`; sign one that is meant to be in force")
        }
        let status = SignoffStatus(
            loaded, files: files, trust: trust, now: now, gainsNothing: StandingSignature.rule(loaded, files: files))
        guard !status.signed.isEmpty else {
            throw Complaint(
                "`mode: live` takes signed texts only, and nobody has signed this one; see `concordat protocol signoff`, or set `mode: training`"
            )
        }
        (text.period, text.signed) = (status.period, status.signed)
        let unsigned = status.parties.filter { !$0.isSigned }.map { "not in force for \($0.party)" }
        return ServedText(
            text: text, signed: status.parties.filter(\.isSigned).map(leaf),
            warnings: [status.periodWords].compactMap { $0 } + unsigned)
    }

    /// People sign with the certificates they come to the desk with.
    static func trust(_ configuration: Configuration) throws -> SignerTrust {
        do {
            return try SignerTrust(
                deployment: configuration.deployment,
                authorities: try InputFile.read(configuration.desk.trust, bytesMax: pemBytesMax),
                revocationLists: try InputFile.read(configuration.desk.crl, bytesMax: pemBytesMax),
                revocationGrace: configuration.crlGrace)
        } catch let error as CryptoError {
            throw Complaint("the people's authorities: \(error)")
        }
    }

    // Bound: authorities or revocation lists.
    private static let pemBytesMax = 16 << 20

    private static func leaf(_ party: PartySignoff) -> SignOffLeaf.Signed {
        SignOffLeaf.Signed(
            party: party.party, advice: party.opinion.flatMap { LeafToken($0.opinion.rawValue) },
            signatures: party.marks.compactMap { LeafDigest(rawValue: $0.signature) })
    }
}
