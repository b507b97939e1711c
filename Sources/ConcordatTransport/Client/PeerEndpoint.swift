package import ConcordatTerms
package import NIOCore

/// Where a request goes and who must be there.
///
/// The address is connected to as it is; nothing is resolved here, so an address that was checked stays the one used.
package struct PeerEndpoint: Hashable, Sendable {
    /// The address to connect to.
    package let address: SocketAddress
    /// The name or address the peer's certificate must carry, and the Host header's host.
    package let host: String
    /// The Host header's port.
    package let port: Int
    /// The party that must answer.
    package let party: PartyID

    package init(address: SocketAddress, host: String, port: Int, party: PartyID) {
        (self.address, self.host, self.port, self.party) = (address, host, port, party)
    }

    /// The Host header's value; an IPv6 address stands in brackets.
    var hostHeader: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == 443 ? name : "\(name):\(port)"
    }
}

/// One HTTP/1.1 request.
package struct PeerRequest: Sendable {
    package var method: String
    /// Origin form: an absolute path, perhaps with a query.
    package var target: String
    /// Without Host, Content-Length, Connection and Transfer-Encoding, which the client sets.
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    // Bound: the response's body.
    package var responseBytesMax: Int
    /// From the request's last byte written to the response's last byte read.
    package var responseTimeout: Duration

    package init(
        method: String, target: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [],
        responseBytesMax: Int = 8 * 1024, responseTimeout: Duration = .seconds(30)
    ) {
        (self.method, self.target, self.headers, self.body) = (method, target, headers, body)
        (self.responseBytesMax, self.responseTimeout) = (responseBytesMax, responseTimeout)
    }

    /// Whether the request can be written without changing where a line or a message ends.
    var isWellFormed: Bool {
        let set: Set<String> = ["host", "content-length", "connection", "transfer-encoding"]
        return !method.isEmpty && method.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
            && target.utf8.first == UInt8(ascii: "/") && target.utf8.allSatisfy { (0x21...0x7E).contains($0) }
            && headers.allSatisfy { name, value in
                !name.isEmpty && name.utf8.allSatisfy(Self.isTokenByte) && !set.contains(name.lowercased())
                    && value.utf8.allSatisfy { (0x20...0x7E).contains($0) || $0 == 0x09 }
            }
    }

    /// RFC 9110, section 5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}

/// The peer's answer, whatever its status. Redirects are answers like any other and are not followed.
package struct PeerResponse: Sendable {
    package let status: Int
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        (self.status, self.headers, self.body) = (status, headers, body)
    }

    /// The first header of that name, in any case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}

/// Why there is no answer, and whether the peer may have seen anything of the request.
package struct PeerRequestFailure: Error, Equatable, Sendable, CustomStringConvertible {
    /// How far the request got.
    package enum Reach: Equatable, Sendable {
        /// Not one byte of the request left: it may be sent again without a thought.
        case notSent
        /// Bytes left; the peer may have acted on them.
        case unknown
    }

    package let reach: Reach
    package let reason: TransportError

    package init(reach: Reach, reason: TransportError) { (self.reach, self.reason) = (reach, reason) }

    package var description: String {
        switch reach {
        case .notSent: "nothing was sent: \(reason)"
        case .unknown: "it is not known whether the request arrived: \(reason)"
        }
    }
}
