package import ConcordatTerms

/// Something happened to a consent record. Says what it covers, not who the person is.
package struct ConsentLeaf: Equatable, Sendable {
    /// What kind of consent it is.
    package enum ConsentKind: String, CaseIterable, Sendable {
        case participation
        case confidence
        case specialCategory = "special-category"
        case basis
    }

    /// The events of ISO/IEC TS 27560, and an objection.
    package enum Event: String, CaseIterable, Sendable {
        case requested
        case given
        case renewed
        case deferred
        case refused
        case objected
        case withdrawn
        case revoked
        case expired
        case invalidated
    }

    /// The record.
    package var consent: ConsentID
    /// Whose consent it is.
    package var person: Pseudonym
    /// The case it was recorded in, where there is one.
    package var caseID: CaseID?
    /// What it is for.
    package var purpose: PurposeID
    /// The categories of data it covers.
    package var categories: [Category]
    /// The kinds of party it covers. With none here and none in ``parties`` it covers every recipient.
    package var recipients: [PartyKind]
    /// The single parties it covers beside those kinds; leaves from before it was kept have none.
    package var parties: [PartyID]
    /// What kind of consent it is.
    package var consentKind: ConsentKind
    /// What happened.
    package var event: Event
    /// The party that recorded it; nil for what time alone brought about.
    package var recordedBy: PartyID?
    /// The role of the person in the case, which decides who may record.
    package var role: Role?

    /// An event of this record.
    package init(
        consent: ConsentID, person: Pseudonym, caseID: CaseID? = nil, purpose: PurposeID, categories: [Category],
        recipients: [PartyKind], parties: [PartyID] = [], consentKind: ConsentKind, event: Event, recordedBy: PartyID?,
        role: Role?
    ) {
        (self.consent, self.person, self.caseID, self.purpose) = (consent, person, caseID, purpose)
        (self.categories, self.recipients, self.parties) = (categories, recipients, parties)
        self.consentKind = consentKind
        (self.event, self.recordedBy, self.role) = (event, recordedBy, role)
    }
}

extension ConsentLeaf: LeafContent {
    init(reading members: inout LeafMembers) throws(LeafError) {
        consent = try members.term("consent")
        person = try members.term("person")
        caseID = try members.optionalTerm("case")
        purpose = try members.term("purpose")
        categories = try members.terms("categories")
        recipients = try members.terms("recipients")
        parties = try members.optionalTerms("parties") ?? []
        consentKind = try members.term("consentKind")
        event = try members.term("event")
        recordedBy = try members.optionalTerm("recordedBy")
        role = try members.optionalTerm("role")
    }

    func write(to members: inout LeafMembers) {
        members.set("consent", consent)
        members.set("person", person)
        members.set("case", caseID)
        members.set("purpose", purpose)
        members.set("categories", categories)
        members.set("recipients", recipients)
        // Order matters: a leaf that names nobody is the bytes it always was.
        if !parties.isEmpty { members.set("parties", parties) }
        members.set("consentKind", consentKind)
        members.set("event", event)
        members.set("recordedBy", recordedBy)
        members.set("role", role)
    }

    /// One line, ids only.
    package var summary: String {
        "\(consent) \(event.rawValue), \(consentKind.rawValue) for \(purpose)"
            + "\(caseID.map { " in case \($0)" } ?? "")\(recordedBy.map { ", recorded by \($0)" } ?? "")"
            + "\(role.map { " for the \($0)" } ?? "")"
            + (parties.isEmpty ? "" : ", to \(parties.map(\.rawValue).joined(separator: ", "))")
    }
}
