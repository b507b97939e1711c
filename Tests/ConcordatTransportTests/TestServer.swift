import ConcordatCrypto
import ConcordatTerms
import ConcordatTransport
import Foundation
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

/// What a server under test has seen.
final class Sightings: Sendable {
    struct Seen: Sendable {
        var identities: [PeerIdentity] = []
        var requests: [String] = []
        var errors: [TransportError] = []
        var retirements: [TLSReloadEvent] = []
        var bytes = 0
        var digest = SHA256Hasher()
        var halfCloses = 0
    }
    private let seen = Mutex(Seen())

    func note(_ change: (inout Seen) -> Void) { seen.withLock { change(&$0) } }
    var all: Seen { seen.withLock { $0 } }

    /// Waits until `condition` holds, at most ten seconds.
    func wait(for condition: (Seen) -> Bool) async -> Bool {
        for _ in 0..<6000 {
            if condition(all) { return true }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return condition(all)
    }
}

/// A listener on a free port of the loopback, with a small HTTP service or a raw sink behind TLS.
struct TestServer {
    let listener: TransportListener
    let seen: Sightings
    var port: Int { listener.addresses.first?.port ?? 0 }

    enum Kind: Sendable {
        case http
        /// Counts bytes; does not read before ``SinkHandler/openGates`` when closed.
        case sink(gate: SinkGate?)
    }

    static func start(
        _ kind: Kind = .http, gateway: String = "gateway", lists: [String] = ["crls.pem"], grace: Duration = .zero,
        accepts: PeerExpectation = .parties, adjust: (inout TransportListener.Settings) -> Void = { _ in },
        clock: @escaping @Sendable () -> UTCInstant = { .now }
    ) async throws -> TestServer {
        let seen = Sightings()
        var settings = TransportListener.Settings(
            name: "test", addresses: [try SocketAddress(ipAddress: "127.0.0.1", port: 0)], accepts: accepts)
        adjust(&settings)
        let listener = try await TransportListener.start(
            settings, context: TLSContext(.test(gateway, lists: lists, grace: grace)),
            group: MultiThreadedEventLoopGroup.singleton,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            clock: clock
        ) { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                switch kind {
                case .http:
                    try pipeline.configureHTTPServerPipeline(withErrorHandling: false)
                    try pipeline.addHandler(AnswerHandler(seen: seen))
                case .sink(let gate):
                    try pipeline.addHandler(SinkHandler(seen: seen, gate: gate))
                }
            }
        }
        return TestServer(listener: listener, seen: seen)
    }

    func stop() async { await listener.shutDown(grace: .milliseconds(500)) }
}

/// Answers `/who`, `/slow`, `/big/<bytes>` and counts what is posted.
final class AnswerHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    private let seen: Sightings
    private var identity: PeerIdentity?
    private var head: HTTPRequestHead?
    private var left = 0
    private var isLast = false
    private var posted = 0

    init(seen: Sightings) { self.seen = seen }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSEvent.established(let identity):
            self.identity = identity
            seen.note { $0.identities.append(identity) }
        case let event as TLSReloadEvent: seen.note { $0.retirements.append(event) }
        case ChannelEvent.inputClosed:
            seen.note { $0.halfCloses += 1 }
            isLast = true
            if head == nil { context.close(promise: nil) }
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            self.head = head
            isLast = isLast || !head.isKeepAlive
            posted = 0
            seen.note { $0.requests.append(head.uri) }
        case .body(let bytes):
            posted += bytes.readableBytes
            seen.note {
                $0.digest.update(Array(bytes.readableBytesView)); $0.bytes += bytes.readableBytes
            }
        case .end: answer(context)
        }
    }

    private func answer(_ context: ChannelHandlerContext) {
        guard let head else { return }
        if head.uri.hasPrefix("/big/"), let count = Int(head.uri.dropFirst(5)) {
            left = count
            writeHead(context, count: count)
            writeMore(context)
        } else if head.uri == "/slow" {
            context.eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(700)) { self.write("slow", context) }
        } else {
            write(head.method == .POST ? "\(posted)" : identity.map { "\($0)" } ?? "nobody", context)
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if left > 0 { writeMore(context) }
    }

    private func write(_ text: String, _ context: ChannelHandlerContext) {
        writeHead(context, count: text.utf8.count)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: text)))), promise: nil)
        end(context)
    }

    private func end(_ context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        head = nil
        if isLast { context.close(promise: nil) }
    }

    private func writeHead(_ context: ChannelHandlerContext, count: Int) {
        let headers: HTTPHeaders = ["content-length": "\(count)"]
        context.write(wrapOutboundOut(.head(.init(version: .http1_1, status: .ok, headers: headers))), promise: nil)
    }

    private func writeMore(_ context: ChannelHandlerContext) {
        while left > 0, context.channel.isWritable {
            let count = min(left, 32 * 1024)
            left -= count
            context.writeAndFlush(
                wrapOutboundOut(.body(.byteBuffer(ByteBuffer(repeating: 0x61, count: count)))), promise: nil)
        }
        if left == 0 { end(context) }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? TransportError { seen.note { $0.errors.append(error) } }
        context.close(promise: nil)
    }
}

/// Holds a sink's reads until opened.
final class SinkGate: Sendable {
    private let channel = Mutex<(any Channel)?>(nil)
    func hold(_ channel: any Channel) { self.channel.withLock { $0 = channel } }
    func open() {
        guard let channel = channel.withLock({ $0 }) else { return }
        channel.setOption(.autoRead, value: true).whenComplete { _ in }
    }
}

/// Counts and digests raw payload; echoes nothing.
final class SinkHandler: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer

    private let seen: Sightings
    private let gate: SinkGate?

    init(seen: Sightings, gate: SinkGate?) { (self.seen, self.gate) = (seen, gate) }

    func handlerAdded(context: ChannelHandlerContext) {
        guard let gate else { return }
        gate.hold(context.channel)
        _ = context.channel.setOption(.autoRead, value: false)
    }

    func channelActive(context: ChannelHandlerContext) {
        if gate != nil { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let bytes = unwrapInboundIn(data)
        seen.note {
            $0.digest.update(Array(bytes.readableBytesView)); $0.bytes += bytes.readableBytes
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case TLSEvent.established(let identity) = event { seen.note { $0.identities.append(identity) } }
        if case ChannelEvent.inputClosed = event {
            seen.note { $0.halfCloses += 1 }
            context.close(promise: nil)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? TransportError { seen.note { $0.errors.append(error) } }
        context.close(promise: nil)
    }
}

extension TLSContext.Material {
    static func test(
        _ name: String, authorities: String = "authorities.pem", lists: [String] = ["crls.pem"],
        grace: Duration = .zero
    ) -> TLSContext.Material {
        let workshop = CertificateWorkshop.shared
        return TLSContext.Material(
            deployment: CertificateWorkshop.deployment, certificateChain: workshop.bytes(name + ".pem"),
            privateKey: workshop.bytes(name + ".key"), authorities: workshop.bytes(authorities),
            revocationLists: lists.flatMap { workshop.bytes($0) }, revocationGrace: grace)
    }
}

extension UTCInstant {
    static var now: UTCInstant { UTCInstant(milliseconds: Int64(Date().timeIntervalSince1970 * 1000)) }
}

extension CertificateWorkshop {
    /// As `run`, without holding a thread that tests need.
    func tool(_ commandLine: String) async -> (code: Int32, output: String) {
        await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: run(commandLine)) }
        }
    }

    /// The options that make openssl's or curl's client one of the peers.
    func opensslClient(_ name: String, port: Int) -> String {
        "openssl s_client -connect 127.0.0.1:\(port) -CAfile authorities.pem -cert \(name).leaf.pem "
            + "-cert_chain agencies.ca.pem -key \(name).key"
    }

    func curl(_ name: String, port: Int, _ rest: String) -> String {
        "curl -sS --noproxy '*' --max-time 30 --cacert authorities.pem --cert \(name).pem --key \(name).key "
            + "--resolve localhost:\(port):127.0.0.1 https://localhost:\(port)\(rest)"
    }
}
