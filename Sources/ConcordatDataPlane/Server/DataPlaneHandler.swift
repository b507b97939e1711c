import ConcordatCore
import ConcordatCrypto
import ConcordatTerms
import ConcordatTransport
import ConcordatWire
import NIOCore
import NIOHTTP1

/// One connection of a party: reads a request, has it done, answers, and only then looks at the next.
///
/// Belongs to its channel's event loop; nothing in it may be touched from elsewhere.
final class DataPlaneHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// Where the connection stands.
    enum Phase {
        /// Between requests; nothing of the next one has come.
        case idle
        /// Some of a header section has come.
        case head
        /// The header section is good; its body comes.
        case body(DataPlaneRequest, bytes: [UInt8])
        /// The request is with the gateway.
        case working
        /// The last answer is given: whatever still comes is thrown away.
        case closing
    }

    let server: DataPlaneServer
    var phase = Phase.idle
    var context: ChannelHandlerContext?
    var peer: PeerIdentity?
    /// What came while the gateway works; looked at after the answer.
    var later = CircularBuffer<HTTPServerRequestPart>()
    /// The connection closes after the response in flight.
    var isRetired = false
    /// The peer said that it sends no more.
    var isInputClosed = false
    /// The wait for a delivery, which ends when the peer goes away.
    var wait: Task<Void, Never>?

    var began = NIODeadline.now()
    var route: DataPlaneRoute?
    var isHead = false
    private var deadline = NIODeadline.distantFuture
    private var look: Scheduled<Void>?
    private var readIsOwed = false
    private var isTakingLater = false

    init(server: DataPlaneServer) { self.server = server }

    // MARK: life

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        expect(within: server.settings.idleTimeout)
        lookLater()
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        end()
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        end()
        context.fireChannelInactive()
    }

    private func end() {
        phase = .closing
        look?.cancel()
        wait?.cancel()
        later.removeAll()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case TLSEvent.established(let identity): peer = identity
        case is TLSReloadEvent, is ChannelShouldQuiesceEvent: retire(context)
        case ChannelEvent.inputClosed:
            isInputClosed = true
            retire(context)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    /// Takes no further request; one that is being worked on is still answered.
    private func retire(_ context: ChannelHandlerContext) {
        isRetired = true
        wait?.cancel()
        switch phase {
        case .idle: close(context)
        // The rest of a request cannot come any more.
        case .head, .body: if isInputClosed { close(context) }
        case .working, .closing: break
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError else { return close(context) }
        switch phase {
        case .closing: break
        // The request before it gets its answer; this one is no request.
        case .working: isRetired = true
        case .idle, .head, .body:
            refuse(
                error == .headerOverflow
                    ? ProblemCatalogue.problem("limit.headers") : HTTPFraming.malformed("not HTTP/1.1"))
        }
    }

    func close(_ context: ChannelHandlerContext) {
        phase = .closing
        context.close(promise: nil)
    }

    // MARK: time

    /// From now on the peer has so long.
    func expect(within time: Duration) { deadline = .now() + TimeAmount(time) }

    /// Looks at the clock now and then: cheaper than a timer for every request.
    private func lookLater() {
        guard let context else { return }
        let settings = server.settings
        let shortest = min(settings.headTimeout, settings.bodyTimeout, settings.idleTimeout)
        look = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(min(shortest / 4, .seconds(2)))) {
            [weak self] in
            guard let self, let context = self.context else { return }
            if NIODeadline.now() >= self.deadline { self.timeIsUp(context) }
            self.lookLater()
        }
    }

    private func timeIsUp(_ context: ChannelHandlerContext) {
        switch phase {
        case .idle, .closing: close(context)
        case .head, .body: refuse(HTTPFraming.malformed("the request did not come in time", status: 408))
        case .working: break
        }
    }

    /// Bytes came: if none of a request had, one begins.
    func bytesCame() {
        guard case .idle = phase else { return }
        phase = .head
        expect(within: server.settings.headTimeout)
    }

    // MARK: reading

    func read(context: ChannelHandlerContext) {
        // While the gateway works nobody reads: what the peer sends beyond its request waits with the peer.
        if case .working = phase { readIsOwed = true } else { context.read() }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch phase {
        case .working:
            // Bound: what one read brought, unless the peer closes: then the connection is not served further.
            guard later.count < Self.laterPartsMax else { isRetired = true; return }
            later.append(part)
        case .idle, .head, .body: take(part, context)
        case .closing: break
        }
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        context.fireChannelWritabilityChanged()
        takeLater(context)
    }

    /// Goes on with what came meanwhile, once the peer has taken its answer.
    func takeLater(_ context: ChannelHandlerContext) {
        // An answer given at once comes back here; the loop below goes on by itself.
        guard !isTakingLater else { return }
        isTakingLater = true
        defer { isTakingLater = false }
        while context.channel.isWritable, !later.isEmpty {
            switch phase {
            case .idle, .head, .body: take(later.removeFirst(), context)
            case .working, .closing: return
            }
        }
        if case .working = phase { return }
        guard later.isEmpty, readIsOwed, context.channel.isWritable else { return }
        readIsOwed = false
        context.read()
    }

    private func take(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        switch part {
        case .head(let head): takeHead(head, context)
        case .body(let buffer): takeBody(buffer)
        case .end(let trailers): takeEnd(trailers, context)
        }
    }

    private func takeHead(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        began = .now()
        route = nil
        isHead = head.method == .HEAD
        let framing: HTTPFraming
        do throws(Problem) { framing = try HTTPFraming(head) } catch { return refuse(error) }
        if framing.isLast { isRetired = true }
        guard let peer else { return close(context) }
        let request: DataPlaneRequest
        do throws(DataPlaneRequest.Refusal) {
            request = try DataPlaneRequest(head, framing: framing, bodyBytesMax: server.settings.bodyBytesMax)
        } catch {
            return turnAway(error, peer: peer, hasBody: framing.body != .none)
        }
        route = request.route
        guard case .party = peer else {
            return turnAway(
                DataPlaneRequest.Refusal(
                    problem: ProblemCatalogue.problem("certificate.wrong-kind"), route: request.route),
                peer: peer, hasBody: framing.body != .none)
        }
        var bytes: [UInt8] = []
        if case .bytes(let count) = framing.body { bytes.reserveCapacity(min(count, Self.reserveBytesMax)) }
        phase = .body(request, bytes: bytes)
        expect(within: server.settings.bodyTimeout)
        if framing.expectsContinue, framing.body != .none {
            context.writeAndFlush(wrapOutboundOut(ResponseBytes.goOn), promise: nil)
        }
    }

    private func takeBody(_ buffer: ByteBuffer) {
        guard case .body(let request, var bytes) = phase else { return }
        // Without this the array would be copied with every part.
        phase = .head
        guard bytes.count + buffer.readableBytes <= server.settings.bodyBytesMax else {
            return turnAway(
                DataPlaneRequest.Refusal(problem: ProblemCatalogue.problem("limit.body"), route: request.route),
                peer: peer, hasBody: true)
        }
        bytes.append(contentsOf: buffer.readableBytesView)
        phase = .body(request, bytes: bytes)
    }

    private func takeEnd(_ trailers: HTTPHeaders?, _ context: ChannelHandlerContext) {
        guard case .body(let request, let bytes) = phase, let party = peer?.party else {
            // The end of a request that was turned away at its head.
            phase = .idle
            return expect(within: server.settings.idleTimeout)
        }
        guard trailers == nil else { return refuse(HTTPFraming.malformed("trailers are not taken")) }
        phase = .working
        work(request, body: bytes, for: party)
    }

    // Bound: parts of later requests kept while one is worked on.
    private static let laterPartsMax = 4096
    // Bound: room made for a body on its sender's word alone.
    private static let reserveBytesMax = 64 * 1024
}
