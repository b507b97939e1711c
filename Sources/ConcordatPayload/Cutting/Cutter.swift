package import ConcordatJSON
package import ConcordatTerms

/// Pass 2: writes one recipient's copy anew along its plan. The sender's own references never appear in it.
package enum Cutter {
    /// Cuts the value that is exactly the bytes `range` of `document`, which pass 1 has read as `facts`.
    ///
    /// `persons` are the minted ids by index of ``MessageFacts/persons``. `pseudonymKey` is the recipient's transform key.
    /// Throws only when the bytes are not those that pass 1 has read.
    package static func cut(
        _ document: RawSpan, range: Range<Int>? = nil, schema: MessageSchema, facts: MessageFacts, plan: FieldPlan,
        persons: [PersonID], now: UTCInstant, pseudonymKey: [UInt8], limits: JSONLimits = .init()
    ) throws(PayloadError) -> CutDocument {
        precondition(persons.count == facts.persons.count, "\(persons.count) ids for \(facts.persons.count) persons")
        return try run(
            document, range ?? 0..<document.byteCount, schema, facts, plan, persons, now, pseudonymKey, limits,
            prior: nil)
    }

    /// Cuts a copy further at hand-over. It can only drop or transform: nothing that `copy` lacks comes back.
    ///
    /// `facts` are those of ``MessageReader/readCopy(_:range:schema:limits:base:)`` over `copy.bytes`, and `plan` is by its
    /// person indexes. A field that was already transformed stays as it is when the plan says the same transform or
    /// keep, else it is dropped. Pointers told before are carried over to their places in the new copy.
    package static func narrow(
        _ copy: CutDocument, schema: MessageSchema, facts: MessageFacts, plan: FieldPlan, now: UTCInstant,
        pseudonymKey: [UInt8], limits: JSONLimits = .init()
    ) throws(PayloadError) -> CutDocument {
        // The references of a copy of ours are minted ids.
        let persons = facts.persons.map { PersonID(unchecked: $0.reference.reveal()) }
        let prior = PriorPlaces(copy)
        guard !copy.isEmpty else { return copy }
        let document = copy.bytes.span.bytes
        return try run(
            document, 0..<document.byteCount, schema, facts, plan, persons, now, pseudonymKey, limits, prior: prior)
    }

    private static func run(
        _ document: RawSpan, _ range: Range<Int>, _ schema: MessageSchema, _ facts: MessageFacts, _ plan: FieldPlan,
        _ persons: [PersonID], _ now: UTCInstant, _ key: [UInt8], _ limits: JSONLimits, prior: PriorPlaces?
    ) throws(PayloadError) -> CutDocument {
        let bytes = JSONSlice(start: range.lowerBound, end: range.upperBound, hasEscapes: false).bytes(in: document)
        var walk = CutWalk(
            table: schema.table, facts: facts, plan: plan, persons: persons, now: now, key: key, limits: limits,
            capacity: bytes.count, prior: prior)
        do throws(CutWalk.Mismatch) {
            return try walk.run(bytes.span)
        } catch {
            throw PayloadError(
                kind: error.kind, position: JSONPosition(offset: range.lowerBound + error.offset, in: document),
                pointer: JSONPointer())
        }
    }
}
