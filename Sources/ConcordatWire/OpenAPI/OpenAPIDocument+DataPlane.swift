import ConcordatJSON

extension OpenAPIDocument {
    /// Every address of the data plane.
    static var dataPlaneOperations: [OpenAPIOperation] {
        messageOperations + inboxOperations + consentOperations + [
            OpenAPIOperation(
                method: "GET", path: "/v1/due", id: "due",
                summary: "The answers you owe and those you wait for, soonest first",
                parameters: [
                    OpenAPIOperation.Parameter(
                        name: "from", place: .query,
                        schema: ["type": "integer", "minimum": 0, "maximum": 1_000_000, "default": 0],
                        description: "How many to leave out from the front: `next` of the page before"),
                    OpenAPIOperation.Parameter(
                        name: "limit", place: .query,
                        schema: ["type": "integer", "minimum": 1, "maximum": 200, "default": 50],
                        description: "How many at most"),
                ], answers: [json(200, "What is due", "Due")], refusals: framing + [403]),
            OpenAPIOperation(
                method: "GET", path: "/v1/me", id: "me", summary: "Who you are here, and what you may send and receive",
                answers: [json(200, "The party of the certificate", "Me")], refusals: framing + [403]),
            OpenAPIOperation(
                method: "GET", path: "/v1/schemas/{message}", id: "schema",
                summary: "The JSON Schema of a message, as its sender writes it or as you receive it",
                parameters: [
                    named("message", .path, "The name of the message"),
                    OpenAPIOperation.Parameter(
                        name: "as", place: .query, schema: ["enum": ["sender", "recipient"], "default": "sender"],
                        description: "Whose view"),
                ],
                answers: [
                    OpenAPIOperation.Answer(
                        status: 200, description: "The schema",
                        content: [("application/schema+json", ["type": "object"])])
                ], refusals: framing + [403, 404]),
            checkpointOperation,
            OpenAPIOperation(
                method: "GET", path: "/log/proof/{leaf}", id: "proof",
                summary: "The inclusion proof of one of your leaves at the newest checkpoint",
                parameters: [leafParameter],
                answers: [plain(200, "A proof in the form of C2SP tlog-proof")], refusals: framing + [403, 404, 503]),
            openAPIOperation,
        ]
    }

    private static var messageOperations: [OpenAPIOperation] {
        let binary = [
            "specversion", "id", "source", "type", "subject", "time", "purpose", "recipients", "inreplyto", "expires",
            "actor", "breakglass", "breakglassreason",
        ]
        .map { name in
            OpenAPIOperation.Parameter(
                name: "ce-\(name)", place: .header, schema: OpenAPISchemas.text,
                description: "Binary mode: the attribute \(name), percent-encoded")
        }
        let request: [(type: String, schema: JSONValue)] = [
            (Envelope.structuredMediaType, OpenAPISchemas.reference("Event")),
            ("application/json", ["type": "object", "description": "Binary mode: data alone"]),
        ]
        let refusals = framing + [403, 409, 413, 415, 422, 429, 503]
        var taken = json(202, "Taken; the receipt", "Receipt")
        taken.headers = [("Concordat-Salt", "The salt of the digests in the leaves, base64")]
        return [
            OpenAPIOperation(
                method: "POST", path: "/v1/messages", id: "submit", summary: "Send a message", parameters: binary,
                request: request, answers: [taken], refusals: refusals),
            OpenAPIOperation(
                method: "POST", path: "/v1/decisions", id: "decide",
                summary: "What the gateway would answer to a message; nothing is sent", parameters: binary,
                request: request, answers: [json(200, "The answer as it would be", "Receipt")], refusals: refusals),
            OpenAPIOperation(
                method: "GET", path: "/v1/messages/{id}", id: "track", summary: "Where a message of yours stands",
                parameters: [named("id", .path, "The id you gave the message")],
                answers: [json(200, "Its recipients", "Tracking")], refusals: framing + [403, 404, 503]),
            OpenAPIOperation(
                method: "POST", path: "/v1/messages/{id}/notices", id: "sendNotices",
                summary: "Tell everyone who has a message of yours; what still waits ends, but for a breach",
                parameters: [
                    named("id", .path, "The id you gave the message"),
                    OpenAPIOperation.Parameter(
                        name: "reason", place: .query,
                        schema: ["enum": ["recall", "correction", "erasure", "restriction", "breach"]],
                        description: "What they are told", isRequired: true),
                    named("replaced-by", .query, "A message of yours in the same case that stands in its place"),
                ],
                answers: [json(202, "On record; what came of it for each recipient", "NoticesSent")],
                refusals: framing + [403, 404, 429, 503]),
        ]
    }

    private static var inboxOperations: [OpenAPIOperation] {
        [
            OpenAPIOperation(
                method: "GET", path: "/v1/inbox", id: "inbox", summary: "What waits for you, oldest first",
                parameters: [
                    OpenAPIOperation.Parameter(
                        name: "wait", place: .query,
                        schema: ["type": "integer", "minimum": 0, "maximum": 30, "default": 0],
                        description: "Seconds to wait for the first one"),
                    OpenAPIOperation.Parameter(
                        name: "limit", place: .query,
                        schema: ["type": "integer", "minimum": 1, "maximum": 100, "default": 10],
                        description: "How many at most"),
                ],
                answers: [
                    json(200, "Deliveries; each is offered again unless it is acknowledged", "Deliveries"),
                    OpenAPIOperation.Answer(status: 204, description: "Nothing waits"),
                ], refusals: framing + [403, 429, 503]),
            OpenAPIOperation(
                method: "POST", path: "/v1/inbox/{delivery}/ack", id: "acknowledge",
                summary: "You have a delivery; of a notice, also what you did with what it names",
                parameters: [
                    named("delivery", .path, "The id of the delivery"),
                    OpenAPIOperation.Parameter(
                        name: "done", place: .query, schema: ["enum": ["stopped", "erased", "kept"]],
                        description: "What you did with what a notice names"),
                    named("basis", .query, "On which basis you keep it, a word of your own; with `done=kept` only"),
                ],
                answers: [OpenAPIOperation.Answer(status: 204, description: "It is yours")],
                refusals: framing + [403, 404, 409, 503]),
        ]
    }

    private static var consentOperations: [OpenAPIOperation] {
        [
            OpenAPIOperation(
                method: "POST", path: "/v1/consents", id: "recordConsent",
                summary: "Record a consent, a refusal, an objection or a withdrawal",
                request: [("application/json", OpenAPISchemas.reference("Consent"))],
                answers: [
                    json(201, "On record", "ConsentState"),
                    OpenAPIOperation.Answer(
                        status: 202, description: "A refusal, an objection or a withdrawal is taken",
                        content: [
                            (
                                "application/json",
                                OpenAPISchemas.object([("taken", OpenAPISchemas.flag)], required: ["taken"])
                            )
                        ]),
                ], refusals: framing + [403, 409, 413, 415, 422, 503]),
            OpenAPIOperation(
                method: "GET", path: "/v1/consents", id: "listConsents",
                summary: "The consents of a case as you may see them; the same empty list to everyone else",
                parameters: [
                    OpenAPIOperation.Parameter(
                        name: "case", place: .query, schema: OpenAPISchemas.identifier,
                        description: "The case id, or your own reference of it", isRequired: true),
                    named("person", .query, "Of this person only: the person id, or your own reference"),
                ],
                answers: [json(200, "Consents", "Consents")], refusals: framing + [403]),
            OpenAPIOperation(
                method: "POST", path: "/v1/consents/{id}/withdraw", id: "withdrawConsent",
                summary: "Withdraw a consent you recorded", parameters: [named("id", .path, "The id of the consent")],
                answers: [json(200, "Withdrawn", "ConsentState")], refusals: framing + [403, 404, 409, 503]),
        ]
    }

    /// What any request may be answered with before anyone looks at what it asks.
    static let framing = [400, 405, 408, 431]

    static var checkpointOperation: OpenAPIOperation {
        OpenAPIOperation(
            method: "GET", path: "/log/checkpoint", id: "checkpoint",
            summary: "The newest signed checkpoint of the log",
            answers: [plain(200, "A checkpoint in the form of C2SP tlog-checkpoint")], refusals: framing + [403, 503])
    }

    static var openAPIOperation: OpenAPIOperation {
        OpenAPIOperation(
            method: "GET", path: "/openapi.json", id: "openAPI", summary: "This document",
            answers: [
                OpenAPIOperation.Answer(
                    status: 200, description: "OpenAPI 3.1", content: [("application/json", ["type": "object"])])
            ], refusals: framing + [403])
    }

    static var leafParameter: OpenAPIOperation.Parameter {
        OpenAPIOperation.Parameter(
            name: "leaf", place: .path, schema: OpenAPISchemas.index, description: "The index of the leaf")
    }

    static func named(_ name: String, _ place: OpenAPIOperation.Parameter.Place, _ description: String)
        -> OpenAPIOperation.Parameter
    {
        OpenAPIOperation.Parameter(
            name: name, place: place, schema: OpenAPISchemas.identifier, description: description)
    }

    static func json(_ status: Int, _ description: String, _ schema: String) -> OpenAPIOperation.Answer {
        OpenAPIOperation.Answer(
            status: status, description: description, content: [("application/json", OpenAPISchemas.reference(schema))])
    }

    static func plain(_ status: Int, _ description: String) -> OpenAPIOperation.Answer {
        OpenAPIOperation.Answer(
            status: status, description: description, content: [("text/plain", OpenAPISchemas.text)])
    }
}
