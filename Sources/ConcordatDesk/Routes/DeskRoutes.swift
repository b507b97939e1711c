import ConcordatCore
import ConcordatJSON
import ConcordatTerms
import ConcordatWire
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

/// The addresses of the desk. Each act is on record before it is answered, and so is each look at transfers, held messages, uses
/// of break glass, notices and what was judged. What admins look at to do their work, versions, stops and parked deliveries,
/// holds nothing of a person and is not recorded.
struct DeskRoutes: Sendable {
    private let gateway: Gateway
    private let responder: RouterResponder<DeskContext>
    /// Method and path of each route, for the test that holds the OpenAPI document to them.
    let table: [(method: String, path: String)]

    init(gateway: Gateway) {
        self.gateway = gateway
        let router = Self.router(gateway)
        responder = router.buildResponder()
        table = router.routes.map { ($0.method.rawValue, $0.path.description) }
    }

    /// Checks the request, then has its route answer. Never throws: what goes wrong is an answer.
    func respond(to request: Request, context: DeskContext) async -> Response {
        do throws(Problem) {
            try Self.check(request)
            guard context.isPerson else { throw ProblemCatalogue.problem("certificate.wrong-kind") }
            guard context.officer != nil else {
                throw ProblemCatalogue.problem(
                    "party.unknown", detail: "no officer here has this certificate; ask an admin")
            }
        } catch {
            return Self.response(Reply(error))
        }
        do { return try await responder.respond(to: request, context: context) } catch let problem as Problem {
            return Self.response(Reply(problem))
        } catch let error as any HTTPResponseError where error.status == .notFound {
            return Self.response(Reply(ProblemCatalogue.problem("route.unknown")))
        } catch {
            return Self.response(Reply(ProblemCatalogue.problem("internal")))
        }
    }

    private static func router(_ gateway: Gateway) -> Router<DeskContext> {
        let router = Router(context: DeskContext.self)
        let document = OpenAPIDocument.desk.serialized()
        router.get("/v1/me") { request, context in
            _ = try DeskQuery(request.uri.string, names: [])
            return response(me(try officer(context)))
        }
        router.get("/v1/transfers") { request, context in
            response(try await transfers(request, officer: try officer(context), gateway: gateway))
        }
        router.get("/v1/transfers/{leaf}") { request, context in
            let query = try DeskQuery(request.uri.string, names: ["reason"])
            let text = context.parameters.get("leaf") ?? ""
            guard let index = Int64(text), index >= 0, String(index) == text else {
                throw ProblemCatalogue.problem("leaf.unknown")
            }
            return response(
                await gateway.officers.transfer(
                    UInt64(index), for: try officer(context), isJustified: try query.has("reason")))
        }
        router.get("/v1/log/export") { request, context in
            let query = try DeskQuery(request.uri.string, names: ["reason"])
            return try await export(for: try officer(context), isJustified: try query.has("reason"), gateway: gateway)
        }
        addBreakGlass(to: router, gateway)
        addHolds(to: router, gateway)
        addNotices(to: router, gateway)
        router.get("/log/checkpoint") { request, _ in
            _ = try DeskQuery(request.uri.string, names: [])
            return response(gateway.agencies.checkpoint())
        }
        router.get("/openapi.json") { request, _ in
            _ = try DeskQuery(request.uri.string, names: [])
            return response(Reply(status: 200, mediaType: "application/json", body: document))
        }
        addAdmin(to: router, gateway)
        return router
    }

    private static func me(_ officer: Officer) -> Reply {
        Reply(
            status: 200, mediaType: "application/json",
            body: JSONValue.object([
                JSONMember("officer", .string(officer.id.rawValue)),
                JSONMember("party", .string(officer.party.rawValue)),
                JSONMember("of-deployment", .bool(officer.isOfDeployment)),
                JSONMember("admin", .bool(officer.isAdmin)),
            ]).serialized())
    }

    private static func transfers(_ request: Request, officer: Officer, gateway: Gateway) async throws -> Reply {
        let query = try DeskQuery(
            request.uri.string, names: ["message", "case", "party", "before", "limit", "reason"])
        return await gateway.officers.transfers(
            for: officer, message: try query.term("message"), caseID: try query.term("case"),
            party: try query.term("party"), before: try query.number("before", 0...Int64.max).map { UInt64($0) },
            limit: Int(try query.number("limit", 1...Int64(OfficerQueries.pageMax)) ?? 50),
            isJustified: try query.has("reason"))
    }

    private static func export(for officer: Officer, isJustified: Bool, gateway: Gateway) async throws -> Response {
        guard let export = try await gateway.officers.export(for: officer, isJustified: isJustified) else {
            return response(
                Reply(
                    ProblemCatalogue.problem(
                        "officer.not-of-deployment", detail: "the whole log is for officers of the deployment")
                ))
        }
        var answer = response(Reply(status: 200, mediaType: "application/x-tar"))
        answer.headers[.contentDisposition] = "attachment; filename=\"log-\(export.size).tar\""
        answer.body = ResponseBody { writer in
            try await export.write { bytes in try await writer.write(ByteBuffer(bytes: bytes)) }
            try await writer.finish(nil)
        }
        return answer
    }

    static func officer(_ context: DeskContext) throws(Problem) -> Officer {
        guard let officer = context.officer else { throw ProblemCatalogue.problem("party.unknown") }
        return officer
    }
}
