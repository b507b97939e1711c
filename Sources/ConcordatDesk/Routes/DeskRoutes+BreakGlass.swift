import ConcordatCore
import ConcordatWire
import HTTPTypes
import Hummingbird
import NIOCore

extension DeskRoutes {
    /// Uses of break glass, and their review.
    static func addBreakGlass(to router: Router<DeskContext>, _ gateway: Gateway) {
        router.get("/v1/break-glass") { request, context in
            let query = try DeskQuery(request.uri.string, names: ["from", "limit", "reason"])
            return response(
                await gateway.breakGlass.uses(
                    for: try officer(context), skip: Int(try query.number("from", 0...1_000_000) ?? 0),
                    limit: Int(try query.number("limit", 1...Int64(BreakGlassRegister.pageMax)) ?? 50),
                    isJustified: try query.has("reason")))
        }
        router.post("/v1/break-glass/{leaf}/review") { request, context in
            _ = try DeskQuery(request.uri.string, names: [])
            let text = context.parameters.get("leaf") ?? ""
            guard let index = Int64(text), index >= 0, String(index) == text else {
                throw ProblemCatalogue.problem("leaf.unknown")
            }
            guard request.headers[.contentType] == "application/json" else {
                throw ProblemCatalogue.problem("limit.media-type", detail: "send application/json")
            }
            let body = try await body(of: request, bytesMax: BreakGlassRegister.bodyBytesMax)
            return response(await gateway.breakGlass.review(UInt64(index), body, by: try officer(context)))
        }
    }
}
