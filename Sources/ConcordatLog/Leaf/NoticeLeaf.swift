package import ConcordatTerms

/// A recipient is told to see to what it has, or says what it did with it (brief M19).
package struct NoticeLeaf: Equatable, Sendable {
    /// What happened.
    package enum Event: String, CaseIterable, Sendable {
        case sent
        case answered
    }

    /// Why the recipient is told, in the word that the notice itself has.
    package enum Reason: String, CaseIterable, Sendable {
        /// It must no longer be used. Says not why: the sender took it back, or what it rested on has ended.
        case recall
        /// Something in it is wrong.
        case correction
        /// It must not be kept.
        case erasure
        /// It must not be used until it is cleared up.
        case restriction
        /// It got where it should not have.
        case breach
    }

    /// What the recipient did with what it has.
    package enum Done: String, CaseIterable, Sendable {
        case stopped
        case erased
        case kept
    }

    /// The delivery that carries the notice.
    package var notice: DeliveryID
    /// The case.
    package var caseID: CaseID
    /// The party that is told.
    package var recipient: PartyID
    /// What happened.
    package var event: Event
    /// Why it is told.
    package var reason: Reason
    /// The party that asked for the notice; nil where the gateway found it due.
    package var by: PartyID?
    /// The deliveries the notice speaks of.
    package var transfers: [DeliveryID]
    /// What the recipient did; nil when it is only told.
    package var done: Done?
    /// On which basis it keeps what it has, a word of its own.
    package var basis: LeafToken?

    /// An event of this notice.
    package init(
        notice: DeliveryID, caseID: CaseID, recipient: PartyID, event: Event, reason: Reason, by: PartyID? = nil,
        transfers: [DeliveryID], done: Done? = nil, basis: LeafToken? = nil
    ) {
        (self.notice, self.caseID, self.recipient, self.event) = (notice, caseID, recipient, event)
        (self.reason, self.by, self.transfers) = (reason, by, transfers)
        (self.done, self.basis) = (done, basis)
    }
}

extension NoticeLeaf: LeafContent {
    init(reading members: inout LeafMembers) throws(LeafError) {
        notice = try members.term("notice")
        caseID = try members.term("case")
        recipient = try members.term("recipient")
        event = try members.term("event")
        reason = try members.term("reason")
        by = try members.optionalTerm("by")
        transfers = try members.terms("transfers")
        done = try members.optionalTerm("done")
        basis = try members.optionalTerm("basis")
    }

    func write(to members: inout LeafMembers) {
        members.set("notice", notice)
        members.set("case", caseID)
        members.set("recipient", recipient)
        members.set("event", event)
        members.set("reason", reason)
        members.set("by", by)
        members.set("transfers", transfers)
        members.set("done", done)
        members.set("basis", basis)
    }

    /// One line, ids only.
    package var summary: String {
        "notice \(notice) to \(recipient) in case \(caseID): \(reason.rawValue) of \(transfers.count)"
            + (done.map { ", \($0.rawValue)" } ?? ", sent") + (basis.map { " on \($0)" } ?? "")
            + (by.map { ", asked for by \($0)" } ?? "")
    }
}
