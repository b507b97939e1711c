import ConcordatCore
import ConcordatWire
import HTTPTypes
import Hummingbird
import HummingbirdCore
import NIOCore

extension DeskRoutes {
    /// Where an officer or an admin acts: everything else at the desk only looks.
    static func acts(_ path: String) -> Bool {
        path.hasPrefix("/v1/admin/") || path.hasPrefix("/v1/holds/")
            || path.hasPrefix("/v1/break-glass/") && path.hasSuffix("/review")
    }

    /// What the desk takes of HTTP: a plain GET to one host without a body, and a POST with a body of a stated length to where
    /// somebody acts.
    static func check(_ request: Request) throws(Problem) {
        func malformed(_ detail: String) -> Problem { ProblemCatalogue.problem("http.malformed", detail: detail) }
        let fields = request.headers
        // The first `Host` is the authority; a second one stays a field.
        let isRepeated = fields.contains { $0.name.canonicalName == "host" }
        guard let host = request.head.authority, !host.isEmpty, !isRepeated else {
            throw malformed("exactly one `Host` is needed")
        }
        let isAct = request.method == .post && acts(request.uri.path)
        guard fields[values: .transferEncoding].isEmpty, fields[values: .expect].isEmpty,
            isAct
                ? fields[values: .contentLength].count == 1
                : fields[values: .contentLength].allSatisfy({ $0 == "0" })
        else {
            throw malformed(isAct ? "`Content-Length` is needed, and no `Expect`" : "there is no body to be sent here")
        }
        guard fields[values: .upgrade].isEmpty, fields[values: .trailer].isEmpty else {
            throw malformed("`Upgrade` and trailers are not taken")
        }
        guard isAct || request.method == .get else { throw ProblemCatalogue.problem("method.not-allowed") }
    }

    /// A reply as Hummingbird sends it.
    static func response(_ reply: Reply) -> Response {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        if let mediaType = reply.mediaType { headers[.contentType] = mediaType }
        for (name, value) in reply.headers {
            if let name = HTTPField.Name(name) { headers[name] = value }
        }
        if reply.status == 405 { headers[.allow] = "GET, POST" }
        return Response(
            status: HTTPResponse.Status(code: reply.status), headers: headers,
            body: reply.body.isEmpty ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: reply.body)))
    }
}
