package import ConcordatCrypto
package import ConcordatDecision
package import ConcordatTerms

/// Who has signed a protocol, and for whom it is in force: one answer a party, and the period.
///
/// A pure function of the loaded protocol, the files beside it, the authorities and the time.
package struct SignoffStatus: Sendable, Equatable {
    package let id: ProtocolID
    package let version: String
    /// The digest of the text.
    package let digest: String
    /// Every party of the roster, by id.
    package let parties: [PartySignoff]
    /// The period as the text and its extension have it.
    package let period: ProtocolPeriod
    package let watch: PeriodWatch
    package let extensionStanding: ExtensionStanding

    /// The parties for which the text is in force while its period lasts.
    package var signed: Set<PartyID> { Set(parties.filter(\.isSigned).map(\.party)) }
    /// Whether nothing is owed by anybody.
    package var isComplete: Bool { parties.allSatisfy(\.isSigned) }

    /// Judges all signatures.
    ///
    /// - Parameters:
    ///   - files: of the same directory as `loaded`.
    ///   - trust: the authorities of the deployment's persons.
    ///   - gainsNothing: whether, from the older text to the newer, nobody gains anything. Then a signature over the older
    ///     one still counts; by default it never does.
    package init(
        _ loaded: LoadedProtocol, files: ProtocolFiles, trust: SignerTrust, now: UTCInstant,
        gainsNothing: (_ older: SignedText, _ newer: SignedText) -> Bool = { _, _ in false }
    ) {
        let compiled = loaded.compiled
        let desk = SignoffDesk(roster: loaded.parties, files: files, trust: trust, now: now)
        let texts = desk.texts(current: loaded.text, gainsNothing: gainsNothing)
        parties = Self.settled(compiled.parties.keys.sorted().map { desk.party($0, texts: texts) })
        (id, version, digest) = (compiled.id, compiled.version, loaded.text.digest)
        let signers = parties.filter { $0.isSigned && $0.onBehalfOf == nil }.map(\.party)
        let standing = desk.extensionStanding(
            of: loaded.text, agreement: loaded.agreement, until: compiled.period.until, signers: signers)
        var period = compiled.period
        if case .granted(let until, _, _) = standing { period.until = until }
        (extensionStanding, self.period, watch) = (standing, period, PeriodWatch(period, on: now.date))
    }

    /// A processor is in force where its controller is.
    private static func settled(_ parties: [PartySignoff]) -> [PartySignoff] {
        let controllers = Set(parties.filter { $0.onBehalfOf == nil && $0.isSigned }.map(\.party))
        return parties.map { party in
            guard let controller = party.onBehalfOf else { return party }
            var party = party
            party.isSigned = party.isSigned && controllers.contains(controller)
            return party
        }
    }
}
