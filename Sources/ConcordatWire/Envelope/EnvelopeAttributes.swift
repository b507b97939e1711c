import ConcordatTerms

/// Gathers attributes one by one, from JSON members or `ce-` headers, and checks them into an ``Envelope``.
public struct EnvelopeAttributes: Sendable {
    private var values: [String: String] = [:]

    /// The attributes a sender may use; any other is refused by name.
    public static let known: Set<String> = [
        "specversion", "id", "source", "type", "subject", "time", "datacontenttype", "purpose", "recipients",
        "inreplyto", "expires", "actor", "breakglass", "breakglassreason",
    ]

    /// No attributes yet.
    public init() {}

    /// Takes one attribute.
    ///
    /// - Throws: ``EnvelopeFault`` for an attribute that is not known or comes twice.
    public mutating func take(_ name: String, _ value: String) throws(EnvelopeFault) {
        guard Self.known.contains(name) else { throw Self.unknown(name) }
        guard values.updateValue(value, forKey: name) == nil else {
            throw EnvelopeFault(
                code: "envelope.repeated", pointer: JSONPointer(tokens: [name]),
                detail: "`\(name)` stands twice; send it once")
        }
    }

    /// The fault for an attribute the gateway does not know. A name that is not a plain word is not repeated.
    public static func unknown(_ name: String) -> EnvelopeFault {
        let shown = IdentifierGrammar.accepts(name) ? name : "?"
        return EnvelopeFault(
            code: "envelope.unknown-attribute", pointer: JSONPointer(tokens: [shown]),
            detail: "`\(shown)` is not an attribute of this gateway; leave it out or put it into data")
    }

    /// Checks every attribute.
    ///
    /// - Throws: ``EnvelopeFault`` naming the first attribute, in the order of CloudEvents, that is missing or malformed.
    public func envelope() throws(EnvelopeFault) -> Envelope {
        guard try required("specversion") == "1.0" else { throw malformed("specversion", "must be `1.0`") }
        let id = try identifier("id", MessageID.init(rawValue:))
        let source = try identifier("source", PartyID.init(rawValue:))
        let type = try required("type")
        guard (1...128).contains(type.utf8.count), type.utf8.allSatisfy(Self.isWord) else {
            throw malformed("type", "must be 1 to 128 of [A-Za-z0-9._-]")
        }
        if let media = values["datacontenttype"], media != "application/json" {
            throw malformed("datacontenttype", "must be `application/json`")
        }
        let purpose = try identifier("purpose", PurposeID.init(rawValue:))
        let subject = try optional("subject", make: { IdentifierGrammar.accepts($0) ? $0 : nil })
        let actor = try optional("actor", make: OfficerID.init(rawValue:))
        let inReplyTo = try optional("inreplyto", make: MessageID.init(rawValue:))
        let time = try optional("time", "must be an RFC 3339 date-time", make: { UTCInstant($0) })
        let expires = try optional("expires", "must be an RFC 3339 date-time", make: { UTCInstant($0) })
        return Envelope(
            id: id, source: source, type: type, subject: subject, time: time, purpose: purpose,
            recipients: try recipients(), inReplyTo: inReplyTo, expires: expires, actor: actor,
            breakGlass: try breakGlass())
    }

    /// The claim of a ground: both attributes or neither.
    private func breakGlass() throws(EnvelopeFault) -> BreakGlassClaim? {
        guard values["breakglass"] != nil || values["breakglassreason"] != nil else { return nil }
        let (ground, reason) = (try required("breakglass"), try required("breakglassreason"))
        guard IdentifierGrammar.accepts(ground) else { throw malformed("breakglass", Self.identifierAdvice) }
        guard let claim = BreakGlassClaim(ground: ground, reason: reason) else {
            throw malformed(
                "breakglassreason", "must be text of 1 to \(BreakGlassClaim.reasonMax) characters without controls")
        }
        return claim
    }

    private func recipients() throws(EnvelopeFault) -> [PartyID] {
        let names = try required("recipients").split(separator: " ", omittingEmptySubsequences: false)
        let parties = names.compactMap { PartyID(String($0)) }
        guard parties.count == names.count, parties.count <= Envelope.recipientsMax, Set(parties).count == parties.count
        else {
            throw malformed(
                "recipients", "must be 1 to \(Envelope.recipientsMax) different party ids with one space between")
        }
        return parties
    }

    private func required(_ name: String) throws(EnvelopeFault) -> String {
        guard let value = values[name] else {
            throw EnvelopeFault(
                code: "envelope.missing", pointer: JSONPointer(tokens: [name]), detail: "`\(name)` is required")
        }
        return value
    }

    private func identifier<ID>(_ name: String, _ make: (String) -> ID?) throws(EnvelopeFault) -> ID {
        guard let id = make(try required(name)) else { throw malformed(name, Self.identifierAdvice) }
        return id
    }

    private func optional<Value>(
        _ name: String, _ advice: String = EnvelopeAttributes.identifierAdvice, make: (String) -> Value?
    ) throws(EnvelopeFault) -> Value? {
        guard let text = values[name] else { return nil }
        guard let value = make(text) else { throw malformed(name, advice) }
        return value
    }

    private func malformed(_ name: String, _ advice: String) -> EnvelopeFault {
        EnvelopeFault(code: "envelope.malformed", pointer: JSONPointer(tokens: [name]), detail: "`\(name)` \(advice)")
    }

    private static let identifierAdvice = "must be 1 to 64 of [A-Za-z0-9._-]"

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
