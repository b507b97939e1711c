package import ConcordatTerms

/// What an agreement names of a party: offices, never persons. Part of the roster, outside the signed text.
package struct PartyRecord: Sendable, Equatable {
    package let id: PartyID
    package let title: String
    package let kind: PartyKind
    /// Empty in training where the file does not say; so are the other strings and lists.
    package var legalName = ""
    package var controller: ControllerRole?
    /// For whom a processor works.
    package var onBehalfOf: PartyID?
    /// Whether it is a competent authority (DPA 2018 s.30).
    package var isCompetentAuthority: Bool?
    /// Who is accountable and signs.
    package var signatory: PartyOffice?
    /// The data protection officer.
    package var officer: PartyOffice?
    /// Who leads on the work this protocol is about.
    package var lead: PartyOffice?
    /// What the party undertakes to do.
    package var responsibilities: [String] = []
    /// What a unit offers to those who allocate work to it.
    package var offers: [String] = []
    package var specialities: [String] = []
    /// The party this unit sits inside of.
    package var host: PartyID?
    /// By function: `breach`, `complaints` and any others, in the order of the file.
    package var contacts: [PartyContact] = []

    package init(id: PartyID, title: String, kind: PartyKind) { (self.id, self.title, self.kind) = (id, title, kind) }
}

/// An office and where it is reached.
package struct PartyOffice: Sendable, Equatable {
    package let office: String
    package let email: String
    /// Whose signature counts: the id in that person's certificate, never a name. Nil: nobody's.
    package let person: OfficerID?
}

/// Where a party is reached about something.
package struct PartyContact: Sendable, Equatable {
    package let function: String
    package let address: String
}

/// How a party stands to the data it holds (UK GDPR art. 4, 26 and 28).
package enum ControllerRole: String, Sendable, CaseIterable {
    case controller, joint, processor

    /// Before people.
    package var words: String {
        switch self {
        case .controller: "controller"
        case .joint: "joint controller"
        case .processor: "processor"
        }
    }
}
