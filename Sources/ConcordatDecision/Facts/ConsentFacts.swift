package import ConcordatTerms

/// The state of one consent record (ISO/IEC TS 27560, clause on events).
package enum ConsentState: String, Sendable, Hashable, CaseIterable {
    case given, renewed
    case requested, deferred, refused, withdrawn, revoked, expired, invalidated, objected, unknown

    /// Whether processing may rest on it.
    package var allows: Bool { self == .given || self == .renewed }
    /// Whether it speaks against processing that rests on nobody having objected.
    package var objects: Bool {
        switch self {
        case .refused, .withdrawn, .revoked, .objected: true
        case .given, .renewed, .requested, .deferred, .expired, .invalidated, .unknown: false
        }
    }
}

/// What kind of agreement a record is about (brief P3).
package enum ConsentKind: String, Sendable, Hashable, CaseIterable {
    case participation, confidence
    case specialCategory = "special-category"
    case basis
}

/// One consent record as a judgement sees it.
package struct ConsentFact: Sendable, Hashable {
    package let id: ConsentID
    package let person: PersonID
    package let kind: ConsentKind
    package let purpose: PurposeID
    /// The categories it covers, children included; nil covers every category.
    package let categories: Set<Category>?
    /// The kinds of party it covers; nil covers every kind.
    package let recipientKinds: Set<PartyKind>?
    /// The single parties it covers beside those kinds.
    package let recipientParties: Set<PartyID>
    package var state: ConsentState
    package let from: UTCInstant
    package let until: UTCInstant?

    package init(
        id: ConsentID, person: PersonID, kind: ConsentKind, purpose: PurposeID, categories: Set<Category>?,
        recipientKinds: Set<PartyKind>?, recipientParties: Set<PartyID> = [], state: ConsentState, from: UTCInstant,
        until: UTCInstant?
    ) {
        (self.id, self.person, self.kind, self.purpose, self.categories) = (id, person, kind, purpose, categories)
        (self.recipientKinds, self.recipientParties) = (recipientKinds, recipientParties)
        (self.state, self.from, self.until) = (state, from, until)
    }
}
