package import ConcordatTerms

/// Sends a copy to a recipient's own endpoint over mutual TLS.
package protocol Pusher: Sendable {
    /// Parties that have an endpoint.
    var recipients: [PartyID] { get }

    /// Posts one structured CloudEvent, once, and says what came of it. Never throws.
    ///
    /// Implementations MUST check the peer's chain, name, party and revocation before one byte of `event` leaves, MUST
    /// NOT follow redirects, and MUST read at most 8 KiB of the answer.
    func push(_ event: [UInt8], delivery: DeliveryID, salt: [UInt8], to recipient: PartyID) async -> PushOutcome
}

/// What came of one push.
package enum PushOutcome: Sendable, Equatable {
    /// The recipient answered 2xx.
    case taken(status: Int)
    /// It answered something else, or nothing.
    case failed(status: Int?, code: String)
}
