import ConcordatCrypto
import NIOCore
import NIOHTTP1

/// One request and its response at a time, on one connection. Belongs to the channel's event loop.
final class PeerExchangeHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart
    typealias Answer = Result<PeerResponse, PeerRequestFailure>

    private struct Exchange {
        let answer: EventLoopPromise<PeerResponse>
        let bytesMax: Int
        var head: HTTPResponseHead?
        var body: [UInt8] = []
        let timeout: Scheduled<Void>
    }

    private var context: ChannelHandlerContext?
    private var exchange: Exchange?
    private var mayBeReused = true
    /// Why the connection ended, when it ended between exchanges.
    private var ending: TransportError?
    /// Whether the connection can carry another request.
    var isReusable: Bool { mayBeReused && exchange == nil && context?.channel.isActive == true }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish(.failure(.init(reach: .unknown, reason: .closed)))
        self.context = nil
    }

    /// Writes the request. The answer's failure says whether any byte left.
    func send(_ request: PeerRequest, to endpoint: PeerEndpoint, answer: EventLoopPromise<PeerResponse>) {
        guard let context, isReusable else {
            answer.fail(PeerRequestFailure(reach: .notSent, reason: ending ?? .closed))
            return
        }
        var head = HTTPRequestHead(version: .http1_1, method: .RAW(value: request.method), uri: request.target)
        head.headers.add(name: "host", value: endpoint.hostHeader)
        for (name, value) in request.headers { head.headers.add(name: name, value: value) }
        if !request.body.isEmpty || request.method != "GET" {
            head.headers.add(name: "content-length", value: "\(request.body.count)")
        }
        let timeout = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(request.responseTimeout)) {
            [weak self] in
            guard let self else { return }
            self.fail(.responseTimeout)
        }
        exchange = Exchange(answer: answer, bytesMax: request.responseBytesMax, timeout: timeout)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        if !request.body.isEmpty {
            context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: request.body)))), promise: nil)
        }
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// Ends the exchange and the connection with it: what follows on it could be half an answer.
    func fail(_ reason: TransportError) {
        if exchange == nil, ending == nil { ending = reason }
        finish(.failure(.init(reach: .unknown, reason: reason)))
        mayBeReused = false
        context?.close(promise: nil)
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // An answer nobody asked for poisons the connection.
        guard exchange != nil else { fail(.malformedResponse); return }
        switch unwrapInboundIn(data) {
        case .head(let head):
            exchange?.head = head
            if !head.isKeepAlive { mayBeReused = false }
        case .body(let bytes):
            guard let soFar = exchange else { return }
            guard soFar.body.count + bytes.readableBytes <= soFar.bytesMax else {
                fail(.responseTooLarge(bytesMax: soFar.bytesMax))
                return
            }
            exchange?.body.append(contentsOf: bytes.readableBytesView)
        case .end:
            guard let done = exchange, let head = done.head else { fail(.malformedResponse); return }
            finish(
                .success(
                    PeerResponse(
                        status: Int(head.status.code), headers: head.headers.map { ($0.name, $0.value) },
                        body: done.body)))
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        mayBeReused = false
        finish(.failure(.init(reach: .unknown, reason: ending ?? .closed)))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        fail((error as? TransportError) ?? .malformedResponse)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is TLSReloadEvent, is ChannelShouldQuiesceEvent:
            mayBeReused = false
            if exchange == nil { context.close(promise: nil) }
        case ChannelEvent.inputClosed:
            mayBeReused = false
            // The decoder has already ended a body that runs to the close.
            fail(.closed)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    private func finish(_ result: Answer) {
        guard let done = exchange else { return }
        exchange = nil
        done.timeout.cancel()
        switch result {
        case .success(let response): done.answer.succeed(response)
        case .failure(let failure): done.answer.fail(failure)
        }
    }
}
