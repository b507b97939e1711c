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
    ///
    /// - Parameter text: what it was judged under; the text in force when nil.
    package func note(
        _ refusal: IntakeRefusal, under text: TextInForce? = nil, then: @escaping @Sendable (Reply) -> Void
    ) {
        guard admits(refusal.party) else {
            tally(refusal)
            return then(Reply(refusal.problem))
        }
        house.ledger.commit(LedgerRecord(leaves: [leaf(refusal, under: text)])) { result in
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

    /// Whether one more refusal of `party` gets a leaf of its own now; counts it.
    func admits(_ party: PartyID) -> Bool { gate.admits(party, at: house.now()) }

    /// Counts a refusal for the next summary.
    func tally(_ refusal: IntakeRefusal) {
        let now = house.now()
        tallies.withLock { $0[refusal.party, default: Tally(from: now)].codes[refusal.problem.code, default: 0] += 1 }
    }

    /// The leaf of a refusal: ids and codes only.
    func leaf(_ refusal: IntakeRefusal, under text: TextInForce? = nil) -> Leaf {
        house.leaf(
            .refusal(
                RefusalLeaf(
                    sender: refusal.party, code: LeafCode(refusal.problem.code) ?? "internal",
                    clause: refusal.problem.clause, message: refusal.message, name: refusal.name)), under: text)
    }

    /// Writes the summaries that are due. Called once a minute and when the gateway drains.
    ///
    /// What cannot be written is counted on, and is in the next summary.
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
            do throws(LedgerFault) {
                _ = try await house.ledger.commit(LedgerRecord(leaves: [house.leaf(.refusalSummary(body), at: now)]))
            } catch {
                house.logger.error("refusals: a summary was not written", metadata: ["party": "\(party)"])
                tallies.withLock { tallies in
                    var kept = tally
                    kept.codes.merge(tallies[party]?.codes ?? [:], uniquingKeysWith: +)
                    tallies[party] = kept
                }
            }
        }
    }
}
