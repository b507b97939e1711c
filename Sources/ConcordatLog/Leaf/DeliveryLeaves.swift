package import ConcordatTerms

/// A cut copy is about to leave for its recipient. Durable before the first byte leaves.
package struct HandOverLeaf: Equatable, Sendable {
    /// Who begins the transfer.
    package enum Way: String, CaseIterable, Sendable {
        /// The gateway calls the recipient.
        case push
        /// The recipient asks for its inbox.
        case pull
    }

    /// The delivery.
    package var delivery: DeliveryID
    /// The message's id, as the sender gave it.
    package var message: MessageID
    /// The party that gets it.
    package var recipient: PartyID
    /// Which attempt this is, from 1.
    package var attempt: Int
    /// Push or pull.
    package var how: Way

    /// A hand-over of this delivery.
    package init(delivery: DeliveryID, message: MessageID, recipient: PartyID, attempt: Int, how: Way) {
        precondition((0...LeafValue.integerMax).contains(attempt), "attempt \(attempt)")
        (self.delivery, self.message, self.recipient) = (delivery, message, recipient)
        (self.attempt, self.how) = (attempt, how)
    }
}

extension HandOverLeaf: LeafContent {
    init(reading members: inout LeafMembers) throws(LeafError) {
        delivery = try members.term("delivery")
        message = try members.term("message")
        recipient = try members.term("recipient")
        attempt = try members.count("attempt")
        how = try members.term("how")
    }

    func write(to members: inout LeafMembers) {
        members.set("delivery", delivery)
        members.set("message", message)
        members.set("recipient", recipient)
        members.set("attempt", attempt)
        members.set("how", how)
    }

    /// One line, ids only.
    package var summary: String {
        "delivery \(delivery) of `\(message)` to \(recipient), \(how.rawValue), attempt \(attempt)"
    }
}

/// What came of a hand-over.
package struct HandOverOutcomeLeaf: Equatable, Sendable {
    /// How it ended.
    package enum Outcome: String, CaseIterable, Sendable {
        /// The recipient took the bytes.
        case delivered
        /// It did not, or that is not known.
        case failed
        /// The recipient said that it has them.
        case acknowledged
    }

    /// The delivery.
    package var delivery: DeliveryID
    /// How it ended.
    package var outcome: Outcome
    /// The recipient's HTTP status, where there was one.
    package var status: Int?
    /// Why it failed, where that is known.
    package var code: LeafCode?

    /// The outcome of the latest hand-over of this delivery.
    package init(delivery: DeliveryID, outcome: Outcome, status: Int? = nil, code: LeafCode? = nil) {
        precondition((0...999).contains(status ?? 0), "status \(status ?? 0)")
        (self.delivery, self.outcome, self.status, self.code) = (delivery, outcome, status, code)
    }
}

extension HandOverOutcomeLeaf: LeafContent {
    init(reading members: inout LeafMembers) throws(LeafError) {
        delivery = try members.term("delivery")
        outcome = try members.term("outcome")
        status = try members.optionalCount("status")
        code = try members.optionalTerm("code")
    }

    func write(to members: inout LeafMembers) {
        members.set("delivery", delivery)
        members.set("outcome", outcome)
        members.set("status", status)
        members.set("code", code)
    }

    /// One line, ids only.
    package var summary: String {
        "delivery \(delivery) \(outcome.rawValue)\(status.map { ", status \($0)" } ?? "")\(code.map { ", \($0)" } ?? "")"
    }
}

/// A delivery ended, or was taken back, without the recipient getting what it waited for.
package struct DeliveryEndLeaf: Equatable, Sendable {
    /// How it ended.
    package enum End: String, CaseIterable, Sendable {
        /// Its time was over.
        case expired
        /// A consent was withdrawn, or judging again narrowed it to nothing.
        case withdrawn
        /// The last attempt failed; it waits for an admin.
        case parked
        /// An admin gave it up.
        case discarded
        /// It was handed over already, and the recipient is told to give it back.
        case recalled
    }

    /// The delivery.
    package var delivery: DeliveryID
    /// How it ended.
    package var end: End
    /// Why.
    package var code: LeafCode?

    /// The end of this delivery.
    package init(delivery: DeliveryID, end: End, code: LeafCode? = nil) {
        (self.delivery, self.end, self.code) = (delivery, end, code)
    }
}

extension DeliveryEndLeaf: LeafContent {
    init(reading members: inout LeafMembers) throws(LeafError) {
        delivery = try members.term("delivery")
        end = try members.term("end")
        code = try members.optionalTerm("code")
    }

    func write(to members: inout LeafMembers) {
        members.set("delivery", delivery)
        members.set("end", end)
        members.set("code", code)
    }

    /// One line, ids only.
    package var summary: String { "delivery \(delivery) \(end.rawValue)\(code.map { ", \($0)" } ?? "")" }
}
