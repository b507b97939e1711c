package import ConcordatCore
package import ConcordatTerms
package import NIOCore
import NIOHTTP1
import NIOPosix

/// Health and metrics in plain HTTP, for this machine only.
package final class LocalServer: Sendable {
    /// What the local listener could not do.
    package enum Fault: Error, Equatable, CustomStringConvertible {
        /// The address is not on the loopback.
        case notLoopback(address: String)
        case cannotBind(address: String)

        package var description: String {
            switch self {
            case .notLoopback(let address):
                "`\(address)` is not a loopback address; health and metrics are for this machine only"
            case .cannotBind(let address): "cannot listen on `\(address)`"
            }
        }
    }

    /// Where it listens, with the port the system chose.
    package let address: SocketAddress?
    private let channel: any Channel

    private init(channel: any Channel) { (self.channel, address) = (channel, channel.localAddress) }

    /// Listens on `address`.
    ///
    /// - Parameters:
    ///   - unreadiness: nil while the gateway takes messages; asked for each `/readyz`, away from the event loop.
    ///   - clock: the machine's time, for the `Date` field.
    package static func start(
        _ address: SocketAddress, metrics: PrometheusMetrics, group: any EventLoopGroup,
        clock: @escaping @Sendable () -> UTCInstant, unreadiness: @escaping @Sendable () -> ReadinessFault?
    ) async throws(Fault) -> LocalServer {
        guard isLoopback(address) else { throw .notLoopback(address: "\(address)") }
        let date = DateLine(clock: clock)
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 16)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let decoder = HTTPRequestDecoder(
                        leftOverBytesStrategy: .dropBytes, informationalResponseStrategy: .drop,
                        limitConfiguration: HTTPFraming.decoderLimits)
                    try channel.pipeline.syncOperations.addHandlers([
                        ByteToMessageHandler(decoder),
                        LocalHandler(metrics: metrics, date: date, unreadiness: unreadiness),
                    ])
                }
            }
        do { return LocalServer(channel: try await bootstrap.bind(to: address).get()) } catch {
            throw .cannotBind(address: "\(address)")
        }
    }

    /// Takes no more connections.
    package func stop() async { try? await channel.close() }

    private static func isLoopback(_ address: SocketAddress) -> Bool {
        guard let host = address.ipAddress else { return false }
        return host == "::1" || address.protocol == .inet && host.hasPrefix("127.")
    }
}
