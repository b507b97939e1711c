import ConcordatCore
import ConcordatJSON
import ConcordatWire
import NIOCore
import NIOHTTP1
import NIOPosix

/// One local connection: one request, one answer, closed.
final class LocalHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = ByteBuffer

    private let metrics: PrometheusMetrics
    private let date: DateLine
    private let unreadiness: @Sendable () -> ReadinessFault?
    private var isDone = false
    private var deadline: Scheduled<Void>?
    private var context: ChannelHandlerContext?

    init(metrics: PrometheusMetrics, date: DateLine, unreadiness: @escaping @Sendable () -> ReadinessFault?) {
        (self.metrics, self.date, self.unreadiness) = (metrics, date, unreadiness)
    }

    func channelActive(context: ChannelHandlerContext) {
        self.context = context
        deadline = context.eventLoop.assumeIsolated().scheduleTask(in: Self.lifetime) { [weak self] in
            self?.context?.close(promise: nil)
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        self.context = nil
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        do throws(Problem) {
            guard try HTTPFraming(head).body == .none else { throw HTTPFraming.malformed("no body is taken here") }
            guard head.method == .GET else { throw ProblemCatalogue.problem("method.not-allowed") }
            switch head.uri {
            case "/healthz": answer(Self.json(200, [JSONMember("healthy", .bool(true))]), context)
            case "/readyz": answerWhetherReady(context)
            case "/metrics":
                answer(
                    Reply(status: 200, mediaType: PrometheusMetrics.mediaType, body: Array(metrics.text.utf8)), context)
            default: throw ProblemCatalogue.problem("route.unknown")
            }
        } catch {
            answer(Reply(error), context)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return context.close(promise: nil) }
        answer(Reply(HTTPFraming.malformed("not HTTP/1.1")), context)
    }

    /// Asks on a thread that may block, since the question may go to the store: neither an event loop nor one of the few
    /// threads that tasks share, which judging may have taken all of.
    private func answerWhetherReady(_ context: ChannelHandlerContext) {
        let handler = NIOLoopBound(self, eventLoop: context.eventLoop)
        let asked = NIOThreadPool.singleton.runIfActive(eventLoop: context.eventLoop) { [unreadiness] in unreadiness() }
        asked.whenSuccess { reason in
            guard let context = handler.value.context else { return }
            let members = reason.map {
                [JSONMember("ready", .bool(false)), JSONMember("reason", .string($0.rawValue))]
            }
            handler.value.answer(
                Self.json(reason == nil ? 200 : 503, members ?? [JSONMember("ready", .bool(true))]), context)
        }
    }

    private func answer(_ reply: Reply, _ context: ChannelHandlerContext) {
        guard !isDone else { return }
        isDone = true
        let bytes = ResponseBytes.write(reply, date: date.text, isLast: true, allocator: context.channel.allocator)
        let written = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(bytes), promise: written)
        written.futureResult.assumeIsolated().whenComplete { [weak self] _ in self?.context?.close(promise: nil) }
    }

    private static func json(_ status: Int, _ members: [JSONMember]) -> Reply {
        Reply(status: status, mediaType: "application/json", body: JSONValue.object(members).serialized())
    }

    // Bound: from the connection to the end of its one answer.
    private static let lifetime = TimeAmount.seconds(10)
}
