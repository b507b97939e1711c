import ConcordatCrypto
import ConcordatProtocols
import ConcordatTerms

/// The tiny protocol with a roster that names its people, and what has been signed so far.
struct SignoffStage {
    static let day = UTCInstant(startOf: CivilDate(daysSinceEpoch: 20_500))  // 2026-02-16
    let workshop = SignoffWorkshop.shared
    var files: ProtocolFiles

    /// - Parameter agreement: lines put at the end of the text.
    init(agreement: String = "") throws {
        files = try Fixture.tiny()
        files["protocol.yaml"]? += Array(agreement.utf8)
        for (party, kind) in [
            ("some-police", "police"), ("the-hub", "hub"), ("some-prison", "prison"), ("other-prison", "prison"),
        ] { enter(party, kind: kind) }
    }

    mutating func enter(_ party: String, kind: String, more: String = "") {
        files["parties/\(party).yaml"] = Array(
            """
            party: \(party)
            kind: \(kind)
            signatory: {office: Head of \(kind), email: head@\(kind).example, person: chief}
            officer: {office: Data protection officer, email: dpo@\(kind).example, person: dpo}
            \(more)
            """.utf8)
    }

    func loaded() throws -> LoadedProtocol { try ProtocolDirectory.load(files).get() }

    func status(
        now: UTCInstant = Self.day + .seconds(100), trust: String = "root.pem",
        gainsNothing: (SignedText, SignedText) -> Bool = { _, _ in false }
    ) throws -> SignoffStatus {
        SignoffStatus(
            try loaded(), files: files, trust: try workshop.trust(trust), now: now, gainsNothing: gainsNothing)
    }

    func party(_ party: PartyID) throws -> PartySignoff? { try status().parties.first { $0.party == party } }

    mutating func advise(
        _ party: PartyID, _ opinion: OfficerAdvice.Opinion = .supports, as person: String = "dpo",
        at time: UTCInstant = Self.day, text: String? = nil
    ) throws {
        let digest = try text ?? loaded().text.digest
        let advice = OfficerAdvice(
            text: digest, opinion: opinion, date: time.date, office: "Data protection officer",
            conditions: opinion == .supportsWithConditions ? ["training first"] : [])
        let bytes = advice?.bytes ?? []
        files[SignoffPath.advice(party)] = bytes
        files[SignoffPath.adviceSignature(party)] = try workshop.sign(bytes, as: "\(party).\(person)", at: time)
    }

    mutating func signText(_ party: PartyID, as person: String? = nil, at time: UTCInstant = Self.day) throws {
        let text = try loaded().text.bytes
        files[SignoffPath.signatory(party)] = try workshop.sign(text, as: person ?? "\(party).chief", at: time)
    }

    mutating func signEntry(_ party: PartyID) throws {
        let entry = files[SignoffPath.entry(party)] ?? []
        files[SignoffPath.entrySignature(party)] = try workshop.sign(entry, as: "\(party).chief", at: Self.day)
    }

    mutating func signAll(_ party: PartyID) throws {
        try advise(party)
        try signText(party)
        try signEntry(party)
    }

    /// Keeps the present text as one signed before, and changes it.
    mutating func changeText(_ old: String = "title: Hub", to new: String = "title: The hub") throws {
        let before = try loaded().text
        files[SignoffPath.olderText(before.digest)] = before.bytes
        let text = String(decoding: files["protocol.yaml"] ?? [], as: UTF8.self)
        files["protocol.yaml"] = Array(text.replacing(old, with: new).utf8)
    }
}
