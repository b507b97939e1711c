package import ConcordatTerms

/// Who may record the consent of whom, and who may speak for them.
package struct ConsentClause: Sendable, Equatable {
    package var id: RuleID
    package var about: Set<Role>
    package var kinds: Set<ConsentKind>
    package var recordedBy: Set<PartyKind>
    package var neverBy: Set<PartyKind>
    package var toldRightToWithdraw: Bool
    /// Who may speak: the person alone when the text says nothing.
    package var givenBy: Set<ConsentGiver>
    /// The age from which an under-18 who was found competent decides alone; nil when the clause asks no age.
    package var competentFrom: Int?
    /// Roles of the case that may hold parental responsibility.
    package var guardianRoles: Set<Role>
    /// Roles of the case that bar anyone from speaking for somebody else.
    package var neverGuardian: Set<Role>

    package init(
        id: RuleID, about: Set<Role>, kinds: Set<ConsentKind>, recordedBy: Set<PartyKind>, neverBy: Set<PartyKind>,
        toldRightToWithdraw: Bool, givenBy: Set<ConsentGiver> = [.person], competentFrom: Int? = nil,
        guardianRoles: Set<Role> = [], neverGuardian: Set<Role> = []
    ) {
        (self.id, self.about, self.kinds, self.recordedBy) = (id, about, kinds, recordedBy)
        (self.neverBy, self.toldRightToWithdraw, self.givenBy) = (neverBy, toldRightToWithdraw, givenBy)
        (self.competentFrom, self.guardianRoles, self.neverGuardian) = (competentFrom, guardianRoles, neverGuardian)
    }
}

/// Who spoke when a consent was given.
package enum ConsentGiver: String, Sendable, Hashable, CaseIterable {
    case person = "self"
    /// Someone with parental responsibility for an under-18 who does not decide alone.
    case guardian
    /// Someone with a power of attorney, or a deputy, for an adult who cannot decide.
    case attorney
}

/// How old somebody is, as a consent record keeps it: never the date of birth.
package enum ConsentAgeBand: String, Sendable, Hashable, CaseIterable {
    case under10 = "under-10"
    case from10 = "10-12"
    case from13 = "13-15"
    case from16 = "16-17"
    case adult = "18-plus"
    /// No age at all: a firm, a school or a council was harmed, and who may speak for it spoke.
    case organisation

    /// The youngest age in the band.
    package var youngest: Int {
        switch self {
        case .under10: 0
        case .from10: 10
        case .from13: 13
        case .from16: 16
        case .adult, .organisation: 18
        }
    }

    /// Whether nobody asks for competence.
    package var isAdult: Bool { self == .adult || self == .organisation }
}
