package import ConcordatCrypto
package import ConcordatTerms
package import NIOCore

/// TLS in a NIO pipeline: ciphertext on the network's side, plaintext on the other, for accepted and made connections.
///
/// Nothing passes inwards before the peer is verified: then come ``TLSEvent/established(_:)``, `channelActive` and the
/// payload, in this order. The peer's close_notify comes as `ChannelEvent.inputClosed`, a cut connection as the error
/// `TransportError.tls(.truncated)`. A refused peer gets its alert, our FIN, and time to read both.
///
/// Belongs to its channel's event loop; nothing in it may be touched from elsewhere.
package final class TLSHandler: ChannelDuplexHandler {
    package typealias InboundIn = ByteBuffer
    package typealias InboundOut = ByteBuffer
    package typealias OutboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    /// Where the connection stands in its life.
    enum Phase: Equatable {
        case idle
        case handshaking
        case open
        /// Our side is closed for good; what still comes is thrown away until the peer closes or the time is up.
        case draining
        case ended
    }

    /// The verified peer, once there is one.
    package private(set) var peer: TLSPeer?

    let engine: TLSEngine
    let limits: TLSLimits
    let clock: @Sendable () -> UTCInstant
    var phase = Phase.idle
    var context: ChannelHandlerContext?

    /// Whether the handlers behind asked for more and have got nothing since.
    var readIsOwed = false
    var isInputClosureTold = false
    var drainedBytes = 0
    var unwritten: [(ByteBuffer, EventLoopPromise<Void>?)] = []
    var unwrittenBytes = 0
    var flushIsOwed = false
    var closePromises: [EventLoopPromise<Void>] = []

    private var onHandshake: ((Result<TLSPeer, TransportError>) -> Void)?
    private var isRetired = false
    private var hasQuiesced = false
    var deadline: Scheduled<Void>?
    private var expiry: Scheduled<Void>?

    /// - Parameters:
    ///   - clock: tells when the peer's certificate ends.
    ///   - onHandshake: called once on the event loop: with the peer, or with why there is none.
    package init(
        engine: TLSEngine, limits: TLSLimits = TLSLimits(), clock: @escaping @Sendable () -> UTCInstant,
        onHandshake: ((Result<TLSPeer, TransportError>) -> Void)? = nil
    ) {
        (self.engine, self.limits, self.clock, self.onHandshake) = (engine, limits, clock, onHandshake)
    }

    // MARK: life

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { begin(context) }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        end(.closed)
        self.context = nil
    }

    package func channelActive(context: ChannelHandlerContext) {
        // Passed on when the peer is known.
        begin(context)
    }

    package func channelInactive(context: ChannelHandlerContext) {
        if phase == .handshaking || phase == .open { endOfStream(context) }
        end(.closed)
        context.fireChannelInactive()
    }

    package func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed:
            // The TCP stream ended; whether TLS did is for the engine to say.
            if phase == .draining { closeNow(context) } else { endOfStream(context) }
        case is ChannelShouldQuiesceEvent:
            guard !hasQuiesced else { return }
            hasQuiesced = true
            if phase == .handshaking { closeNow(context) } else { context.fireUserInboundEventTriggered(event) }
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A reset or another fault of the socket. Inwards it is what TLS calls it: an end without close_notify.
        guard phase == .handshaking || phase == .open else { return }
        endOfStream(context)
    }

    private func begin(_ context: ChannelHandlerContext) {
        guard phase == .idle else { return }
        phase = .handshaking
        setDeadline(limits.handshake, context) { [weak self] context in
            guard let self, self.phase == .handshaking else { return }
            self.handshakeEnded(.failure(.handshakeTimeout))
            self.closeNow(context)
        }
        sendPending(context)
        context.read()
    }

    /// The engine has a verified peer.
    func established(_ found: TLSPeer, _ context: ChannelHandlerContext) {
        peer = found
        phase = .open
        deadline?.cancel()
        context.fireUserInboundEventTriggered(TLSEvent.established(found.identity))
        context.fireChannelActive()
        handshakeEnded(.success(found))
        watchExpiry(context)
        if flushIsOwed { flush(context: context) }
    }

    func handshakeEnded(_ result: Result<TLSPeer, TransportError>) {
        let tell = onHandshake
        onHandshake = nil
        tell?(result)
    }

    /// Everything that waits is told, once. The channel itself is closed or about to be.
    func end(_ error: TransportError) {
        guard phase != .ended else { return }
        phase = .ended
        deadline?.cancel()
        expiry?.cancel()
        handshakeEnded(.failure(error))
        failUnwritten(error)
        let promises = closePromises
        closePromises = []
        for promise in promises { promise.succeed() }
    }

    func closeNow(_ context: ChannelHandlerContext) {
        guard phase != .ended else { return }
        context.close(mode: .all, promise: nil)
    }

    /// Closes the channel at once, without alert, goodbye or drain.
    package func abandon() {
        guard let context else { return }
        closeNow(context)
    }

    func setDeadline(
        _ time: Duration, _ context: ChannelHandlerContext, _ act: @escaping (ChannelHandlerContext) -> Void
    ) {
        deadline?.cancel()
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(time)) { [weak self] in
            guard let self, let context = self.context else { return }
            act(context)
        }
    }

    // MARK: retirement

    /// Judges the live peer again under another context; retires the connection when it no longer holds.
    package func verifyAgain(under tls: TLSContext) {
        guard phase == .open, let peer, let refusal = tls.refusal(of: peer.chain, at: clock()) else { return }
        retire(refusal)
    }

    /// Tells the HTTP layer to finish and close, and closes after ``TLSLimits/retirement`` if it does not.
    package func retire(_ refusal: PeerRefusal) {
        guard phase == .open, !isRetired, let context else { return }
        isRetired = true
        expiry?.cancel()
        setDeadline(limits.retirement, context) { [weak self] context in self?.closeNow(context) }
        context.fireUserInboundEventTriggered(TLSReloadEvent.noLongerAccepted(refusal))
        guard phase == .open, !hasQuiesced else { return }
        hasQuiesced = true
        context.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
    }

    /// Looks at the clock at least once an hour: a timer alone would not see the clock being set.
    private func watchExpiry(_ context: ChannelHandlerContext) {
        guard let peer, phase == .open else { return }
        let left = peer.notAfter - clock()
        guard left > .zero else { retire(.expired); return }
        let next = min(left + .milliseconds(1), Self.expiryLook)
        expiry = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(next)) { [weak self] in
            guard let self, let context = self.context else { return }
            self.watchExpiry(context)
        }
    }

    private static let expiryLook = Duration.seconds(3600)
    // Bound: plaintext encrypted by one call, and so the ciphertext the engine holds for a moment.
    static let writeBytesMax = 256 * 1024
    // Bound: plaintext written but not flushed; beyond it is encrypted, so that the channel's writability counts it.
    static let unflushedBytesMax = 64 * 1024
}
