import ConcordatWire
import NIOHTTP1

/// How one request is framed, once its header section keeps every rule.
///
/// The rules are narrower than HTTP/1.1: whatever two readers could understand in two ways is refused.
struct HTTPFraming: Equatable, Sendable {
    /// How much body comes.
    enum Body: Equatable, Sendable {
        case none
        case bytes(Int)
        case chunked
    }

    let body: Body
    /// The peer waits for `100 Continue` before it sends the body.
    let expectsContinue: Bool
    /// The peer asked for the connection to be closed after the answer.
    let isLast: Bool

    // Bounds of one header section.
    static let fieldBytesMax = 8 * 1024
    static let headBytesMax = 32 * 1024
    static let fieldsMax = 64

    /// The same bounds, for the decoder: it stops reading at them.
    static var decoderLimits: NIOHTTPDecoderLimitConfiguration {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = fieldBytesMax
        limits.maxHeaderListSize = headBytesMax
        limits.maxHeaderFieldCount = fieldsMax
        return limits
    }

    /// Checks a header section.
    ///
    /// - Throws: the problem to answer with before the connection is closed. It names the field, never its value.
    init(_ head: HTTPRequestHead) throws(Problem) {
        guard head.version == .http1_1 else { throw Self.malformed("HTTP/1.1 only") }
        try Self.checkSizes(head.headers)
        try Self.checkHost(head.headers["Host"])
        guard head.headers["Upgrade"].isEmpty, head.headers["HTTP2-Settings"].isEmpty else {
            throw Self.malformed("`Upgrade` is not taken")
        }
        guard head.headers["Trailer"].isEmpty else { throw Self.malformed("trailers are not taken") }
        body = try Self.body(head.headers)
        if head.method == .GET || head.method == .HEAD, body != .none {
            throw Self.malformed("a body is not taken with this method")
        }
        expectsContinue = try Self.expectsContinue(head.headers["Expect"])
        isLast = try Self.isLast(head.headers["Connection"])
    }

    private static func checkSizes(_ headers: HTTPHeaders) throws(Problem) {
        var total = 0
        for (name, value) in headers {
            let bytes = name.utf8.count + value.utf8.count
            guard bytes <= fieldBytesMax else { throw ProblemCatalogue.problem("limit.headers") }
            total += bytes
        }
        guard headers.count <= fieldsMax, total <= headBytesMax else { throw ProblemCatalogue.problem("limit.headers") }
    }

    private static func checkHost(_ values: [String]) throws(Problem) {
        guard values.count == 1, let host = values.first, (1...255).contains(host.utf8.count),
            host.utf8.allSatisfy({ $0.isLetter || $0.isDigit || ".-_:[]".utf8.contains($0) })
        else { throw malformed("exactly one `Host` is needed") }
    }

    private static func body(_ headers: HTTPHeaders) throws(Problem) -> Body {
        let lengths = headers["Content-Length"]
        let codings = headers["Transfer-Encoding"]
        if !codings.isEmpty {
            guard lengths.isEmpty else {
                throw malformed("`Content-Length` and `Transfer-Encoding` exclude each other")
            }
            guard codings.count == 1, codings[0].lowercased() == "chunked" else {
                throw malformed("`Transfer-Encoding` must be `chunked` alone")
            }
            return .chunked
        }
        guard let text = lengths.first else { return .none }
        guard lengths.count == 1, (1...18).contains(text.utf8.count), text.utf8.allSatisfy(\.isDigit),
            let length = Int(text)
        else { throw malformed("`Content-Length` must be one decimal number") }
        return length == 0 ? .none : .bytes(length)
    }

    private static func expectsContinue(_ values: [String]) throws(Problem) -> Bool {
        guard !values.isEmpty else { return false }
        guard values.count == 1, values[0].lowercased() == "100-continue" else {
            throw malformed("`Expect` must be `100-continue`")
        }
        return true
    }

    private static func isLast(_ values: [String]) throws(Problem) -> Bool {
        var isLast = false
        for value in values {
            for option in value.split(separator: ",") {
                switch option.filter({ $0 != " " && $0 != "\t" }).lowercased() {
                case "close": isLast = true
                case "keep-alive", "te", "": break
                default: throw malformed("`Connection` takes `close` and `keep-alive`")
                }
            }
        }
        return isLast
    }

    /// A request that breaks a rule of HTTP as it is taken here.
    static func malformed(_ detail: String, status: Int = 400) -> Problem {
        var problem = ProblemCatalogue.problem("http.malformed", detail: detail)
        problem.status = status
        return problem
    }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }

    var isLetter: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
    }
}
