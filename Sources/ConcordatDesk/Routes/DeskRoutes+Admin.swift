import ConcordatCore
import ConcordatJSON
import ConcordatTerms
import ConcordatWire
import HTTPTypes
import Hummingbird
import NIOCore

extension DeskRoutes {
    /// What admins do, each act on record before it is answered. A person who is no admin is refused at each.
    static func addAdmin(to router: Router<DeskContext>, _ gateway: Gateway) {
        addProtocols(to: router, gateway)
        addStops(to: router, gateway)
        router.get("/v1/admin/deliveries") { request, context in
            _ = (try DeskQuery(request.uri.string, names: []), try admin(context))
            return response(gateway.rescue.list())
        }
        router.post("/v1/admin/deliveries/{delivery}/retry") { request, context in
            let (officer, id) = (try admin(context), try delivery(context))
            _ = try await members(of: request, among: [])
            return response(await gateway.rescue.retry(id, by: officer))
        }
        router.post("/v1/admin/deliveries/{delivery}/discard") { request, context in
            let (officer, id) = (try admin(context), try delivery(context))
            _ = try await members(of: request, among: [])
            return response(await gateway.rescue.discard(id, by: officer))
        }
        router.get("/v1/admin/replay") { request, context in
            let query = try DeskQuery(request.uri.string, names: ["days"])
            let officer = try admin(context)
            let days = try query.number("days", 1...366) ?? 30
            return response(await gateway.replay.export(days: Int(days), by: officer))
        }
        router.post("/v1/admin/clock/confirm") { request, context in
            let officer = try admin(context)
            _ = try await members(of: request, among: [])
            do { try await gateway.confirmClock(by: officer) } catch {
                throw ProblemCatalogue.problem("store.unavailable")
            }
            return response(
                Reply(status: 200, mediaType: "application/json", body: Array("{\"confirmed\":true}".utf8)))
        }
    }

    private static func addProtocols(to router: Router<DeskContext>, _ gateway: Gateway) {
        router.get("/v1/admin/protocols") { request, context in
            _ = (try DeskQuery(request.uri.string, names: []), try admin(context))
            return response(gateway.protocols.list())
        }
        router.post("/v1/admin/protocols") { request, context in
            let officer = try admin(context)
            guard request.headers[.contentType] == "application/x-tar" else {
                throw ProblemCatalogue.problem("limit.media-type", detail: "send the directory as application/x-tar")
            }
            let bytes = try await body(of: request, bytesMax: ProtocolArchive.bytesMax)
            return response(await gateway.protocols.propose(bytes, by: officer))
        }
        router.get("/v1/admin/protocols/{version}") { request, context in
            _ = (try DeskQuery(request.uri.string, names: []), try admin(context))
            return response(gateway.protocols.show(try version(context)))
        }
        router.get("/v1/admin/protocols/{version}/archive") { request, context in
            _ = (try DeskQuery(request.uri.string, names: []), try admin(context))
            return response(gateway.protocols.archive(try version(context)))
        }
        router.post("/v1/admin/protocols/{version}/approve") { request, context in
            let (officer, id) = (try admin(context), try version(context))
            _ = try await members(of: request, among: [])
            return response(await gateway.protocols.approve(id, by: officer))
        }
        router.post("/v1/admin/protocols/{version}/reject") { request, context in
            let (officer, id) = (try admin(context), try version(context))
            _ = try await members(of: request, among: [])
            return response(await gateway.protocols.reject(id, by: officer))
        }
        router.post("/v1/admin/protocols/{version}/activate") { request, context in
            let (officer, id) = (try admin(context), try version(context))
            let members = try await members(of: request, among: ["at", "beside"])
            return response(
                await gateway.protocols.activate(
                    id, at: try moment(members["at"]), beside: try days(members["beside"]), by: officer))
        }
        router.post("/v1/admin/protocols/{version}/rollback") { request, context in
            let (officer, id) = (try admin(context), try version(context))
            _ = try await members(of: request, among: [])
            return response(await gateway.protocols.rollBack(id, by: officer))
        }
    }

    private static func addStops(to router: Router<DeskContext>, _ gateway: Gateway) {
        router.get("/v1/admin/stops") { request, context in
            _ = (try DeskQuery(request.uri.string, names: []), try admin(context))
            return response(gateway.stops.list())
        }
        router.post("/v1/admin/stops/{kind}/{name}/stop") { request, context in
            let (officer, object) = (try admin(context), try stoppable(context))
            _ = try await members(of: request, among: [])
            return response(await gateway.stops.stop(object, by: officer))
        }
        router.post("/v1/admin/stops/{kind}/{name}/resume") { request, context in
            let (officer, object) = (try admin(context), try stoppable(context))
            _ = try await members(of: request, among: [])
            return response(await gateway.stops.resume(object, by: officer))
        }
    }

    // MARK: what a request says

    private static func admin(_ context: DeskContext) throws(Problem) -> OfficerID {
        guard let officer = context.officer, officer.isAdmin else { throw ProblemCatalogue.problem("admin.not-one") }
        return officer.id
    }

    private static func version(_ context: DeskContext) throws(Problem) -> VersionID {
        guard let id = context.parameters.get("version").flatMap({ VersionID(digest: $0) }) else {
            throw ProblemCatalogue.problem("version.unknown")
        }
        return id
    }

    private static func delivery(_ context: DeskContext) throws(Problem) -> DeliveryID {
        guard let id = context.parameters.get("delivery").flatMap({ DeliveryID($0) }) else {
            throw ProblemCatalogue.problem("delivery.unknown")
        }
        return id
    }

    private static func stoppable(_ context: DeskContext) throws(Problem) -> Stoppable {
        guard let kind = context.parameters.get("kind").flatMap(Stoppable.Kind.init(rawValue:)),
            let object = context.parameters.get("name").flatMap({ Stoppable(kind, $0) })
        else { throw ProblemCatalogue.problem("stop.unknown") }
        return object
    }

    private static func moment(_ value: JSONValue?) throws(Problem) -> UTCInstant? {
        guard let value else { return nil }
        guard let instant = value.stringValue.flatMap({ UTCInstant($0) }) else {
            throw ProblemCatalogue.problem("admin.malformed", detail: "`at` must be an RFC 3339 date-time")
        }
        return instant
    }

    /// Whole days, as `P14D`.
    private static func days(_ value: JSONValue?) throws(Problem) -> Duration? {
        guard let value else { return nil }
        guard let text = value.stringValue, text.hasPrefix("P"), text.hasSuffix("D"), text.utf8.count <= 5,
            let days = Int(text.dropFirst().dropLast()), days >= 0, "P\(days)D" == text
        else {
            throw ProblemCatalogue.problem(
                "admin.malformed",
                detail: "`beside` must be whole days up to 366, as `P14D`; `P0D` ends a time stated before")
        }
        return .seconds(days * 86_400)
    }

    /// The members of a JSON object, each of them known; an empty body has none.
    private static func members(of request: Request, among names: Set<String>) async throws -> [String: JSONValue] {
        _ = try DeskQuery(request.uri.string, names: [])
        guard request.headers[.contentType] == "application/json" else {
            // A page of another site cannot send this type, so no browser acts for an admin unasked.
            throw ProblemCatalogue.problem("limit.media-type", detail: "send application/json")
        }
        let bytes = try await body(of: request, bytesMax: 4_096)
        guard !bytes.isEmpty else { return [:] }
        guard let json = try? JSONValue.parse(bytes), let members = json.objectValue,
            members.allSatisfy({ names.contains($0.name) })
        else {
            throw ProblemCatalogue.problem(
                "admin.malformed",
                detail: names.isEmpty
                    ? "send an empty object" : "send an object with \(names.sorted().joined(separator: ", "))")
        }
        return Dictionary(members.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// The body of a request that acts, whole and within its bound.
    static func body(of request: Request, bytesMax: Int) async throws -> [UInt8] {
        do {
            let buffer = try await request.body.collect(upTo: bytesMax)
            return Array(buffer.readableBytesView)
        } catch {
            throw ProblemCatalogue.problem("limit.body")
        }
    }
}
