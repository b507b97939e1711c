import Logging
import ConcordatDecision
import ConcordatLog
import ConcordatPayload
package import ConcordatTerms
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
        /// Nothing is left to hand over: it was withdrawn, or moved by somebody else.
        case gone
        /// The store cannot take the leaf now; nothing left.
        case later
    }

    private let house: House
    private let handed = Counter(label: "concordat_deliveries_handed")
    private let withdrawn = Counter(label: "concordat_deliveries_withdrawn")

    package init(house: House) { self.house = house }

    /// Deliveries that may go to `recipient` now, in line order, at most `limit`.
    ///
    /// In each case's line nothing overtakes: a delivery waits behind an earlier one that is out or waits for its retry.
    package func due(for recipient: PartyID, limit: Int) -> [Delivery] {
        let now = house.now()
        var blocked: Set<CaseID> = []
        var due: [Delivery] = []
        for delivery in house.registers.queue(of: recipient) where delivery.state != .parked {
            guard due.count < limit else { break }
            if delivery.next <= now, delivery.expires > now, delivery.isUrgent || !blocked.contains(delivery.caseID) {
                due.append(delivery)
            } else if !delivery.isUrgent {
                blocked.insert(delivery.caseID)
            }
        }
        return due
    }

    /// When the earliest delivery that waits only for its time may go; nil when none does.
    package func nextDue(for recipient: PartyID) -> UTCInstant? {
        house.registers.queue(of: recipient).filter { $0.state != .parked }.map(\.next).min()
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

    private func attempt(_ delivery: Delivery, way: Way) async throws -> Outcome {
        guard let sealed = try house.driver.copy(of: delivery.id), let dayKey = try house.keyring.dayKey(id: delivery.dayKey)
        else {
            house.logger.error("delivery: a copy is gone", metadata: ["delivery": "\(delivery.id)"])
            return .later
        }
        let plain = try CopySeal.open(sealed, delivery: delivery.id, recipient: delivery.recipient, dayKey: dayKey)
        guard var copy = DeliveryCopy(bytes: plain) else { throw CaseSealError.unreadableCopy(delivery.id) }
        let now = house.now()
        var guards: [LedgerGuard] = [.delivery(delivery.id, delivery.state, attempts: delivery.attempts)]
        if delivery.messageName != JudgedMessage.noticeName {
            let record = house.registers.record(of: delivery.caseID)
            guards += [.caseEpoch(delivery.caseID, record?.epoch ?? 0), .standing(house.registers.standing.epoch)]
            guard let narrowed = narrowed(copy, record: record, now: now) else {
                return try await withdraw(delivery, guards: guards)
            }
            copy = narrowed
        }
        let attempt = delivery.attempts + 1
        let change: LedgerChange.CopyChange =
            copy.cut.bytes == Self.document(of: plain)
            ? .keep
            : .replace(try CopySeal.seal(copy.bytes, delivery: delivery.id, recipient: delivery.recipient, dayKey: dayKey))
        let leaf = HandOverLeaf(
            delivery: delivery.id, message: delivery.message, recipient: delivery.recipient, attempt: attempt,
            how: way == .push ? .push : .pull)
        _ = try await house.ledger.commit(
            LedgerRecord(
                guards: guards, leaves: [self.leaf(.handOver(leaf), at: now)],
                changes: [
                    .moveDelivery(
                        delivery.id, to: .handed, attempts: attempt, next: now + house.settings.lease, copy: change)
                ]))
        handed.increment()
        return .ready(Parcel(delivery: delivery, copy: copy, attempt: attempt))
    }

    /// The copy as it may leave now: the same or less. Nil when nothing may.
    private func narrowed(_ copy: DeliveryCopy, record: CaseRecord?, now: UTCInstant) -> DeliveryCopy? {
        let standing = house.registers.standing
        guard let record, let message = house.text.messages[copy.context.name],
            !standing.suspended.contains(copy.context.sender), !standing.suspended.contains(copy.context.recipient),
            !standing.stoppedMessages.contains(copy.context.name)
        else { return nil }
        do {
            var facts = try MessageReader.readCopy(copy.cut.bytes.span.bytes, schema: message.schema)
            facts.facts = copy.facts
            facts.parties = copy.parties
            let people = facts.persons.map { person -> JudgedPerson in
                // A copy holds the gateway's own person ids where the sender's references were.
                let id = PersonID(person.reference.reveal())
                let stated = copy.persons.first { $0.id == id }?.roles ?? []
                return JudgedPerson(id: id, roles: stated.union(id.flatMap { record.facts.roles[$0] } ?? []))
            }
            let mentioned = Set(people.compactMap(\.id))
            let others = record.facts.roles.filter { !mentioned.contains($0.key) }.map { JudgedPerson(id: $0.key, roles: $0.value) }
            var caseFacts = record.facts
            caseFacts.capacities += copy.senderCapacities.map {
                CapacityHolding(party: copy.context.sender, capacity: $0, from: record.opened)
            }
            var input = JudgeInput(
                message: copy.context.name, sender: copy.context.sender, recipient: copy.context.recipient,
                purpose: copy.context.purpose, facts: facts, people: people, casePeople: others, caseFacts: caseFacts,
                isNewCase: false, consents: record.consents.map(\.fact), repliesTo: copy.repliesTo,
                claimsReply: copy.repliesTo != nil || message.answers != nil, recipients: copy.context.recipients, now: now,
                messageID: copy.context.message, expires: copy.context.expires)
            input.isHandOver = true
            guard case .share(let plan) = house.text.judge(input).answer else { return nil }
            var narrowed = copy
            narrowed.cut = try Cutter.narrow(
                copy.cut, schema: message.schema, facts: facts, plan: plan, now: now,
                pseudonymKey: house.keys.transformKey(of: copy.context.recipient))
            return narrowed.cut.isEmpty ? nil : narrowed
        } catch {
            // A copy that cannot be judged is not handed over.
            house.logger.error("delivery: a copy could not be judged", metadata: ["message": "\(copy.context.name)"])
            return nil
        }
    }

    private func withdraw(_ delivery: Delivery, guards: [LedgerGuard]) async throws -> Outcome {
        let leaf = DeliveryEndLeaf(delivery: delivery.id, end: .withdrawn)
        _ = try await house.ledger.commit(
            LedgerRecord(
                guards: guards, leaves: [self.leaf(.deliveryEnd(leaf), at: house.now())],
                changes: [
                    .moveDelivery(
                        delivery.id, to: .withdrawn, attempts: delivery.attempts, next: house.now(), copy: .destroy)
                ]))
        withdrawn.increment()
        return .gone
    }

    private static func document(of plain: [UInt8]) -> [UInt8]? { DeliveryCopy(bytes: plain)?.cut.bytes }

    private func leaf(_ body: LeafBody, at now: UTCInstant) -> Leaf {
        Leaf(
            time: now, deployment: LeafToken(house.deployment), protocolDigest: LeafDigest(rawValue: house.text.digest),
            body: body)
    }
}
