import ConcordatCrypto
import ConcordatTerms

/// Checks signature files against what they sign, one by one.
struct SignoffDesk {
    // Bound: older texts that a signature is tried against.
    static let olderTextsMax = 32

    let roster: [PartyID: PartyRecord]
    let files: ProtocolFiles
    let trust: SignerTrust
    let now: UTCInstant

    /// Who must have signed.
    private struct Person {
        let party: PartyID
        let id: OfficerID
    }

    /// The present text, and those signed before.
    struct Texts {
        let current: SignedText
        /// With whether nobody gains anything from it to the present one.
        let older: [(text: SignedText, stillCounts: Bool)]
    }

    func texts(current: SignedText, gainsNothing: (SignedText, SignedText) -> Bool) -> Texts {
        var older: [String: SignedText] = [:]
        // Until somebody signs the present text, the one signed last lies in the first place.
        if let text = files[SignoffPath.text].map({ SignedText($0) }), text.digest != current.digest {
            older[text.digest] = text
        }
        for path in files.paths(in: SignoffPath.olderTexts, suffix: ".json").prefix(Self.olderTextsMax) {
            guard let text = files[path].map({ SignedText($0) }) else { continue }
            // A file whose name is not its digest, or that is cut at its bound, is no text that anybody signed.
            if path == SignoffPath.olderText(text.digest), text.digest != current.digest { older[text.digest] = text }
        }
        return Texts(
            current: current,
            older: older.sorted { $0.key < $1.key }.map { ($0.value, gainsNothing($0.value, current)) })
    }

    /// How a party stands, its controller's signatures apart.
    func party(_ party: PartyID, texts: Texts) -> PartySignoff {
        let entry = entry(of: party, text: texts.current.digest)
        if let controller = roster[party]?.onBehalfOf {
            return PartySignoff(
                party: party, onBehalfOf: controller, entry: entry, advice: .notNeeded, opinion: nil, text: .notNeeded,
                isSigned: entry.isSettled)
        }
        var text = text(of: party, texts)
        let (advice, opinion) = advice(of: party, texts)
        if let fault = Self.fault(between: advice, and: text) { text = .bad(fault) }
        return PartySignoff(
            party: party, onBehalfOf: nil, entry: entry, advice: advice, opinion: opinion, text: text,
            isSigned: entry.isSettled && advice.isSettled && text.isSettled)
    }

    private func signatory(of party: PartyID) -> Person? {
        roster[party]?.signatory?.person.map { Person(party: party, id: $0) }
    }

    /// The entry is signed as it stands in its file, by the one it names as the signatory.
    ///
    /// A processor may leave that to its controller.
    private func entry(of party: PartyID, text: String) -> SignoffPart {
        guard let content = files[SignoffPath.entry(party)] else { return .missing }
        let person = signatory(of: party) ?? roster[party]?.onBehalfOf.flatMap { signatory(of: $0) }
        return part(SignoffPath.entrySignature(party), over: content, by: person, text: text)
    }

    private func text(of party: PartyID, _ texts: Texts) -> SignoffPart {
        let (path, person) = (SignoffPath.signatory(party), signatory(of: party))
        let present = part(path, over: texts.current.bytes, by: person, text: texts.current.digest)
        guard present == .bad(.signature(.otherContent)) else { return present }
        for (older, stillCounts) in texts.older {
            let before = part(path, over: older.bytes, by: person, text: older.digest)
            if before == .bad(.signature(.otherContent)) { continue }
            if stillCounts { return before }
            if let mark = before.mark { return .otherText(mark) }
            return before
        }
        return present
    }

    private func advice(of party: PartyID, _ texts: Texts) -> (SignoffPart, OfficerAdvice?) {
        guard let bytes = files[SignoffPath.advice(party)] else { return (.missing, nil) }
        guard let advice = OfficerAdvice(reading: bytes) else { return (.bad(.adviceUnreadable), nil) }
        let person = roster[party]?.officer?.person.map { Person(party: party, id: $0) }
        let part = part(SignoffPath.adviceSignature(party), over: bytes, by: person, text: advice.text)
        guard let mark = part.mark else { return (part, nil) }
        if advice.text == texts.current.digest { return (part, advice) }
        guard let older = texts.older.first(where: { $0.text.digest == advice.text }) else {
            return (.bad(.adviceOnOtherText), nil)
        }
        return older.stillCounts ? (part, advice) : (.otherText(mark), advice)
    }

    /// The advice comes before the signature, from somebody else, and on the same text.
    private static func fault(between advice: SignoffPart, and text: SignoffPart) -> SignoffFault? {
        guard let advised = advice.mark, let signed = text.mark else { return nil }
        if advised.person == signed.person { return .samePerson }
        if advised.text != signed.text { return .adviceOnOtherText }
        return advised.at <= signed.at ? nil : .adviceTooLate
    }

    /// - Parameter signers: those for whom the text is in force and who sign for themselves.
    func extensionStanding(
        of text: SignedText, agreement: Agreement, until: CivilDate, signers: [PartyID]
    ) -> ExtensionStanding {
        guard let content = files[SignoffPath.extensionText] else { return .none }
        guard let terms = agreement.extensionTerms, let board = agreement.board else { return .notAllowed }
        let wanted = PeriodExtension(of: text, terms: terms, from: until)
        guard content == wanted.bytes else { return .otherTerms }
        let by = signers.filter { party in
            guard let kind = roster[party]?.kind, board.members.contains(kind) else { return false }
            let path = SignoffPath.extensionSignature(party)
            let mark = part(path, over: content, by: signatory(of: party), text: text.digest).mark
            // What has ended is not extended: it is made anew.
            return mark.map { $0.at.date <= until } ?? false
        }
        let kinds = Set(by.compactMap { roster[$0]?.kind }).sorted()
        guard kinds.count >= terms.quorum else {
            return .asked(until: wanted.until, by: by, kinds: kinds, quorum: terms.quorum)
        }
        return .granted(until: wanted.until, by: by, kinds: kinds)
    }

    /// One signature file over its content, by the person who must have made it.
    private func part(
        _ path: String, over content: [UInt8], by person: Person?, text: String
    ) -> SignoffPart {
        guard let signature = files[path] else { return .missing }
        guard let person else { return .bad(.nobodyNamed) }
        do throws(CryptoError) {
            let signer = try CMSSignature.verify(signature, content: content, trust: trust, now: now)
            guard case .person(let party, let id) = signer.identity, party == person.party else {
                return .bad(.otherParty)
            }
            guard id == person.id else { return .bad(.otherPerson) }
            return .holds(
                SignoffMark(
                    person: id, at: signer.signedAt, text: text, signature: Hex.encode(Digest.sha256(signature))))
        } catch .signature(let fault) {
            return .bad(.signature(fault))
        } catch {
            return .bad(.unchecked)
        }
    }
}
