import ConcordatDecision
import ConcordatJSON
import ConcordatPayload
import ConcordatTerms
import Testing

@testable import ConcordatProtocols

/// Random single edits: what the difference says is what the judge does, tried over everything the tiny protocol knows.
@Suite struct DifferencePropertyTests {
    @Test(arguments: 0..<6)
    func saysWhatTheJudgeDoes(batch: Int) throws {
        let text = try ProtocolDirectory.load(try Fixture.tiny()).get().compiled
        var dice = SeededChance(seed: UInt64(batch) &+ 0xC0_11_EC)
        var (edits, gaining) = (0, 0)
        for _ in 0..<25 {
            var edited = text
            edited.rules = RandomEdit.apply(to: text.rules, &dice)
            if dice.below(3) == 0 { edited.rules = RandomEdit.apply(to: edited.rules, &dice) }
            let (before, now) = dice.below(2) == 0 ? (text, edited) : (edited, text)
            let said = Said(ProtocolDifference(old: before, new: now))
            let done = try BruteForce.gains(before, now)
            let explained = done.filter { said.fields.contains($0) || said.messages.contains($0.flow) }
            #expect(explained.count == done.count, "not said: \(done.subtracting(explained).map(\.description))")
            // What the difference says is gained can be gained; refusals are told for the message, whatever is in it.
            let invented = said.fields.subtracting(done)
            #expect(invented.isEmpty, "made up: \(invented.map(\.description))")
            edits += 1
            if !done.isEmpty { gaining += 1 }
        }
        #expect(edits == 25 && gaining > 3)
    }
}

/// Somebody gets a field of a message about somebody.
private struct Gain: Hashable, CustomStringConvertible {
    let flow: String
    let path: String
    let about: String
    var description: String { "\(flow) \(path) of \(about)" }
}

/// The gains that a difference names.
private struct Said {
    var fields: Set<Gain> = []
    var messages: Set<String> = []

    init(_ difference: ProtocolDifference) {
        for change in difference.findings.compactMap(\.sharing) where change.isGain {
            for message in change.messages {
                for to in change.to {
                    if change.fields.isEmpty { messages.insert("\(message) to \(to)") }
                    for path in change.fields {
                        for about in change.about {
                            fields.insert(Gain(flow: "\(message) to \(to)", path: path, about: about))
                        }
                    }
                }
            }
        }
    }
}

/// Judges every message, case and consent that the rules of the tiny protocol can tell apart.
private enum BruteForce {
    static func gains(_ old: CompiledProtocol, _ new: CompiledProtocol) throws -> Set<Gain> {
        var gains: Set<Gain> = []
        for input in try inputs(old) {
            let before = actions(old, input)
            for (gain, form) in actions(new, input) {
                let was = before[gain] ?? .drop
                if form != was, form != .drop, was != .keep { gains.insert(gain) }
            }
        }
        return gains
    }

    private static func actions(_ text: CompiledProtocol, _ input: JudgeInput) -> [Gain: FieldAction] {
        let decision = text.judge(input)
        guard case .share = decision.answer, let message = text.messages[input.message],
            let kind = text.parties[input.recipient]?.kind
        else { return [:] }
        var actions: [Gain: FieldAction] = [:]
        for ground in decision.grounds {
            let about: String
            switch ground.field.subject {
            case .nobody: about = "nobody"
            case .role(let role): about = role.rawValue
            case .person(let index): about = input.people[index].roles.map(\.rawValue).sorted().joined()
            }
            let path = message.schema.path(of: ground.field.node)
            actions[Gain(flow: "\(input.message) to \(kind)", path: path, about: about)] = ground.action
        }
        return actions
    }

    private static func inputs(_ text: CompiledProtocol) throws -> [JudgeInput] {
        var inputs: [JudgeInput] = []
        for value in ["yes", "no"] {
            let data =
                "{\"sensitive\": \"\(value)\", \"people\": ["
                + ["harmed", "harmer"].map { role in
                    "{\"ref\": \"\(role)\", \"roles\": [\"\(role)\"], \"name\": \"A B\", \"phone\": \"0\", \"area\": \"B\"}"
                }.joined(separator: ", ") + "]}"
            inputs += try variants(text, "referral", data, from: "some-police", to: ["the-hub"])
        }
        let report = "{\"decision\": \"accepted\", \"held-at\": \"some-prison\", \"phone\": \"0\"}"
        return inputs + (try variants(text, "report", report, from: "the-hub", to: ["some-police", "some-prison"]))
    }

    private static func variants(
        _ text: CompiledProtocol, _ name: MessageName, _ data: String, from: PartyID, to: [PartyID]
    ) throws -> [JudgeInput] {
        let message = try #require(text.messages[name])
        let facts = try MessageReader.read(Array(data.utf8).span.bytes, schema: message.schema)
        let now = UTCInstant(seconds: 1_777_887_000)
        let people = ["harmed", "harmer"].enumerated().map { index, role in
            JudgedPerson(id: PersonID(unchecked: "p-\(index)"), roles: [Role(unchecked: role)])
        }
        var inputs: [JudgeInput] = []
        for recipient in to {
            for flags in [[], ["yes"], ["no"], ["yes", "no"]] as [Set<String>] {
                for states in product(["none", "given", "refused"], people.count) {
                    let held: [(PartyID, Capacity)] = [
                        ("the-hub", "screener"), ("some-police", "referrer"), ("some-prison", "custodian"),
                    ]
                    let isNew = name == "referral"
                    let known = CaseFacts(
                        id: "case-1",
                        capacities: isNew ? [] : held.map { .init(party: $0.0, capacity: $0.1, from: now) },
                        flags: flags.isEmpty ? [:] : ["sensitive": flags])
                    if isNew, !flags.isEmpty { continue }
                    let consents = zip(people, states).enumerated().compactMap { index, pair -> ConsentFact? in
                        guard pair.1 != "none", let id = pair.0.id, let state = ConsentState(rawValue: pair.1) else {
                            return nil
                        }
                        return ConsentFact(
                            id: ConsentID(unchecked: "c-\(index)"), person: id, kind: .participation, purpose: "offer",
                            categories: nil, recipientKinds: nil, recipientParties: [], state: state, from: now,
                            until: nil)
                    }
                    inputs.append(
                        JudgeInput(
                            message: name, sender: from, recipient: recipient, purpose: "offer", facts: facts,
                            people: isNew ? people : [], casePeople: isNew ? [] : people,
                            caseFacts: isNew ? CaseFacts() : known, isNewCase: isNew, consents: consents,
                            recipients: [recipient],
                            now: now))
                }
            }
        }
        return inputs
    }

    private static func product(_ values: [String], _ count: Int) -> [[String]] {
        guard count > 0 else { return [[]] }
        return product(values, count - 1).flatMap { rest in values.map { rest + [$0] } }
    }
}

/// One change to the rules of a text, as an author might make it.
private enum RandomEdit {
    static func apply(to rules: [CompiledRule], _ dice: inout SeededChance) -> [CompiledRule] {
        var rules = rules
        let place = dice.below(rules.count)
        var rule = rules[place]
        switch dice.below(9) {
        case 0: rules.remove(at: place); return rules
        case 1: return rules.reversed()
        case 2:
            let level = [ConsentNeed.Level.none, .notObjected, .given][dice.below(3)]
            if case .permit(let action, _) = rule.effect { rule.effect = .permit(action, ConsentNeed(level: level)) }
        case 3: rule.to = [nil, ["hub"], ["prison"], ["police", "hub"]][dice.below(4)]
        case 4: rule.about = [nil, [.role("harmed")], [.role("harmer"), .nobody]][dice.below(3)]
        case 5:
            let conditions: [Condition?] = [
                nil, .test(.field("/sensitive"), .contains("no")), .not(.test(.flag("sensitive"), .contains("yes"))),
                .test(.flag("sensitive"), .only(["no"])),
            ]
            rule.when = conditions[dice.below(4)]
        case 6:
            if rule.effect != .refuseMessage {
                rule.categories.formSymmetricDifference([
                    ["contact", "identity", "agreed-area", "casework"][dice.below(4)]
                ])
            }
        case 7:
            if case .permit(let action, let need) = rule.effect {
                rule.effect = .permit(action == .keep ? .initials : .keep, need)
            }
        default:
            var added = rule
            added.id = RuleID(unchecked: "\(rule.id)x\(dice.below(1_000))")
            if rule.effect != .refuseMessage { added.effect = .prohibit }
            added.about = [nil, [.role("harmed")]][dice.below(2)]
            if rule.effect == .refuseMessage { added.about = nil }
            rules.append(added)
            return rules
        }
        rules[place] = rule
        return rules
    }
}

/// A seeded source of chance (SplitMix64).
struct SeededChance {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// From 0 up to, not including, the bound.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
