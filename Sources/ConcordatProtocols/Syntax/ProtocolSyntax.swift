import ConcordatTerms

typealias Name = Spanned<String>

/// `protocol.yaml` as it is written: names not yet looked up, every one with its place.
struct ProtocolSyntax: Sendable {
    var id: Name?
    var title: String = ""
    var version: Name?
    var mode: Name?
    var period: PeriodSyntax?
    var partyKinds: [TermSyntax] = []
    var roles: [TermSyntax] = []
    var categories: [CategorySyntax] = []
    var purposes: [PurposeSyntax] = []
    var flags: [FlagSyntax] = []
    var capacities: [CapacitySyntax] = []
    var messages: [MessageSyntax] = []
    var consents: [ConsentSyntax] = []
    var audience: AudienceSyntax?
    var rules: [RuleSyntax] = []
    var guarantees: [GuaranteeSyntax] = []
}

struct PeriodSyntax: Sendable {
    var from: Name?
    var review: Name?
    var until: Name?
    var span: SourceSpan
}

/// A declared party kind or role.
struct TermSyntax: Sendable {
    var name: Name
    var title: String
}

struct CategorySyntax: Sendable {
    var name: Name
    var title: String
    var within: Name?
}

struct PurposeSyntax: Sendable {
    var name: Name
    var title: String
    var basis: [(kind: Name, basis: Name)]
    var gateway: [Name]
    var condition: [(kind: Name, condition: Name)]
}

struct FieldReference: Sendable {
    var message: Name
    var field: Name
}

struct FlagSyntax: Sendable {
    var name: Name
    var title: String
    var fields: [FieldReference]
}

struct MoveSyntax: Sendable {
    var message: Name
    /// `sender`, `recipient`, `field` or `everyone`.
    var holder: Name
    var field: Name?
    var when: ConditionSyntax?
}

struct CapacitySyntax: Sendable {
    var name: Name
    var title: String
    var kinds: [Name]?
    var isExclusive: Bool
    var grants: [MoveSyntax]
    var ends: [MoveSyntax]
}

struct MessageSyntax: Sendable {
    var name: Name
    var title: String
    var schema: Name?
    var type: Name?
    var from: [Name]
    var fromCapacity: [Name]?
    var to: [Name]
    var toCapacity: [Name]?
    var purposes: [Name]
    var opens: Name?
    var asks: Name?
    var answers: Name?
    var expires: Name?
    var keep: [(whom: Name, rule: Name)]
}

struct ConsentSyntax: Sendable {
    var id: Name
    var about: [Name]
    var kinds: [Name]
    var recordedBy: [Name]
    var neverBy: [Name]
    var told: Name?
}

struct AudienceSyntax: Sendable {
    var recorder: Bool
    var capacities: [Name]
    var officers: Bool
}

struct RuleSyntax: Sendable {
    enum Effect: Sendable {
        case permit([Name])
        case prohibit([Name])
        case prohibitAll
        case refuseMessage
    }

    var id: Name
    var title: String
    var effect: Effect
    var effectSpan: SourceSpan
    var messages: [Name]?
    var about: [Name]?
    var from: [Name]?
    var fromCapacity: [Name]?
    var to: [Name]?
    var toCapacity: [Name]?
    var purposes: [Name]?
    var consent: Name?
    var consentOf: [Name]?
    var action: Name?
    var when: ConditionSyntax?
    var except: [Name]?
    var isSilent: Bool
    var tell: [Name]
}

struct GuaranteeSyntax: Sendable {
    var id: Name
    var title: String
    /// Nil: all categories.
    var categories: [Name]?
    var about: [Name]?
    var to: [Name]?
    var from: [Name]?
    var toCapacityNot: [Name]?
    var withoutConsent: Bool
    var except: [Name]
}

indirect enum ConditionSyntax: Sendable {
    case all([ConditionSyntax])
    case any([ConditionSyntax])
    case not(ConditionSyntax)
    case test(SourceSyntax, TestSyntax)

    enum SourceSyntax: Sendable {
        case field(Name)
        case flag(Name)
        case recipientSpeciality(SourceSpan)
        case senderSpeciality(SourceSpan)
    }

    enum TestSyntax: Sendable {
        case contains(Name)
        case lacks(Name)
        case containsAny([Name])
        case only([Name])
        case present(Bool)
    }
}
