package import ConcordatCrypto
package import ConcordatTerms
package import NIOCore
import Synchronization

/// The TLS side of accepting: gives each accepted channel its TLS handler, counts them, and judges them again on reload.
///
/// A listener has one; a server that binds by itself may use one directly, calling ``install(on:)`` first in its child
/// channel initializer.
package final class TLSAcceptor: Sendable {
    /// What became of one accepted connection's handshake; for logs and counters.
    package typealias HandshakeReport = @Sendable (Result<PeerIdentity, TransportError>) -> Void

    private struct Live {
        let eventLoop: any EventLoop
        let channel: any Channel
        let handler: NIOLoopBound<TLSHandler>
    }

    private struct State {
        var context: TLSContext
        var live: [ObjectIdentifier: Live] = [:]
        var refusedAtMaximum = 0
    }

    private let state: Mutex<State>
    private let accepts: PeerExpectation
    private let connectionsMax: Int
    private let limits: TLSLimits
    private let clock: @Sendable () -> UTCInstant
    private let report: HandshakeReport

    /// An acceptor of peers of one kind. `connectionsMax` counts handshakes under way too.
    package init(
        context: TLSContext, accepts: PeerExpectation, connectionsMax: Int, limits: TLSLimits = TLSLimits(),
        clock: @escaping @Sendable () -> UTCInstant, report: @escaping HandshakeReport = { _ in }
    ) {
        precondition(connectionsMax > 0, "a listener for \(connectionsMax) connections")
        state = Mutex(State(context: context))
        (self.accepts, self.connectionsMax, self.limits) = (accepts, connectionsMax, limits)
        (self.clock, self.report) = (clock, report)
    }

    /// Connections open now, those in their handshake included.
    package var connectionCount: Int { state.withLock { $0.live.count } }

    /// Connections turned away so far because there were too many.
    package var refusedAtMaximumCount: Int { state.withLock { $0.refusedAtMaximum } }

    /// Puts TLS into an accepted channel, before any other handler. Fails when there are too many connections, and then
    /// the channel must be closed, as a server bootstrap does. Call on the channel's event loop.
    package func install(on channel: any Channel) -> EventLoopFuture<Void> {
        channel.eventLoop.makeCompletedFuture { try put(on: channel) }
    }

    private func put(on channel: any Channel) throws(TransportError) {
        let context = state.withLock { $0.context }
        let id = ObjectIdentifier(channel)
        do {
            let engine = try TLSEngine(context: context, side: .server(accepts: accepts), now: clock())
            let told = WeakHandler()
            let handler = TLSHandler(engine: engine, limits: limits, clock: clock) { [weak self] result in
                self?.handshakeEnded(result, told.handler, under: context)
            }
            told.handler = handler
            let live = Live(
                eventLoop: channel.eventLoop, channel: channel,
                handler: NIOLoopBound(handler, eventLoop: channel.eventLoop))
            guard enter(live, as: id) else { throw TransportError.tooManyConnections }
            channel.closeFuture.whenComplete { [weak self] _ in self?.leave(id) }
            try channel.pipeline.syncOperations.addHandler(handler)
        } catch let error as TransportError {
            throw error
        } catch let error as CryptoError {
            throw .crypto(error)
        } catch {
            leave(id)
            throw .closed
        }
    }

    private func enter(_ live: Live, as id: ObjectIdentifier) -> Bool {
        state.withLock { state in
            guard state.live.count < connectionsMax else {
                state.refusedAtMaximum += 1
                return false
            }
            state.live[id] = live
            return true
        }
    }

    private func leave(_ id: ObjectIdentifier) {
        state.withLock { _ = $0.live.removeValue(forKey: id) }
    }

    private func handshakeEnded(
        _ result: Result<TLSPeer, TransportError>, _ handler: TLSHandler?, under context: TLSContext
    ) {
        report(result.map { $0.identity })
        guard case .success = result else { return }
        // A reload during the handshake did not see this peer; one after this line will.
        let current = state.withLock { $0.context }
        if current !== context { handler?.verifyAgain(under: current) }
    }

    /// From now on peers are judged by `context`; the live ones are judged again, and those it does not accept are
    /// closed after the response in flight.
    package func reload(_ context: TLSContext) {
        let live = state.withLock { state in
            state.context = context
            return Array(state.live.values)
        }
        for connection in live {
            connection.eventLoop.execute { connection.handler.value.verifyAgain(under: context) }
        }
    }

    /// Judges every live peer again under the context in use: lists and certificates end with time too.
    package func verifyAgain() { reload(state.withLock { $0.context }) }

    /// Asks every connection to finish its response and close.
    package func quiesce() {
        for connection in state.withLock({ Array($0.live.values) }) {
            connection.channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent())
        }
    }

    /// Closes every connection at once, without a goodbye.
    package func closeAll() {
        for connection in state.withLock({ Array($0.live.values) }) {
            connection.eventLoop.execute { connection.handler.value.abandon() }
        }
    }
}

/// Lets the closure given to a handler reach that handler without keeping it alive.
private final class WeakHandler {
    weak var handler: TLSHandler?
}
