package import ConcordatDecision
package import ConcordatJudgeModel
import ConcordatPayload
package import ConcordatProtocols
import ConcordatTerms

/// The judge and the prover against the naive interpreter: one input is the seed of one random protocol.
///
/// An input is text, `seed cases`, so that what differs is found again as long as the generators stay as they are.
package struct JudgeTarget: FuzzTarget {
    package static let name = "judge"

    /// What one random protocol came to.
    package struct Tally: Sendable {
        package var cases = 0
        package var shared = 0
        /// Guarantees that the prover says hold, that it says are broken, and that it could not settle.
        package var proven = 0
        package var broken = 0
        package var unsettled = 0
        /// Broken ones for which a random case did break them.
        package var shown = 0

        package init() {}

        package mutating func add(_ other: Tally) {
            cases += other.cases
            shared += other.shared
            proven += other.proven
            broken += other.broken
            unsettled += other.unsettled
            shown += other.shown
        }
    }

    // Bound: cases of one protocol.
    private static let casesMax = 100_000

    package init() {}

    package func input(_ dice: inout FuzzDice) -> [UInt8] { Self.input(seed: dice.next(), cases: 20) }

    /// The input that stands for so many cases of the protocol with that seed.
    package static func input(seed: UInt64, cases: Int) -> [UInt8] { Array("\(seed) \(cases)".utf8) }

    package func check(_ input: [UInt8], _ dice: inout FuzzDice) throws(Finding) -> Bool {
        let words = String(decoding: input, as: UTF8.self).split(separator: " ")
        guard words.count == 2, let seed = UInt64(words[0]), let cases = Int(words[1]), cases <= Self.casesMax else {
            return false
        }
        return try Self.compare(seed: seed, cases: cases).cases > 0
    }

    /// Judges random cases of one random protocol by both, and by its random guarantees.
    package static func compare(seed: UInt64, cases: Int) throws(Finding) -> Tally {
        var protocols = RandomProtocols(seed: seed)
        let made = Result { try protocols.make() }
        guard case .success(let text) = made else { throw Finding("a random protocol does not compile") }
        var tally = Tally()
        var messages = RandomMessages(seed: protocols.dice.next(), text: text)
        for number in 0..<cases {
            let input = messages.make()
            let decision = text.judge(input)
            var naive = NaiveJudge(text, input)
            try claim(naive.decide() == decision, "the judge and the naive interpreter differ in case \(number)")
            tally.cases += 1
            if case .share = decision.answer { tally.shared += 1 }
        }
        try proveAndTry(text, &protocols.dice, cases: cases, &tally)
        return tally
    }

    /// Random promises about a random protocol.
    package static func guarantees(in text: CompiledProtocol, _ dice: inout Dice) -> [Guarantee] {
        (1...4).map { RandomGuarantee.make($0, in: text, &dice) }
    }

    /// What is said to be proven no case may break, judged by the naive interpreter.
    private static func proveAndTry(
        _ text: CompiledProtocol, _ dice: inout Dice, cases: Int, _ tally: inout Tally
    ) throws(Finding) {
        let guarantees = guarantees(in: text, &dice)
        let findings = GuaranteeFindings.of(guarantees, in: text)
        let broken = Set(findings.broken.map(\.guarantee))
        var shown: Set<GuaranteeID> = []
        var messages = RandomMessages(seed: dice.next(), text: text)
        messages.isWellFormed = true
        for number in 0..<cases {
            let input = messages.make()
            var naive = NaiveJudge(text, input)
            let decision = naive.decide()
            guard case .share = decision.answer else { continue }
            let reading = GuaranteeReading(text, input)
            for guarantee in guarantees where !shown.contains(guarantee.id) {
                guard let path = reading.breach(of: guarantee, in: decision) else { continue }
                shown.insert(guarantee.id)
                let isSettled = broken.contains(guarantee.id) || findings.unproven.contains(guarantee.id)
                try claim(isSettled, "\(guarantee.id) is proven and case \(number) breaks it by \(path)")
            }
        }
        tally.broken += broken.count
        tally.shown += broken.intersection(shown).count
        tally.unsettled += findings.unproven.subtracting(broken).count
        tally.proven += guarantees.count - findings.unproven.union(broken).count
    }
}

/// Random promises about a random protocol.
private enum RandomGuarantee {
    static func make(_ number: Int, in text: CompiledProtocol, _ dice: inout Dice) -> Guarantee {
        func optionally<Value: Hashable>(_ percent: Int, _ values: [Value]) -> Set<Value>? {
            dice.chance(percent) ? Set(dice.atLeastOne(values, 50)) : nil
        }
        let named = dice.atLeastOne(RandomProtocols.categories, 30)
        return Guarantee(
            id: GuaranteeID(unchecked: "G\(number)"), title: "",
            categories: Set(named.flatMap { text.categories(within: $0) }),
            about: optionally(70, [.nobody] + RandomProtocols.roles.map { .role($0) }),
            to: optionally(60, RandomProtocols.kinds), from: optionally(30, RandomProtocols.kinds),
            toCapacityNot: optionally(30, RandomProtocols.capacities) ?? [], withoutConsent: dice.chance(30),
            exceptGrounds: optionally(30, ["g0", "g1"]) ?? [], messages: optionally(30, RandomProtocols.messages),
            purposes: optionally(20, RandomProtocols.purposes),
            when: dice.chance(30) ? .test(.flag("f0"), .contains(dice.pick(RandomProtocols.values))) : nil)
    }
}
