package import ConcordatTerms

/// A purpose with all the text says of it; the judge needs only who has a basis.
package struct PurposeRecord: Sendable, Equatable {
    package let title: String
    /// Statutory gateways for everybody.
    package let gateway: [String]
    package let parties: [PartyKind: PurposeParty]
}

/// On what ground one kind of party works for a purpose.
package struct PurposeParty: Sendable, Equatable {
    package var basis: LawfulBasis
    package var controller: ControllerRole
    /// For which kind a processor works.
    package var onBehalfOf: PartyKind?
    /// Whether it acts as a competent authority (DPA 2018 s.30).
    package var isCompetent: Bool
    /// The regime it is under when it sends.
    package var sending: DataRegime
    /// The regime it is under with what it receives.
    package var receiving: DataRegime
    /// Conditions for special-category or criminal-offence data.
    package var conditions: [String]
    /// Gateways of its own, beside those of the purpose.
    package var gateway: [String]
}

/// UK GDPR art. 6(1), and DPA 2018 s.35 for law enforcement.
package enum LawfulBasis: String, Sendable, CaseIterable {
    case consent, contract
    case legalObligation = "legal-obligation"
    case vitalInterests = "vital-interests"
    case publicTask = "public-task"
    case legitimateInterests = "legitimate-interests"
    case recognisedLegitimateInterests = "recognised-legitimate-interests"
    case lawEnforcement = "law-enforcement"

    /// Before people, with its source.
    package var words: String {
        switch self {
        case .consent: "consent (UK GDPR art. 6(1)(a))"
        case .contract: "contract (UK GDPR art. 6(1)(b))"
        case .legalObligation: "legal obligation (UK GDPR art. 6(1)(c))"
        case .vitalInterests: "vital interests (UK GDPR art. 6(1)(d))"
        case .publicTask: "public task (UK GDPR art. 6(1)(e))"
        case .legitimateInterests: "legitimate interests (UK GDPR art. 6(1)(f))"
        case .recognisedLegitimateInterests: "recognised legitimate interest (UK GDPR art. 6(1)(ea))"
        case .lawEnforcement: "law enforcement (Data Protection Act 2018 s.35)"
        }
    }
}

/// Which law the processing is under.
package enum DataRegime: String, Sendable, CaseIterable {
    case ukGDPR = "uk-gdpr"
    case part3 = "part-3"

    /// Before people.
    package var words: String {
        switch self {
        case .ukGDPR: "UK GDPR"
        case .part3: "Data Protection Act 2018 Part 3"
        }
    }
}

/// Why a category needs a condition beside its basis.
package enum SensitiveKind: String, Sendable, CaseIterable {
    /// UK GDPR art. 9, DPA 2018 s.35(8).
    case specialCategory = "special-category"
    /// UK GDPR art. 10.
    case criminalOffence = "criminal-offence"

    /// Before people.
    package var words: String {
        switch self {
        case .specialCategory: "special category"
        case .criminalOffence: "criminal offence"
        }
    }
}
