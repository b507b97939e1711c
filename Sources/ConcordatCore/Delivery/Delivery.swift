package import ConcordatTerms

/// Where a delivery stands.
package enum DeliveryState: String, Sendable, Hashable, CaseIterable {
    /// In the recipient's queue.
    case waiting
    /// A clause makes it wait for a consent or an officer, out of the line, until `next` at most.
    case held
    /// Its hand-over leaf is durable; the recipient may have it.
    case handed
    /// The recipient acknowledged it.
    case delivered
    /// Nobody came for it in time.
    case expired
    /// What it rested on was withdrawn before it left.
    case withdrawn
    /// The last attempt failed, or its copy cannot be read; an admin decides.
    case parked

    /// Whether nothing more happens to it.
    package var isFinished: Bool {
        switch self {
        case .waiting, .held, .handed, .parked: false
        case .delivered, .expired, .withdrawn: true
        }
    }
}

/// One message on its way to one recipient: ids, times and counts only. Its sealed copy lies in the store.
package struct Delivery: Sendable, Hashable {
    package let id: DeliveryID
    /// The order in which deliveries were accepted; unique.
    package var sequence: Int64
    package let message: MessageID
    package let messageName: MessageName
    package let sender: PartyID
    package let recipient: PartyID
    package let caseID: CaseID
    package var state: DeliveryState
    /// Hand-overs begun so far.
    package var attempts: Int
    /// Not handed over before this moment: a retry's wait, the end of a lease, or the end of the wait of what is held.
    package var next: UTCInstant
    package let created: UTCInstant
    package let expires: UTCInstant
    /// The day key its copy is sealed under.
    package let dayKey: String
    /// Jumps the line: a notice of the gateway's own, or a message for which glass was broken.
    package let isUrgent: Bool

    package init(
        id: DeliveryID, sequence: Int64 = 0, message: MessageID, messageName: MessageName, sender: PartyID,
        recipient: PartyID, caseID: CaseID, state: DeliveryState = .waiting, attempts: Int = 0, next: UTCInstant,
        created: UTCInstant, expires: UTCInstant, dayKey: String, isUrgent: Bool = false
    ) {
        (self.id, self.sequence, self.message, self.messageName) = (id, sequence, message, messageName)
        (self.sender, self.recipient, self.caseID, self.state) = (sender, recipient, caseID, state)
        (self.attempts, self.next, self.created, self.expires) = (attempts, next, created, expires)
        (self.dayKey, self.isUrgent) = (dayKey, isUrgent)
    }
}

extension Delivery {
    /// The name of the gateway's own message; no schema of the protocol declares it.
    static let noticeName: MessageName = "notice"

    /// Whether it is a notice of the gateway's own: ids and codes only, judged by no rule.
    var isNotice: Bool { messageName == Self.noticeName && sender == House.gatewayParty }

    /// Whether glass was broken for it. Nothing else that a party sends jumps the line.
    var breaksGlass: Bool { isUrgent && !isNotice }
}
