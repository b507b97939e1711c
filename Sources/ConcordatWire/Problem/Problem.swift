import ConcordatJSON
public import ConcordatTerms

/// A refusal on the wire (RFC 9457): a stable code, the clause, the place, what to do. Never a value.
public struct Problem: Error, Sendable, Equatable {
    /// The media type of ``body``.
    public static let mediaType = "application/problem+json"

    /// The HTTP status, 400 to 599.
    public var status: Int
    /// A stable code, `consent.required`.
    public var code: String
    /// One line that says what is wrong.
    public var title: String
    /// One line that says what to do.
    public var detail: String?
    /// The rule of the protocol that decided.
    public var clause: RuleID?
    /// The place in the request body.
    public var pointer: JSONPointer?
    /// The index of the leaf that records the refusal.
    public var leaf: UInt64?
    /// Whole seconds after which to try again.
    public var retryAfter: Int?

    /// A problem; no text in it may hold a value from a message.
    public init(
        status: Int, code: String, title: String, detail: String? = nil, clause: RuleID? = nil,
        pointer: JSONPointer? = nil, leaf: UInt64? = nil, retryAfter: Int? = nil
    ) {
        (self.status, self.code, self.title, self.detail) = (status, code, title, detail)
        (self.clause, self.pointer, self.leaf, self.retryAfter) = (clause, pointer, leaf, retryAfter)
    }

    /// The body, `application/problem+json`.
    public var body: [UInt8] {
        var writer = JSONWriter(capacity: 256)
        writer.beginObject()
        writer.name("type"); writer.string("urn:concordat:problem:\(code)")
        writer.name("title"); writer.string(title)
        writer.name("status"); writer.int(status)
        writer.name("code"); writer.string(code)
        if let clause { writer.name("clause"); writer.string(clause.rawValue) }
        if let pointer { writer.name("pointer"); writer.string(pointer.description) }
        if let detail { writer.name("detail"); writer.string(detail) }
        if let leaf { writer.name("leaf"); writer.int(Int(leaf)) }
        writer.endObject()
        return writer.bytes
    }
}
