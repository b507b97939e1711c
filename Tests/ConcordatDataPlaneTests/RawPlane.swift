import ConcordatCrypto
import ConcordatTerms
import ConcordatTestSupport
import ConcordatTransport
import Foundation
import NIOCore
import NIOPosix
import Synchronization

@testable import ConcordatDataPlane

/// The data plane's pipeline on a plain socket, with the peer's name given instead of proven: for raw bytes.
struct RawPlane {
    let channel: any Channel
    let server: DataPlaneServer
    /// The newest connection, on the server's side.
    let accepted: AcceptedChannels
    var port: Int { channel.localAddress?.port ?? 0 }

    static func start(
        _ identity: PeerIdentity = .party(GatewayStage.police), settings: DataPlaneSettings = DataPlaneSettings()
    ) async throws -> RawPlane {
        let stage = try await GatewayStage.shared()
        let server = DataPlaneServer(
            gateway: stage.gateway, settings: settings,
            clock: GatewayStage.clock)
        let accepted = AcceptedChannels()
        let initialize = server.initialize
        let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                accepted.add(channel)
                return channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NamingHandler(identity: identity))
                }.flatMap { initialize(channel) }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        return RawPlane(channel: channel, server: server, accepted: accepted)
    }

    func client(sending first: String = "") async throws -> RawClient {
        try await RawClient.connect(port: port, sending: first)
    }

    /// Sends `text` on a new connection and returns all that came until the server closed, or forty seconds passed.
    func exchange(_ text: String) async throws -> String {
        let client = try await client(sending: text)
        _ = await client.wait { _ in client.isClosed }
        return client.text
    }

    func stop() async { try? await channel.close() }
}

final class AcceptedChannels: Sendable {
    private let channels = Mutex<[any Channel]>([])
    func add(_ channel: any Channel) { channels.withLock { $0.append(channel) } }
    var newest: (any Channel)? { channels.withLock { $0.last } }
}

/// Says who the peer is, as the TLS handler does.
final class NamingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let identity: PeerIdentity

    init(identity: PeerIdentity) { self.identity = identity }

    func channelActive(context: ChannelHandlerContext) {
        context.fireUserInboundEventTriggered(TLSEvent.established(identity))
        context.fireChannelActive()
    }
}

/// A socket that sends what it is told and keeps what comes.
final class RawClient: Sendable {
    private struct State {
        var bytes: [UInt8] = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let channel = Mutex<(any Channel)?>(nil)

    /// What is to be sent `first` goes as soon as the socket is open: a test's own task may have to wait for its turn longer
    /// than a server waits for a request.
    static func connect(port: Int, sending first: String = "") async throws -> RawClient {
        let client = RawClient()
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(KeepingHandler(client: client, first: first))
                }
            }
            .connect(host: "127.0.0.1", port: port).get()
        client.channel.withLock { $0 = channel }
        return client
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        channel.withLock { $0 }?.writeAndFlush(ByteBuffer(bytes: bytes), promise: nil)
    }

    func close() { channel.withLock { $0 }?.close(promise: nil) }

    var text: String { String(decoding: state.withLock { $0.bytes }, as: UTF8.self) }
    var isClosed: Bool { state.withLock { $0.isClosed } }

    fileprivate func keep(_ bytes: ByteBufferView) { state.withLock { $0.bytes.append(contentsOf: bytes) } }
    fileprivate func closed() { state.withLock { $0.isClosed = true } }

    /// Waits until `condition` holds for what has come, at most forty seconds.
    func wait(for condition: (String) -> Bool) async -> Bool {
        for _ in 0..<8000 {
            if condition(text) { return true }
            try? await Task.sleep(for: .milliseconds(5))
        }
        return condition(text)
    }
}

private final class KeepingHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let client: RawClient
    private let first: String

    init(client: RawClient, first: String) { (self.client, self.first) = (client, first) }

    func channelActive(context: ChannelHandlerContext) {
        guard !first.isEmpty else { return }
        context.writeAndFlush(NIOAny(ByteBuffer(string: first)), promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        client.keep(unwrapInboundIn(data).readableBytesView)
    }

    func channelInactive(context: ChannelHandlerContext) { client.closed() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}

extension String {
    /// How often `part` stands in the text.
    func count(of part: String) -> Int { components(separatedBy: part).count - 1 }

    /// Request lines as they go over the wire.
    var crlf: String { replacingOccurrences(of: "\n", with: "\r\n") }
}
