import ConcordatJSON

extension OpenAPIDocument {
    /// What admins do at the desk.
    static var adminOperations: [OpenAPIOperation] {
        protocolOperations + stopOperations + [
            OpenAPIOperation(
                method: "GET", path: "/v1/admin/deliveries", id: "parkedDeliveries",
                summary: "Deliveries that are parked, oldest first",
                answers: [adminAnswer(200, "Their ids and counts; nothing of what is in them")],
                refusals: framing + [403, 503]),
            act(
                "/v1/admin/deliveries/{delivery}/retry", "retryDelivery", "Put a parked delivery back in its line",
                [named("delivery", .path, "The id of the delivery")], [adminAnswer(200, "It waits again")]),
            act(
                "/v1/admin/deliveries/{delivery}/discard", "discardDelivery",
                "Give a parked delivery up; its copy is destroyed",
                [named("delivery", .path, "The id of the delivery")], [adminAnswer(200, "It is gone")]),
            OpenAPIOperation(
                method: "GET", path: "/v1/admin/replay", id: "replayBundle",
                summary: "What the decisions of the last days were judged by, to try a draft on",
                parameters: [
                    OpenAPIOperation.Parameter(
                        name: "days", place: .query,
                        schema: ["type": "integer", "minimum": 1, "maximum": 366, "default": 30],
                        description: "How many days back")
                ],
                answers: [
                    OpenAPIOperation.Answer(
                        status: 200, description: "A replay bundle: coded facts, no payload",
                        content: [("application/jsonl", ["type": "string"])])
                ], refusals: framing + [403, 422, 503]),
            act(
                "/v1/admin/clock/confirm", "confirmClock",
                "The machine's time is right again: hand-over goes on after a step of the clock", [],
                [adminAnswer(200, "On record")]),
        ]
    }

    private static var protocolOperations: [OpenAPIOperation] {
        let version = OpenAPIOperation.Parameter(
            name: "version", place: .path, schema: ["type": "string", "pattern": "^[0-9a-f]{64}$"],
            description: "The id of the version: the SHA-256 of its archive")
        let archive: JSONValue = ["type": "string", "format": "binary"]
        var activate = act(
            "/v1/admin/protocols/{version}/activate", "activateProtocol",
            "Put an approved version in force, now or at a set time", [version],
            [adminAnswer(200, "It is in force"), adminAnswer(202, "It comes into force at that time")])
        activate.request = [
            (
                "application/json",
                OpenAPISchemas.object(
                    [
                        ("at", OpenAPISchemas.moment),
                        ("beside", ["type": "string", "pattern": "^P[0-9]{1,3}D$"]),
                    ], required: [])
            )
        ]
        return [
            OpenAPIOperation(
                method: "GET", path: "/v1/admin/protocols", id: "protocols",
                summary: "Every version that was ever proposed, and which is in force",
                answers: [adminAnswer(200, "The versions, newest step first")], refusals: framing + [403]),
            OpenAPIOperation(
                method: "POST", path: "/v1/admin/protocols", id: "proposeProtocol",
                summary: "Propose a protocol, or add sign-off files to one that is there",
                request: [("application/x-tar", archive)],
                answers: [
                    adminAnswer(200, "Its sign-off files were added"), adminAnswer(201, "It waits for a second admin"),
                ], refusals: framing + [403, 409, 413, 415, 422, 503]),
            OpenAPIOperation(
                method: "GET", path: "/v1/admin/protocols/{version}", id: "protocol",
                summary: "One version with its checks, its worked cases and what it changes", parameters: [version],
                answers: [adminAnswer(200, "The version and its report")], refusals: framing + [403, 404, 503]),
            OpenAPIOperation(
                method: "GET", path: "/v1/admin/protocols/{version}/archive", id: "protocolArchive",
                summary: "Its files", parameters: [version],
                answers: [
                    OpenAPIOperation.Answer(
                        status: 200, description: "A ustar archive", content: [("application/x-tar", archive)])
                ], refusals: framing + [403, 404, 409]),
            act(
                "/v1/admin/protocols/{version}/approve", "approveProtocol", "Approve what another admin proposed",
                [version], [adminAnswer(200, "It may be put in force")]),
            act(
                "/v1/admin/protocols/{version}/reject", "rejectProtocol", "Turn a proposal down", [version],
                [adminAnswer(200, "It is turned down; its text is kept")]),
            activate,
            act(
                "/v1/admin/protocols/{version}/rollback", "rollBackProtocol",
                "Go back from the version in force to the one before it, at once", [version],
                [adminAnswer(200, "The version now in force")]),
        ]
    }

    private static var stopOperations: [OpenAPIOperation] {
        let kind = OpenAPIOperation.Parameter(
            name: "kind", place: .path, schema: ["enum": ["party", "message", "category"]],
            description: "What kind of thing")
        let name = named("name", .path, "Its id in the protocol")
        return [
            OpenAPIOperation(
                method: "GET", path: "/v1/admin/stops", id: "stops", summary: "What is stopped",
                answers: [adminAnswer(200, "What is stopped, and what a second admin is waited for to resume")],
                refusals: framing + [403]),
            act(
                "/v1/admin/stops/{kind}/{name}/stop", "stop", "Stop a party, a message or a category at once",
                [kind, name], [adminAnswer(200, "It is stopped")]),
            act(
                "/v1/admin/stops/{kind}/{name}/resume", "resume",
                "Ask for it to go on; a second admin who asks the same lets it", [kind, name],
                [adminAnswer(200, "It goes on"), adminAnswer(202, "A second admin is waited for")]),
        ]
    }

    private static func act(
        _ path: String, _ id: String, _ summary: String, _ parameters: [OpenAPIOperation.Parameter],
        _ answers: [OpenAPIOperation.Answer]
    ) -> OpenAPIOperation {
        OpenAPIOperation(
            method: "POST", path: path, id: id, summary: summary, parameters: parameters,
            request: [("application/json", OpenAPISchemas.object([], required: []))], answers: answers,
            refusals: framing + [403, 404, 409, 413, 415, 422, 503])
    }

    private static func adminAnswer(_ status: Int, _ description: String) -> OpenAPIOperation.Answer {
        OpenAPIOperation.Answer(
            status: status, description: description, content: [("application/json", ["type": "object"])])
    }
}
