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
    var routes: [RouteSyntax] = []
    var breakGlass: BreakGlassSyntax?
    var obligations: [ObligationSyntax] = []
    var markings: [Name] = []
    var calendars: [CalendarSyntax] = []
    var expectations: [ExpectationSyntax] = []
    var agreement: AgreementSyntax?
    /// Where the text begins, for what it lacks.
    var span = SourceSpan.start(of: ProtocolDirectory.textName)
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
    /// What a party of this kind names beside what every party names.
    var mustName: [Name] = []
}

struct CategorySyntax: Sendable {
    var name: Name
    var title: String
    var within: Name?
    var sensitive: Name? = nil
}

struct PurposeSyntax: Sendable {
    var name: Name
    var title: String
    var basis: [PurposePartySyntax]
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
    var mayRestate: [Name]?
}

struct ConsentSyntax: Sendable {
    var id: Name
    var about: [Name]
    var kinds: [Name]
    var recordedBy: [Name]
    var neverBy: [Name]
    var told: Name?
    var givenBy: [Name]?
    var competentFrom: Name?
    var guardianRoles: [Name]?
    var neverGuardian: [Name]?
    var title: String?
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
        case hold(HoldSyntax)
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
    var consentKinds: [Name]?
    var action: Name?
    var when: ConditionSyntax?
    var except: [Name]?
    var isSilent: Bool
    var tell: [Name]
    /// Grounds on which it gives way to break glass.
    var yieldsTo: [Name] = []
    /// The grounds of a break-glass clause; nil for an ordinary rule.
    var grounds: [Name]?
    /// For a rule that a route stands for: where the message has to go.
    var destination: Destination?

    struct Destination: Sendable {
        var kinds: [Name]
        var speciality: Name?
    }
}

struct HoldSyntax: Sendable {
    var until: Name?
    var atMost: Name?
    var then: Name?
}

/// A route: a message that meets its condition goes there or nowhere.
struct RouteSyntax: Sendable {
    var rule: RuleSyntax
}

struct BreakGlassSyntax: Sendable {
    var grounds: [TermSyntax]
    var reasonMin: Name?
    var reviewWithin: Name?
    var unreviewed: Name?
    var clauses: [RuleSyntax]
    var span: SourceSpan
}

struct ObligationSyntax: Sendable {
    var id: Name
    var title: String
    var marking: Name?
    var onward: Name?
    var categories: [Name]?
    var about: [Name]?
    var messages: [Name]?
    var to: [Name]?
    var purposes: [Name]?
}

struct CalendarSyntax: Sendable {
    var name: Name
    var holidays: Name?
    var title: String?
}

/// Days, or working days of a calendar.
struct SpanSyntax: Sendable {
    var days: Name?
    var workingDays: Name?
    var calendar: Name?
    var span: SourceSpan
}

struct ExpectationSyntax: Sendable {
    var id: Name
    var title: String
    var after: Name?
    var when: ConditionSyntax?
    var owedBy: Name?
    var answeredBy: [Name]
    var within: SpanSyntax?
    var reminders: [SpanSyntax]
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
    /// Grounds of break glass on which it is not meant.
    var exceptGrounds: [Name]
    var messages: [Name]?
    var purposes: [Name]?
    var when: ConditionSyntax?
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
        case recipientKind
        case senderKind
        case days(Name)
        case age(Name)
        case count(Name)
        /// Written by no author: what a break-glass clause and `yields-to` stand for.
        case ground
    }

    enum TestSyntax: Sendable {
        case contains(Name)
        case lacks(Name)
        case containsAny([Name])
        case only([Name])
        case present(Bool)
        /// Whole numbers; `isDays` when it was written as a time before or after today.
        case number(min: Int?, max: Int?, isDays: Bool, SourceSpan)
    }
}
