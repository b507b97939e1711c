package import ConcordatTerms

/// One thing that is wrong with the text of a message schema, where it stands, and what to do.
package struct SchemaFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// The place in the schema text: a keyword, or the node that lacks one. Empty for the whole text.
    package let pointer: JSONPointer
    /// What is wrong there.
    package let kind: SchemaFaultKind

    /// A fault at a place.
    package init(_ kind: SchemaFaultKind, at pointer: JSONPointer) { (self.kind, self.pointer) = (kind, pointer) }

    /// What is wrong, in a few lower-case words.
    package var problem: String { kind.description }
    /// What to do about it, in one lower-case sentence without a full stop.
    package var advice: String { kind.advice }
    /// One line: the place, what is wrong, what to do.
    package var description: String {
        "\(pointer.tokens.isEmpty ? "the schema" : pointer.description): \(problem); \(advice)"
    }
}

/// Everything that is wrong with the text of one message schema, in the order of the text; never only the first.
package struct SchemaFaults: Error, Equatable, Sendable {
    /// At least one.
    package let all: [SchemaFault]
    /// The faults of one text.
    package init(_ all: [SchemaFault]) { self.all = all }
}
