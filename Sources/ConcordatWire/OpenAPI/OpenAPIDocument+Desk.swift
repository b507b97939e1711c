import ConcordatJSON

extension OpenAPIDocument {
    /// Every address of the desk.
    static var deskOperations: [OpenAPIOperation] {
        let reason = OpenAPIOperation.Parameter(
            name: "reason", place: .query, schema: ["type": "string", "pattern": "^[A-Za-z0-9._-]{1,64}$"],
            description: "Your own reference of why you look; that one was given is on record, not what it says")
        return [
            OpenAPIOperation(
                method: "GET", path: "/v1/me", id: "me", summary: "Who you are here",
                answers: [json(200, "The officer of the certificate", "Officer")], refusals: framing + [403]),
            OpenAPIOperation(
                method: "GET", path: "/v1/transfers", id: "transfers",
                summary: "Decisions, newest first; a party's officer sees those of the party",
                parameters: [
                    named("message", .query, "Of this message only"), named("case", .query, "Of this case only"),
                    named("party", .query, "Of this party only; for officers of the deployment"),
                    OpenAPIOperation.Parameter(
                        name: "before", place: .query, schema: OpenAPISchemas.index,
                        description: "Only leaves below this index; `next` of the page before"),
                    OpenAPIOperation.Parameter(
                        name: "limit", place: .query,
                        schema: ["type": "integer", "minimum": 1, "maximum": 200, "default": 50],
                        description: "How many at most"),
                    reason,
                ],
                answers: [json(200, "A page of decisions", "Transfers")], refusals: framing + [403, 503]),
            OpenAPIOperation(
                method: "GET", path: "/v1/transfers/{leaf}", id: "transfer",
                summary: "One decision field by field, with what became of its delivery",
                parameters: [leafParameter, reason], answers: [json(200, "The decision", "Transfer")],
                refusals: framing + [403, 404, 503]),
            OpenAPIOperation(
                method: "GET", path: "/v1/log/export", id: "export",
                summary: "The whole log as a bundle anyone can verify; for officers of the deployment",
                parameters: [reason],
                answers: [
                    OpenAPIOperation.Answer(
                        status: 200, description: "A ustar archive in the layout of C2SP tlog-tiles",
                        content: [("application/x-tar", ["type": "string", "format": "binary"])])
                ], refusals: framing + [403, 503]),
            OpenAPIOperation(
                method: "GET", path: "/v1/holds", id: "holds",
                summary: "What a clause makes wait, whose time ends soonest first; for officers of the deployment",
                parameters: [
                    OpenAPIOperation.Parameter(
                        name: "from", place: .query,
                        schema: ["type": "integer", "minimum": 0, "maximum": 1_000_000, "default": 0],
                        description: "How many to leave out from the front: `next` of the page before"),
                    OpenAPIOperation.Parameter(
                        name: "limit", place: .query,
                        schema: ["type": "integer", "minimum": 1, "maximum": 200, "default": 50],
                        description: "How many at most"),
                    reason,
                ], answers: [json(200, "What waits", "Holds")], refusals: framing + [403, 503]),
            OpenAPIOperation(
                method: "POST", path: "/v1/holds/{delivery}", id: "decideHold",
                summary: "Let a delivery go, or turn it away; on record before it is answered",
                parameters: [named("delivery", .path, "The id of the delivery")],
                request: [("application/json", OpenAPISchemas.reference("HoldDecision"))],
                answers: [OpenAPIOperation.Answer(status: 204, description: "It is decided")],
                refusals: framing + [403, 404, 409, 413, 415, 422, 503]),
            OpenAPIOperation(
                method: "GET", path: "/v1/notices", id: "notices",
                summary:
                    "Who was told to see to what it has, and what it did; a party's officer sees those to the party",
                parameters: [
                    OpenAPIOperation.Parameter(
                        name: "from", place: .query,
                        schema: ["type": "integer", "minimum": 0, "maximum": 1_000_000, "default": 0],
                        description: "How many to leave out from the front: `next` of the page before"),
                    OpenAPIOperation.Parameter(
                        name: "limit", place: .query,
                        schema: ["type": "integer", "minimum": 1, "maximum": 200, "default": 50],
                        description: "How many at most"),
                    reason,
                ], answers: [json(200, "Notices, the unanswered first", "Notices")], refusals: framing + [403, 503]),
            OpenAPIOperation(
                method: "GET", path: "/v1/break-glass", id: "breakGlass",
                summary: "Uses of break glass with their reasons, the unreviewed first; for officers of the deployment",
                parameters: [
                    OpenAPIOperation.Parameter(
                        name: "from", place: .query,
                        schema: ["type": "integer", "minimum": 0, "maximum": 1_000_000, "default": 0],
                        description: "How many to leave out from the front: `next` of the page before"),
                    OpenAPIOperation.Parameter(
                        name: "limit", place: .query,
                        schema: ["type": "integer", "minimum": 1, "maximum": 200, "default": 50],
                        description: "How many at most"),
                    reason,
                ], answers: [json(200, "Uses", "BreakGlassUses")], refusals: framing + [403, 503]),
            OpenAPIOperation(
                method: "POST", path: "/v1/break-glass/{leaf}/review", id: "reviewBreakGlass",
                summary: "Say whether a use was justified; on record before it is answered",
                parameters: [leafParameter],
                request: [("application/json", OpenAPISchemas.reference("BreakGlassReview"))],
                answers: [OpenAPIOperation.Answer(status: 204, description: "It is reviewed")],
                refusals: framing + [403, 404, 409, 413, 415, 422, 503]),
            checkpointOperation,
            openAPIOperation,
        ] + adminOperations
    }
}
