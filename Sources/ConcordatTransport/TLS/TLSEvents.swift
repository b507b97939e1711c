package import ConcordatCrypto

/// What the TLS handler tells the handlers behind it, as inbound user events.
package enum TLSEvent: Equatable, Sendable {
    /// The peer is verified and named. Comes once, before `channelActive` and any byte of payload.
    case established(PeerIdentity)
}

/// A live connection that may not go on. The HTTP layer finishes the response in flight, takes no further request and
/// closes; what it has not closed in ``TLSLimits/retirement`` is closed under it.
///
/// `ChannelShouldQuiesceEvent` follows it, so that handlers which know only that do the right thing.
package enum TLSReloadEvent: Equatable, Sendable {
    /// The peer's chain is no longer accepted: revoked, expired, or its authority removed.
    case noLongerAccepted(PeerRefusal)
}

/// Times and sizes of one TLS connection.
package struct TLSLimits: Sendable {
    /// From the TCP connection to a verified peer.
    package var handshake: Duration = .seconds(10)
    /// After our last byte, for the peer to read it and close: closing at once could take our alert from it.
    package var linger: Duration = .seconds(2)
    /// From asking to close to closed, however slow the peer reads.
    package var closing: Duration = .seconds(30)
    /// For the HTTP layer to close a connection that may not go on.
    package var retirement: Duration = .seconds(35)
    /// After the peer's close_notify, for our side to finish.
    package var halfClosed: Duration = .seconds(60)
    // Bound: payload written before the peer is known.
    package var bytesBeforeHandshakeMax = 64 * 1024
    // Bound: bytes thrown away from a peer that was refused or is done with.
    package var drainBytesMax = 1024 * 1024

    /// The limits of the design.
    package init() {}
}
