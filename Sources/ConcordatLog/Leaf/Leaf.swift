package import ConcordatTerms

/// One entry of the log: what was done, when, and by whom; ids, terms, counts, digests and codes, never a value from a
/// payload.
///
/// Its bytes are canonical JSON (RFC 8785) of strings, whole numbers, booleans, arrays and objects. Reading is strict: every
/// content has exactly one spelling, and an unknown member is an error.
package struct Leaf: Equatable, Sendable {
    // Bound: the longest leaf, in bytes; what would be longer is refused as a message.
    package static let bytesMax = 49_152
    /// The version of the leaves' grammar.
    package static let version = 1

    /// When it happened; never before the leaf in front of it.
    package var time: UTCInstant
    /// The deployment whose log this is, where one log could be mistaken for another's.
    package var deployment: LeafToken?
    /// The digest of the protocol text that applied.
    package var protocolDigest: LeafDigest?
    /// What happened.
    package var body: LeafBody

    /// A leaf about something that happened at `time`, which is kept to the millisecond.
    package init(
        time: UTCInstant, deployment: LeafToken? = nil, protocolDigest: LeafDigest? = nil, body: LeafBody
    ) {
        self.time = time
        self.deployment = deployment
        self.protocolDigest = protocolDigest
        self.body = body
    }

    /// Reads the bytes of an entry.
    package init(parsing bytes: [UInt8]) throws(LeafError) {
        guard bytes.count <= Self.bytesMax else { throw .tooLong(bytesMax: Self.bytesMax) }
        let value = try LeafValue(parsing: bytes)
        guard value.canonical == bytes else { throw .notCanonical }
        var members = try LeafMembers(value)
        guard try members.count("v") == Self.version else { throw .unknownVersion }
        time = try members.time("time")
        deployment = try members.optionalTerm("deployment")
        protocolDigest = try members.optionalTerm("protocol")
        let kindName: LeafToken = try members.term("kind")
        guard let kind = LeafKind(rawValue: kindName.rawValue) else { throw .unknownKind }
        body = try LeafBody(kind, reading: &members)
        try members.finish()
    }

    /// The bytes of the entry. Fails only when they would be longer than ``bytesMax``.
    package func encoded() throws(LeafError) -> [UInt8] {
        var members = LeafMembers()
        members.set("v", Self.version)
        members.set("time", time)
        members.set("deployment", deployment)
        members.set("protocol", protocolDigest)
        members.set("kind", body.kind)
        body.write(to: &members)
        let bytes = members.object.canonical
        guard bytes.count <= Self.bytesMax else { throw .tooLong(bytesMax: Self.bytesMax) }
        return bytes
    }

    /// One line for people: the time, the kind and the ids.
    package var summary: String { "\(LeafTime.text(time)) \(body.kind.rawValue): \(body.summary)" }
}
