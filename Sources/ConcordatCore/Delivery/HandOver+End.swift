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
                HandOverOutcomeLeaf(delivery: parcel.delivery.id, outcome: status == nil ? .acknowledged : .delivered, status: status)),
            in: house)
    }

    /// An attempt failed: wait and try again, or park after the last.
    package func failed(_ parcel: Parcel, status: Int?, code: LeafCode?, jitter: Double, in house: House)
        async throws(LedgerFault)
    {
        let now = house.now()
        let isLast = parcel.attempt >= house.settings.attemptsMax
        var leaves = [
            Self.leaf(
                .handOverOutcome(
                    HandOverOutcomeLeaf(delivery: parcel.delivery.id, outcome: .failed, status: status, code: code)), in: house)
        ]
        if isLast { leaves.append(Self.leaf(.deliveryEnd(DeliveryEndLeaf(delivery: parcel.delivery.id, end: .parked)), in: house)) }
        let wait = Self.retry(after: parcel.attempt, jitter: jitter, in: house)
        _ = try await house.ledger.commit(
            LedgerRecord(
                guards: [.delivery(parcel.delivery.id, .handed, attempts: parcel.attempt)], leaves: leaves,
                changes: [
                    .moveDelivery(
                        parcel.delivery.id, to: isLast ? .parked : .waiting, attempts: parcel.attempt, next: now + wait,
                        copy: .keep)
                ]))
    }

    /// Its time has passed: the copy is destroyed, the leaf says so.
    package static func expire(_ delivery: Delivery, in house: House) async throws(LedgerFault) {
        _ = try await house.ledger.commit(
            LedgerRecord(
                guards: [.delivery(delivery.id, delivery.state, attempts: delivery.attempts)],
                leaves: [leaf(.deliveryEnd(DeliveryEndLeaf(delivery: delivery.id, end: .expired)), in: house)],
                changes: [
                    .moveDelivery(
                        delivery.id, to: .expired, attempts: delivery.attempts, next: house.now(), copy: .destroy)
                ]))
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
        _ = try await house.ledger.commit(
            LedgerRecord(
                guards: [.delivery(id, from, attempts: attempts)], leaves: [Self.leaf(body, in: house)],
                changes: [.moveDelivery(id, to: to, attempts: attempts, next: house.now(), copy: .destroy)]))
    }

    private static func leaf(_ body: LeafBody, in house: House) -> Leaf {
        Leaf(
            time: house.now(), deployment: LeafToken(house.deployment),
            protocolDigest: LeafDigest(rawValue: house.text.digest), body: body)
    }
}
