package import ConcordatJSON
import ConcordatTerms

/// A structured CloudEvent taken apart: its envelope and where `data` lies in the body.
public struct StructuredEvent: Sendable, Equatable {
    /// What stands round `data`, checked.
    public var envelope: Envelope
    /// The bytes of the value of `data`, as offsets in the body.
    public var data: Range<Int>

    /// Reads a body strictly, in any order of members, in one pass.
    ///
    /// The whole body is checked as strict JSON, `data` included; what `data` means is the schema's to say.
    /// - Throws: ``EnvelopeFault`` with a code of `json.*` or `envelope.*`.
    package init(_ body: RawSpan, limits: JSONLimits) throws(EnvelopeFault) {
        var reader = JSONReader(limits: limits)
        var attributes = EnvelopeAttributes()
        var data: Range<Int>?
        guard try Self.next(&reader, body) == .beginObject else {
            throw EnvelopeFault(
                code: "envelope.not-an-object", pointer: JSONPointer(),
                detail: "the body must be one CloudEvent as a JSON object; batches are not taken")
        }
        while case .name(let slice) = try Self.next(&reader, body) {
            let name = slice.text(in: body)
            if name == "data" {
                data = try Self.skipValue(&reader, body)
            } else {
                let event = try Self.next(&reader, body)
                guard EnvelopeAttributes.known.contains(name) else { throw EnvelopeAttributes.unknown(name) }
                guard case .string(let value) = event else {
                    throw EnvelopeFault(
                        code: "envelope.malformed", pointer: JSONPointer(tokens: [name]),
                        detail: "`\(name)` must be a string")
                }
                try attributes.take(name, value.text(in: body))
            }
        }
        guard try Self.next(&reader, body) == .end else {
            throw EnvelopeFault(code: "json.trailing-bytes", pointer: JSONPointer(), detail: "bytes after the event")
        }
        guard let data else {
            throw EnvelopeFault(
                code: "envelope.missing", pointer: JSONPointer(tokens: ["data"]), detail: "`data` is required")
        }
        self.envelope = try attributes.envelope()
        self.data = data
    }

    private static func next(_ reader: inout JSONReader, _ body: RawSpan) throws(EnvelopeFault) -> JSONEvent {
        do { return try reader.next(in: body, isComplete: true) } catch {
            throw EnvelopeFault(
                code: ProblemCatalogue.code(of: error.kind), pointer: error.pointer, detail: error.description)
        }
    }

    private static func skipValue(_ reader: inout JSONReader, _ body: RawSpan) throws(EnvelopeFault) -> Range<Int> {
        let depth = reader.depth
        let first = try next(&reader, body)
        let start: Int
        switch first {
        case .beginObject: start = reader.offset - 1
        default:
            throw EnvelopeFault(
                code: "envelope.malformed", pointer: JSONPointer(tokens: ["data"]), detail: "`data` must be an object")
        }
        while reader.depth > depth { _ = try next(&reader, body) }
        return start..<reader.offset
    }
}
