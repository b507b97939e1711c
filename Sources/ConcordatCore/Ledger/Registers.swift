import ConcordatDecision
package import ConcordatTerms
import Synchronization

/// What is known in memory: cases, references, queues, standing. Readers get values; only the ledger's writer changes it.
///
/// Every value carries an epoch. A record judged under an epoch that has moved is judged again.
package final class Registers: Sendable {
    struct State {
        var cases: [CaseID: CaseRecord] = [:]
        var byReference: [PartyReference: CaseID] = [:]
        var deliveries: [DeliveryID: Delivery] = [:]
        /// Unfinished deliveries of each recipient, in line order.
        var lines: [PartyID: [DeliveryID]] = [:]
        var standing = Standing()
    }

    struct PartyReference: Hashable {
        let party: PartyID
        let reference: String
    }

    let state = Mutex(State())

    package init() {}

    /// The case with that id.
    package func record(of id: CaseID) -> CaseRecord? { state.withLock { $0.cases[id] } }

    /// The case that `subject` names for `party`: its own reference, or the gateway's id.
    package func record(subject: String, for party: PartyID) -> CaseRecord? {
        state.withLock { state in
            if let id = state.byReference[PartyReference(party: party, reference: subject)] { return state.cases[id] }
            return CaseID(subject).flatMap { state.cases[$0] }
        }
    }

    /// The case that holds a consent.
    package func record(holding consent: ConsentID) -> CaseRecord? {
        state.withLock { state in
            state.cases.values.first { record in record.consents.contains { $0.fact.id == consent } }
        }
    }

    package var standing: Standing { state.withLock { $0.standing } }

    /// Unfinished deliveries for `recipient` in line order.
    package func queue(of recipient: PartyID) -> [Delivery] {
        state.withLock { state in (state.lines[recipient] ?? []).compactMap { state.deliveries[$0] } }
    }

    /// How many unfinished deliveries `recipient` has.
    package func queueLength(of recipient: PartyID) -> Int { state.withLock { $0.lines[recipient]?.count ?? 0 } }

    /// The unfinished delivery with that id.
    package func delivery(_ id: DeliveryID) -> Delivery? { state.withLock { $0.deliveries[id] } }

    /// Every recipient that has something in its queue.
    package var recipientsWaiting: [PartyID] { state.withLock { $0.lines.filter { !$0.value.isEmpty }.keys.sorted() } }

    /// Unfinished deliveries of one case.
    package func deliveries(of id: CaseID) -> [Delivery] {
        state.withLock { $0.deliveries.values.filter { $0.caseID == id } }
    }

    /// All unfinished deliveries whose time has passed.
    package func deliveries(expiredAt now: UTCInstant, limit: Int) -> [Delivery] {
        state.withLock { Array($0.deliveries.values.lazy.filter { $0.expires <= now }.prefix(limit)) }
    }

    /// Day keys that sealed copies still need.
    package var dayKeysInUse: Set<String> { state.withLock { Set($0.deliveries.values.map(\.dayKey)) } }

    /// Counts for metrics.
    package var counts: (cases: Int, deliveries: Int) { state.withLock { ($0.cases.count, $0.deliveries.count) } }

    /// Puts `changes` in force. Called by the writer after they are durable, and at start.
    func apply(_ changes: [LedgerChange]) {
        state.withLock { state in
            for change in changes { Self.apply(change, to: &state) }
        }
    }

    private static func apply(_ change: LedgerChange, to state: inout State) {
        switch change {
        case .putCase(let record):
            state.cases[record.id] = record
            for (party, references) in record.references {
                for reference in references {
                    state.byReference[PartyReference(party: party, reference: reference)] = record.id
                }
            }
        case .putDelivery(let delivery, copy: _):
            state.deliveries[delivery.id] = delivery
            insert(delivery, into: &state)
        case .moveDelivery(let id, to: let new, let attempts, let next, copy: _):
            guard var delivery = state.deliveries[id] else { return }
            (delivery.state, delivery.attempts, delivery.next) = (new, attempts, next)
            if new.isFinished {
                state.deliveries[id] = nil
                state.lines[delivery.recipient]?.removeAll { $0 == id }
            } else {
                state.deliveries[id] = delivery
            }
        case .putStanding(let standing):
            state.standing = standing
        }
    }

    private static func insert(_ delivery: Delivery, into state: inout State) {
        var line = state.lines[delivery.recipient] ?? []
        if delivery.isUrgent {
            let place = line.firstIndex { !(state.deliveries[$0]?.isUrgent ?? false) } ?? line.endIndex
            line.insert(delivery.id, at: place)
        } else {
            line.append(delivery.id)
        }
        state.lines[delivery.recipient] = line
    }
}
