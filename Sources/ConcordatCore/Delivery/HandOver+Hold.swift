import ConcordatDecision
import ConcordatLog
import ConcordatPayload
package import ConcordatTerms
import Logging

extension HandOver {
    /// What came of looking at a delivery that waits.
    package enum Settled: Sendable {
        /// It stands in the line now, and is judged once more before it goes.
        case released
        /// It ended, with a leaf.
        case ended
        /// It waits on.
        case waits
        /// It was no longer held.
        case gone
        /// The store cannot take the record now.
        case later
    }

    /// Looks whether a held delivery still has to wait: the consent may have come, the time may be up, or an officer may let
    /// it go. What may be shared then goes into the line, with a leaf of its own, and hand-over judges it once more.
    package func settle(_ id: DeliveryID, releasedBy officer: OfficerID? = nil) async -> Settled {
        // Bound: times a delivery is judged again because its case moved.
        for _ in 0..<house.settings.judgementsMax {
            guard let delivery = house.registers.delivery(id), delivery.state == .held else { return .gone }
            do {
                return try await settleOnce(delivery, releasedBy: officer)
            } catch LedgerFault.stale {
                continue
            } catch LedgerFault.leafTooLong {
                house.logger.error("delivery: too much to put on record", metadata: ["delivery": "\(id)"])
                return .later
            } catch {
                return .later
            }
        }
        return .later
    }

    /// An officer turns a held delivery away: its copy is destroyed, and leaves say by whom.
    package func refuse(_ id: DeliveryID, by officer: OfficerID) async -> Settled {
        guard let delivery = house.registers.delivery(id), delivery.state == .held else { return .gone }
        do throws(LedgerFault) {
            try await end(delivery, code: "hold.refused", by: officer, guards: [])
            return .ended
        } catch {
            if case .stale = error { return .gone }
            return .later
        }
    }

    private func settleOnce(_ delivery: Delivery, releasedBy officer: OfficerID?) async throws -> Settled {
        let now = house.now()
        // Order matters: read before it is judged by, and guarded as read.
        let record = house.registers.record(of: delivery.caseID)
        let footing = house.registers.footing
        let (text, standing) = (footing.text, footing.standing)
        guard !house.clock.isStepped, text.isInForce(at: now), delivery.expires > now, let record else { return .waits }
        let guards: [LedgerGuard] = [.standing(standing.epoch), .caseEpoch(record.id, record.epoch)]
        guard let (copy, dayKey) = try opened(delivery),
            let held = try await decision(
                onHeld: copy, since: delivery.created, isReleased: officer != nil, record: record, on: footing, now: now
            )
        else {
            // It stays held: parked, an admin could put it in the line past what it waits for.
            house.logger.error("delivery: a held copy cannot be read", metadata: ["delivery": "\(delivery.id)"])
            return .later
        }
        switch held.decision.answer {
        case .hold: return .waits
        case .share(let plan):
            var goes = copy
            // Order matters: it is cut by what its leaf says, so that what a consent opens between here and the hand-over does
            // not go without a leaf.
            goes.cut = try narrow(
                copy, by: plan, as: held.message, facts: facts(of: copy, as: held.message), now: now)
            guard !goes.cut.isEmpty else {
                try await end(delivery, code: nil, by: officer, guards: guards)
                return .ended
            }
            let leaf = leaf(goes, delivery, held.decision, judged: held.input, as: held.message, in: record)
            try await release(
                delivery,
                as: CopySeal.seal(goes.bytes, delivery: delivery.id, recipient: delivery.recipient, dayKey: dayKey),
                by: officer, at: now, guards: guards,
                case: record.reached(by: copy, judged: held.input, under: text.text),
                saying: house.leaf(.decision(leaf), at: now, under: text))
            return .released
        case .withhold(let refusal), .refuse(let refusal):
            // What may be over again ends nothing that waits, here as in the line.
            guard !Self.codesThatPass.contains(refusal.code) else { return .waits }
            // Why, is told of the time alone: anything else could tell a consent's state.
            let code: LeafCode? = refusal.code == "hold.expired" ? "hold.expired" : nil
            try await end(delivery, code: code, by: officer, guards: guards)
            return .ended
        }
    }

    private func held(_ delivery: Delivery) -> LedgerGuard {
        .delivery(delivery.id, .held, attempts: delivery.attempts)
    }

    private func release(
        _ delivery: Delivery, as copy: [UInt8], by officer: OfficerID?, at now: UTCInstant, guards: [LedgerGuard],
        case record: CaseRecord, saying decision: Leaf
    ) async throws(LedgerFault) {
        let act = officer.map { house.leaf(.admin(Self.act("hold.release", $0, delivery, to: "waiting")), at: now) }
        _ = try await house.ledger.commit(
            LedgerRecord(
                guards: guards + [held(delivery)], leaves: [decision] + (act.map { [$0] } ?? []),
                changes: [
                    .putCase(record),
                    .moveDelivery(
                        delivery.id, to: .waiting, attempts: delivery.attempts, next: now, copy: .replace(copy)),
                ]))
        house.bell.ring(delivery.recipient)
    }

    private func end(_ delivery: Delivery, code: LeafCode?, by officer: OfficerID?, guards: [LedgerGuard])
        async throws(LedgerFault)
    {
        let now = house.now()
        let end = DeliveryEndLeaf(delivery: delivery.id, end: .withdrawn, code: code)
        var leaves = [house.leaf(.deliveryEnd(end), at: now)]
        if let officer {
            let act: LeafCode = code == "hold.refused" ? "hold.refuse" : "hold.release"
            leaves.append(house.leaf(.admin(Self.act(act, officer, delivery, to: "withdrawn")), at: now))
        }
        _ = try await house.ledger.commit(
            LedgerRecord(
                guards: guards + [held(delivery)], leaves: leaves,
                changes: [
                    .moveDelivery(delivery.id, to: .withdrawn, attempts: delivery.attempts, next: now, copy: .destroy)
                ]))
    }

    private static func act(_ act: LeafCode, _ officer: OfficerID, _ delivery: Delivery, to state: LeafToken)
        -> AdminLeaf
    {
        AdminLeaf(who: officer, act: act, object: LeafToken(unchecked: delivery.id.rawValue), from: "held", to: state)
    }
}

extension CaseRecord {
    /// The record after a held copy was let go: its recipient has what it asked for, and owes what follows from having it.
    fileprivate func reached(by copy: DeliveryCopy, judged input: JudgeInput, under text: CompiledProtocol)
        -> CaseRecord
    {
        var next = self
        if let request = copy.repliesTo { next.facts.requests.removeAll { $0 == request } }
        next.due = due(
            after: copy.context.name, from: copy.context.sender, answering: copy.context.inReplyTo,
            opening: text.expectations(openedBy: input, acceptedRecipients: [copy.context.recipient]), at: input.now)
        next.epoch += 1
        return next
    }
}
