import ConcordatCrypto
import ConcordatTerms
import ConcordatTransport
import NIOCore
import NIOPosix

/// One connection that always has one message under way. Belongs to its event loop.
///
/// Reads no more of HTTP than it must: the status, the length of the body, and where it ends.
final class LoadConnection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let template: MessageTemplate
    private let tally: Tally
    private var received = ByteBuffer()
    private var sentAt = NIODeadline.now()

    private init(template: MessageTemplate, tally: Tally) {
        (self.template, self.tally) = (template, tally)
    }

    /// Connects, and begins to send as soon as the peer is verified.
    static func open(
        host: String, port: Int, context: TLSContext, template: MessageTemplate, tally: Tally, group: any EventLoopGroup
    ) async throws {
        _ = try await ClientBootstrap(group: group)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let engine = try TLSEngine(
                        context: context, side: .client(host: host, expects: .party("gateway")), now: Self.now())
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(TLSHandler(engine: engine, clock: Self.now))
                    try pipeline.addHandler(LoadConnection(template: template, tally: tally))
                }
            }
            .connect(host: host, port: port).get()
    }

    func channelActive(context: ChannelHandlerContext) { send(context) }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data)
        received.writeBuffer(&bytes)
        guard let answer = Answer(received.readableBytesView) else { return }
        guard answer.isWhole else { return }
        tally.answered(
            answer.status, nanoseconds: (NIODeadline.now() - sentAt).nanoseconds,
            text: { String(buffer: self.received) })
        received.clear()
        send(context)
    }

    func channelInactive(context: ChannelHandlerContext) { tally.broke() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

    private func send(_ context: ChannelHandlerContext) {
        guard let number = tally.next() else { return }
        sentAt = .now()
        context.writeAndFlush(wrapOutboundOut(template.message(number)), promise: nil)
    }

    /// Certificates are judged at this moment; the load is no part of the product, and its clock is the machine's.
    private static func now() -> UTCInstant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return UTCInstant(seconds: Int64(time.tv_sec))
    }
}

/// What has come of an answer.
private struct Answer {
    let status: Int
    let isWhole: Bool

    /// Nil until the head is whole.
    init?(_ bytes: ByteBufferView) {
        // `HTTP/1.1 202 `
        guard let end = Self.end(of: Array("\r\n\r\n".utf8), in: bytes, from: bytes.startIndex) else { return nil }
        status = bytes[bytes.startIndex + 9..<bytes.startIndex + 12].reduce(0) { $0 * 10 + Int($1) - 48 }
        var length = 0
        if let start = Self.end(of: Array("ontent-length:".utf8), in: bytes[..<end], from: bytes.startIndex) {
            for byte in bytes[start..<end] {
                if byte == UInt8(ascii: " ") { continue }
                guard (48...57).contains(byte) else { break }
                length = length * 10 + Int(byte) - 48
            }
        }
        isWhole = bytes.endIndex - end >= length
    }

    /// The place after the first `word`, in lower or upper case, at or after `from`.
    private static func end(of word: [UInt8], in bytes: ByteBufferView, from: Int) -> Int? {
        guard bytes.endIndex - from >= word.count else { return nil }
        var at = from
        while at <= bytes.endIndex - word.count {
            var matched = 0
            while matched < word.count, bytes[at + matched] | 0x20 == word[matched] | 0x20 { matched += 1 }
            if matched == word.count { return at + word.count }
            at += 1
        }
        return nil
    }
}
