package import ConcordatDecision
import ConcordatPayload
package import ConcordatTerms

/// A small protocol, built as the loader would build it: police refer to a hub, the hub allocates to a unit, tells a
/// prison, and asks the police.
package enum TestProtocol {
    package static let kinds: Set<PartyKind> = ["police", "hub", "satellite", "prison", "lead"]

    /// - Parameter edit: changes the text of the one schema of every message.
    package static func text(schema edit: (String) -> String = { $0 }) throws -> CompiledProtocol {
        let schema = try MessageSchema.compile(
            Array(edit(schemaText).utf8), vocabulary: SchemaVocabulary(categories: categories, roles: roles))
        return CompiledProtocol(
            id: "test", version: "1.0.0", title: "Test", digest: String(repeating: "a", count: 64), mode: .training,
            period: ProtocolPeriod(
                from: CivilDate(year: 2026, month: 4, day: 1)!, review: CivilDate(year: 2027, month: 3, day: 1)!,
                until: CivilDate(year: 2027, month: 3, day: 31)!),
            partyKinds: kinds, roles: roles, categories: Dictionary(uniqueKeysWithValues: categories.map { ($0, nil) }),
            purposes: [
                "rj": CompiledPurpose(
                    title: "", basis: Dictionary(uniqueKeysWithValues: kinds.map { ($0, "public-task") }), gateway: [])
            ],
            flags: [:], capacities: capacities, messages: messages(schema),
            consents: [
                ConsentClause(
                    id: "C1", about: ["harmed", "harmer"], kinds: [.participation, .basis], recordedBy: ["hub"],
                    neverBy: ["prison"], toldRightToWithdraw: true)
            ],
            consentShownTo: ConsentAudience(recorder: true, capacities: [], officers: true), rules: rules,
            parties: parties)
    }

    private static let parties: [PartyID: RosterParty] = {
        let all: [(PartyID, PartyKind)] = [
            ("police", "police"), ("police-b", "police"), ("hub", "hub"), ("unit", "satellite"),
            ("unit-b", "satellite"),
            ("prison-a", "prison"), ("prison-b", "prison"), ("lead", "lead"),
        ]
        return Dictionary(
            uniqueKeysWithValues: all.map { ($0, RosterParty(id: $0, title: "", kind: $1, specialities: [])) })
    }()

    private static let capacities: [Capacity: CompiledCapacity] = {
        func capacity(
            _ kinds: Set<PartyKind>, _ message: MessageName, _ holder: CapacityMove.Holder, exclusive: Bool = false
        )
            -> CompiledCapacity
        {
            CompiledCapacity(
                title: "", kinds: kinds, exclusive: exclusive,
                grants: [CapacityMove(message: message, holder: holder, when: nil)], ends: [])
        }
        return [
            "referrer": capacity([], "referral", .sender), "screener": capacity(["hub"], "referral", .recipient),
            "case-holder": capacity(["satellite"], "allocation", .recipient, exclusive: true),
            "custodian": capacity(["prison"], "custody", .field("/prison"), exclusive: true),
        ]
    }()

    private static func messages(_ schema: MessageSchema) -> [MessageName: CompiledMessage] {
        func message(
            _ name: MessageName, _ from: Set<PartyKind>, _ to: Set<PartyKind>, toCapacity: Set<Capacity> = [],
            answeredBy: MessageName? = nil, answers: MessageName? = nil
        ) -> (MessageName, CompiledMessage) {
            (
                name,
                CompiledMessage(
                    name: name, title: "", type: "test.\(name).v1", schema: schema, from: from, fromCapacity: [],
                    to: to,
                    toCapacity: toCapacity, purposes: ["rj"], opensCase: name == "referral", answeredBy: answeredBy,
                    answers: answers, life: .seconds(14 * 86_400))
            )
        }
        return Dictionary(uniqueKeysWithValues: [
            message("referral", ["police"], ["hub", "lead"]), message("allocation", ["hub"], ["satellite"]),
            message("update", ["hub", "satellite", "police"], ["police", "hub", "satellite"]),
            message("custody", ["hub"], ["prison"], toCapacity: ["custodian"]),
            message("news", ["hub"], ["prison"], toCapacity: ["custodian"]),
            message("request", ["hub"], ["police"], answeredBy: "response"),
            message("response", ["police"], ["hub"], answers: "request"),
        ])
    }

    private static let rules: [CompiledRule] = {
        func permit(
            _ id: RuleID, _ categories: Set<ConcordatTerms.Category>, to: Set<PartyKind>? = nil,
            consent: ConsentNeed.Level = .none
        ) -> CompiledRule {
            CompiledRule(
                id: id, title: "", effect: .permit(.keep, ConsentNeed(level: consent)), categories: categories,
                about: nil,
                messages: nil, from: nil, fromCapacity: nil, to: to, toCapacity: nil, purposes: nil, when: nil,
                silent: false, tell: [])
        }
        return [
            permit("P1", ["identity"], to: ["hub", "satellite", "police"]), permit("P2", ["offence"]),
            permit("P3", ["contact"], to: ["hub"], consent: .notObjected),
            permit("P4", ["contact"], to: ["satellite"], consent: .given),
            CompiledRule(
                id: "X1", title: "", effect: .refuseMessage, categories: [], about: nil, messages: nil, from: nil,
                fromCapacity: nil, to: nil, toCapacity: nil, purposes: nil,
                when: .test(.field("/offence"), .contains("sensitive")), silent: false, tell: ["lead"]),
        ]
    }()

    private static let categories: Set<ConcordatTerms.Category> = ["identity", "contact", "location", "offence"]
    private static let roles: Set<Role> = ["harmed", "harmer", "guardian", "witness"]
    private static let schemaText = """
        {"type": "object", "additionalProperties": false, "properties": {
          "people": {"type": "array", "maxItems": 200, "items": {
            "type": "object", "additionalProperties": false, "required": ["ref"],
            "x-person": "ref", "x-role": {"member": "roles"}, "properties": {
              "ref": {"type": "string", "maxLength": 64},
              "roles": {"type": "array", "maxItems": 3, "items": {
                "type": "string", "enum": ["harmed", "harmer", "guardian", "witness"]}},
              "name": {"type": "string", "maxLength": 100, "x-category": "identity"},
              "phone": {"type": "string", "maxLength": 100, "x-category": "contact"},
              "home": {"type": "string", "maxLength": 100, "x-category": "location"},
              "items": {"type": "array", "maxItems": 9, "items": {
                "type": "string", "enum": ["phone", "home"], "x-category": "offence",
                "x-requests": {"phone": "contact", "home": "location"}}}}}},
          "offence": {"type": "string", "enum": ["theft", "sensitive"], "x-fact": true, "x-category": "offence"},
          "prison": {"type": "string", "maxLength": 64, "x-party": true, "x-category": "offence"}}}
        """
}
