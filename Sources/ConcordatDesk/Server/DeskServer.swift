package import ConcordatCore
package import ConcordatTerms
import ConcordatWire
import HTTPTypes
import Hummingbird
import HummingbirdCore
package import Logging
package import NIOCore
import ServiceLifecycle

/// Floor 7, ConcordatDesk: where officers look at what was shared, apart from the address agencies call.
///
/// Hummingbird's HTTP/1.1 channel behind our TLS: the listener accepts, ``initialize`` puts HTTP on the connection, and
/// ``run()`` serves each in a task of its own.
package final class DeskServer: Service {
    /// Who may work at the desk. Nil for a person the configuration does not name.
    package typealias Roles = @Sendable (PartyID, OfficerID) -> Officer?

    /// One accepted connection, ready to be served.
    private struct Connection: Sendable {
        let http: HTTP1Channel
        let value: HTTP1Channel.Value
    }

    private let routes: DeskRoutes
    private let roles: Roles
    private let clock: @Sendable () -> UTCInstant
    private let logger: Logger
    private let connections: AsyncStream<Connection>
    private let accepted: AsyncStream<Connection>.Continuation

    /// - Parameter clock: the machine's time, for the `Date` field.
    package init(
        gateway: Gateway, roles: @escaping Roles, clock: @escaping @Sendable () -> UTCInstant, logger: Logger
    ) {
        (self.roles, self.clock, self.logger) = (roles, clock, logger)
        routes = DeskRoutes(gateway: gateway)
        (connections, accepted) = AsyncStream.makeStream()
    }

    /// Puts HTTP behind TLS on an accepted channel. For `TransportListener.start(initialize:)`.
    ///
    /// The listener bounds how many there are.
    package var initialize: @Sendable (any Channel) -> EventLoopFuture<Void> {
        { [self] channel in
            let peer = ConnectionPeer()
            let http = self.http(for: peer)
            return channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(PeerHandler(peer: peer))
            }.flatMap { [logger] in
                http.setup(channel: channel, logger: logger)
            }.map { [accepted, logger] value in
                guard case .terminated = accepted.yield(Connection(http: http, value: value)) else { return }
                // Nobody serves any more. What was set up must still be taken down in order.
                channel.close(promise: nil)
                _ = channel.eventLoop.makeFutureWithTask { await http.handle(value: value, logger: logger) }
            }
        }
    }

    /// Serves connections until a graceful shutdown or ``stop()``, then until the last one is closed.
    ///
    /// In a service group it stands before the listener's service, so that the listener, which closes the connections, is
    /// shut down first.
    package func run() async throws {
        await withGracefulShutdownHandler {
            await withDiscardingTaskGroup { group in
                for await connection in connections {
                    group.addTask { [logger] in await connection.http.handle(value: connection.value, logger: logger) }
                }
            }
        } onGracefulShutdown: {
            self.stop()
        }
    }

    /// Serves no new connection.
    package func stop() { accepted.finish() }

    private func http(for peer: ConnectionPeer) -> HTTP1Channel {
        let (routes, roles, clock, logger) = (routes, roles, clock, logger)
        let decoder = HTTP1Channel.Configuration.DecoderConfiguration(
            maxHeaderFieldSize: Self.fieldBytesMax, maxHeaderListSize: Self.headBytesMax,
            maxHeaderFieldCount: Self.fieldsMax)
        return HTTP1Channel(
            responder: { request, writer, channel in
                let context = DeskContext(
                    source: DeskContext.Source(
                        channel: channel, logger: logger, officer: peer.officer(roles), isPerson: peer.isPerson))
                var response = await routes.respond(to: request, context: context)
                response.headers[.date] = HTTPDate.text(clock())
                try await writer.write(response: response.head, body: response.body)
            },
            configuration: HTTP1Channel.Configuration(idleTimeout: Self.idleTimeout, httpDecoderConfiguration: decoder))
    }

    // Bounds of one header section and of an idle connection.
    private static let fieldBytesMax = 8 * 1024
    private static let headBytesMax = 32 * 1024
    private static let fieldsMax = 64
    private static let idleTimeout = TimeAmount.seconds(60)
}
