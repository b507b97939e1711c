import ConcordatDecision
import ConcordatJudgeModel
import ConcordatPayload
import ConcordatTerms
import Testing

/// What no change of a certain kind may ever do, on the same random protocols as the differential run.
@Suite struct PropertyTests {
    @Test func anotherProhibitionNeverWidens() throws {
        var narrowed = 0
        try eachCase(salt: 1) { text, input, dice in
            var source = RandomProtocols(seed: dice.next())
            var stricter = text
            stricter.rules.insert(source.prohibition("P", in: text), at: dice.number(0...text.rules.count))
            return (text.judge(input), stricter.judge(input))
        } check: { before, after, input in
            let change = Change(from: before, to: after, of: input.facts.fields.keys)
            if change.narrows { narrowed += 1 }
            return !change.widens
        }
        #expect(narrowed > 100, "prohibitions that never bite prove nothing")
    }

    @Test func aSecondRoleNeverWidensWhatIsAboutThePerson() throws {
        var narrowed = 0
        try eachCase(salt: 2, { ($0.ownConsentOnly, $0.asksNobodysRole) = (true, true) }) { text, input, dice in
            guard let index = input.people.indices.randomElement(using: &dice), !input.people[index].roles.isEmpty,
                !input.claimsReply
            else { return nil }
            let role = dice.pick(RandomProtocols.roles)
            // Of what is about a role, whoever has it is asked: one more may agree where nobody could.
            let subjects = input.facts.fields.keys.map(\.subject) + input.facts.asked.map(\.subject)
            guard !subjects.contains(.role(role)) else { return nil }
            var more = input
            more.people[index].roles.insert(role)
            return (text.judge(input), text.judge(more))
        } check: { before, after, input in
            // What waits is as wide as a consent can make it, and a role may be what lets it wait: nothing passes by that.
            if case .hold = after.answer { return true }
            let change = Change(from: before, to: after, of: input.facts.fields.keys.filter(\.isAboutAPerson))
            if change.narrows { narrowed += 1 }
            return !change.widens
        }
        #expect(narrowed > 20, "roles that never bite prove nothing")
    }

    @Test func aWithdrawalNeverWidens() throws {
        var narrowed = 0
        try eachCase(salt: 3, { $0.isUnambiguous = true }) { text, input, dice in
            guard let place = input.consents.indices.randomElement(using: &dice) else { return nil }
            var withdrawn = input
            for index in input.consents.indices where index == place || dice.chance(30) {
                withdrawn.consents[index].state = dice.pick([.withdrawn, .refused, .objected, .revoked])
            }
            return (text.judge(input), text.judge(withdrawn))
        } check: { before, after, input in
            let change = Change(from: before, to: after, of: input.facts.fields.keys)
            if change.narrows { narrowed += 1 }
            return !change.widens
        }
        #expect(narrowed > 50, "withdrawals that never bite prove nothing")
    }

    @Test func aSenderThatLosesItsCapacitiesIsRefused() throws {
        try eachCase(salt: 4) { text, input, _ in
            var less = input
            less.caseFacts.capacities.removeAll { $0.party == input.sender }
            guard !input.isNewCase, input.acceptedWith == nil else { return nil }
            return (text.judge(input), text.judge(less))
        } check: { _, after, input in
            switch after.answer {
            case .refuse: true
            // A claimed ground enters the case without: then nothing goes but by its clauses.
            case .withhold: input.breakGlass != nil
            case .share: input.breakGlass != nil && !after.brokenGlass.isEmpty
            case .hold: input.breakGlass != nil
            }
        }
    }

    /// Runs one change over many random cases; nil skips a case that it does not speak of.
    private func eachCase(
        salt: UInt64, _ configure: (inout RandomProtocols) -> Void = { _ in },
        change: (CompiledProtocol, JudgeInput, inout Dice) throws -> (Decision, Decision)?,
        check: (Decision, Decision, JudgeInput) -> Bool
    ) throws {
        var protocols = RandomProtocols(seed: Run.seed &+ salt)
        configure(&protocols)
        for number in 0..<Run.protocolCount {
            let text = try protocols.make()
            var messages = RandomMessages(seed: protocols.dice.next(), text: text)
            for _ in 0..<Run.casesPerProtocol / 2 {
                let input = messages.make()
                guard let (before, after) = try change(text, input, &messages.dice) else { continue }
                try #require(check(before, after, input), "seed \(Run.seed), protocol \(number)")
            }
        }
    }
}

/// How what a recipient gets differs between two decisions: a wait that is over too soon widens like a field that goes.
private struct Change {
    private(set) var widens = false
    private(set) var narrows = false

    init(from before: Decision, to after: Decision, of fields: some Sequence<FieldOccurrence>) {
        for field in fields {
            let (old, new) = (before.effect(on: field), after.effect(on: field))
            guard old != new else { continue }
            // Only whole may become a transform, and only what passed may be dropped.
            if new == .drop || (old == .keep && new.isTransform) { narrows = true } else { widens = true }
        }
        if case .hold = before.answer, case .share = after.answer { widens = true }
    }
}

extension Decision {
    fileprivate func effect(on field: FieldOccurrence) -> FieldAction {
        switch answer {
        case .share(let plan), .hold(let plan, _): plan.action(for: field)
        case .withhold, .refuse: .drop
        }
    }
}

extension FieldOccurrence {
    fileprivate var isAboutAPerson: Bool {
        switch subject {
        case .person: true
        case .nobody, .role: false
        }
    }
}
