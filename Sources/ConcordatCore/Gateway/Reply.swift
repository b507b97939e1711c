package import ConcordatWire

/// An answer as the planes send it.
package struct Reply: Sendable, Equatable {
    package var status: Int
    /// Nil when there is no body.
    package var mediaType: String?
    package var body: [UInt8]
    /// Further header fields; names in canonical case.
    package var headers: [(name: String, value: String)]

    package init(
        status: Int, mediaType: String? = nil, body: [UInt8] = [], headers: [(name: String, value: String)] = []
    ) {
        (self.status, self.mediaType, self.body, self.headers) = (status, mediaType, body, headers)
    }

    /// The answer that a problem is.
    package init(_ problem: Problem) {
        self.init(
            status: problem.status, mediaType: Problem.mediaType, body: problem.body,
            headers: problem.retryAfter.map { [("Retry-After", String($0))] } ?? [])
    }

    package static func == (left: Reply, right: Reply) -> Bool {
        left.status == right.status && left.mediaType == right.mediaType && left.body == right.body
            && left.headers.elementsEqual(right.headers, by: ==)
    }
}
