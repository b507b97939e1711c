import ConcordatDecision
import ConcordatJudgeModel
import ConcordatPayload
import ConcordatTerms

/// A protocol of 50 parties and as many rules as asked for: the same for the same seed, and the rules of a smaller one
/// are the first of a larger one.
///
/// It says only what Cedar can say too: no hold, no break glass, one transform.
struct BenchProtocol {
    static let kinds: [PartyKind] = (0..<10).map { PartyKind(unchecked: "kind-\($0)") }
    static let parties: [PartyID] = (0..<50).map { PartyID(unchecked: "party-\($0)") }
    static let roles: [Role] = ["harmed", "harmer", "witness", "guardian", "supporter", "child"]
    static let purposes: [PurposeID] = ["offer", "casework", "review", "safety"]
    static let capacities: [Capacity] = ["referrer", "screener", "case-holder", "custodian"]
    static let messages: [MessageName] = (0..<20).map { MessageName(unchecked: "message-\($0)") }
    static let specialities = ["youth", "domestic", "sexual"]
    static let codes = ["none", "some", "grave"]
    static let now = UTCInstant(startOf: CivilDate(year: 2026, month: 6, day: 15)!)
    static let sort = "/sort"
    static let band = "/people/*/band"
    static let day = "/day"

    /// Categories of fields, and two that others lie within.
    private static let parents: [Category: Category?] = [
        "identity": nil, "reach": nil, "phone": .some("reach"), "home": .some("reach"), "age": .some("identity"),
        "record": nil, "health": nil, "account": nil, "offence": nil, "outcome": nil, "meeting": nil, "area": nil,
    ]
    private static let schemaText = """
        {"type": "object", "additionalProperties": false, "properties": {
          "people": {"type": "array", "maxItems": 10, "items": {
            "type": "object", "additionalProperties": false, "required": ["ref"],
            "x-person": "ref", "x-role": {"member": "roles"}, "properties": {
              "ref": {"type": "string", "maxLength": 64},
              "roles": {"type": "array", "maxItems": 3, "items": {"type": "string", "enum": [\(roleCodes)]}},
              "name": {"type": "string", "maxLength": 100, "x-category": "identity"},
              "phone": {"type": "string", "maxLength": 30, "x-category": "phone"},
              "home": {"type": "string", "maxLength": 200, "x-category": "home"},
              "record": {"type": "string", "maxLength": 900, "x-category": "record"},
              "health": {"type": "string", "maxLength": 900, "x-category": "health"},
              "band": {"type": "string", "enum": ["none", "some", "grave"], "x-fact": true, "x-category": "age"}}}},
          "area": {"type": "string", "maxLength": 100, "x-about": "harmed", "x-category": "area"},
          "account": {"type": "string", "maxLength": 9000, "x-category": "account"},
          "outcome": {"type": "string", "maxLength": 900, "x-category": "outcome"},
          "sort": {"type": "string", "enum": ["none", "some", "grave"], "x-fact": true, "x-category": "offence"},
          "day": {"type": "string", "format": "date", "x-fact": true, "x-category": "meeting"}}}
        """
    private static var roleCodes: String { roles.map { "\"\($0)\"" }.joined(separator: ", ") }

    private var dice: Dice
    private(set) var text: CompiledProtocol

    /// - Parameter elsewhere: how many rules stand beside them that speak of messages nobody sends.
    init(rules count: Int, elsewhere: Int = 0, seed: UInt64) throws {
        dice = Dice(seed: seed)
        text = CompiledProtocol(
            id: "bench", version: "1.0.0", title: "Bench", digest: String(repeating: "0", count: 64), mode: .live,
            period: ProtocolPeriod(
                from: CivilDate(year: 2026, month: 1, day: 1)!, review: CivilDate(year: 2026, month: 11, day: 1)!,
                until: CivilDate(year: 2026, month: 12, day: 1)!),
            partyKinds: Set(Self.kinds), roles: Set(Self.roles), categories: Self.parents,
            purposes: [:], flags: ["gravity": CompiledFlag(fields: ["message-0": [Self.sort]])], capacities: [:],
            messages: [:], consents: [],
            consentShownTo: ConsentAudience(recorder: true, capacities: [], officers: true), rules: [], parties: [:])
        let basis = Dictionary(uniqueKeysWithValues: Self.kinds.map { ($0, "public-task") })
        for purpose in Self.purposes { text.purposes[purpose] = CompiledPurpose(title: "", basis: basis, gateway: []) }
        for (place, party) in Self.parties.enumerated() {
            text.parties[party] = RosterParty(
                id: party, title: "", kind: Self.kinds[place % Self.kinds.count],
                specialities: Set(dice.some(Self.specialities, 30)))
        }
        for capacity in Self.capacities {
            text.capacities[capacity] = CompiledCapacity(title: "", kinds: [], exclusive: false, grants: [], ends: [])
        }
        // One message in five tells its recipient that it holds the case now.
        text.capacities["case-holder"]?.grants = Self.messages.enumerated().filter { $0.offset % 5 == 0 }.map {
            CapacityMove(message: $0.element, holder: .recipient, when: nil)
        }
        try addMessages()
        var rules = (1...count).map { rule(RuleID(unchecked: "R\($0)")) }
        for number in 0..<elsewhere {
            var other = rule(RuleID(unchecked: "E\(number)"))
            other.messages = ["unsent"]
            rules.append(other)
        }
        text.rules = rules
    }

    private mutating func addMessages() throws {
        let schema = try MessageSchema.compile(
            Array(Self.schemaText.utf8),
            vocabulary: SchemaVocabulary(categories: Set(Self.parents.keys), roles: Set(Self.roles)))
        var messages: [MessageName: CompiledMessage] = [:]
        for name in Self.messages {
            messages[name] = CompiledMessage(
                name: name, title: "", type: "test.\(name.rawValue).v1", schema: schema,
                from: Set(dice.atLeastOne(Self.kinds, 60)), fromCapacity: [], to: Set(dice.atLeastOne(Self.kinds, 50)),
                toCapacity: dice.chance(25) ? Set(dice.atLeastOne(Self.capacities, 60)) : [],
                purposes: Set(dice.atLeastOne(Self.purposes, 60)), opensCase: false, answeredBy: nil, answers: nil,
                life: .seconds(86_400))
        }
        text.messages = messages
    }

    private mutating func rule(_ id: RuleID) -> CompiledRule {
        let effect: CompiledRule.Effect
        switch dice.number(1...100) {
        case 1...85:
            let level = dice.pick([ConsentNeed.Level.none, .none, .none, .notObjected, .given])
            effect = .permit(dice.chance(80) ? .keep : .initials, ConsentNeed(level: level))
        case 86...96: effect = .prohibit
        default: effect = .refuseMessage
        }
        let isRefusal = effect == .refuseMessage
        let named = isRefusal ? [] : dice.atLeastOne(text.categories.keys.sorted(), 20)
        return CompiledRule(
            id: id, title: "", effect: effect, categories: Set(named.flatMap { text.categories(within: $0) }),
            about: optionally(70, [.nobody] + Self.roles.map { .role($0) }, 30),
            messages: optionally(85, Self.messages, 10), from: optionally(30, Self.kinds, 40),
            fromCapacity: optionally(5, Self.capacities, 40), to: optionally(80, Self.kinds, 25),
            toCapacity: optionally(20, Self.capacities, 40), purposes: optionally(40, Self.purposes, 40),
            when: isRefusal || effect == .prohibit || dice.chance(40) ? condition(depth: 0) : nil, silent: false,
            tell: [])
    }

    private mutating func optionally<Value: Hashable>(_ percent: Int, _ all: [Value], _ each: Int) -> Set<Value>? {
        dice.chance(percent) ? Set(dice.atLeastOne(all, each)) : nil
    }

    private mutating func condition(depth: Int) -> Condition {
        switch dice.number(1...10) {
        case 1...2 where depth < 2: return .all([condition(depth: depth + 1), condition(depth: depth + 1)])
        case 3 where depth < 2: return .any([condition(depth: depth + 1), condition(depth: depth + 1)])
        case 4 where depth < 2: return .not(condition(depth: depth + 1))
        case 5: return .test(.count(dice.pick(Self.roles)), .number(min: dice.number(1...2), max: nil))
        case 6: return .test(.days(Self.day), .number(min: nil, max: dice.number(0...20)))
        case 7:
            return .test(.recipientSpeciality, .contains(dice.pick(Self.specialities)))
        default:
            let source = dice.pick([Condition.Source.field(Self.sort), .field(Self.band), .flag("gravity")])
            let code = dice.pick(Self.codes)
            return .test(
                source,
                dice.pick([
                    .contains(code), .lacks(code), .containsAny(Set(dice.atLeastOne(Self.codes, 50))),
                    .only(Set(dice.atLeastOne(Self.codes, 60))), .present(true),
                ]))
        }
    }
}
