import ConcordatCore
import ConcordatTerms
import ConcordatWire
import NIOHTTP1

/// A request whose header section is fit to be acted on: everything but the body is known and checked.
struct DataPlaneRequest: Sendable {
    /// What is asked, with its arguments.
    enum Action: Sendable {
        /// The fault, if there is one, is answered by the workflow, so that it is on record as refusals are.
        case submit(Result<EnvelopeAttributes?, EnvelopeFault>, isDryRun: Bool)
        case track(MessageID)
        case sendNotices(MessageID, SenderNotices.Request)
        case inbox(wait: Duration, limit: Int)
        case acknowledge(DeliveryID, NoticeAnswer?)
        case recordConsent
        case withdrawConsent(ConsentID)
        case listConsents(subject: String, person: String?)
        case due(skip: Int, limit: Int)
        case me
        case schema(MessageName, asRecipient: Bool)
        case checkpoint
        case proof(UInt64)
        case openAPI
    }

    /// Why there is none; the route, where it is known, names the refusal in metrics.
    struct Refusal: Error, Sendable {
        var problem: Problem
        var route: DataPlaneRoute?
        /// The methods of the path, for `Allow`.
        var allowed: [DataPlaneRoute] = []
    }

    let route: DataPlaneRoute
    let action: Action
    let framing: HTTPFraming

    /// Reads the target, the method and the fields of a framed head.
    init(_ head: HTTPRequestHead, framing: HTTPFraming, bodyBytesMax: Int) throws(Refusal) {
        let target: RequestTarget
        do throws(Problem) { target = try RequestTarget(head.uri) } catch { throw Refusal(problem: error) }
        let (routes, argument) = RouteTable.routes(at: target.path)
        guard !routes.isEmpty else { throw Refusal(problem: ProblemCatalogue.problem("route.unknown")) }
        guard let route = routes.first(where: { $0.method == head.method.rawValue }) else {
            throw Refusal(problem: ProblemCatalogue.problem("method.not-allowed"), allowed: routes)
        }
        do throws(Problem) {
            let query = try target.parameters(among: route.parameters)
            try Self.checkBody(framing, of: route, bodyBytesMax: bodyBytesMax)
            action = try Self.action(route, argument: argument ?? "", query: query, headers: head.headers)
        } catch {
            throw Refusal(problem: error, route: route)
        }
        (self.route, self.framing) = (route, framing)
    }

    private static func checkBody(_ framing: HTTPFraming, of route: DataPlaneRoute, bodyBytesMax: Int) throws(Problem) {
        guard route.takesBody || framing.body == .none else {
            throw HTTPFraming.malformed("this address takes no body")
        }
        if case .bytes(let count) = framing.body, count > bodyBytesMax { throw ProblemCatalogue.problem("limit.body") }
    }

    private static func action(
        _ route: DataPlaneRoute, argument: String, query: [String: String], headers: HTTPHeaders
    ) throws(Problem) -> Action {
        switch route {
        case .submit: return .submit(try attributes(headers), isDryRun: false)
        case .decide: return .submit(try attributes(headers), isDryRun: true)
        case .track: return .track(try name(argument, of: route))
        case .sendNotices:
            let id: MessageID = try name(argument, of: route)
            return .sendNotices(
                id, try SenderNotices.Request(reason: query["reason"], replacement: query["replaced-by"]))
        case .inbox:
            let wait = try number("wait", in: query, 0...30) ?? 0
            return .inbox(wait: .seconds(wait), limit: try number("limit", in: query, 1...100) ?? 10)
        case .acknowledge:
            guard query["done"] != nil || query["basis"] == nil else {
                throw malformedQuery("`basis` stands with `done`")
            }
            let answer: NoticeAnswer?
            if let done = query["done"] {
                answer = try NoticeAnswer(done: done, basis: query["basis"])
            } else {
                answer = nil
            }
            return .acknowledge(try name(argument, of: route), answer)
        case .recordConsent:
            guard try MediaType(headers) == .json else {
                throw ProblemCatalogue.problem("limit.media-type", detail: "send application/json")
            }
            return .recordConsent
        case .withdrawConsent: return .withdrawConsent(try name(argument, of: route))
        case .listConsents:
            guard let subject = query["case"], IdentifierGrammar.accepts(subject) else {
                throw malformedQuery("`case` is required, 1 to 64 of [A-Za-z0-9._-]")
            }
            guard query["person"].map(IdentifierGrammar.accepts) ?? true else {
                throw malformedQuery("`person` must be 1 to 64 of [A-Za-z0-9._-]")
            }
            return .listConsents(subject: subject, person: query["person"])
        case .due:
            return .due(
                skip: try number("from", in: query, 0...1_000_000) ?? 0,
                limit: try number("limit", in: query, 1...200) ?? 50)
        case .me: return .me
        case .schema:
            let view = query["as"] ?? "sender"
            guard view == "sender" || view == "recipient" else {
                throw malformedQuery("`as` must be `sender` or `recipient`")
            }
            return .schema(try name(argument, of: route), asRecipient: view == "recipient")
        case .checkpoint: return .checkpoint
        case .proof:
            guard let index = Int64(argument), index >= 0, String(index) == argument else {
                throw ProblemCatalogue.problem(route.unknownCode)
            }
            return .proof(UInt64(index))
        case .openAPI: return .openAPI
        }
    }

    private static func attributes(_ headers: HTTPHeaders) throws(Problem) -> Result<EnvelopeAttributes?, EnvelopeFault>
    {
        switch try MediaType(headers) {
        case .structuredEvent: return .success(nil)
        case .json:
            guard BinaryMode.isUsed(in: headers) else { throw ProblemCatalogue.problem("limit.media-type") }
            do throws(EnvelopeFault) { return .success(try BinaryMode.attributes(in: headers)) } catch {
                return .failure(error)
            }
        }
    }

    private static func name<ID: Identifier>(_ text: String, of route: DataPlaneRoute) throws(Problem) -> ID {
        guard let id = ID(text) else { throw ProblemCatalogue.problem(route.unknownCode) }
        return id
    }

    private static func number(
        _ name: String, in query: [String: String], _ range: ClosedRange<Int>
    ) throws(Problem) -> Int? {
        guard let text = query[name] else { return nil }
        guard let value = Int(text), String(value) == text, range.contains(value) else {
            throw malformedQuery("`\(name)` must be \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    private static func malformedQuery(_ detail: String) -> Problem {
        ProblemCatalogue.problem("query.malformed", detail: detail)
    }
}
