import ConcordatCrypto
import ConcordatTerms
import NIOCore
import NIOHTTP1
import NIOPosix

/// One verified connection to a peer.
struct PeerConnection: Sendable {
    let channel: any Channel
    private let exchange: NIOLoopBound<PeerExchangeHandler>
    /// Which reload of the client's context it was made under.
    let generation: Int

    /// Connects and shakes hands. Nothing but TLS has left when this returns, and the peer is who it must be.
    static func open(
        to endpoint: PeerEndpoint, context: TLSContext, generation: Int, settings: PeerHTTPClient.Settings,
        group: any EventLoopGroup, clock: @escaping @Sendable () -> UTCInstant
    ) async throws(TransportError) -> PeerConnection {
        let loop = group.next()
        let ready = loop.makePromise(of: PeerConnection.self)
        let bootstrap = ClientBootstrap(group: loop)
            .connectTimeout(TimeAmount(settings.connectTimeout))
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let engine = try TLSEngine(
                        context: context, side: .client(host: endpoint.host, expects: .party(endpoint.party)),
                        now: clock())
                    let exchange = PeerExchangeHandler()
                    let connection = PeerConnection(
                        channel: channel, exchange: NIOLoopBound(exchange, eventLoop: channel.eventLoop),
                        generation: generation)
                    let tls = TLSHandler(engine: engine, limits: settings.limits, clock: clock) { result in
                        switch result {
                        case .success: ready.succeed(connection)
                        case .failure(let error): ready.fail(error)
                        }
                    }
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(tls)
                    try pipeline.addHandler(HTTPRequestEncoder())
                    let decoder = HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes)
                    try pipeline.addHandler(ByteToMessageHandler(decoder))
                    try pipeline.addHandler(exchange)
                }
            }
        do {
            _ = try await bootstrap.connect(to: endpoint.address).get()
        } catch let error as CryptoError {
            ready.fail(error)
            throw .crypto(error)
        } catch {
            // Without a connection nobody else settles it; settled twice, the first word counts.
            ready.fail(error)
            if case ChannelError.connectTimeout = error { throw .connectTimeout }
            throw .cannotConnect
        }
        do {
            return try await ready.futureResult.get()
        } catch let error as TransportError {
            throw error
        } catch {
            throw .closed
        }
    }

    private init(channel: any Channel, exchange: NIOLoopBound<PeerExchangeHandler>, generation: Int) {
        (self.channel, self.exchange, self.generation) = (channel, exchange, generation)
    }

    /// Sends one request and waits for its answer. Cancelling ends the connection.
    func send(_ request: PeerRequest, to endpoint: PeerEndpoint) async throws(PeerRequestFailure) -> PeerResponse {
        let answer = channel.eventLoop.makePromise(of: PeerResponse.self)
        let exchange = exchange
        channel.eventLoop.execute { exchange.value.send(request, to: endpoint, answer: answer) }
        do {
            return try await withTaskCancellationHandler {
                try await answer.futureResult.get()
            } onCancel: {
                channel.eventLoop.execute { exchange.value.fail(.cancelled) }
            }
        } catch let failure as PeerRequestFailure {
            throw failure
        } catch {
            throw PeerRequestFailure(reach: .unknown, reason: .closed)
        }
    }

    /// Whether another request may be sent on it.
    func isReusable() async -> Bool {
        let exchange = exchange
        return (try? await channel.eventLoop.submit { exchange.value.isReusable }.get()) ?? false
    }

    /// Says goodbye and closes, in its own time.
    func close() { channel.close(promise: nil) }
}
