package import ConcordatCrypto
package import ConcordatTerms
package import Logging
package import NIOCore
import NIOPosix

/// One plane's listening sockets, with mutual TLS on every connection.
package final class TransportListener: Sendable {
    /// What a listener is made with.
    package struct Settings: Sendable {
        /// Names the listener in logs.
        package var name: String
        /// Where to listen: at least one address.
        package var addresses: [SocketAddress]
        /// Who may come in.
        package var accepts: PeerExpectation
        // Bound: connections of this listener, handshakes included. Beyond it a connection is closed at once.
        package var connectionsMax = 1024
        // Bound: connections the system keeps until we accept them.
        package var backlog: Int32 = 256
        package var limits = TLSLimits()

        package init(name: String, addresses: [SocketAddress], accepts: PeerExpectation) {
            (self.name, self.addresses, self.accepts) = (name, addresses, accepts)
        }
    }

    /// The addresses listened on, with the ports the system chose.
    package let addresses: [SocketAddress]
    /// The TLS side: counts, reload, judging again.
    package let acceptor: TLSAcceptor
    private let channels: [any Channel]

    private init(addresses: [SocketAddress], acceptor: TLSAcceptor, channels: [any Channel]) {
        (self.addresses, self.acceptor, self.channels) = (addresses, acceptor, channels)
    }

    /// Listens on every address, or on none: when one cannot be bound the others are given back.
    ///
    /// `initialize` is called on each accepted channel's event loop, with TLS already in place.
    package static func start(
        _ settings: Settings, context: TLSContext, group: any EventLoopGroup, logger: Logger,
        clock: @escaping @Sendable () -> UTCInstant,
        initialize: @escaping @Sendable (any Channel) -> EventLoopFuture<Void>
    ) async throws(TransportError) -> TransportListener {
        precondition(!settings.addresses.isEmpty, "a listener needs an address")
        let acceptor = TLSAcceptor(
            context: context, accepts: settings.accepts, connectionsMax: settings.connectionsMax,
            limits: settings.limits, clock: clock, report: { Self.log($0, settings.name, logger) })
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: settings.backlog)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // TLS decides what an end of the stream means, so NIO must not close on its own.
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                acceptor.install(on: channel).flatMap { initialize(channel) }
            }
        var channels: [any Channel] = []
        for address in settings.addresses {
            do {
                channels.append(try await bootstrap.bind(to: address).get())
            } catch {
                for channel in channels { try? await channel.close() }
                throw .cannotBind(address: "\(address)")
            }
        }
        return TransportListener(
            addresses: channels.compactMap(\.localAddress), acceptor: acceptor, channels: channels)
    }

    /// Judges new peers by `context`, and the live ones again.
    package func reload(_ context: TLSContext) { acceptor.reload(context) }

    /// Takes no more connections, lets those there finish their response, and closes what is left after `grace`.
    package func shutDown(grace: Duration) async {
        for channel in channels { try? await channel.close() }
        acceptor.quiesce()
        await emptied(within: grace)
        acceptor.closeAll()
        await emptied(within: Self.closeTime)
    }

    private func emptied(within time: Duration) async {
        let deadline = ContinuousClock.now + time
        while acceptor.connectionCount > 0, ContinuousClock.now < deadline, !Task.isCancelled {
            try? await ContinuousClock().sleep(for: Self.look)
        }
    }

    private static let look = Duration.milliseconds(20)
    private static let closeTime = Duration.seconds(1)

    private static func log(_ result: Result<PeerIdentity, TransportError>, _ name: String, _ logger: Logger) {
        guard case .failure(let error) = result else { return }
        // Addresses are left out: who was turned away is for the evidence log, not for this one.
        logger.info("tls handshake refused", metadata: ["listener": "\(name)", "reason": "\(error)"])
    }
}

extension TransportListener {
    /// Connections open now.
    package var connectionCount: Int { acceptor.connectionCount }
}
