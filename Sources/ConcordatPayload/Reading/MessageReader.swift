package import ConcordatJSON
package import ConcordatTerms

/// Pass 1 over the data of a message: strict JSON, the schema and the facts in one streaming pass.
///
/// Whatever the order of members; without a tree, and without recursion on the call stack. Time and memory are linear in
/// the bytes, which `limits` bound.
package enum MessageReader {
    // Bound: distinct persons in one message.
    package static let personsMax = 200
    // Bound: distinct (field, subject) pairs in one message, present and absent ones each.
    package static let fieldsMax = 20_000

    /// Reads the value that is exactly the bytes `range` of `document`.
    ///
    /// `base` goes before every pointer of an error, such as `/data`; positions count from the start of `document`.
    package static func read(
        _ document: RawSpan, range: Range<Int>? = nil, schema: MessageSchema, limits: JSONLimits = .init(),
        base: JSONPointer = JSONPointer()
    ) throws(PayloadError) -> MessageFacts {
        try MessageWalk.facts(
            of: document, range: range ?? 0..<document.byteCount, schema: schema, limits: limits, base: base,
            isCopy: false)
    }

    /// Reads one of our own cut copies: names and types are checked, nothing is required, transformed values are taken.
    ///
    /// A member the schema does not declare, or a value of another type, is an error: such bytes are not a copy of ours.
    package static func readCopy(
        _ document: RawSpan, range: Range<Int>? = nil, schema: MessageSchema, limits: JSONLimits = .init(),
        base: JSONPointer = JSONPointer()
    ) throws(PayloadError) -> MessageFacts {
        try MessageWalk.facts(
            of: document, range: range ?? 0..<document.byteCount, schema: schema, limits: limits, base: base,
            isCopy: true)
    }
}
