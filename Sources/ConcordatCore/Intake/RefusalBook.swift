import ConcordatDecision
import ConcordatLog
import ConcordatTerms
import ConcordatWire
import Logging
import Synchronization

/// Puts refusals on record: a leaf each, and beyond a rate one summary a minute for each party.
///
/// A refused sender is answered after its leaf is durable, as everyone else is.
package final class RefusalBook: Sendable {
    private struct Tally {
        var from: UTCInstant
        var codes: [String: Int] = [:]
    }

    private let house: House
    private let gate: RateGate
    private let tallies = Mutex<[PartyID: Tally]>([:])

    package init(house: House) {
        self.house = house
        gate = RateGate(countMax: house.settings.refusalLeavesPerSecond, span: .seconds(1))
    }

    /// Records one refusal, then answers it.
    func note(_ refusal: IntakeRefusal, then: @escaping @Sendable (Reply) -> Void) {
        let now = house.now()
        guard gate.admits(refusal.party, at: now) else {
            tallies.withLock { tallies in
                var tally = tallies[refusal.party] ?? Tally(from: now)
                tally.codes[refusal.problem.code, default: 0] += 1
                tallies[refusal.party] = tally
            }
            return then(Reply(refusal.problem))
        }
        let leaf = Leaf(
            time: now, deployment: LeafToken(house.deployment), protocolDigest: LeafDigest(rawValue: house.text.digest),
            body: .refusal(
                RefusalLeaf(
                    sender: refusal.party, code: LeafCode(refusal.problem.code) ?? "internal",
                    clause: refusal.problem.clause, message: refusal.message, name: refusal.name)))
        house.ledger.commit(LedgerRecord(leaves: [leaf])) { result in
            switch result {
            case .success(let placement):
                var problem = refusal.problem
                problem.leaf = placement.firstLeaf
                then(Reply(problem))
            case .failure(let fault):
                then(Reply(Intake.problem(for: fault)))
            }
        }
    }

    /// Writes the summaries that are due. Called once a minute and when the gateway drains.
    package func summarise() async {
        let now = house.now()
        let due = tallies.withLock { tallies in
            defer { tallies = [:] }
            return tallies
        }
        for (party, tally) in due.sorted(by: { $0.key < $1.key }) {
            let codes = tally.codes.sorted { $0.key < $1.key }.map {
                RefusalSummaryLeaf.CodeCount(code: LeafCode($0.key) ?? "internal", count: $0.value)
            }
            let body = RefusalSummaryLeaf(party: party, from: tally.from, until: now, codes: codes)
            let leaf = Leaf(time: now, deployment: LeafToken(house.deployment), body: .refusalSummary(body))
            do { _ = try await house.ledger.commit(LedgerRecord(leaves: [leaf])) } catch {
                house.logger.error("refusals: a summary was not written", metadata: ["party": "\(party)"])
            }
        }
    }
}
