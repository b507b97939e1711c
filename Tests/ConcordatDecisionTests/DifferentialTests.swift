import ConcordatDecision
import ConcordatJudgeModel
import ConcordatPayload
import ConcordatTerms
import Foundation
import Testing

/// The judge against a second interpreter of the contract, on random protocols.
///
/// `CONCORDAT_SEED` replays a run; `CONCORDAT_DIFFERENTIAL=long` makes it ten times longer over five times the protocols.
@Suite struct DifferentialTests {
    static let codes: Set<String> = [
        "protocol.not-yet", "protocol.lapsed", "party.not-signed", "message.unknown-type", "purpose.unknown",
        "purpose.no-basis",
        "message.not-from-you", "message.not-to-them", "recipient.unknown", "recipient.no-capacity", "case.not-yours",
        "capacity.self-granted", "capacity.not-a-party", "capacity.exclusive", "rule.refused", "rule.nothing-shared",
        "consent.required", "request.not-permitted", "request.unknown", "break-glass.not-permitted", "hold.expired",
    ]

    @Test func agreesWithTheNaiveInterpreter() throws {
        let seed = Run.seed
        var protocols = RandomProtocols(seed: seed)
        var tally = Tally()
        for number in 0..<Run.protocolCount {
            let text = try protocols.make()
            var messages = RandomMessages(seed: protocols.dice.next(), text: text)
            for _ in 0..<Run.casesPerProtocol {
                let input = messages.make()
                let decision = text.judge(input)
                var naive = NaiveJudge(text, input)
                let expected = naive.decide()
                try #require(decision == expected, "seed \(seed), protocol \(number)")
                // Judging twice gives the same record, to the order of its grounds.
                try #require(text.judge(input) == decision, "seed \(seed), protocol \(number)")
                tally.count(decision)
            }
        }
        print("differential, seed \(seed): \(tally.summary)")
        #expect(Self.codes.subtracting(tally.codes.keys).isEmpty, "seed \(seed): refusals never met")
        #expect(Set(tally.codes.keys).subtracting(Self.codes).isEmpty, "seed \(seed): refusals unheard of")
        #expect(FieldAction.allCases.allSatisfy { tally.actions[$0] ?? 0 > 0 }, "seed \(seed): actions never met")
        #expect(tally.held > 0 && tally.broken > 0, "seed \(seed): nothing held, or no glass broken")
        #expect(tally.shared * 10 > tally.cases, "seed \(seed): too few messages are shared to say much")
    }
}

/// How long a random run is, and its seed: the same on an ordinary day, so that what fails is what somebody changed; another
/// one for each long run, which is to find what nobody looked for.
enum Run {
    static let environment = ProcessInfo.processInfo.environment
    static let isLong = environment["CONCORDAT_DIFFERENTIAL"] == "long"
    static let seed =
        environment["CONCORDAT_SEED"].flatMap { UInt64($0) } ?? (isLong ? .random(in: 0...UInt64(UInt32.max)) : 101)
    static let protocolCount = isLong ? 500 : 100
    static let casesPerProtocol = isLong ? 200 : 100
}

/// What a random run met, so that a generator that has gone dull is seen.
struct Tally {
    var cases = 0
    var shared = 0
    var held = 0
    var broken = 0
    var codes: [String: Int] = [:]
    var actions: [FieldAction: Int] = [:]
    var looks = 0

    mutating func count(_ decision: Decision) {
        cases += 1
        looks += decision.consents.count
        if !decision.brokenGlass.isEmpty { broken += 1 }
        for ground in decision.grounds { actions[ground.action, default: 0] += 1 }
        switch decision.answer {
        case .share: shared += 1
        case .hold: held += 1
        case .withhold(let refusal), .refuse(let refusal): codes[refusal.code, default: 0] += 1
        }
    }

    var summary: String {
        let fields = max(1, actions.values.reduce(0, +))
        func share(_ actions: [FieldAction]) -> Int {
            actions.map { self.actions[$0] ?? 0 }.reduce(0, +) * 100 / fields
        }
        let refused = codes.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
        return
            "\(cases) cases, \(shared) shared, \(held) held, \(broken) by breaking glass; of \(fields) fields \(share([.keep])) % kept, "
            + "\(share([.drop])) % dropped, \(share(FieldAction.allCases.filter(\.isTransform))) % transformed; "
            + "\(looks) consents looked at; \(refused)"
    }
}
