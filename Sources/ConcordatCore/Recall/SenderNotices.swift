import ConcordatDecision
import ConcordatJSON
package import ConcordatLog
package import ConcordatTerms
package import ConcordatWire

/// What a sender may ask for about a message of its own that was accepted: that everyone who has it is told (brief M19).
package struct SenderNotices: Sendable {
    /// What a sender says of its message.
    package struct Request: Sendable, Equatable {
        package let reason: NoticeLeaf.Reason
        /// A message of its own in the same case that stands in its place.
        package let replacement: MessageID?

        /// - Throws: `query.malformed` for another word, and for an id that is none.
        package init(reason: String?, replacement: String?) throws(Problem) {
            guard let word = reason.flatMap(NoticeLeaf.Reason.init(rawValue:)) else {
                let words = NoticeLeaf.Reason.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
                throw ProblemCatalogue.problem("query.malformed", detail: "`reason` must be one of \(words)")
            }
            let id = replacement.flatMap { MessageID($0) }
            guard (replacement == nil) == (id == nil) else {
                throw ProblemCatalogue.problem(
                    "query.malformed", detail: "`replaced-by` must be 1 to 64 of [A-Za-z0-9._-]")
            }
            (self.reason, self.replacement) = (word, id)
        }
    }

    /// What came of it for one recipient.
    private enum Outcome: String {
        /// It has the message, and a notice waits for it.
        case told
        /// It was told of the same before.
        case toldBefore = "told-before"
        /// It never had the message, and will not get it any more.
        case ended
        /// It gets the message all the same: it was asked to be told, not to be kept from it.
        case waiting
    }

    private let house: House
    private let gate: RateGate

    package init(house: House) {
        self.house = house
        gate = RateGate(countMax: house.settings.noticesPerMinute, span: .seconds(60))
    }

    /// Tells every recipient that was handed the message, `POST /v1/messages/{id}/notices`; 202 with what came of it for each
    /// recipient, once that is durable.
    ///
    /// But for a breach, what still waits ends with a leaf, and is not offered again to who has it. The same asked again tells
    /// nobody twice. Taken from a suspended sender and under a lapsed text too: it only narrows.
    package func send(_ request: Request, of message: MessageID, by party: PartyID) async -> Reply {
        let text = house.inForce
        guard text.lack != nil || text.text.parties[party] != nil else {
            return Reply(ProblemCatalogue.problem("party.unknown"))
        }
        guard gate.admits(party, at: house.now()) else {
            var problem = ProblemCatalogue.problem("limit.rate")
            problem.retryAfter = 60
            return Reply(problem)
        }
        return await house.retrying { try await sendOnce(request, of: message, by: party, under: text) }
    }

    private func sendOnce(_ request: Request, of message: MessageID, by party: PartyID, under text: TextInForce)
        async throws -> Reply
    {
        let now = house.now()
        // Order matters: the case is read before its deliveries and guarded as read. An id that was forgotten and used anew
        // means the newer message, and only that.
        guard let caseID = try house.driver.deliveries(sender: party, message: message).last?.caseID,
            let record = house.registers.record(of: caseID),
            let purpose = try purpose(of: message, by: party, in: caseID)
        else { return Reply(ProblemCatalogue.problem("tracking.unknown")) }
        let deliveries = try house.driver.deliveries(sender: party, message: message).filter { $0.caseID == caseID }
        let replacing = try replacing(request.replacement, of: message, by: party, in: caseID)
        var maker = try NoticeMaker(house: house, record: record, purpose: purpose, under: text, at: now)
        var work = LedgerRecord(guards: [.caseEpoch(record.id, record.epoch)])
        var outcomes: [(PartyID, Outcome)] = []
        var never: [Delivery] = []
        for delivery in deliveries {
            let outcome = Self.outcome(of: request.reason, for: delivery, by: party, in: record)
            outcomes.append((delivery.recipient, outcome))
            if outcome == .told {
                let transfer = RecalledTransfer(
                    delivery: delivery.id, message: message, name: delivery.messageName, sender: party)
                let isReplaced = replacing.contains(delivery.recipient)
                guard
                    try maker.add(
                        request.reason, to: delivery.recipient, of: [transfer], by: party,
                        replacedBy: isReplaced ? request.replacement : nil)
                else { throw ProblemCatalogue.problem("limit.queue", detail: "the case is full of unanswered notices") }
            }
            guard !delivery.state.isFinished else { continue }
            // What is answered of it is so when it is written.
            work.guards.append(.delivery(delivery.id, delivery.state, attempts: delivery.attempts))
            if request.reason != .breach {
                never.append(delivery)
                end(delivery, for: request.reason, isTold: outcome != .ended, in: &work, at: now)
            }
        }
        work.leaves += maker.leaves
        work.changes += maker.changes
        var next = maker.next
        for delivery in never { next.forgive(delivery) }
        if next != record {
            next.epoch += 1
            work.changes.append(.putCase(next))
        }
        if !work.changes.isEmpty { _ = try await house.ledger.commit(work) }
        for delivery in deliveries { house.bell.ring(delivery.recipient) }
        return Self.reply(message, request.reason, outcomes)
    }

    private static func outcome(
        of reason: NoticeLeaf.Reason, for delivery: Delivery, by party: PartyID, in record: CaseRecord
    ) -> Outcome {
        guard delivery.attempts > 0 else {
            return reason == .breach && !delivery.state.isFinished ? .waiting : .ended
        }
        let isTold = record.notices.contains {
            $0.by == party && $0.reason == reason && $0.transfers.contains(delivery.id)
        }
        return isTold ? .toldBefore : .told
    }

    /// The copy is destroyed, and the leaf says by whose word.
    private func end(
        _ delivery: Delivery, for reason: NoticeLeaf.Reason, isTold: Bool, in work: inout LedgerRecord,
        at now: UTCInstant
    ) {
        work.changes.append(
            .moveDelivery(delivery.id, to: .withdrawn, attempts: delivery.attempts, next: now, copy: .destroy))
        // Who has it is told, and the leaf of that says the same.
        guard !isTold else { return }
        let leaf = DeliveryEndLeaf(delivery: delivery.id, end: .withdrawn, code: LeafCode("notice.\(reason.rawValue)"))
        work.leaves.append(house.leaf(.deliveryEnd(leaf), at: now))
    }

    /// The purpose the message was sent for, as its leaves say.
    private func purpose(of message: MessageID, by party: PartyID, in caseID: CaseID) throws -> PurposeID? {
        let filter = LeafFilter(
            kind: LeafKind.decision.rawValue, party: party, message: message, caseID: caseID)
        for index in try house.driver.leaves(matching: filter, before: nil, limit: Envelope.recipientsMax) {
            guard let entry = try house.driver.entry(at: index),
                case .decision(let decision) = try Leaf(parsing: entry).body, decision.sender == party
            else { continue }
            return decision.purpose
        }
        return nil
    }

    /// Who was sent the message that stands in its place: only they are told of it.
    private func replacing(_ replacement: MessageID?, of message: MessageID, by party: PartyID, in caseID: CaseID)
        throws
        -> Set<PartyID>
    {
        guard let replacement else { return [] }
        let sent = try house.driver.deliveries(sender: party, message: replacement)
        guard replacement != message, sent.contains(where: { $0.caseID == caseID }) else {
            throw ProblemCatalogue.problem(
                "query.malformed", detail: "`replaced-by` must name another message of yours in the same case")
        }
        return Set(sent.filter { $0.state != .withdrawn && $0.state != .held }.map(\.recipient))
    }

    private static func reply(_ message: MessageID, _ reason: NoticeLeaf.Reason, _ outcomes: [(PartyID, Outcome)])
        -> Reply
    {
        AgencyQueries.json(
            .object([
                JSONMember("message", .term(message)), JSONMember("reason", .string(reason.rawValue)),
                JSONMember(
                    "recipients",
                    .array(
                        outcomes.map { recipient, outcome in
                            .object([
                                JSONMember("recipient", .term(recipient)),
                                JSONMember("state", .string(outcome.rawValue)),
                            ])
                        })),
            ]), status: 202)
    }
}
