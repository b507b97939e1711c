import ConcordatDecision
import ConcordatPayload
import ConcordatTerms
import Foundation
import Testing

@testable import ConcordatProtocols

/// The prover and the judge are two readings of one text. Random cases, judged by the judge, must keep what was proven.
@Suite struct GuaranteeSamplingTests {
    private static let cases = ProcessInfo.processInfo.environment["CONCORDAT_DIFFERENTIAL"] == "long" ? 40_000 : 600

    @Test func noRandomCaseBreaksAGuarantee() throws {
        let loaded = try #require(ShippedProtocolTests.loaded).get()
        let seed = UInt64.random(in: .min ... .max)
        var sample = Sample(loaded.compiled, loaded.guarantees, seed: seed)
        sample.run(Self.cases)
        // A message that hardly ever passes needs more throws.
        for _ in 0..<10 where sample.shared.count < loaded.compiled.messages.count { sample.run(Self.cases) }
        #expect(sample.broken.isEmpty, "seed \(seed): \(sample.broken)")
        // A sample that shares nothing would prove nothing: every message, and what each kind of guarantee is about.
        #expect(sample.shared.count == loaded.compiled.messages.count, "seed \(seed): \(sample.shared)")
        #expect(sample.shared.values.reduce(0, +) > Self.cases, "seed \(seed): \(sample.shared)")
    }

    /// Rules changed, each in a way that breaks a guarantee: the sample has to find it, and so has the proof.
    @Test(arguments: [
        ("R3", "G11"), ("R7h", "G9"), ("R15", "G8"), ("R15", "G7"), ("R18", "G12"), ("R19", "G12"),
        ("R21", "G15"), ("R23", "G3"), ("N1", "G1"), ("N2", "G5"), ("N3", "G16"), ("N4", "G2"),
    ])
    func aWrongRuleIsFound(rule: String, guarantee: String) throws {
        let loaded = try #require(ShippedProtocolTests.loaded).get()
        var text = loaded.compiled
        text.rules = text.rules.map { $0.id.rawValue == rule ? $0.opened() : $0 }
        let seed = UInt64.random(in: .min ... .max)
        let promised = try #require(loaded.guarantees.first { $0.id.rawValue == guarantee })
        var aim = try #require(text.rules.first { $0.id.rawValue == rule })
        if let kinds = promised.to { aim.to = (aim.to ?? kinds).intersection(kinds) }
        var sample = Sample(text, [promised], seed: seed, aim: aim)
        sample.run(Self.cases * 4, untilBroken: true)
        #expect(!sample.broken.isEmpty, "seed \(seed): \(guarantee) holds in spite of \(rule)")
    }
}

extension CompiledRule {
    /// A permit that asks for neither capacity nor consent; in place of a prohibition, a permit of all it prohibits.
    fileprivate func opened() -> CompiledRule {
        var rule = self
        (rule.fromCapacity, rule.toCapacity) = (nil, nil)
        switch effect {
        case .permit(let action, _): rule.effect = .permit(action, ConsentNeed(level: .none))
        case .prohibit: rule.effect = .permit(.keep, ConsentNeed(level: .none))
        case .refuseMessage, .hold: break
        }
        return rule
    }
}

/// Random cases put to the judge, and what of its answers a guarantee rules out.
private struct Sample {
    let text: CompiledProtocol
    let guarantees: [Guarantee]
    private var cases: RandomCases
    /// Fields shared, by message.
    private(set) var shared: [MessageName: Int] = [:]
    /// Guarantee and field, no values.
    private(set) var broken: Set<String> = []

    init(_ text: CompiledProtocol, _ guarantees: [Guarantee], seed: UInt64, aim: CompiledRule? = nil) {
        (self.text, self.guarantees) = (text, guarantees)
        cases = RandomCases(seed: seed, text: text, aim: aim)
    }

    mutating func run(_ count: Int, untilBroken: Bool = false) {
        for _ in 0..<count where !(untilBroken && !broken.isEmpty) {
            let input = cases.make()
            guard case .share(let plan) = text.judge(input).answer, let message = text.messages[input.message] else {
                continue
            }
            let capacities = capacities(of: input)
            for field in input.facts.fields.keys where plan.action(for: field) != .drop {
                shared[input.message, default: 0] += 1
                let category = message.schema.category(of: field.node)
                for guarantee in guarantees where forbids(guarantee, category, field.subject, capacities, input) {
                    broken.insert("\(guarantee.id) by \(message.schema.path(of: field.node)) of \(message.name)")
                }
            }
        }
    }

    /// What the recipient is when the message reaches it: what it holds, and what the message gives it.
    private func capacities(of input: JudgeInput) -> Set<Capacity> {
        let held = input.caseFacts.capacities(of: input.recipient, at: input.now)
        let more =
            input.acceptedWith.map { $0.ends.filter { $0.party == input.recipient }.map(\.capacity) }
            ?? text.moves(of: input, acceptedRecipients: [input.recipient]).grants
            .filter { $0.party == input.recipient }.map(\.capacity)
        return held.union(more)
    }

    /// Whether a guarantee rules out that this field goes, read word by word.
    private func forbids(
        _ guarantee: Guarantee, _ category: ConcordatTerms.Category, _ subject: FieldSubject,
        _ capacities: Set<Capacity>,
        _ input: JudgeInput
    ) -> Bool {
        guard guarantee.categories.contains(category), let sender = text.parties[input.sender],
            let recipient = text.parties[input.recipient], guarantee.from?.contains(sender.kind) ?? true,
            guarantee.to?.contains(recipient.kind) ?? true, guarantee.toCapacityNot.isDisjoint(with: capacities),
            guarantee.messages?.contains(input.message) ?? true, guarantee.purposes?.contains(input.purpose) ?? true,
            input.breakGlass.map({ !guarantee.exceptGrounds.contains($0) }) ?? true,
            guarantee.when.map({ $0.holds(facts(of: $0, input, sender, recipient)) }) ?? true
        else { return false }
        let concerned: [JudgedPerson]
        let subjects: [CompiledRule.Subject]
        switch subject {
        case .nobody: (concerned, subjects) = (input.people + input.casePeople, [.nobody])
        case .role(let role):
            concerned = (input.people + input.casePeople).filter { $0.roles.contains(role) }
            subjects = [.role(role)]
        case .person(let index):
            (concerned, subjects) = ([input.people[index]], input.people[index].roles.map { .role($0) })
        }
        guard guarantee.about.map({ !$0.isDisjoint(with: subjects) }) ?? true else { return false }
        guard guarantee.withoutConsent else { return true }
        let lineage = Set(text.categories.keys.filter { text.category(category, isWithin: $0) })
        let agreed = concerned.map { person in
            ConsentSearch.state(
                of: person.id ?? "-", for: input.purpose, lineage: lineage, to: recipient.id, kind: recipient.kind,
                in: input.consents, now: input.now
            ).state.allows
        }
        // About nobody anyone's will do; about a role that of everyone who has it.
        return subject == .nobody ? !agreed.contains(true) : agreed.isEmpty || agreed.contains(false)
    }

    /// What a condition asks, with its values.
    private func facts(
        of condition: Condition, _ input: JudgeInput, _ sender: RosterParty, _ recipient: RosterParty
    ) -> [Condition.Source: Set<String>] {
        let today = input.now.date
        func value(_ source: Condition.Source) -> Set<String> {
            switch source {
            case .field(let path): return input.facts.facts[path] ?? []
            case .flag(let name):
                let paths = text.flags[name]?.fields[input.message] ?? []
                return paths.reduce(into: input.caseFacts.flags[name] ?? []) {
                    $0.formUnion(input.facts.facts[$1] ?? [])
                }
            case .recipientSpeciality: return recipient.specialities
            case .senderSpeciality: return sender.specialities
            case .recipientKind: return [recipient.kind.rawValue]
            case .senderKind: return [sender.kind.rawValue]
            case .days(let path):
                let dates = (input.facts.facts[path] ?? []).compactMap { CivilDate($0) }
                return Set(dates.map { String($0.daysSinceEpoch - today.daysSinceEpoch) })
            case .age(let role):
                let born = input.people.filter { $0.roles.contains(role) }.compactMap { $0.born?.reveal() }
                return Set(born.map { String($0.wholeYears(until: today)) })
            case .count(let role):
                return [String((input.people + input.casePeople).filter { $0.roles.contains(role) }.count)]
            case .ground: return input.breakGlass.map { [$0] } ?? []
            }
        }
        return Dictionary(uniqueKeysWithValues: condition.mentions.keys.map { ($0, value($0)) })
    }
}
