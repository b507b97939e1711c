import ConcordatCore
import ConcordatWire
import HTTPTypes
import Hummingbird

extension DeskRoutes {
    /// Notices to those who have something, and their answers.
    static func addNotices(to router: Router<DeskContext>, _ gateway: Gateway) {
        router.get("/v1/notices") { request, context in
            let query = try DeskQuery(request.uri.string, names: ["from", "limit", "reason"])
            return response(
                await gateway.notices.notices(
                    for: try officer(context), skip: Int(try query.number("from", 0...1_000_000) ?? 0),
                    limit: Int(try query.number("limit", 1...Int64(NoticeQueries.pageMax)) ?? 50),
                    isJustified: try query.has("reason")))
        }
    }
}
