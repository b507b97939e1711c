package import ConcordatCrypto
import ConcordatDecision
package import ConcordatTerms

/// A signer's certificate, key and intermediates, each as PEM; the key unencrypted.
package struct SigningMaterial: Sendable {
    package let certificate: [UInt8]
    package let key: [UInt8]
    /// May be empty, where the certificate's own file holds them.
    package let chain: [UInt8]

    package init(certificate: [UInt8], key: [UInt8], chain: [UInt8] = []) {
        (self.certificate, self.key, self.chain) = (certificate, key, chain)
    }
}

/// Makes the files of a signature, from the directory and the signer's material; it writes nothing itself.
///
/// Without material only what has to be signed is made, for a key that `openssl cms -sign` reaches and we do not. Every
/// signature is checked before it is given out, so that none that cannot count takes the place of one that does: with the
/// authorities where they are given, else for all but who vouches for the signer.
package struct Signing: Sendable {
    private let loaded: LoadedProtocol
    private let files: ProtocolFiles
    private let record: PartyRecord
    private let at: UTCInstant
    private let trust: SignerTrust?

    /// For one party of the roster.
    ///
    /// - Parameter trust: the authorities of the deployment's persons; nil: who vouches for the signer is not looked at.
    package init(
        _ loaded: LoadedProtocol, files: ProtocolFiles, party: PartyID, at: UTCInstant, trust: SignerTrust? = nil
    ) throws(SigningProblem) {
        guard let record = loaded.parties[party] else { throw .unknownParty(party) }
        (self.loaded, self.files, self.record, self.at, self.trust) = (loaded, files, record, at, trust)
    }

    /// The office that gives the party's advice, as its roster entry has it.
    package var officerOffice: String? { record.officer?.office }

    /// The officer's advice on the present text.
    ///
    /// - Returns: the text, the advice and its signature, by path.
    package func advise(
        _ opinion: OfficerAdvice.Opinion, office: String, conditions: [String], with material: SigningMaterial?
    ) throws(SigningProblem) -> ProtocolFiles {
        try requireController()
        switch opinion {
        case .supportsWithConditions: guard !conditions.isEmpty else { throw .conditionsMissing }
        case .supports, .opposes: guard conditions.isEmpty else { throw .conditionsUnasked(opinion) }
        }
        guard
            let advice = OfficerAdvice(
                text: loaded.text.digest, opinion: opinion, date: at.date, office: office, conditions: conditions)
        else { throw .adviceWords }
        var made = textFiles()
        made[SignoffPath.advice(record.id)] = advice.bytes
        if let material {
            made[SignoffPath.adviceSignature(record.id)] = try sign(advice.bytes, material, as: .officer)
        }
        return made
    }

    /// The signatory's signatures, over the text and over the party's own roster entry; a processor signs its entry only.
    ///
    /// - Returns: the text and both signatures, by path.
    package func sign(with material: SigningMaterial?) throws(SigningProblem) -> ProtocolFiles {
        var made = textFiles()
        guard let entry = files[SignoffPath.entry(record.id)] else { throw .unknownParty(record.id) }
        if record.onBehalfOf == nil { try requireAdvice() }
        guard let material else { return made }
        made[SignoffPath.entrySignature(record.id)] = try sign(entry, material, as: .signatory)
        if record.onBehalfOf == nil {
            made[SignoffPath.signatory(record.id)] = try sign(loaded.text.bytes, material, as: .signatory)
        }
        return made
    }

    /// The signatory's signature over the one extension that the text allows.
    package func extend(with material: SigningMaterial?) throws(SigningProblem) -> ProtocolFiles {
        try requireController()
        guard let terms = loaded.agreement.extensionTerms, let board = loaded.agreement.board else {
            throw .noExtension
        }
        guard board.members.contains(record.kind) else { throw .notOnTheBoard(record.kind) }
        let period = loaded.compiled.period
        guard at.date <= period.until else { throw .ended(period.until) }
        let text = PeriodExtension(of: loaded.text, terms: terms, from: period.until).bytes
        var made = textFiles()
        made[SignoffPath.extensionText] = text
        if let material { made[SignoffPath.extensionSignature(record.id)] = try sign(text, material, as: .signatory) }
        return made
    }

    /// The present text; and where another was signed before, that one under its digest.
    private func textFiles() -> ProtocolFiles {
        var made = ProtocolFiles([SignoffPath.text: loaded.text.bytes])
        if let bytes = files[SignoffPath.text] {
            let before = SignedText(bytes)
            if before.digest != loaded.text.digest, before.document != nil {
                made[SignoffPath.olderText(before.digest)] = bytes
            }
        }
        return made
    }

    private func requireController() throws(SigningProblem) {
        if let controller = record.onBehalfOf { throw .processor(of: controller) }
    }

    /// The signatory decides with the officer's advice on the table, not before it.
    private func requireAdvice() throws(SigningProblem) {
        guard let bytes = files[SignoffPath.advice(record.id)], files[SignoffPath.adviceSignature(record.id)] != nil,
            let advice = OfficerAdvice(reading: bytes)
        else { throw .adviceFirst }
        guard advice.text == loaded.text.digest else { throw .adviceOnOtherText }
    }

    private enum Office: String { case signatory, officer }

    private func sign(
        _ content: [UInt8], _ material: SigningMaterial, as office: Office
    ) throws(SigningProblem) -> [UInt8] {
        try fits(try Self.identity(material), office)
        let signature: [UInt8]
        do throws(CryptoError) {
            signature = try CMSSignature.sign(
                content, certificate: material.certificate, key: material.key, chain: material.chain, at: at)
        } catch {
            throw .crypto(error)
        }
        do throws(CryptoError) {
            if let trust {
                _ = try CMSSignature.verify(signature, content: content, trust: trust, now: at)
            } else {
                try CMSSignature.verifyUnvouched(signature, content: content, now: at)
            }
            return signature
        } catch .signature(let fault) {
            throw .wouldNotHold(fault)
        } catch {
            throw .crypto(error)
        }
    }

    private static func identity(_ material: SigningMaterial) throws(SigningProblem) -> PeerIdentity {
        do throws(CryptoError) {
            let uris = try X509Certificate(pem: material.certificate).subjectAltURIs
            // Any deployment will do here: its name is the authority's to vouch for, and that is checked later.
            let deployment = uris.first.map { $0.split(separator: ":") } ?? []
            return try PeerIdentity(uris: uris, deployment: deployment.count > 2 ? String(deployment[2]) : "")
        } catch {
            throw .crypto(error)
        }
    }

    private func fits(_ identity: PeerIdentity, _ office: Office) throws(SigningProblem) {
        let party = record.id
        // A processor's entry may be signed by its controller.
        let own = office == .signatory ? record.signatory?.person : record.officer?.person
        var named = own.map { PeerIdentity.person(party, $0) }
        if named == nil, office == .signatory, let controller = record.onBehalfOf {
            named = loaded.parties[controller]?.signatory?.person.map { .person(controller, $0) }
        }
        guard let named else { throw .nobodyNamed(party, office: office.rawValue) }
        guard identity == named else { throw .otherPerson(named: named) }
    }
}

/// Why nothing was signed.
package enum SigningProblem: Error, Equatable, Sendable {
    case unknownParty(PartyID)
    case processor(of: PartyID)
    case nobodyNamed(PartyID, office: String)
    case otherPerson(named: PeerIdentity)
    case adviceFirst
    case adviceOnOtherText
    case adviceWords
    case conditionsMissing
    case conditionsUnasked(OfficerAdvice.Opinion)
    case noExtension
    case notOnTheBoard(PartyKind)
    /// What was made would not count.
    case wouldNotHold(CMSFault)
    case ended(CivilDate)
    case crypto(CryptoError)
}

extension SigningProblem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .unknownParty(let party): "`\(party)` is not in the roster; add `parties/\(party).yaml`"
        case .processor(let controller): "a processor gives neither advice nor consent to a text; `\(controller)` does"
        case .nobodyNamed(let party, let office):
            "`parties/\(party).yaml` does not say whose signature counts; add `\(office): {person: …}`"
        case .otherPerson(let named): "this is not the certificate of \(named), whom the roster entry names"
        case .adviceFirst: "the officer's advice comes first: `concordat protocol sign … --as officer --advice …`"
        case .adviceOnOtherText: "the officer's advice is on another text; it is given again on this one"
        case .adviceWords:
            "the office or a condition is empty, too long or of several lines, or there are more than \(OfficerAdvice.conditionsMax)"
        case .conditionsMissing: "`supports-with-conditions` names no condition; give each with `--condition`"
        case .conditionsUnasked(let opinion):
            "`\(opinion.rawValue)` takes no conditions; leave out `--condition`, or advise `supports-with-conditions`"
        case .noExtension: "the text allows no extension; `agreement: {extension: {days: …, quorum: …}}` would"
        case .notOnTheBoard(let kind):
            "`\(kind)` is not on the board that decides on an extension, so this signature would not count"
        case .wouldNotHold(let fault): "the signature would not count, and is not kept: \(fault)"
        case .ended(let day): "the period ended on \(day); what has ended is made anew"
        case .crypto(let error): error.description
        }
    }
}
