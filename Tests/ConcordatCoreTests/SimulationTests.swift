import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatTestSupport
import Foundation
import Testing

@testable import ConcordatCore

/// Sends, consents, withdrawals, inboxes and acknowledgements in any order and at once, over a store that fails now and
/// then; what came out is checked against the log alone.
@Suite struct SimulationTests {
    /// Set `CONCORDAT_SEED` to play one run again.
    static let seeds: [UInt64] = {
        if let text = ProcessInfo.processInfo.environment["CONCORDAT_SEED"], let seed = UInt64(text) { return [seed] }
        return (0..<4).map { _ in UInt64.random(in: 0...UInt64.max) }
    }()

    @Test(arguments: seeds) func whatLeavesIsAlwaysPermittedAndEachMessageEndsOnce(seed: UInt64) async throws {
        print("simulation: CONCORDAT_SEED=\(seed)")
        var dice = Dice(seed: seed)
        let ledger = MemoryLedger()
        var settings = GatewaySettings()
        settings.refusalLeavesPerSecond = 100_000
        let gateway = try await TestGateway.inMemory(ledger, settings: settings)
        let tally = Tally()
        var world = World()
        for _ in 0..<150 {
            let acts = (0..<Int.random(in: 1...4, using: &dice)).map { _ in world.act(&dice) }
            if Int.random(in: 0..<20, using: &dice) == 0 { ledger.fail(.rollBack) }
            await withTaskGroup(of: Void.self) { group in
                for act in acts { group.addTask { await Self.play(act, gateway, tally) } }
            }
            gateway.clock.advance(.seconds(Int.random(in: 0...20, using: &dice)))
        }
        for _ in 0..<400 {
            gateway.clock.advance(.seconds(61))
            await Self.play(.pull(drops: false), gateway, tally)
            if gateway.house.registers.counts.deliveries == 0 { break }
        }
        try check(await tally.values, gateway, seed: seed)
        await gateway.close()
    }

    private enum Act: Sendable {
        case open(Int)
        case update(Int, Int)
        case consent(Int, Int, ConsentState)
        case pull(drops: Bool)
    }

    /// What the parties know of; ids are given in advance, so that sends are repeated and meet each other.
    private struct World {
        private var next = 0

        mutating func act(_ dice: inout Dice) -> Act {
            let place = Int.random(in: 0..<5, using: &dice)
            next += 1
            switch Int.random(in: 0..<10, using: &dice) {
            case 0: return .open(place)
            case 1...4: return .update(place, next - Int.random(in: 0...2, using: &dice))
            case 5...7:
                let states: [ConsentState] = [.given, .renewed, .renewed, .withdrawn, .objected]
                return .consent(place, next, states.randomElement(using: &dice)!)
            default: return .pull(drops: Bool.random(using: &dice))
            }
        }
    }

    /// What a recipient got: of which delivery and attempt, and whether the phone number was in it.
    private struct Got: Sendable {
        let delivery: DeliveryID
        let attempt: Int
        let hasPhone: Bool
    }

    private actor Tally {
        private(set) var values: [Got] = []
        func note(_ got: Got) { values.append(got) }
    }

    private static func play(_ act: Act, _ gateway: TestGateway, _ tally: Tally) async {
        switch act {
        case .open(let place):
            _ = await gateway.send(
                TestMessage(
                    "referral", MessageID(unchecked: "open-\(place)"), from: "police", to: ["hub"],
                    subject: "s-\(place)",
                    people: [.init("ada", name: "Ada")]))
        case .update(let place, let number):
            guard let record = gateway.house.registers.record(subject: "s-\(place)", for: "police"),
                let ada = record.facts.roles.keys.first
            else { return }
            _ = await gateway.send(
                TestMessage(
                    "update", MessageID(unchecked: "u-\(place)-\(number)"), from: "hub", to: ["unit", "unit-b"],
                    subject: record.id.rawValue, people: [.init(ada.rawValue, name: "Ada", phone: "0123")]))
        case .consent(let place, let number, let state):
            guard let record = gateway.house.registers.record(subject: "s-\(place)", for: "police"),
                let ada = record.facts.roles.keys.first
            else { return }
            _ = await gateway.consent("k-\(number)", state, case: record.id.rawValue, person: ada.rawValue)
        case .pull(let drops):
            for party in ["hub", "unit", "unit-b"] as [PartyID] {
                for (place, pulled) in await gateway.pull(party, limit: 20).enumerated() {
                    await tally.note(
                        Got(delivery: pulled.id, attempt: pulled.attempt, hasPhone: pulled.text.contains("0123")))
                    if drops, place % 2 == 0 { continue }
                    _ = await gateway.gateway.inbox.acknowledge(pulled.id, by: party)
                }
            }
        }
    }

    /// Reads the log in its order, and holds everything that was delivered against what stood before it.
    private func check(_ got: [Got], _ gateway: TestGateway, seed: UInt64) throws {
        var consents: [CaseID: [ConsentID: ConsentState]] = [:]
        var cases: [DeliveryID: CaseID] = [:]
        var ended: [DeliveryID: Int] = [:]
        var shared: [String: Set<DeliveryID>] = [:]
        var saysPhone: [DeliveryID: Bool] = [:]
        var permitted: [String: Bool] = [:]
        var said: [String: Bool] = [:]
        let units: Set<PartyID> = ["unit", "unit-b"]
        for leaf in try gateway.leaves() {
            switch leaf.body {
            case .consent(let consent):
                let state = try #require(ConsentState(rawValue: consent.event.rawValue))
                consents[try #require(consent.caseID), default: [:]][consent.consent] = state
            case .decision(let decision) where decision.answer == .share:
                let delivery = try #require(decision.delivery)
                cases[delivery] = decision.caseID
                shared["\(decision.sender) \(decision.message) \(decision.recipient)", default: []].insert(delivery)
                // A second decision of a delivery says what of it goes after all.
                saysPhone[delivery] = decision.fields.contains {
                    $0.path.rawValue == "/people/*/phone" && $0.action == .keep
                }
                ended[delivery, default: 0] += 0
            case .handOver(let out):
                #expect(ended[out.delivery] == 0, "handed over after its end, seed \(seed)")
                let records = cases[out.delivery].flatMap { consents[$0] }?.values.map { $0 } ?? []
                let isGiven = records.contains(where: \.allows) && !records.contains(where: \.objects)
                said["\(out.delivery) \(out.attempt)"] = saysPhone[out.delivery]
                permitted["\(out.delivery) \(out.attempt)"] = units.contains(out.recipient) ? isGiven : true
            case .handOverOutcome(let outcome) where outcome.outcome == .acknowledged:
                ended[outcome.delivery, default: 9] += 1
            case .deliveryEnd(let end): ended[end.delivery, default: 9] += 1
            default: break
            }
        }
        #expect(ended.values.allSatisfy { $0 == 1 }, "a delivery did not end exactly once, seed \(seed)")
        #expect(shared.values.allSatisfy { $0.count == 1 }, "a message was accepted twice, seed \(seed)")
        for one in got {
            let isPermitted = permitted["\(one.delivery) \(one.attempt)"]
            #expect(isPermitted != nil, "left without a leaf, seed \(seed)")
            #expect(!one.hasPhone || isPermitted == true, "left without permission, seed \(seed)")
            #expect(one.hasPhone == said["\(one.delivery) \(one.attempt)"], "not what the log says, seed \(seed)")
        }
        #expect(Set(got.map(\.delivery)) == Set(ended.keys), "a delivery never arrived, seed \(seed)")
        // A run in which nothing happens proves nothing.
        #expect(Set(got.map(\.hasPhone)) == [true, false], "seed \(seed)")
        let times = try gateway.leaves().map(\.time)
        #expect(times == times.sorted(), "seed \(seed)")
    }

    /// SplitMix64.
    private struct Dice: RandomNumberGenerator {
        private var state: UInt64

        init(seed: UInt64) { state = seed }

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var value = state
            value = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
            value = (value ^ (value >> 27)) &* 0x94d0_49bb_1331_11eb
            return value ^ (value >> 31)
        }
    }
}
