import ConcordatJSON

/// One method of one path, as the OpenAPI document shows it.
struct OpenAPIOperation {
    /// An argument in the path, the query or a header field.
    struct Parameter {
        enum Place: String { case path, query, header }

        let name: String
        let place: Place
        let schema: JSONValue
        let description: String
        var isRequired = false

        var json: JSONValue {
            .object([
                JSONMember("name", .string(name)), JSONMember("in", .string(place.rawValue)),
                JSONMember("required", .bool(isRequired || place == .path)), JSONMember("schema", schema),
                JSONMember("description", .string(description)),
            ])
        }
    }

    /// What comes back when it goes well.
    struct Answer {
        let status: Int
        let description: String
        /// Media types with their schemas; none without a body.
        var content: [(type: String, schema: JSONValue)] = []
        /// Names and descriptions of header fields.
        var headers: [(name: String, description: String)] = []
    }

    let method: String
    let path: String
    let id: String
    let summary: String
    var parameters: [Parameter] = []
    var request: [(type: String, schema: JSONValue)] = []
    let answers: [Answer]
    /// Statuses of refusals, each with the problem schema.
    let refusals: [Int]

    var json: JSONValue {
        var members = [JSONMember("operationId", .string(id)), JSONMember("summary", .string(summary))]
        if !parameters.isEmpty { members.append(JSONMember("parameters", .array(parameters.map(\.json)))) }
        if !request.isEmpty {
            members.append(
                JSONMember(
                    "requestBody",
                    .object([JSONMember("required", .bool(true)), JSONMember("content", Self.content(request))])))
        }
        var responses = answers.map { JSONMember(String($0.status), Self.response($0)) }
        responses += refusals.sorted().map { status in
            JSONMember(
                String(status),
                .object([JSONMember("$ref", .string("#/components/responses/Refused\(status)"))]))
        }
        members.append(JSONMember("responses", .object(responses)))
        return .object(members)
    }

    private static func response(_ answer: Answer) -> JSONValue {
        var members = [JSONMember("description", .string(answer.description))]
        if !answer.headers.isEmpty {
            let headers = answer.headers.map { name, description in
                JSONMember(name, ["description": .string(description), "schema": ["type": "string"]])
            }
            members.append(JSONMember("headers", .object(headers)))
        }
        if !answer.content.isEmpty { members.append(JSONMember("content", content(answer.content))) }
        return .object(members)
    }

    private static func content(_ types: [(type: String, schema: JSONValue)]) -> JSONValue {
        .object(types.map { JSONMember($0.type, ["schema": $0.schema]) })
    }
}
