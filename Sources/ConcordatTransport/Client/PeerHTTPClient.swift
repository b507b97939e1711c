package import ConcordatCrypto
package import ConcordatTerms
package import NIOCore
import Synchronization

/// A small HTTP/1.1 client over mutual TLS, with a bounded pool of connections for each endpoint.
///
/// Before one byte of a request leaves, the peer's chain, revocation, host and party have been verified. It resolves no
/// names, follows no redirects, reads no proxy settings and never sends a request twice.
package final class PeerHTTPClient: Sendable {
    /// Times and bounds of a client.
    package struct Settings: Sendable {
        /// For the TCP connection.
        package var connectTimeout: Duration = .seconds(10)
        /// For a free connection when all are busy.
        package var waitTimeout: Duration = .seconds(30)
        /// How long an unused connection is kept.
        package var idleMax: Duration = .seconds(30)
        // Bound: connections to one endpoint.
        package var connectionsPerEndpointMax = 4
        // Bound: requests that wait for one endpoint.
        package var waitingPerEndpointMax = 64
        /// Of TLS, the handshake's time among them.
        package var limits = TLSLimits()

        package init() {}
    }

    private typealias Pool = ConnectionPool<PeerConnection>

    private struct State {
        var context: TLSContext
        var generation = 0
        var isShutDown = false
        var pool: Pool
        var waiters: [Int: CheckedContinuation<Pool.Turn?, Never>] = [:]
        /// Turns that came before their request had settled down to wait.
        var early: [Int: Pool.Turn] = [:]
    }

    private let state: Mutex<State>
    private let settings: Settings
    private let group: any EventLoopGroup
    private let clock: @Sendable () -> UTCInstant

    /// A client that shows `context`'s certificate and judges peers by it.
    package init(
        context: TLSContext, settings: Settings = Settings(), group: any EventLoopGroup,
        clock: @escaping @Sendable () -> UTCInstant
    ) {
        let pool = Pool(
            connectionsMax: settings.connectionsPerEndpointMax, waitingMax: settings.waitingPerEndpointMax)
        state = Mutex(State(context: context, pool: pool))
        (self.settings, self.group, self.clock) = (settings, group, clock)
    }

    /// Connections open or being opened.
    package var connectionCount: Int { state.withLock { $0.pool.openCount } }

    /// Sends one request, once, and gives its answer, whatever its status.
    ///
    /// The failure says whether any byte of the request had left.
    package func send(_ request: PeerRequest, to endpoint: PeerEndpoint) async throws(PeerRequestFailure)
        -> PeerResponse
    {
        guard request.isWellFormed else { throw PeerRequestFailure(reach: .notSent, reason: .malformedRequest) }
        while true {
            let connection: PeerConnection
            let isFresh: Bool
            do throws(TransportError) {
                (connection, isFresh) = try await acquire(endpoint)
            } catch {
                throw PeerRequestFailure(reach: .notSent, reason: error)
            }
            do throws(PeerRequestFailure) {
                let response = try await connection.send(request, to: endpoint)
                await release(connection, of: endpoint)
                return response
            } catch {
                connection.close()
                lost(endpoint)
                // The peer closed an idle connection under us. Nothing left, so another one is no second sending; each
                // turn uses up an idle connection, so the turns end.
                if error.reach == .notSent, !isFresh, !Task.isCancelled { continue }
                throw error
            }
        }
    }

    /// From now on connections are made under `context`; those made before carry no further request.
    package func reload(_ context: TLSContext) {
        let idle = state.withLock { state in
            state.context = context
            state.generation += 1
            return state.pool.removeIdle()
        }
        for connection in idle { connection.close() }
    }

    /// Closes the connections unused for long. Also done on every request; call it now and then for a quiet client.
    package func closeIdle() {
        let limit = clock() - settings.idleMax
        let idle = state.withLock { $0.pool.removeIdle(since: limit) }
        for connection in idle { connection.close() }
    }

    /// Refuses what comes, closes what idles; what is under way ends by itself.
    package func shutDown() {
        let (idle, waiters) = state.withLock { state in
            state.isShutDown = true
            let waiters = state.waiters
            state.waiters = [:]
            return (state.pool.removeIdle(), Array(waiters.values))
        }
        for waiter in waiters { waiter.resume(returning: nil) }
        for connection in idle { connection.close() }
    }

    // MARK: the pool

    /// A connection and whether it has carried nothing yet.
    private func acquire(_ endpoint: PeerEndpoint) async throws(TransportError) -> (PeerConnection, isFresh: Bool) {
        closeIdle()
        let (claim, isShutDown) = state.withLock { state in
            state.isShutDown ? (Pool.Claim.refuse, true) : (state.pool.claim(endpoint), false)
        }
        guard !isShutDown else { throw .shutDown }
        switch claim {
        case .use(let connection): return (connection, false)
        case .open: return (try await open(endpoint), true)
        case .refuse: throw .poolExhausted
        case .wait(let ticket):
            switch try await wait(ticket, at: endpoint) {
            case .use(let connection): return (connection, false)
            case .open: return (try await open(endpoint), true)
            }
        }
    }

    private func open(_ endpoint: PeerEndpoint) async throws(TransportError) -> PeerConnection {
        let (context, generation) = state.withLock { ($0.context, $0.generation) }
        do throws(TransportError) {
            return try await PeerConnection.open(
                to: endpoint, context: context, generation: generation, settings: settings, group: group, clock: clock)
        } catch {
            lost(endpoint)
            throw error
        }
    }

    private func release(_ connection: PeerConnection, of endpoint: PeerEndpoint) async {
        let isReusable = await connection.isReusable()
        let isCurrent = state.withLock { !$0.isShutDown && $0.generation == connection.generation }
        guard isReusable, isCurrent else {
            connection.close()
            lost(endpoint)
            return
        }
        let now = clock()
        state.withLock { state in
            if let (ticket, turn) = state.pool.giveBack(connection, to: endpoint, now: now) {
                Self.tell(ticket, turn, &state)
            }
        }
    }

    private func lost(_ endpoint: PeerEndpoint) {
        state.withLock { state in
            if let (ticket, turn) = state.pool.lost(endpoint) { Self.tell(ticket, turn, &state) }
        }
    }

    private static func tell(_ ticket: Int, _ turn: Pool.Turn, _ state: inout State) {
        if let waiter = state.waiters.removeValue(forKey: ticket) {
            waiter.resume(returning: turn)
        } else {
            state.early[ticket] = turn
        }
    }

    private func wait(_ ticket: Int, at endpoint: PeerEndpoint) async throws(TransportError) -> Pool.Turn {
        let timer = group.next().scheduleTask(in: TimeAmount(settings.waitTimeout)) { [weak self] in
            self?.giveUp(ticket, at: endpoint)
        }
        defer { timer.cancel() }
        let turn = await withTaskCancellationHandler {
            await withCheckedContinuation { (continuation: CheckedContinuation<Pool.Turn?, Never>) in
                state.withLock { state in
                    if let turn = state.early.removeValue(forKey: ticket) {
                        continuation.resume(returning: turn)
                    } else if Task.isCancelled || state.isShutDown {
                        _ = state.pool.giveUp(ticket, at: endpoint)
                        continuation.resume(returning: nil)
                    } else {
                        state.waiters[ticket] = continuation
                    }
                }
            }
        } onCancel: {
            giveUp(ticket, at: endpoint)
        }
        guard let turn else {
            if Task.isCancelled { throw .cancelled }
            throw state.withLock({ $0.isShutDown }) ? .shutDown : .poolExhausted
        }
        return turn
    }

    private func giveUp(_ ticket: Int, at endpoint: PeerEndpoint) {
        let waiter = state.withLock { state in
            state.pool.giveUp(ticket, at: endpoint) ? state.waiters.removeValue(forKey: ticket) : nil
        }
        waiter?.resume(returning: nil)
    }
}
