import ConcordatJSON
import ConcordatWire
import Testing

@testable import ConcordatDataPlane

/// The OpenAPI document says what the handler does, no more and no less.
@Suite struct OpenAPITests {
    private static let document = OpenAPIDocument.dataPlane

    @Test func everyRouteIsInTheDocumentAndTheOtherWayRound() {
        let documented = (Self.document["paths"]?.objectValue ?? []).flatMap { path in
            (path.value.objectValue ?? []).map { "\($0.name.uppercased()) \(path.name)" }
        }
        #expect(documented.sorted() == DataPlaneRoute.allCases.map { "\($0.method) \($0.template)" }.sorted())
    }

    @Test(arguments: DataPlaneRoute.allCases)
    func parametersAreThoseOfTheRoute(route: DataPlaneRoute) throws {
        let operation = try #require(Self.document["paths"]?[route.template]?[route.method.lowercased()])
        let parameters = operation["parameters"]?.arrayValue ?? []
        func names(_ place: String) -> [String] {
            parameters.filter { $0["in"]?.stringValue == place }.compactMap { $0["name"]?.stringValue }
        }
        #expect(names("query") == route.parameters)
        #expect(
            names("path").map { "{\($0)}" }
                == route.template.split(separator: "/").map(String.init).filter { $0.hasPrefix("{") })
        #expect((operation["requestBody"] != nil) == route.takesBody)
    }

    @Test(arguments: ["/v1/messages", "/v1/decisions"])
    func everyAttributeOfASenderIsAHeaderOfBinaryMode(path: String) throws {
        let parameters = try #require(Self.document["paths"]?[path]?["post"]?["parameters"]?.arrayValue)
        let headers = parameters.filter { $0["in"]?.stringValue == "header" }.compactMap { $0["name"]?.stringValue }
        // The content type of the data has a header of its own.
        let attributes = EnvelopeAttributes.known.subtracting(["datacontenttype"])
        #expect(headers.sorted() == attributes.map { "ce-\($0)" }.sorted())
    }

    @Test func theDocumentIsOneOfOpenAPI() throws {
        let document = try JSONValue.parse(Self.document.serialized())
        #expect(document["openapi"]?.stringValue == "3.1.0")
        #expect(document["info"]?["title"]?.stringValue?.isEmpty == false)
        #expect(document["info"]?["version"]?.stringValue?.isEmpty == false)
        #expect(document["components"]?["securitySchemes"]?["mutualTLS"]?["type"]?.stringValue == "mutualTLS")
        var ids: Set<String> = []
        for path in document["paths"]?.objectValue ?? [] {
            for operation in path.value.objectValue ?? [] {
                let id = try #require(operation.value["operationId"]?.stringValue)
                #expect(ids.insert(id).inserted, "\(id) stands twice")
                #expect(operation.value["responses"]?.objectValue?.isEmpty == false)
            }
        }
    }

    @Test func everyReferenceLeadsSomewhere() {
        func references(in value: JSONValue) -> [String] {
            switch value {
            case .object(let members):
                members.flatMap { member in
                    member.name == "$ref" ? [member.value.stringValue ?? ""] : references(in: member.value)
                }
            case .array(let items): items.flatMap(references)
            case .string, .number, .bool, .null: []
            }
        }
        let found = references(in: Self.document)
        #expect(!found.isEmpty)
        for reference in found {
            let parts = reference.split(separator: "/").dropFirst().map(String.init)
            let target = parts.reduce(Optional(Self.document)) { $0?[$1] }
            #expect(target != nil, "\(reference) leads nowhere")
        }
    }
}
