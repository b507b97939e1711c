import ConcordatCore
import ConcordatTerms
import ConcordatWire
import HTTPTypes
import Hummingbird

extension DeskRoutes {
    /// What a clause makes wait, and an officer's word on it.
    static func addHolds(to router: Router<DeskContext>, _ gateway: Gateway) {
        router.get("/v1/holds") { request, context in
            let query = try DeskQuery(request.uri.string, names: ["from", "limit", "reason"])
            return response(
                await gateway.holds.holds(
                    for: try officer(context), skip: Int(try query.number("from", 0...1_000_000) ?? 0),
                    limit: Int(try query.number("limit", 1...Int64(HoldRegister.pageMax)) ?? 50),
                    isJustified: try query.has("reason")))
        }
        router.post("/v1/holds/{delivery}") { request, context in
            _ = try DeskQuery(request.uri.string, names: [])
            guard let delivery = DeliveryID(context.parameters.get("delivery") ?? "") else {
                throw ProblemCatalogue.problem("delivery.unknown")
            }
            guard request.headers[.contentType] == "application/json" else {
                throw ProblemCatalogue.problem("limit.media-type", detail: "send application/json")
            }
            let body = try await body(of: request, bytesMax: HoldRegister.bodyBytesMax)
            return response(await gateway.holds.decide(delivery, body, by: try officer(context)))
        }
    }
}
