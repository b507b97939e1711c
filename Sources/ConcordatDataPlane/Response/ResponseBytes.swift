import ConcordatCore
import NIOCore

/// A response as one buffer: the head, and the body where there is one.
struct ResponseBytes {
    /// `100 Continue`: the peer may send its body.
    static let goOn = ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")

    /// Writes `reply`.
    ///
    /// - Parameters:
    ///   - allow: the methods of the address, when the one asked for is not among them.
    ///   - isLast: the connection closes after it.
    ///   - hasBody: false for the answer to `HEAD`.
    static func write(
        _ reply: Reply, date: String, allow: String? = nil, isLast: Bool, hasBody: Bool = true,
        allocator: ByteBufferAllocator
    ) -> ByteBuffer {
        var head = "HTTP/1.1 \(reply.status) \(reason(reply.status))\r\nDate: \(date)\r\nCache-Control: no-store\r\n"
        if let mediaType = reply.mediaType { head += "Content-Type: \(mediaType)\r\n" }
        if reply.status != 204 { head += "Content-Length: \(reply.body.count)\r\n" }
        for (name, value) in reply.headers {
            // Invariant: no field of ours holds what could end it early.
            precondition(isPlain(name) && isPlain(value), "response field `\(name)` is not plain text")
            head += "\(name): \(value)\r\n"
        }
        if let allow { head += "Allow: \(allow)\r\n" }
        if isLast { head += "Connection: close\r\n" }
        head += "\r\n"
        let sendsBody = hasBody && reply.status != 204
        var buffer = allocator.buffer(capacity: head.utf8.count + (sendsBody ? reply.body.count : 0))
        buffer.writeString(head)
        if sendsBody { buffer.writeBytes(reply.body) }
        return buffer
    }

    private static func isPlain(_ text: String) -> Bool { text.utf8.allSatisfy { (0x20..<0x7F).contains($0) } }

    private static func reason(_ status: Int) -> String {
        switch status {
        case 200: "OK"
        case 201: "Created"
        case 202: "Accepted"
        case 204: "No Content"
        case 400: "Bad Request"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 431: "Request Header Fields Too Large"
        case 503: "Service Unavailable"
        default: status < 500 ? "Refused" : "Failed"
        }
    }
}
