import ConcordatDecision
import ConcordatTerms
import Synchronization

extension Registers {
    /// Puts `changes` in force. Called by the writer after they are durable, and at start.
    func apply(_ changes: [LedgerChange]) {
        state.withLock { state in
            for change in changes { Self.apply(change, to: &state) }
        }
    }

    private static func apply(_ change: LedgerChange, to state: inout State) {
        switch change {
        case .putCase(let record): put(record, into: &state)
        case .putDelivery(let delivery, copy: _):
            state.deliveries[delivery.id] = delivery
            state.lines[delivery.recipient, default: DeliveryLine()].insert(delivery)
            state.expiring[minute(delivery.expires), default: []].insert(delivery.id)
            state.keysInUse[delivery.dayKey, default: 0] += 1
            if delivery.state == .held { state.held.insert(delivery.id) }
        case .moveDelivery(let id, to: let new, let attempts, let next, copy: _):
            guard var delivery = state.deliveries[id] else { return }
            (delivery.state, delivery.attempts, delivery.next) = (new, attempts, next)
            if new != .held { state.held.remove(id) }
            if new.isFinished { finish(delivery, in: &state) } else { state.deliveries[id] = delivery }
        case .putStanding(let standing):
            state.standing = standing
        case .putArchive, .putReplay: break
        case .putProtocol(let version, report: _):
            state.versions[version.id] = version
        case .putInForce(let text):
            state.text = text
        }
    }

    private static func put(_ record: CaseRecord, into state: inout State) {
        let old = state.cases.updateValue(record, forKey: record.id)
        if record.due.isEmpty { state.owing.remove(record.id) } else { state.owing.insert(record.id) }
        if !record.glass.isEmpty || !(old?.glass.isEmpty ?? true) {
            state.brokenGlass.insert(record.id)
            if record.glass.contains(where: { $0.review == nil }) {
                state.unreviewed.insert(record.id)
            } else {
                state.unreviewed.remove(record.id)
            }
        }
        if record.recalls.isEmpty { state.recalling.remove(record.id) } else { state.recalling.insert(record.id) }
        if !record.notices.isEmpty { state.noticed.insert(record.id) }
        if record.notices.contains(where: { $0.answer == nil }) {
            state.unanswered.insert(record.id)
        } else {
            state.unanswered.remove(record.id)
        }
        // What was renewed or withdrawn is no longer waited for, so it is looked at each time.
        state.lapsing[record.id] = record.consents.lazy.filter(\.fact.state.allows).compactMap(\.fact.until).min()
        // References and consents are only ever added, and most changes of a case add none.
        for (party, references) in record.references where old?.references[party] != references {
            for reference in references {
                state.byReference[PartyReference(party: party, reference: reference)] = record.id
            }
        }
        for consent in record.consents.dropFirst(old?.consents.count ?? 0) {
            state.byConsent[consent.fact.id] = record.id
        }
    }

    private static func finish(_ delivery: Delivery, in state: inout State) {
        state.deliveries[delivery.id] = nil
        state.lines[delivery.recipient]?.remove(delivery)
        let minute = minute(delivery.expires)
        state.expiring[minute]?.remove(delivery.id)
        if state.expiring[minute]?.isEmpty ?? false { state.expiring[minute] = nil }
        let left = (state.keysInUse[delivery.dayKey] ?? 1) - 1
        state.keysInUse[delivery.dayKey] = left > 0 ? left : nil
    }
}
