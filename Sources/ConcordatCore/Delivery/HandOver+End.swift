import ConcordatDecision
package import ConcordatLog
import ConcordatTerms

extension HandOver {
    /// The recipient has it: the outcome's leaf becomes durable and the copy is destroyed.
    ///
    /// - Throws: ``LedgerFault/stale`` when it is not out any more.
    package func delivered(_ parcel: Parcel, status: Int?, in house: House) async throws(LedgerFault) {
        try await end(
            parcel.delivery.id, attempts: parcel.attempt, from: .handed, to: .delivered,
            .handOverOutcome(
                HandOverOutcomeLeaf(
                    delivery: parcel.delivery.id, outcome: status == nil ? .acknowledged : .delivered, status: status)),
            in: house)
    }

    /// An attempt failed: wait and try again, or park after the last.
    ///
    /// - Throws: ``LedgerFault/stale`` when it is not out any more.
    package func failed(_ parcel: Parcel, status: Int?, code: LeafCode?, jitter: Double, in house: House)
        async throws(LedgerFault)
    {
        let now = house.now()
        let isLast = parcel.attempt >= house.settings.attemptsMax
        let outcome = HandOverOutcomeLeaf(delivery: parcel.delivery.id, outcome: .failed, status: status, code: code)
        var leaves = [house.leaf(.handOverOutcome(outcome), at: now)]
        if isLast {
            leaves.append(
                house.leaf(.deliveryEnd(DeliveryEndLeaf(delivery: parcel.delivery.id, end: .parked)), at: now))
        }
        let wait = Self.retry(after: parcel.attempt, jitter: jitter, in: house)
        _ = try await house.ledger.commit(
            LedgerRecord(
                guards: [.delivery(parcel.delivery.id, .handed, attempts: parcel.attempt)], leaves: leaves,
                changes: [
                    .moveDelivery(
                        parcel.delivery.id, to: isLast ? .parked : .waiting, attempts: parcel.attempt, next: now + wait,
                        copy: .keep)
                ]))
        // What was parked has left the line: the next one of its case may go.
        if isLast { house.bell.ring(parcel.delivery.recipient) }
    }

    /// Its time has passed: the copy is destroyed, the leaf says so.
    ///
    /// - Throws: ``LedgerFault/stale`` when somebody moved it meanwhile.
    package static func expire(_ delivery: Delivery, in house: House) async throws(LedgerFault) {
        let now = house.now()
        _ = try await house.ledger.commit(
            LedgerRecord(
                guards: [.delivery(delivery.id, delivery.state, attempts: delivery.attempts)],
                leaves: [house.leaf(.deliveryEnd(DeliveryEndLeaf(delivery: delivery.id, end: .expired)), at: now)],
                changes: [
                    .moveDelivery(delivery.id, to: .expired, attempts: delivery.attempts, next: now, copy: .destroy)
                ]))
        house.bell.ring(delivery.recipient)
    }

    /// The wait after so many attempts: doubled each time up to a bound, of which a random half is taken off.
    static func retry(after attempt: Int, jitter: Double, in house: House) -> Duration {
        let doubled = house.settings.firstRetry * (1 << min(attempt - 1, 20))
        let bounded = min(doubled, house.settings.retryMax)
        return bounded * (0.5 + 0.5 * min(max(jitter, 0), 1))
    }

    func end(
        _ id: DeliveryID, attempts: Int, from: DeliveryState, to: DeliveryState, _ body: LeafBody, in house: House
    ) async throws(LedgerFault) {
        let now = house.now()
        _ = try await house.ledger.commit(
            LedgerRecord(
                guards: [.delivery(id, from, attempts: attempts)], leaves: [house.leaf(body, at: now)],
                changes: [.moveDelivery(id, to: to, attempts: attempts, next: now, copy: .destroy)]))
    }
}
