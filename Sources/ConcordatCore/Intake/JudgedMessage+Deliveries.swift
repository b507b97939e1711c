import ConcordatCrypto
import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatPayload
import ConcordatTerms
import ConcordatWire

extension JudgedMessage {
    /// The CloudEvents `type` of the gateway's own notices.
    static let noticeType = "uk.concordat.notice.v1"

    /// A queued, sealed copy for every recipient that gets one.
    mutating func deliveries() throws -> [LedgerChange] {
        let dayKey = try work.house.keyring.dayKey(for: now.date)
        var changes: [LedgerChange] = []
        for index in outcomes.indices {
            guard let cut = outcomes[index].cut else { continue }
            let id = try Minting.deliveryID()
            let copy = copy(cut, for: outcomes[index])
            outcomes[index].delivery = id
            let delivery = Delivery(
                id: id, message: work.message.envelope.id, messageName: work.text.name,
                sender: work.message.envelope.source,
                recipient: outcomes[index].recipient, caseID: after.id,
                state: outcomes[index].hold == nil ? .waiting : .held, next: outcomes[index].hold?.deadline ?? now,
                created: now, expires: work.expires(at: now), dayKey: dayKey.id,
                isUrgent: !outcomes[index].decision.brokenGlass.isEmpty)
            let sealed = try CopySeal.seal(copy.bytes, delivery: id, recipient: delivery.recipient, dayKey: dayKey)
            changes.append(.putDelivery(delivery, copy: sealed))
            if delivery.state == .waiting { delivered.append(delivery.recipient) }
        }
        return changes
    }

    private func copy(_ cut: CutDocument, for outcome: RecipientOutcome) -> DeliveryCopy {
        let envelope = work.message.envelope
        return DeliveryCopy(
            context: DeliveryCopy.Context(
                message: envelope.id, name: work.text.name, type: envelope.type, sender: envelope.source,
                recipient: outcome.recipient, recipients: envelope.recipients, caseID: after.id,
                purpose: envelope.purpose,
                time: envelope.time ?? now, inReplyTo: envelope.inReplyTo, expires: work.expires(at: now),
                protocolText: work.inForce.reference, isTraining: work.inForce.text.mode == .training,
                salt: outcome.salt, duties: duties(of: outcome),
                breakGlass: outcome.decision.brokenGlass.isEmpty ? nil : envelope.breakGlass?.ground),
            cut: cut, facts: work.facts.facts, parties: work.facts.parties,
            persons: zip(personIDs, people).map { JudgedPerson(id: $0, roles: $1.roles, born: $1.born) },
            repliesTo: before?.facts.requests.first {
                $0.message == envelope.inReplyTo && $0.asker == outcome.recipient && $0.holder == envelope.source
            },
            senderCapacities: after.facts.capacities(of: envelope.source, at: now)
                .union(before?.facts.capacities(of: envelope.source, at: now) ?? []),
            moves: moves)
    }

    private func duties(of outcome: RecipientOutcome) -> CopyDuties {
        let text = work.inForce.text
        guard let kind = text.parties[outcome.recipient]?.kind else { return CopyDuties() }
        return CopyDuties(
            text.obligations(
                in: work.text.name, to: kind, for: work.message.envelope.purpose,
                sharing: outcome.decision.shared(people: people)))
    }

    /// A notice for each party that a refusing clause wants told: ids and codes only. Whom two want told is told of the first.
    mutating func notices() throws -> [LedgerChange] {
        var changes: [LedgerChange] = []
        let refusals = outcomes.compactMap(\.refusal).filter { !$0.tell.isEmpty }
        guard !refusals.isEmpty else { return [] }
        let dayKey = try work.house.keyring.dayKey(for: now.date)
        let told = work.inForce.text.parties.values.compactMap { party -> (id: PartyID, of: Refusal)? in
            guard party.id != work.message.envelope.source else { return nil }
            return refusals.first { $0.tell.contains(party.id.rawValue) || $0.tell.contains(party.kind.rawValue) }
                .map { (party.id, $0) }
        }.sorted { $0.id < $1.id }
        for (recipient, refusal) in told {
            guard work.house.registers.queueLength(of: recipient) < work.house.settings.queueMax else {
                throw work.refusal("limit.queue")
            }
            let id = try Minting.deliveryID()
            let notice = try notice(of: refusal, to: recipient)
            let delivery = Delivery(
                id: id, message: notice.context.message, messageName: Delivery.noticeName,
                sender: notice.context.sender,
                recipient: recipient, caseID: after.id, next: now, created: now,
                expires: notice.context.expires, dayKey: dayKey.id, isUrgent: true)
            let sealed = try CopySeal.seal(notice.bytes, delivery: id, recipient: recipient, dayKey: dayKey)
            changes.append(.putDelivery(delivery, copy: sealed))
            delivered.append(recipient)
        }
        return changes
    }

    private func notice(of refusal: Refusal, to recipient: PartyID) throws -> DeliveryCopy {
        let data = JSONValue.object([
            JSONMember("notice", .string("message-refused")), JSONMember("message", .term(work.message.envelope.id)),
            JSONMember("message-name", .term(work.text.name)),
            JSONMember("sender", .term(work.message.envelope.source)),
            JSONMember("code", .string(refusal.code)), JSONMember("clause", .term(refusal.clause)),
        ])
        return DeliveryCopy(
            context: DeliveryCopy.Context(
                message: try Minting.messageID(), name: Delivery.noticeName, type: Self.noticeType,
                sender: House.gatewayParty, recipient: recipient, recipients: [recipient], caseID: caseID,
                purpose: work.message.envelope.purpose, time: now, inReplyTo: nil, expires: now + .seconds(90 * 86_400),
                protocolText: work.inForce.reference, isTraining: work.inForce.text.mode == .training,
                // A salt of its own: that of what came in is the sender's.
                salt: try SecureRandom.bytes(32)),
            cut: CutDocument(
                bytes: data.serialized(), withheld: [], masked: [], notSupplied: [], isEmpty: false, applied: []),
            facts: [:], parties: [:], persons: [], repliesTo: nil, senderCapacities: [], moves: CaseMoves())
    }
}
