package import ConcordatCrypto
import ConcordatDecision
package import ConcordatTerms

/// The sign-off files that are kept and such as are brought, made one.
///
/// Every file of either stays. Where both hold one, what verifies stays, and of two that verify the one signed later: so no
/// signature that counts is lost because somebody's copy of the directory lacks it or holds an older one.
package struct SignoffJoin: Sendable {
    /// The sign-off files, by path; nothing else.
    package let files: [String: [UInt8]]
    /// Files that were brought and do not verify, one line each: party, what it would be, what is wrong.
    package let faults: [String]

    /// Joins them over one text.
    ///
    /// - Parameters:
    ///   - files: what is signed: the directory, its sign-off files apart.
    ///   - gainsNothing: as for ``SignoffStatus``.
    package init(
        _ kept: [String: [UInt8]], with brought: [String: [UInt8]], of loaded: LoadedProtocol, files: ProtocolFiles,
        trust: SignerTrust, now: UTCInstant, gainsNothing: (_ older: SignedText, _ newer: SignedText) -> Bool
    ) {
        var joined = Self.united(kept, brought, current: loaded.text)
        let desk = { (signoff: [String: [UInt8]]) in
            SignoffDesk(
                roster: loaded.parties, files: ProtocolFiles(files.contents.merging(signoff) { _, own in own }),
                trust: trust, now: now)
        }
        let texts = desk(joined).texts(current: loaded.text, gainsNothing: gainsNothing)
        var faults: [String] = []
        for party in loaded.parties.keys.sorted() {
            let units = Self.units(of: party)
            let differing = units.filter { unit in
                let (mine, theirs) = (Self.part(unit, of: kept), Self.part(unit, of: brought))
                return !theirs.isEmpty && mine != theirs
            }
            guard !differing.isEmpty else { continue }
            var alone = joined
            for unit in differing { Self.put(unit, of: brought, into: &alone) }
            faults += Self.faults(desk(alone).party(party, texts: texts), in: differing)
            let rivals = differing.filter { !Self.part($0, of: kept).isEmpty }
            var best: (rank: Rank, files: [String: [UInt8]])?
            // Bound: at most three units, so at most eight ways to choose.
            for choice in 0..<(1 << rivals.count) {
                var tried = joined
                for (index, unit) in rivals.enumerated() {
                    Self.put(unit, of: choice & 1 << index == 0 ? kept : brought, into: &tried)
                }
                let rank = Rank(desk(tried).party(party, texts: texts))
                // The first way keeps all that was kept, so it stays where nothing is better.
                if best.map({ $0.rank < rank }) ?? true { best = (rank, tried) }
            }
            joined = best?.files ?? joined
        }
        Self.joinExtension(&joined, kept, brought, loaded, desk)
        (self.files, self.faults) = (joined, faults)
    }

    /// Files of one signature: they stay together, or go together.
    private struct Unit {
        let name: String
        let paths: [String]
    }

    private static func units(of party: PartyID) -> [Unit] {
        [
            Unit(name: "roster entry", paths: [SignoffPath.entrySignature(party)]),
            Unit(name: "advice", paths: [SignoffPath.advice(party), SignoffPath.adviceSignature(party)]),
            Unit(name: "text", paths: [SignoffPath.signatory(party)]),
        ]
    }

    private static func part(_ unit: Unit, of files: [String: [UInt8]]) -> [String: [UInt8]] {
        files.filter { unit.paths.contains($0.key) }
    }

    private static func put(_ unit: Unit, of source: [String: [UInt8]], into files: inout [String: [UInt8]]) {
        for path in unit.paths { files[path] = source[path] }
    }

    /// How well a party stands with the files tried: signed, then how much holds, then how late it was signed.
    private struct Rank: Comparable {
        let parts: [Int64]

        init(_ party: PartySignoff) {
            let times = [party.text, party.advice, party.entry].map { $0.mark?.at.milliseconds ?? .min }
            parts = [party.isSigned ? 1 : 0, Int64(party.marks.count)] + times
        }

        static func < (left: Rank, right: Rank) -> Bool { left.parts.lexicographicallyPrecedes(right.parts) }
    }

    // MARK: texts

    /// All files of both. Of the texts that are signed each stays under its digest, and the present one in the first place.
    private static func united(
        _ kept: [String: [UInt8]], _ brought: [String: [UInt8]], current: SignedText
    ) -> [String: [UInt8]] {
        var united = kept.merging(brought) { mine, _ in mine }
        for (path, theirs) in brought where path.hasPrefix(SignoffPath.olderTexts + "/") && kept[path] != theirs {
            if path == SignoffPath.olderText(SignedText(theirs).digest) { united[path] = theirs }
        }
        guard let mine = kept[SignoffPath.text], let theirs = brought[SignoffPath.text], mine != theirs else {
            return united
        }
        let isTheirs = SignedText(theirs).digest == current.digest
        united[SignoffPath.text] = isTheirs ? theirs : mine
        let other = SignedText(isTheirs ? mine : theirs)
        if other.document != nil { united[SignoffPath.olderText(other.digest)] = other.bytes }
        return united
    }

    // MARK: the extension

    private static func joinExtension(
        _ joined: inout [String: [UInt8]], _ kept: [String: [UInt8]], _ brought: [String: [UInt8]],
        _ loaded: LoadedProtocol, _ desk: ([String: [UInt8]]) -> SignoffDesk
    ) {
        guard let terms = loaded.agreement.extensionTerms else { return }
        let until = loaded.compiled.period.until
        let wanted = PeriodExtension(of: loaded.text, terms: terms, from: until).bytes
        if brought[SignoffPath.extensionText] == wanted { joined[SignoffPath.extensionText] = wanted }
        for party in loaded.parties.keys.sorted() {
            let path = SignoffPath.extensionSignature(party)
            guard let mine = kept[path], let theirs = brought[path], mine != theirs else { continue }
            let standing = desk(joined).extensionStanding(
                of: loaded.text, agreement: loaded.agreement, until: until, signers: [party])
            switch standing {
            case .asked(_, let by, _, _), .granted(_, let by, _):
                if by.isEmpty { joined[path] = theirs }
            case .none, .notAllowed, .otherTerms: joined[path] = theirs
            }
        }
    }

    // MARK: what does not verify

    private static func faults(_ party: PartySignoff, in units: [Unit]) -> [String] {
        let parts = [("roster entry", party.entry), ("advice", party.advice), ("text", party.text)]
        return parts.compactMap { name, part in
            guard units.contains(where: { $0.name == name }), case .bad(let fault) = part,
                fault.isForged(isEntry: name == "roster entry")
            else { return nil }
            return "\(party.party): \(name): \(fault)"
        }
    }
}

extension SignoffFault {
    /// Whether the file is no signature of the one who should have made it, as against one that has to be made again.
    fileprivate func isForged(isEntry: Bool) -> Bool {
        switch self {
        // An entry that was changed is signed again by that party alone; until then the old signature lies there.
        case .signature(.otherContent): !isEntry
        case .signature, .unchecked, .otherParty, .otherPerson, .samePerson, .adviceUnreadable: true
        case .nobodyNamed, .adviceOnOtherText, .adviceTooLate: false
        }
    }
}
