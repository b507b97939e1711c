import ConcordatDecision
import ConcordatLog
package import ConcordatTerms
import Logging
import Metrics

/// Hands copies over: judges again, narrows, makes the hand-over leaf durable, and only then lets bytes go.
package struct HandOver: Sendable {
    /// How a copy leaves.
    package enum Way: Sendable { case push, pull }

    /// A copy that may leave now: its hand-over leaf is durable.
    package struct Parcel: Sendable {
        package let delivery: Delivery
        package let copy: DeliveryCopy
        /// The attempt this is, from 1.
        package let attempt: Int
    }

    /// What came of trying one delivery.
    package enum Outcome: Sendable {
        case ready(Parcel)
        /// Nothing is left to hand over: it was withdrawn, has expired, or was moved by somebody else.
        case gone
        /// It stays where it is: its sender, recipient or message is stopped, the protocol is not in force, or the clock is
        /// not trusted.
        case held
        /// The store cannot take the leaf now; nothing left.
        case later
    }

    let house: House
    private let handed = Counter(label: "concordat_deliveries_handed")
    private let withdrawn = Counter(label: "concordat_deliveries_withdrawn")

    package init(house: House) { self.house = house }

    /// Deliveries that may go to `recipient` now, in line order, at most `limit`.
    package func due(for recipient: PartyID, limit: Int) -> [Delivery] { look(at: recipient, limit: limit).due }

    /// What may go to `recipient` now, at most `limit`, and when to look again.
    package func look(at recipient: PartyID, limit: Int) -> LineLook {
        let now = house.now()
        let footing = house.registers.footing
        let standing = footing.standing
        guard !house.clock.isStepped, !standing.suspended.contains(recipient) else { return LineLook() }
        return house.registers.look(at: recipient, now: now, limit: limit) { delivery in
            Self.isStopped(delivery, standing: standing, text: footing.text, at: now)
        }
    }

    /// Judges a delivery again and makes its hand-over durable. Nothing may leave unless this says `.ready`.
    package func begin(_ delivery: Delivery, way: Way) async -> Outcome {
        // Bound: times a delivery is judged again because its case moved.
        for _ in 0..<house.settings.judgementsMax {
            do {
                return try await attempt(delivery, way: way)
            } catch LedgerFault.stale {
                guard let current = house.registers.delivery(delivery.id),
                    current.state == delivery.state, current.attempts == delivery.attempts
                else { return .gone }
            } catch {
                return .later
            }
        }
        return .later
    }

    /// Whether a delivery stays where it is, whatever its line. The gateway's own notices stop for no party but their
    /// recipient.
    private static func isStopped(
        _ delivery: Delivery, standing: Standing, text: TextInForce, at now: UTCInstant
    ) -> Bool {
        guard !delivery.isNotice else { return false }
        // With no text at all nobody can say what may go, and nothing is ended for that.
        guard text.lack == nil else { return true }
        // Broken glass waits for no signature and for no admin to resume its sender.
        if !delivery.breaksGlass, !text.isInForce(at: now) || standing.suspended.contains(delivery.sender) {
            return true
        }
        return standing.stoppedMessages.contains(delivery.messageName)
    }

    private func attempt(_ delivery: Delivery, way: Way) async throws -> Outcome {
        let now = house.now()
        // Order matters: the case, the text and who is stopped are read before they are judged by, and guarded as read, so that
        // whatever moves in between brings the record back.
        let record = house.registers.record(of: delivery.caseID)
        let footing = house.registers.footing
        let (text, standing) = (footing.text, footing.standing)
        guard !house.clock.isStepped, !standing.suspended.contains(delivery.recipient),
            !Self.isStopped(delivery, standing: standing, text: text, at: now)
        else { return .held }
        guard delivery.state != .held else { return .held }
        guard delivery.expires > now else { return .gone }
        var guards: [LedgerGuard] = [
            .delivery(delivery.id, delivery.state, attempts: delivery.attempts), .standing(standing.epoch),
        ]
        guard let (stored, dayKey) = try opened(delivery) else {
            return try await park(delivery, guards: guards, under: text)
        }
        var copy = stored
        var said: DecisionLeaf?
        if !delivery.isNotice {
            guards.append(.caseEpoch(delivery.caseID, record?.epoch ?? 0))
            switch await judged(stored, of: delivery, record: record, on: footing, now: now) {
            case .same: break
            case .narrowed(let narrowed, let leaf): (copy, said) = (narrowed, leaf)
            case .nothing: return try await withdraw(delivery, in: record, guards: guards, under: text)
            case .held: return .held
            case .unreadable: return try await park(delivery, guards: guards, under: text)
            }
        }
        let attempt = delivery.attempts + 1
        var change = LedgerChange.CopyChange.keep
        if copy.cut != stored.cut || copy.context != stored.context {
            change = .replace(
                try CopySeal.seal(copy.bytes, delivery: delivery.id, recipient: delivery.recipient, dayKey: dayKey))
        }
        let handOver = HandOverLeaf(
            delivery: delivery.id, message: delivery.message, recipient: delivery.recipient, attempt: attempt,
            how: way == .push ? .push : .pull)
        let bodies = (said.map { [LeafBody.decision($0)] } ?? []) + [.handOver(handOver)]
        let out = LedgerRecord(
            guards: guards, leaves: bodies.map { house.leaf($0, at: now, under: text) },
            changes: [
                .moveDelivery(
                    delivery.id, to: .handed, attempts: attempt, next: now + lease(ofAttempt: attempt), copy: change)
            ])
        // Nobody can put on record what would go: it must not hold up those behind it.
        guard try await isTaken(out) else {
            return try await park(delivery, code: "copy.too-long", guards: guards, under: text)
        }
        handed.increment()
        return .ready(Parcel(delivery: delivery, copy: copy, attempt: attempt))
    }

    /// Commits a record; false when one of its leaves is too long to be one.
    private func isTaken(_ record: LedgerRecord) async throws(LedgerFault) -> Bool {
        do {
            _ = try await house.ledger.commit(record)
            return true
        } catch {
            guard case .leafTooLong = error else { throw error }
            return false
        }
    }

    /// How long this attempt's recipient has before it is offered again.
    private func lease(ofAttempt attempt: Int) -> Duration {
        let doubled = house.settings.lease * (1 << min(max(attempt - 3, 0), 16))
        return max(min(doubled, house.settings.retryMax), house.settings.lease)
    }

    /// The copy as it lies in the store, with its key; nil when it can never be read again.
    func opened(_ delivery: Delivery) throws -> (DeliveryCopy, DayKey)? {
        guard let sealed = try house.driver.copy(of: delivery.id) else {
            // Destroyed by who ended it meanwhile, or lost; the guards of what follows tell which.
            return nil
        }
        guard let dayKey = try house.keyring.dayKey(id: delivery.dayKey),
            let plain = try? CopySeal.open(
                sealed, delivery: delivery.id, recipient: delivery.recipient, dayKey: dayKey),
            let copy = DeliveryCopy(bytes: plain), copy.context.recipient == delivery.recipient,
            copy.context.message == delivery.message
        else { return nil }
        return (copy, dayKey)
    }

    /// A copy that nobody can read, or put on record, leaves the line, and the leaf says so: it must not hold up those behind
    /// it.
    func park(
        _ delivery: Delivery, code: LeafCode = "copy.unreadable", guards: [LedgerGuard], under text: TextInForce
    ) async throws(LedgerFault) -> Outcome {
        _ = try await house.ledger.commit(
            LedgerRecord(
                guards: guards,
                leaves: [
                    house.leaf(
                        .deliveryEnd(DeliveryEndLeaf(delivery: delivery.id, end: .parked, code: code)),
                        under: text)
                ],
                changes: [
                    .moveDelivery(
                        delivery.id, to: .parked, attempts: delivery.attempts, next: delivery.next, copy: .keep)
                ]))
        house.logger.error("delivery: parked", metadata: ["delivery": "\(delivery.id)", "code": "\(code)"])
        house.bell.ring(delivery.recipient)
        return .gone
    }

    private func withdraw(
        _ delivery: Delivery, in record: CaseRecord?, guards: [LedgerGuard], under text: TextInForce
    ) async throws(LedgerFault) -> Outcome {
        var changes: [LedgerChange] = []
        if var next = record {
            next.forgive(delivery)
            if next != record {
                next.epoch += 1
                changes.append(.putCase(next))
            }
        }
        _ = try await house.ledger.commit(
            LedgerRecord(
                guards: guards,
                leaves: [
                    house.leaf(.deliveryEnd(DeliveryEndLeaf(delivery: delivery.id, end: .withdrawn)), under: text)
                ],
                changes: changes + [
                    .moveDelivery(
                        delivery.id, to: .withdrawn, attempts: delivery.attempts, next: delivery.next, copy: .destroy)
                ]))
        withdrawn.increment()
        house.bell.ring(delivery.recipient)
        return .gone
    }
}
