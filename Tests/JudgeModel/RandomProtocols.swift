package import ConcordatDecision
import ConcordatPayload
package import ConcordatTerms

/// Makes small random protocols in which every kind of rule, capacity move and message meets every other.
///
/// Deterministic in its dice. Protocols are compiled values, as the loader would make them; some contradict themselves in
/// ways a loader may refuse, since a judgement has to be total.
package struct RandomProtocols {
    package var dice: Dice
    /// No two permits of one protocol transform in different ways, as the loader demands.
    package var isUnambiguous = false
    /// No permit rests on the consent of someone whom the field is not about.
    package var ownConsentOnly = false
    /// No condition asks how many people have a role, or how old they are.
    package var asksNobodysRole = false

    package static let kinds: [PartyKind] = ["k0", "k1", "k2"]
    package static let roles: [Role] = ["ra", "rb", "rc"]
    package static let categories: [Category] = ["c0", "c1", "c2", "c3", "c4", "c5"]
    package static let purposes: [PurposeID] = ["p0", "p1"]
    package static let capacities: [Capacity] = ["x0", "x1", "x2"]
    package static let parties: [PartyID] = ["a0", "a1", "a2", "a3", "a4", "a5"]
    package static let messages: [MessageName] = ["open", "tell", "ask", "answer"]
    package static let paths = ["/sort", "/people/*/band"]
    package static let values = ["u", "v", "w"]
    package static let now = UTCInstant(startOf: CivilDate(year: 2026, month: 6, day: 15)!)

    /// Protocols as these dice fall.
    package init(seed: UInt64) { dice = Dice(seed: seed) }

    /// The next protocol.
    package mutating func make() throws -> CompiledProtocol {
        let day = { (month: Int) in CivilDate(year: 2026, month: month, day: 1)! }
        var parents: [Category: Category?] = [:]
        for (place, category) in Self.categories.enumerated() {
            // A parent always stands before its child, so there is no cycle.
            parents[category] = .some(place > 1 && dice.chance(40) ? Self.categories[dice.number(0...place - 1)] : nil)
        }
        var text = CompiledProtocol(
            id: "random", version: "1.0.0", title: "Random", digest: String(repeating: "0", count: 64), mode: .live,
            period: ProtocolPeriod(from: day(1), review: day(11), until: day(12)), partyKinds: Set(Self.kinds),
            roles: Set(Self.roles), categories: parents, purposes: [:], flags: [:], capacities: [:], messages: [:],
            consents: [], consentShownTo: ConsentAudience(recorder: true, capacities: [], officers: true), rules: [],
            parties: [:])
        for purpose in Self.purposes {
            let basis = dice.atLeastOne(Self.kinds, 95).map { ($0, "public-task") }
            text.purposes[purpose] = CompiledPurpose(
                title: "", basis: Dictionary(uniqueKeysWithValues: basis), gateway: [])
        }
        for party in Self.parties {
            text.parties[party] = RosterParty(
                id: party, title: "", kind: dice.pick(Self.kinds), specialities: Set(dice.some(Self.values, 30)))
        }
        if dice.chance(25) { text.signed = Set(dice.some(Self.parties, 80)) }
        for flag in ["f0", "f1"] {
            var fields: [MessageName: [String]] = [:]
            for message in Self.messages where dice.chance(60) { fields[message] = dice.some(Self.paths, 50) }
            text.flags[flag] = CompiledFlag(fields: fields)
        }
        for capacity in Self.capacities { text.capacities[capacity] = self.capacity() }
        for message in Self.messages { text.messages[message] = try self.message(message) }
        let transform = isUnambiguous ? dice.pick(FieldAction.allCases.filter(\.isTransform)) : nil
        text.rules = (1...dice.number(4...14)).map { number in
            rule(RuleID(unchecked: "R\(number)"), in: text, transform: transform)
        }
        addGlass(to: &text)
        return text
    }

    /// Clauses of break glass, and rules that give way to them.
    private mutating func addGlass(to text: inout CompiledProtocol) {
        guard !isUnambiguous, dice.chance(60) else { return }
        text.breakGlass = CompiledBreakGlass(
            grounds: ["g0": "", "g1": ""], reasonMin: 1, reviewWithin: .seconds(86_400), closesWhenUnreviewed: false)
        for number in 0..<dice.number(1...2) {
            var clause = rule(RuleID(unchecked: "B\(number)"), in: text, transform: nil)
            clause.effect = .permit(.keep, ConsentNeed(level: .none))
            clause.categories = categories(in: text)
            (clause.fromCapacity, clause.toCapacity, clause.isBreakGlass) = (nil, nil, true)
            clause.when = .all([.test(.ground, .containsAny(Set(dice.atLeastOne(["g0", "g1"], 60))))])
            text.rules.append(clause)
        }
        for place in text.rules.indices where !text.rules[place].isBreakGlass && dice.chance(30) {
            guard text.rules[place].effect == .prohibit || text.rules[place].effect == .refuseMessage else { continue }
            let yields = Condition.not(.test(.ground, .containsAny(["g0"])))
            text.rules[place].when = text.rules[place].when.map { .all([$0, yields]) } ?? yields
        }
    }

    /// A rule that prohibits something.
    package mutating func prohibition(_ id: RuleID, in text: CompiledProtocol) -> CompiledRule {
        var rule = rule(id, in: text, transform: nil)
        rule.effect = .prohibit
        rule.categories = categories(in: text)
        return rule
    }

    private mutating func capacity() -> CompiledCapacity {
        func moves(_ percent: Int, _ holders: [CapacityMove.Holder]) -> [CapacityMove] {
            dice.some(Self.messages, percent).map { message in
                CapacityMove(message: message, holder: dice.pick(holders), when: condition(30))
            }
        }
        return CompiledCapacity(
            title: "", kinds: dice.chance(50) ? [] : Set(dice.atLeastOne(Self.kinds, 70)), exclusive: dice.chance(30),
            grants: moves(30, [.sender, .recipient, .recipient, .field("/holder")]),
            ends: moves(20, [.sender, .recipient, .everyone, .field("/holder")]))
    }

    private mutating func message(_ name: MessageName) throws -> CompiledMessage {
        let schema = try MessageSchema.compile(
            Array(schemaText().utf8),
            vocabulary: SchemaVocabulary(categories: Set(Self.categories), roles: Set(Self.roles)))
        return CompiledMessage(
            name: name, title: "", type: "test.\(name.rawValue).v1", schema: schema,
            from: Set(dice.atLeastOne(Self.kinds, 85)),
            fromCapacity: dice.chance(25) ? Set(dice.atLeastOne(Self.capacities, 60)) : [],
            to: Set(dice.atLeastOne(Self.kinds, 85)),
            toCapacity: dice.chance(25) ? Set(dice.atLeastOne(Self.capacities, 50)) : [],
            purposes: Set(dice.atLeastOne(Self.purposes, 90)), opensCase: name == "open",
            answeredBy: name == "ask" ? "answer" : nil, answers: name == "answer" ? "ask" : nil,
            life: .seconds(86_400))
    }

    private mutating func schemaText() -> String {
        func category() -> String { "\"x-category\": \"\(dice.pick(Self.categories))\"" }
        func coded() -> String {
            "{\"type\": \"string\", \"enum\": [\"u\", \"v\", \"w\"], \"x-fact\": true, \(category())}"
        }
        func text() -> String { "{\"type\": \"string\", \"maxLength\": 100, \(category())}" }
        let roles = Self.roles.map { "\"\($0)\"" }.joined(separator: ", ")
        return """
            {"type": "object", "additionalProperties": false, "properties": {
              "people": {"type": "array", "maxItems": 10, "items": {
                "type": "object", "additionalProperties": false, "required": ["ref"],
                "x-person": "ref", "x-role": {"member": "roles"}, "properties": {
                  "ref": {"type": "string", "maxLength": 64},
                  "roles": {"type": "array", "maxItems": 3, "items": {"type": "string", "enum": [\(roles)]}},
                  "name": \(text()), "tel": \(text()), "home": \(text()), "band": \(coded())}}},
              "area": {"type": "string", "maxLength": 100, "x-about": "\(dice.pick(Self.roles))", \(category())},
              "note": \(text()), "sort": \(coded()),
              "day": {"type": "string", "format": "date", "x-fact": true, \(category())},
              "holder": {"type": "string", "maxLength": 64, "x-party": true, \(category())}}}
            """
    }

    private mutating func rule(_ id: RuleID, in text: CompiledProtocol, transform: FieldAction?) -> CompiledRule {
        let effect: CompiledRule.Effect
        switch dice.number(1...100) {
        case 1...70:
            let level = dice.pick([ConsentNeed.Level.none, .none, .notObjected, .given])
            let need = ConsentNeed(
                level: level, of: ownConsentOnly || !dice.chance(20) ? [] : Set(dice.atLeastOne(Self.roles, 40)),
                kinds: level == .given && dice.chance(20) ? Set(dice.atLeastOne(ConsentKind.allCases, 50)) : [])
            let changed = transform ?? dice.pick(FieldAction.allCases.filter(\.isTransform))
            effect = .permit(dice.chance(70) ? .keep : changed, need)
        case 71...90: effect = .prohibit
        case 91...97 where !isUnambiguous:
            effect = .hold(
                HoldTerms(
                    until: dice.pick(HoldTerms.Until.allCases), atMost: .seconds(Int64(dice.number(1...3)) * 86_400),
                    then: dice.pick(HoldTerms.Then.allCases)))
        default: effect = .refuseMessage
        }
        let isRefusal: Bool
        switch effect {
        case .refuseMessage, .hold: isRefusal = true
        case .permit, .prohibit: isRefusal = false
        }
        return CompiledRule(
            id: id, title: "", effect: effect, categories: isRefusal ? [] : categories(in: text),
            about: optionally(isRefusal ? 20 : 45, [.nobody] + Self.roles.map { .role($0) }),
            messages: optionally(25, Self.messages), from: optionally(20, Self.kinds),
            fromCapacity: optionally(10, Self.capacities), to: optionally(25, Self.kinds),
            toCapacity: optionally(25, Self.capacities), purposes: optionally(20, Self.purposes),
            when: isRefusal ? condition(90) : condition(25), silent: dice.chance(20),
            tell: dice.some(["a0", "k1"], 20))
    }

    private mutating func number() -> Condition.Test {
        let low = dice.number(-3...20)
        switch dice.number(1...4) {
        case 1: return .number(min: low, max: nil)
        case 2: return .number(min: nil, max: low)
        case 3: return .number(min: low, max: low + dice.number(0...10))
        default: return .present(dice.chance(50))
        }
    }

    private mutating func optionally<Value: Hashable>(_ percent: Int, _ values: [Value]) -> Set<Value>? {
        dice.chance(percent) ? Set(dice.atLeastOne(values, 45)) : nil
    }

    private mutating func categories(in text: CompiledProtocol) -> Set<Category> {
        let named = dice.atLeastOne(Self.categories, 40)
        return Set(named.flatMap { text.categories(within: $0) })
    }

    private mutating func condition(_ percent: Int, depth: Int = 0) -> Condition? {
        dice.chance(percent) ? condition(depth: depth) : nil
    }

    private mutating func condition(depth: Int) -> Condition {
        switch depth < 2 ? dice.number(1...10) : 10 {
        case 1: return .all([condition(depth: depth + 1), condition(depth: depth + 1)])
        case 2: return .any([condition(depth: depth + 1), condition(depth: depth + 1)])
        case 3: return .not(condition(depth: depth + 1))
        default:
            let source = dice.pick(
                [
                    Condition.Source.field(Self.paths[0]), .field(Self.paths[1]), .field("/nowhere"), .flag("f0"),
                    .flag("f1"), .recipientSpeciality, .senderSpeciality, .recipientKind, .senderKind, .days("/day"),
                ] + (asksNobodysRole ? [] : [.age(dice.pick(Self.roles)), .count(dice.pick(Self.roles))]))
            switch source {
            case .days, .age, .count: return .test(source, number())
            case .recipientKind, .senderKind: return .test(source, .contains(dice.pick(Self.kinds).rawValue))
            case .field, .flag, .recipientSpeciality, .senderSpeciality, .ground: break
            }
            let value = dice.pick(Self.values)
            let test = dice.pick([
                Condition.Test.contains(value), .lacks(value), .containsAny(Set(dice.atLeastOne(Self.values, 50))),
                .only(Set(dice.atLeastOne(Self.values, 70))), .present(dice.chance(50)),
            ])
            return .test(source, test)
        }
    }
}
