import ConcordatJSON

/// The shapes of bodies, as JSON Schema 2020-12.
enum OpenAPISchemas {
    static func reference(_ name: String) -> JSONValue { ["$ref": .string("#/components/schemas/\(name)")] }

    static let identifier: JSONValue = ["type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"]
    static let text: JSONValue = ["type": "string"]
    static let index: JSONValue = ["type": "integer", "minimum": 0]
    static let moment: JSONValue = ["type": "string", "format": "date-time"]
    static let flag: JSONValue = ["type": "boolean"]

    static func list(_ items: JSONValue) -> JSONValue { ["type": "array", "items": items] }

    static func nullable(_ schema: JSONValue) -> JSONValue { ["anyOf": [schema, ["type": "null"]]] }

    static func object(_ properties: [(String, JSONValue)], required: [String]) -> JSONValue {
        [
            "type": "object",
            "properties": .object(properties.map { JSONMember($0.0, $0.1) }),
            "required": .array(required.map { .string($0) }),
        ]
    }

    /// Every named schema, in alphabetical order.
    static var all: [JSONMember] {
        [
            JSONMember("BreakGlassReview", breakGlassReview), JSONMember("BreakGlassUses", breakGlassUses),
            JSONMember("Consent", consent), JSONMember("ConsentState", consentState), JSONMember("Consents", consents),
            JSONMember("Deliveries", deliveries), JSONMember("Due", due), JSONMember("Event", event),
            JSONMember("HoldDecision", holdDecision), JSONMember("Holds", holds), JSONMember("Me", me),
            JSONMember("Notices", notices), JSONMember("NoticesSent", noticesSent), JSONMember("Officer", officer),
            JSONMember("Problem", problem),
            JSONMember("Receipt", receipt),
            JSONMember("Tracking", tracking), JSONMember("Transfer", transfer), JSONMember("Transfers", transfers),
        ]
    }

    private static var problem: JSONValue {
        object(
            [
                ("type", text), ("title", text), ("status", index), ("code", text), ("clause", identifier),
                ("pointer", text), ("detail", text), ("leaf", index),
            ], required: ["type", "title", "status", "code"])
    }

    private static var event: JSONValue {
        object(
            [
                ("specversion", ["const": "1.0"]), ("id", identifier), ("source", identifier), ("type", text),
                ("subject", identifier), ("time", moment), ("datacontenttype", ["const": "application/json"]),
                ("purpose", identifier),
                ("recipients", ["type": "string", "description": "1 to 16 party ids, one space between"]),
                ("inreplyto", identifier), ("expires", moment), ("actor", identifier), ("breakglass", identifier),
                ("breakglassreason", ["type": "string", "minLength": 1, "maxLength": 1000]),
                ("data", ["type": "object"]),
            ], required: ["specversion", "id", "source", "type", "purpose", "recipients", "data"])
    }

    private static var receipt: JSONValue {
        let evidence = object([("leaf", text), ("proof", text)], required: ["leaf", "proof"])
        let answer = object(
            [
                ("recipient", identifier), ("answer", ["enum": ["share", "hold", "withhold", "refuse"]]),
                ("code", text),
                ("clause", identifier),
            ], required: ["recipient", "answer"])
        return object(
            [
                ("message", identifier), ("answers", list(answer)), ("case", identifier),
                ("persons", ["type": "object", "additionalProperties": identifier]), ("leaf", text), ("proof", text),
                ("more", list(evidence)),
            ], required: ["message", "answers", "leaf", "proof"])
    }

    private static var tracking: JSONValue {
        let recipient = object(
            [
                ("recipient", identifier), ("answer", text), ("code", nullable(text)), ("clause", nullable(identifier)),
                ("state", nullable(["enum": ["waiting", "held", "handed-over", "delivered", "ended"]])),
                ("attempts", index),
                ("leaf", index), ("notices", list(askedNotice)),
            ], required: ["recipient", "answer", "leaf"])
        return object(
            [
                ("message", identifier), ("case", nullable(identifier)), ("accepted", moment),
                ("recipients", list(recipient)),
            ], required: ["message", "accepted", "recipients"])
    }

    private static var due: JSONValue {
        let day: JSONValue = ["type": "string", "format": "date"]
        let answer = object(
            [
                ("case", identifier), ("your-reference", nullable(text)), ("clause", nullable(identifier)),
                ("title", nullable(text)), ("you", ["enum": ["owe", "wait"]]), ("message", nullable(identifier)),
                ("notice", nullable(identifier)), ("party", nullable(identifier)), ("answer-with", list(identifier)),
                ("from", day), ("due", day),
                ("state", ["enum": ["due", "reminded", "overdue"]]),
            ], required: ["case", "clause", "you", "answer-with", "from", "due", "state"])
        return object([("today", day), ("due", list(answer)), ("next", nullable(index))], required: ["today", "due"])
    }

    private static var deliveries: JSONValue {
        // What the gateway adds to the envelope it hands over; `data` is the cut copy.
        let added: JSONValue = [
            "type": "object",
            "properties": [
                "protocol": ["type": "string"], "mode": ["const": "training"], "withheld": ["type": "string"],
                "masked": ["type": "string"], "notsupplied": ["type": "string"],
                "keep": ["type": "string", "description": "How long, and from which event: P2Y from case-closed"],
                "onward": ["enum": ["none", "ask-sender", "protocol"]], "marking": ["type": "string"],
                "breakglass": ["type": "string", "description": "The ground on which glass was broken for this"],
            ],
        ]
        let delivery = object(
            [("delivery", identifier), ("attempt", index), ("salt", text), ("event", added)],
            required: ["delivery", "attempt", "salt", "event"])
        return object([("deliveries", list(delivery))], required: ["deliveries"])
    }

    private static var consent: JSONValue {
        object(
            [
                ("id", identifier), ("case", identifier), ("person", identifier),
                ("kind", ["enum": ["participation", "confidence", "special-category", "basis"]]),
                ("purpose", identifier),
                (
                    "state",
                    [
                        "enum": [
                            "given", "renewed", "requested", "deferred", "refused", "withdrawn", "revoked", "expired",
                            "invalidated", "objected", "unknown",
                        ]
                    ]
                ),
                ("categories", list(identifier)), ("recipient-kinds", list(identifier)),
                ("recipients", list(identifier)),
                ("from", moment), ("until", moment),
                ("given-by", ["enum": ["self", "guardian", "attorney"]]), ("giver", identifier),
                ("relation", ["enum": ["parent", "guardian", "special-guardian", "local-authority"]]),
                ("age-band", ["enum": ["under-10", "10-12", "13-15", "16-17", "18-plus", "organisation"]]),
                ("competent", flag),
                ("competence-assessed-by", identifier),
                ("taken-by", identifier), ("evidence", identifier), ("told-right-to-withdraw", flag),
                ("notice", identifier), ("language", ["type": "string", "maxLength": 35]),
                ("channel", ["enum": ["in-person", "telephone", "letter", "electronic"]]),
                ("expression", ["enum": ["explicit", "expressed"]]),
                ("review", ["type": "string", "format": "date"]),
            ], required: ["id", "case", "person", "kind", "purpose", "state"])
    }

    private static var consentState: JSONValue {
        object(
            [
                ("consent", identifier), ("state", text),
                // What becomes of objections, whether there are any or not.
                ("objections", ["enum": ["stand", "taken-back"]]),
            ], required: ["consent", "state"])
    }

    private static var consents: JSONValue {
        let item = object(
            [
                ("consent", identifier), ("person", identifier), ("kind", text), ("purpose", identifier),
                ("state", text), ("given-by", text), ("age-band", nullable(text)),
                ("from", nullable(moment)), ("until", nullable(moment)),
                ("review", nullable(["type": "string", "format": "date"])),
            ], required: ["consent", "person", "kind", "purpose", "state"])
        return object([("consents", list(item))], required: ["consents"])
    }

    private static var me: JSONValue {
        let message = object(
            [
                ("message", identifier), ("type", text), ("title", text), ("purposes", list(identifier)),
                ("opens-case", flag), ("taken-until", moment),
            ], required: ["message", "type"])
        return object(
            [
                ("party", identifier), ("title", text), ("kind", identifier), ("specialities", list(text)),
                ("suspended", flag), ("deployment", text), ("protocol", text), ("mode", text),
                ("until", ["type": "string", "format": "date"]), ("waiting", index), ("sends", list(message)),
                ("receives", list(message)),
            ], required: ["party", "kind", "protocol", "sends", "receives"])
    }

    private static var officer: JSONValue {
        object(
            [("officer", identifier), ("party", identifier), ("of-deployment", flag), ("admin", flag)],
            required: ["officer", "party", "of-deployment", "admin"])
    }

    private static var transfers: JSONValue {
        let row = object(
            [
                ("leaf", index), ("time", moment), ("message", identifier), ("name", identifier),
                ("case", nullable(identifier)), ("sender", identifier), ("recipient", identifier),
                ("purpose", identifier),
                ("answer", text), ("code", nullable(text)), ("clause", nullable(identifier)),
                ("rules", list(identifier)),
                ("kept", index), ("cut", index), ("transformed", index), ("dry-run", flag),
                ("delivery", nullable(identifier)),
            ], required: ["leaf", "time", "message", "sender", "recipient", "answer"])
        return object([("transfers", list(row)), ("next", nullable(index))], required: ["transfers", "next"])
    }

    private static var transfer: JSONValue {
        let line = object([("leaf", index), ("entry", ["type": "object"])], required: ["leaf", "entry"])
        return object(
            [("leaf", index), ("entry", ["type": "object"]), ("delivery", list(line))], required: ["leaf", "entry"])
    }
}
