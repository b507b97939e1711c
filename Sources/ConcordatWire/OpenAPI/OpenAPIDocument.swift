package import ConcordatJSON

/// The OpenAPI 3.1 documents of the planes, each served by its own plane at `/openapi.json`.
///
/// Statuses and codes come from ``ProblemCatalogue``; a test in each plane holds the routes to the handler's table.
package enum OpenAPIDocument {
    /// The data plane, where agency systems call.
    package static var dataPlane: JSONValue {
        document(
            title: "Concordat data plane",
            description: "Agency systems exchange messages here, over mutual TLS 1.3 with a party certificate.",
            operations: dataPlaneOperations)
    }

    /// The desk, where officers look at what was shared and admins change what is in force.
    package static var desk: JSONValue {
        document(
            title: "Concordat desk",
            description:
                "Officers look at what was shared here, and admins change what is in force, over mutual TLS 1.3 with a person certificate.",
            operations: deskOperations)
    }

    private static func document(title: String, description: String, operations: [OpenAPIOperation]) -> JSONValue {
        var paths: [JSONMember] = []
        for operation in operations where !paths.contains(where: { $0.name == operation.path }) {
            let methods = operations.filter { $0.path == operation.path }.map {
                JSONMember($0.method.lowercased(), $0.json)
            }
            paths.append(JSONMember(operation.path, .object(methods)))
        }
        let statuses = Set(operations.flatMap(\.refusals)).sorted()
        return [
            "openapi": "3.1.0",
            "info": ["title": .string(title), "version": "1.0.0", "description": .string(description)],
            "security": [["mutualTLS": []]],
            "paths": .object(paths),
            "components": [
                "securitySchemes": [
                    "mutualTLS": [
                        "type": "mutualTLS",
                        "description":
                            "A certificate with exactly one SAN URI, urn:concordat:<deployment>:party:<party> or …:person:<party>:<id>",
                    ]
                ],
                "schemas": .object(OpenAPISchemas.all),
                "responses": .object(statuses.map { JSONMember("Refused\($0)", refused($0)) }),
            ],
        ]
    }

    /// The response every refusal of a status is, with the codes it may carry.
    private static func refused(_ status: Int) -> JSONValue {
        let codes = ProblemCatalogue.all.filter { $0.status == status }.map { "\($0.code): \($0.title)" }
        let description =
            codes.isEmpty ? "http.malformed: the request did not come in time" : codes.joined(separator: "; ")
        return [
            "description": .string(description),
            "content": .object([JSONMember(Problem.mediaType, ["schema": OpenAPISchemas.reference("Problem")])]),
        ]
    }
}
