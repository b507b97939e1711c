public import ConcordatTerms

/// Floor 3, ConcordatWire: the shapes that cross the wire, once for server and client.
///
/// The CloudEvents 1.0 context of a message as its sender writes it, without `data`.
///
/// Every attribute is checked: an id, subject, party or purpose that is not 1 to 64 of `[A-Za-z0-9._-]` never gets here.
public struct Envelope: Sendable, Equatable {
    /// The media type of the structured mode, the one a batch is refused beside.
    public static let structuredMediaType = "application/cloudevents+json"
    /// Bound: parties one message may be addressed to.
    public static let recipientsMax = 16

    /// The sender's id of the message, once and for all.
    public var id: MessageID
    /// Who sends; must be the party of the certificate.
    public var source: PartyID
    /// The CloudEvents `type`, 1 to 128 ASCII characters of `[A-Za-z0-9._-]`.
    public var type: String
    /// The case id, or the sender's own reference of the case.
    public var subject: String?
    /// When it happened, by the sender's word.
    public var time: UTCInstant?
    /// For which of the message's purposes.
    public var purpose: PurposeID
    /// Distinct, in the order given, 1 to 16.
    public var recipients: [PartyID]
    /// The id of the request this answers.
    public var inReplyTo: MessageID?
    /// After this moment the message is of no use and is not handed over.
    public var expires: UTCInstant?
    /// The sender's own officer or worker; never crosses by default.
    public var actor: OfficerID?
    /// The ground on which the sender breaks glass, and why; nil for an ordinary message.
    public var breakGlass: BreakGlassClaim?

    /// An envelope of parts that are each checked already.
    public init(
        id: MessageID, source: PartyID, type: String, subject: String? = nil, time: UTCInstant? = nil,
        purpose: PurposeID, recipients: [PartyID], inReplyTo: MessageID? = nil, expires: UTCInstant? = nil,
        actor: OfficerID? = nil, breakGlass: BreakGlassClaim? = nil
    ) {
        (self.id, self.source, self.type, self.subject, self.time) = (id, source, type, subject, time)
        (self.purpose, self.recipients, self.inReplyTo) = (purpose, recipients, inReplyTo)
        (self.expires, self.actor, self.breakGlass) = (expires, actor, breakGlass)
    }
}

/// A sender's claim that a message cannot wait for permission (attributes `breakglass` and `breakglassreason`).
public struct BreakGlassClaim: Sendable, Equatable {
    // Bounds: characters and bytes of a written reason.
    /// Characters a reason has at most.
    public static let reasonMax = 1_000
    /// Bytes of UTF-8 a reason has at most.
    public static let reasonBytesMax = 4_000

    /// The ground, in the protocol's word for it; 1 to 64 of `[A-Za-z0-9._-]`.
    public let ground: String
    /// Why, in the sender's own words. For the reviewing officer alone.
    public let reason: Sensitive<String>

    /// Nil when the ground is no word, or the reason is empty, too long or holds control characters.
    public init?(ground: String, reason: String) {
        guard IdentifierGrammar.accepts(ground), reason.utf8.count <= Self.reasonBytesMax,
            (1...Self.reasonMax).contains(reason.count),
            reason.unicodeScalars.allSatisfy({ $0 == "\n" || !$0.properties.generalCategory.isControl })
        else { return nil }
        (self.ground, self.reason) = (ground, Sensitive(reason))
    }
}

extension Unicode.GeneralCategory {
    fileprivate var isControl: Bool { self == .control || self == .unassigned || self == .surrogate }
}

/// What is wrong with an envelope. Says which attribute, never what it holds.
public struct EnvelopeFault: Error, Equatable, Sendable {
    /// A stable code, `envelope.missing`.
    public let code: String
    /// The attribute, or the place in the body for faults of JSON.
    public let pointer: JSONPointer
    /// One line, lower case, with what to do.
    public let detail: String

    /// A fault at a place; `detail` must hold no value.
    public init(code: String, pointer: JSONPointer, detail: String) {
        (self.code, self.pointer, self.detail) = (code, pointer, detail)
    }
}
