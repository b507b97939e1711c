import ArgumentParser
import NIOCore

/// A whole request in bytes, of which only the digits of its sequence number change from message to message.
struct MessageTemplate: Sendable {
    private let request: ByteBuffer
    private let places: [Int]

    private static let mark = Array("{{sequence}}".utf8)

    init(_ body: [UInt8], host: String) throws {
        let head = """
            POST /v1/messages HTTP/1.1\r
            Host: \(host)\r
            Content-Type: application/cloudevents+json\r
            Content-Length: \(body.count)\r
            \r

            """
        let bytes = Array(head.utf8) + body
        guard body.count >= Self.mark.count else { throw ValidationError("the template is too short") }
        places = (head.utf8.count...bytes.count - Self.mark.count).filter { at in
            bytes[at..<at + Self.mark.count].elementsEqual(Self.mark)
        }
        guard !places.isEmpty else {
            throw ValidationError("the template has no {{sequence}}: all its ids would be one")
        }
        request = ByteBuffer(bytes: bytes)
    }

    /// The request with this number in it. Numbers of more than twelve digits begin again.
    func message(_ number: Int) -> ByteBuffer {
        var message = request
        for place in places {
            var rest = number
            for digit in (0..<Self.mark.count).reversed() {
                message.setInteger(UInt8(ascii: "0") + UInt8(rest % 10), at: place + digit)
                rest /= 10
            }
        }
        return message
    }
}
