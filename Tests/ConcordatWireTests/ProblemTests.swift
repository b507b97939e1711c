import ConcordatJSON
import ConcordatTerms
import ConcordatWire
import Foundation
import Testing

@Suite struct ProblemTests {
    @Test func isOneObjectOfRFC9457() throws {
        let problem = Problem(
            status: 403, code: "consent.required", title: "the clause rests on a consent", detail: "have it recorded",
            clause: "R7",
            pointer: JSONPointer(tokens: ["data", "a/b"]), leaf: 12, retryAfter: 3)
        let json = try JSONValue.parse(problem.body)
        #expect(
            json == [
                "type": "urn:concordat:problem:consent.required", "title": "the clause rests on a consent",
                "status": 403,
                "code": "consent.required", "clause": "R7", "pointer": "/data/a~1b", "detail": "have it recorded",
                "leaf": 12,
            ])
        #expect(Problem.mediaType == "application/problem+json")
    }

    @Test func whatIsNotKnownIsLeftOut() throws {
        let json = try JSONValue.parse(Problem(status: 404, code: "route.unknown", title: "no such address").body)
        #expect(json.objectValue?.map(\.name) == ["type", "title", "status", "code"])
    }

    @Test func theWholeBodyAsAPlaceIsAnEmptyPointer() throws {
        let problem = Problem(status: 422, code: "json.empty", title: "t", pointer: JSONPointer())
        #expect(try JSONValue.parse(problem.body)["pointer"] == "")
    }

    @Test func textsThatNeedEscapesStayJSON() throws {
        let awkward = "`a\"b\\c`\n\u{1}\u{2028}é😀"
        let problem = Problem(
            status: 422, code: "x.y", title: awkward, detail: awkward, pointer: JSONPointer(tokens: [awkward, "~/"]))
        let json = try JSONValue.parse(problem.body)
        #expect(json["detail"]?.stringValue == awkward)
        #expect(json["pointer"]?.stringValue.flatMap { JSONPointer($0) } == problem.pointer)
    }

    @Test func theSameProblemHasTheSameBytes() {
        // Missing, refused, withdrawn and unknown consents must be the same bytes: nothing in a body varies by itself.
        #expect(ProblemCatalogue.problem("consent.required").body == ProblemCatalogue.problem("consent.required").body)
    }
}

@Suite struct ProblemCatalogueTests {
    @Test func everyProblemOfTheCatalogueIsValid() throws {
        for entry in ProblemCatalogue.all {
            let code = entry.code.replacing("*", with: "anything")
            let problem = ProblemCatalogue.problem(code)
            let json = try JSONValue.parse(problem.body)
            #expect(json["status"]?.intValue == entry.status && problem.status == entry.status, "\(code)")
            #expect(json["code"]?.stringValue == code)
            #expect(json["type"]?.stringValue == "urn:concordat:problem:\(code)")
            #expect(json["title"]?.stringValue == entry.title && json["detail"]?.stringValue == entry.advice)
            #expect((400...599).contains(entry.status))
            for text in [entry.title, entry.advice] {
                #expect(
                    !text.isEmpty && !text.hasSuffix(".") && !text.contains("\n") && text.first?.isUppercase == false,
                    "\(text)")
            }
        }
    }

    @Test func everyCodeIsOneOfTheGrammarAndStandsOnce() {
        let codes = ProblemCatalogue.all.map(\.code)
        #expect(Set(codes).count == codes.count)
        #expect(codes == codes.sorted())
        for code in codes where code != "internal" {
            let words = code.split(separator: ".", omittingEmptySubsequences: false)
            #expect(words.count == 2, "\(code)")
            #expect(words[0].allSatisfy { $0.isLowercase || $0 == "-" } && !words[0].isEmpty, "\(code)")
            #expect(
                words[1] == "*" || words[1].allSatisfy { $0.isLowercase || $0 == "-" } && !words[1].isEmpty, "\(code)")
        }
    }

    @Test(arguments: [
        ("json.duplicate-name", 422), ("schema.wrong-type", 422), ("envelope.missing", 422),
        ("envelope.source-mismatch", 403),
        ("case.not-yours", 403), ("consent.required", 403), ("rule.refused", 403), ("idempotency.conflict", 422),
        ("idempotency.in-flight", 409), ("limit.body", 413), ("limit.media-type", 415), ("limit.rate", 429),
        ("limit.queue", 503),
        ("limit.headers", 431), ("protocol.lapsed", 503), ("party.suspended", 403), ("capacity.exclusive", 422),
        ("route.unknown", 404), ("method.not-allowed", 405), ("internal", 500),
    ])
    func aCodeHasTheStatusOfTheDesign(code: String, status: Int) {
        #expect(ProblemCatalogue.problem(code).status == status)
        #expect(ProblemCatalogue.problem(code).code == code)
    }

    @Test(arguments: ["nothing.like-this", "internal", "", "."])
    func whatIsNotInTheCatalogueIsTheGatewaysFault(code: String) {
        #expect(ProblemCatalogue.problem(code).status == 500)
    }
}

/// The catalogue against the sources: a code that is written somewhere and not listed would be answered as a 500.
@Suite struct CatalogueCoverageTests {
    private static let sources = URL(filePath: #filePath).resolvingSymlinksInPath().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources")

    /// Words before the dot that stand in codes and nowhere else in quotation marks.
    private static let families: Set<String> = [
        "json", "schema", "envelope", "message", "purpose", "recipient", "case", "protocol", "rule", "consent",
        "request", "capacity",
        "party", "certificate", "person", "idempotency", "delivery", "tracking", "schema-document", "leaf", "route",
        "method",
        "query", "http", "limit", "store", "clock",
    ]
    /// Texts of that form that are something else.
    private static let others: Set<String> = ["protocol.yaml", "log.key", "log.vkey"]

    /// Every `"word.words"` of a family in the sources, with the file it stands in.
    private static func codes() throws -> [String: String] {
        var found: [String: String] = [:]
        let files = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil)
        while let file = files?.nextObject() as? URL {
            guard file.pathExtension == "swift" else { continue }
            let pieces = try String(contentsOf: file, encoding: .utf8).split(
                separator: "\"", omittingEmptySubsequences: false)
            for piece in pieces where piece.utf8.count < 64 && !others.contains(String(piece)) {
                let words = piece.split(separator: ".", omittingEmptySubsequences: false)
                guard words.count == 2, families.contains(String(words[0])), !words[1].isEmpty,
                    words[1].allSatisfy({ $0.isASCII && $0.isLowercase || $0 == "-" })
                else { continue }
                found[String(piece)] = file.lastPathComponent
            }
        }
        return found
    }

    @Test func everyCodeInTheSourcesIsListed() throws {
        let codes = try Self.codes()
        // The search itself must work: these stand in rooms far apart.
        for code in ["limit.body", "case.not-yours", "capacity.self-granted", "envelope.missing"] {
            #expect(codes[code] != nil)
        }
        let listed = Set(ProblemCatalogue.all.map(\.code))
        for (code, file) in codes.sorted(by: { $0.key < $1.key }) {
            let family = code.prefix { $0 != "." } + ".*"
            #expect(listed.contains(code) || listed.contains(String(family)), "`\(code)` in \(file)")
        }
    }
}
