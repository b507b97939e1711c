import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// A small protocol written by hand, and one case under it: Ada was harmed, Ben caused harm.
struct Scene {
    var text: CompiledProtocol
    static let now = UTCInstant(startOf: CivilDate(year: 2026, month: 6, day: 15)!)
    static let ada = JudgedPerson(id: "ada", roles: ["harmed"])
    static let ben = JudgedPerson(id: "ben", roles: ["harmer"])
    static let everyKind: Set<PartyKind> = ["police", "hub", "prison", "satellite"]

    init(_ rules: CompiledRule...) throws {
        let schema = try MessageSchema.compile(
            Array(Self.schemaText.utf8), vocabulary: SchemaVocabulary(categories: Self.categories, roles: Self.roles))
        func message(_ name: MessageName, opens: Bool = false, toCapacity: Set<Capacity> = []) -> CompiledMessage {
            CompiledMessage(
                name: name, title: "", type: "test.\(name).v1", schema: schema, from: Self.everyKind, fromCapacity: [],
                to: Self.everyKind, toCapacity: toCapacity, purposes: ["rj-offer", "rj-case"], opensCase: opens,
                answeredBy: name == "request" ? "response" : nil, answers: name == "response" ? "request" : nil,
                life: .seconds(14 * 86_400))
        }
        let messages = [
            message("referral", opens: true), message("allocation"), message("update", toCapacity: ["custodian"]),
            message("status"), message("tell"), message("request"), message("response"),
        ]
        func grant(_ message: MessageName, _ holder: CapacityMove.Holder) -> CapacityMove {
            CapacityMove(message: message, holder: holder, when: nil)
        }
        func capacity(_ kinds: Set<PartyKind>, exclusive: Bool = false, _ grants: CapacityMove...) -> CompiledCapacity {
            CompiledCapacity(title: "", kinds: kinds, exclusive: exclusive, grants: grants, ends: [])
        }
        func party(_ id: PartyID, _ kind: PartyKind, _ specialities: Set<String> = []) -> (PartyID, RosterParty) {
            (id, RosterParty(id: id, title: "", kind: kind, specialities: specialities))
        }
        text = CompiledProtocol(
            id: "scene", version: "1.0.0", title: "Scene", digest: "", mode: .live,
            period: ProtocolPeriod(
                from: CivilDate(year: 2026, month: 4, day: 1)!, review: CivilDate(year: 2027, month: 3, day: 1)!,
                until: CivilDate(year: 2027, month: 3, day: 31)!),
            partyKinds: Self.everyKind, roles: Self.roles,
            categories: [
                "identity": nil, "contact": nil, "location": nil, "agreed-area": .some("location"), "offence": nil,
                "conviction": nil,
            ],
            purposes: [
                "rj-offer": CompiledPurpose(
                    title: "", basis: Dictionary(uniqueKeysWithValues: Self.everyKind.map { ($0, "public-task") }),
                    gateway: []),
                "rj-case": CompiledPurpose(
                    title: "", basis: ["hub": "public-task", "police": "public-task"], gateway: []),
                "other": CompiledPurpose(title: "", basis: ["police": "public-task"], gateway: []),
            ],
            flags: ["kind": CompiledFlag(fields: ["referral": ["/offence"]])],
            capacities: [
                "referrer": capacity([], grant("referral", .sender)),
                "screener": capacity(["hub"], grant("referral", .recipient)),
                "case-holder": capacity(["hub", "satellite"], exclusive: true, grant("allocation", .recipient)),
                "custodian": capacity(["prison"], exclusive: true, grant("status", .field("/prison"))),
            ],
            messages: Dictionary(uniqueKeysWithValues: messages.map { ($0.name, $0) }), consents: [],
            consentShownTo: ConsentAudience(recorder: true, capacities: [], officers: true), rules: rules,
            parties: Dictionary(uniqueKeysWithValues: [
                party("police", "police"), party("hub", "hub"), party("prison-a", "prison"),
                party("prison-b", "prison"),
                party("unit", "satellite", ["domestic"]), party("unit-2", "satellite"),
            ]))
    }

    /// Police tell the hub one thing in a case where they are referrer and screener.
    func input(
        _ message: MessageName = "tell", from sender: PartyID = "police", to recipient: PartyID = "hub",
        people: [JudgedPerson] = [Scene.ada, Scene.ben], _ fields: (String, FieldSubject)...
    ) -> JudgeInput {
        var input = JudgeInput(
            message: message, sender: sender, recipient: recipient, purpose: "rj-offer",
            facts: MessageFacts(
                persons: people.map { StatedPerson(reference: Sensitive($0.id?.rawValue ?? "p"), roles: $0.roles) }),
            people: people,
            caseFacts: CaseFacts(
                id: "case-1",
                capacities: [Self.held("police", "referrer"), Self.held("hub", "screener")], roles: [:]),
            isNewCase: false, recipients: [recipient], now: Self.now, messageID: "message-1")
        for (path, subject) in fields { input.facts.fields[field(path, subject)] = 1 }
        return input
    }

    func input(_ first: (String, FieldSubject), _ rest: (String, FieldSubject)...) -> JudgeInput {
        var input = input()
        for (path, subject) in [first] + rest { input.facts.fields[field(path, subject)] = 1 }
        return input
    }

    /// The field with that data path. A path the schema lacks is a mistake in the test.
    func field(_ path: String, _ subject: FieldSubject) -> FieldOccurrence {
        let schema = text.messages["tell"]!.schema
        return FieldOccurrence(node: schema.fieldNodes.first { schema.path(of: $0) == path }!, subject: subject)
    }

    static func held(_ party: PartyID, _ capacity: Capacity) -> CapacityHolding {
        CapacityHolding(party: party, capacity: capacity, from: now - .seconds(60))
    }

    static func consent(
        _ id: ConsentID = "consent-1", of person: PersonID = "ada", _ state: ConsentState = .given,
        purpose: PurposeID = "rj-offer", categories: Set<Category>? = nil, kinds: Set<PartyKind>? = nil,
        parties: Set<PartyID> = [], from: Int64 = -60, until: Int64? = nil
    ) -> ConsentFact {
        ConsentFact(
            id: id, person: person, kind: .basis, purpose: purpose, categories: categories, recipientKinds: kinds,
            recipientParties: parties, state: state, from: now + .seconds(from), until: until.map { now + .seconds($0) }
        )
    }

    static func consent(_ state: ConsentState, from: Int64 = -60, until: Int64? = nil) -> ConsentFact {
        consent("consent-1", of: "ada", state, from: from, until: until)
    }

    private static let categories: Set<Category> = [
        "identity", "contact", "location", "agreed-area", "offence", "conviction",
    ]
    private static let roles: Set<Role> = ["harmed", "harmer", "witness"]
    private static let schemaText = """
        {"type": "object", "additionalProperties": false, "properties": {
          "people": {"type": "array", "maxItems": 10, "items": {
            "type": "object", "additionalProperties": false, "required": ["ref"],
            "x-person": "ref", "x-role": {"member": "roles"}, "properties": {
              "ref": {"type": "string", "maxLength": 64},
              "roles": {"type": "array", "maxItems": 3, "items": {"type": "string", "enum": ["harmed", "harmer", "witness"]}},
              "name": {"type": "string", "maxLength": 100, "x-category": "identity"},
              "phone": {"type": "string", "maxLength": 100, "x-category": "contact"},
              "home": {"type": "string", "maxLength": 100, "x-category": "location"},
              "area": {"type": "string", "maxLength": 100, "x-category": "agreed-area"},
              "record": {"type": "string", "maxLength": 100, "x-category": "conviction"}}}},
          "wish": {"type": "string", "maxLength": 100, "x-about": "harmed", "x-category": "contact"},
          "offence": {"type": "string", "enum": ["theft", "domestic"], "x-fact": true, "x-category": "offence"},
          "prison": {"type": "string", "maxLength": 64, "x-party": true, "x-category": "offence"}}}
        """
}

/// A rule as a test writes it: what is not said is any.
func rule(
    _ id: RuleID, permit categories: Set<Category>, as action: FieldAction = .keep, consent: ConsentNeed.Level = .none,
    of: Set<Role> = [], about: Set<CompiledRule.Subject>? = nil, to: Set<PartyKind>? = nil,
    toCapacity: Set<Capacity>? = nil, when: Condition? = nil, silent: Bool = false, tell: [String] = [],
    messages: Set<MessageName>? = nil, purposes: Set<PurposeID>? = nil, from: Set<PartyKind>? = nil,
    fromCapacity: Set<Capacity>? = nil
) -> CompiledRule {
    CompiledRule(
        id: id, title: "", effect: .permit(action, ConsentNeed(level: consent, of: of)), categories: categories,
        about: about, messages: messages, from: from, fromCapacity: fromCapacity, to: to, toCapacity: toCapacity,
        purposes: purposes, when: when, silent: silent, tell: tell)
}

func rule(
    _ id: RuleID, prohibit categories: Set<Category>, about: Set<CompiledRule.Subject>? = nil,
    to: Set<PartyKind>? = nil, when: Condition? = nil, silent: Bool = false, messages: Set<MessageName>? = nil
) -> CompiledRule {
    CompiledRule(
        id: id, title: "", effect: .prohibit, categories: categories, about: about, messages: messages, from: nil,
        fromCapacity: nil, to: to, toCapacity: nil, purposes: nil, when: when, silent: silent, tell: [])
}

func rule(
    refusing id: RuleID, about: Set<CompiledRule.Subject>? = nil, to: Set<PartyKind>? = nil, when: Condition? = nil,
    tell: [String] = []
) -> CompiledRule {
    CompiledRule(
        id: id, title: "", effect: .refuseMessage, categories: [], about: about, messages: nil, from: nil,
        fromCapacity: nil, to: to, toCapacity: nil, purposes: nil, when: when, silent: false, tell: tell)
}

extension Decision {
    /// The code when nothing is shared, whether it is withheld from one or refused to all.
    var code: String? { refusal?.code }
    var clause: RuleID? { refusal?.clause }
    var isRefusedToAll: Bool { if case .refuse = answer { true } else { false } }

    var refusal: Refusal? {
        switch answer {
        case .share, .hold: nil
        case .withhold(let refusal), .refuse(let refusal): refusal
        }
    }

    /// The plan, when something is shared.
    var plan: FieldPlan? { if case .share(let plan) = answer { plan } else { nil } }

    func ground(_ field: FieldOccurrence) -> FieldGround? { grounds.first { $0.field == field } }
}
