import ConcordatDecision
import ConcordatJSON
import ConcordatPayload
import ConcordatProtocols
import ConcordatTerms
import Foundation
import Testing

/// What several protocols share stands in files beside them; the text is what they make together.
@Suite struct IncludeTests {
    private static let words = """
        roles:
          harmed: {title: Harmed}
          harmer: {title: Harmer}
        calendars: {work: {holidays: days}}
        """
    private static let days = "code,label,from,until,source\n2026-12-25,Christmas Day,,,test\n"
    private static let parts = """
        {"$defs": {
          "name": {"type": "string", "maxLength": 100, "x-category": "identity"},
          "reach": {"type": "object", "additionalProperties": false, "properties": {
            "phone": {"$ref": "#/$defs/phone"}}},
          "phone": {"type": "string", "maxLength": 30, "x-category": "contact"}}}
        """

    /// The tiny protocol with its roles in a file that it shares, and more files beside it.
    private func files(
        include: String = "[../common/words.yaml, ../common/days.csv]", _ shared: [String: String] = [:],
        replacing: [(String, String)] = []
    ) throws -> ProtocolFiles {
        let roles = "roles:\n  harmed: {title: Harmed}\n  harmer: {title: Harmer}\n"
        var files = try Fixture.tiny(replacing: [(roles, "include: \(include)\n")] + replacing)
        let beside = [
            "../common/words.yaml": Self.words, "../common/days.csv": Self.days, "../common/parts.json": Self.parts,
        ]
        for (path, text) in beside.merging(shared, uniquingKeysWith: { $1 }) { files[path] = Array(text.utf8) }
        return files
    }

    @Test(arguments: [
        "/etc/words.yaml", "words.yaml", "../words.yaml", "../../words.yaml", "../common/../../words.yaml",
        "../common/words.json", "../common/.hidden.yaml", "../common//words.yaml", "common/words.yaml",
    ])
    func nothingElsewhereIsIncluded(path: String) throws {
        let headlines = ProtocolDirectory.load(try files(include: "[\"\(path)\"]")).headlines
        #expect(headlines.contains { $0.contains("`\(path)` cannot be included") })
    }

    @Test func whatIsMissingTwiceThereOrSaidTwiceIsAnError() throws {
        func told(_ what: String, _ include: String, _ shared: [String: String] = [:]) throws -> Bool {
            ProtocolDirectory.load(try files(include: include, shared)).headlines.contains { $0.hasSuffix(what) }
        }
        #expect(try told("there is no file `../common/none.yaml`", "[../common/none.yaml]"))
        #expect(
            try told(
                "`../common/days.csv` is included twice",
                "[../common/words.yaml, ../common/days.csv, ../common/x/../days.csv, ../common/days.csv]"))
        let doubled = ProtocolDirectory.load(
            try files(["../common/words.yaml": Self.words + "\ncategories: {identity: {title: Who}}\n"]))
        guard case .failure(let problems) = doubled else {
            Issue.record("loads")
            return
        }
        let problem = try #require(problems.errors.first { $0.message == "`identity` is said twice" })
        #expect(problem.file == "protocol.yaml")
        #expect(problem.advice.contains("../common/words.yaml, line"))
        #expect(
            try told(
                "`version` cannot be shared", "[../common/words.yaml]", ["../common/words.yaml": "version: 1.0.0\n"]))
        #expect(
            try told(
                "`../common/words.yaml` is a protocol of its own and cannot be included", "[../common/words.yaml]",
                ["../common/words.yaml": "protocol: other\n"]))
        #expect(try told("must be a mapping", "[../common/words.yaml]", ["../common/words.yaml": "- a\n"]))
    }

    @Test func aRingOfIncludesEnds() throws {
        let shared = ["../common/words.yaml": "include: [../common/words.yaml]\n" + Self.words]
        let headlines = ProtocolDirectory.load(try files(shared)).headlines
        #expect(headlines.first?.hasSuffix("`../common/words.yaml` is included twice") ?? false)
    }

    /// A place in a shared file is told by that file.
    @Test func aFaultIsShownWhereItStands() throws {
        let shared = ["../common/words.yaml": Self.words + "\nflags: {odd: {title: Odd}}\n"]
        #expect(
            ProtocolDirectory.load(try files(shared)).headlines == [
                "../common/words.yaml:5:9: flag `odd` has no fields"
            ])
    }

    @Test func theSharedTextIsPartOfWhatIsSigned() throws {
        let loaded = try ProtocolDirectory.load(try files()).get()
        #expect(loaded.compiled.roles == ["harmed", "harmer"])
        #expect(loaded.compiled.calendars["work"]?.holidays.count == 1)
        let other = try ProtocolDirectory.load(
            try files(["../common/words.yaml": Self.words.replacing("Harmer", with: "Who caused harm")])
        ).get()
        #expect(loaded.compiled.digest != other.compiled.digest)
        // Code lists are data beside the text.
        let later = try ProtocolDirectory.load(
            try files(["../common/days.csv": Self.days + "2026-12-28,Boxing Day,,,test\n"])
        ).get()
        #expect(loaded.compiled.digest == later.compiled.digest)
        // Nothing of it says where a sentence came from.
        #expect(!String(decoding: loaded.text.bytes, as: UTF8.self).contains("include"))
    }

    private func schema(_ name: String, _ shared: [String: String] = [:]) throws -> Result<
        LoadedProtocol, ProtocolProblems
    > {
        var files = try files(shared)
        let text = String(decoding: files["messages/referral.json"] ?? [], as: UTF8.self)
        files["messages/referral.json"] = Array(
            text.replacing(
                "\"area\": {", with: "\"shared\": {\"$ref\": \"\(name)\"},\n          \"area\": {"
            ).utf8)
        return ProtocolDirectory.load(files)
    }

    @Test(arguments: [
        "../../common/parts.json#/$defs/none", "../../common/none.json#/$defs/name", "../../common/parts.json",
        "../../../etc/parts.json#/$defs/name", "../../common/parts.json#/properties/name",
    ])
    func aReferenceThatLeadsNowhereIsAnError(reference: String) throws {
        let headlines = try schema(reference).headlines
        #expect(headlines.contains { $0.hasPrefix("messages/referral.json:") && $0.contains("`") })
    }

    @Test func aSharedDefinitionComesWithAllItUses() throws {
        let loaded = try schema("../../common/parts.json#/$defs/reach").get()
        let schema = try #require(loaded.schemas["referral"])
        #expect(schema["$defs"]?["common.parts.phone"]?["maxLength"]?.intValue == 30)
        #expect(
            schema["$defs"]?["common.parts.reach"]?["properties"]?["phone"]?["$ref"]?.stringValue
                == "#/$defs/common.parts.phone")
        #expect(loaded.compiled.messages["referral"]?.schema.node(at: "/people/*/shared/phone") != nil)
    }

    @Test func aFaultOfASharedDefinitionIsShownInItsFile() throws {
        let broken = Self.parts.replacing("\"x-category\": \"identity\"", with: "\"x-category\": \"identy\"")
        let headlines = try schema("../../common/parts.json#/$defs/name", ["../common/parts.json": broken]).headlines
        #expect(headlines == ["../common/parts.json:2:48: unknown category `identy`"])
    }

    @Test func aRingOfDefinitionsIsRefused() throws {
        let ring = """
            {"$defs": {"a": {"type": "object", "additionalProperties": false, "properties": {"b": {"$ref": "#/$defs/a"}}}}}
            """
        let load = try schema("../../common/parts.json#/$defs/a", ["../common/parts.json": ring])
        #expect(!load.headlines.isEmpty)
    }

    /// On a real disk: what is named comes along, links and other places do not.
    @Test func readingTakesWhatIsNamedAndFollowsNoLink() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("include-" + UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = try files(include: "[../common/words.yaml, ../linked/words.yaml, ../common/days.csv]")
        for (path, bytes) in text.contents {
            let place = folder.appendingPathComponent("asked/" + path).standardizedFileURL
            try FileManager.default.createDirectory(
                at: place.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: place)
        }
        try FileManager.default.createSymbolicLink(
            at: folder.appendingPathComponent("linked"), withDestinationURL: folder.appendingPathComponent("common"))
        try Data("x: y\n".utf8).write(to: folder.appendingPathComponent("common/unasked.yaml"))
        let read = try ProtocolDirectory.read(folder.appendingPathComponent("asked").path)
        #expect(read["../common/words.yaml"] == Array(Self.words.utf8))
        #expect(read["../common/days.csv"] != nil)
        #expect(read["../linked/words.yaml"] == nil)
        #expect(read["../common/unasked.yaml"] == nil)
        #expect(
            ProtocolDirectory.load(read).headlines == ["protocol.yaml:10:33: there is no file `../linked/words.yaml`"])
    }

    @Test func aDeploymentsPartiesAreAFolderOfTheirOwn() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("parties-" + UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let tiny = Fixture.folder.appendingPathComponent("Fixtures/tiny").path
        #expect(throws: ProtocolReadError.noParties(path: folder.path + "/none")) {
            try ProtocolDirectory.read(tiny, parties: folder.path + "/none")
        }
        let police = String(decoding: try Fixture.tiny()["parties/some-police.yaml"] ?? [], as: UTF8.self)
        try Data(police.replacing("some-police", with: "new-police").utf8).write(
            to: folder.appendingPathComponent("new-police.yaml"))
        let loaded = try ProtocolDirectory.load(try ProtocolDirectory.read(tiny, parties: folder.path)).get()
        #expect(loaded.compiled.parties["new-police"]?.kind == "police")
        #expect(loaded.compiled.digest == (try ProtocolDirectory.load(try Fixture.tiny()).get().compiled.digest))
        try Data(police.utf8).write(to: folder.appendingPathComponent("some-police.yaml"))
        let doubled = ProtocolDirectory.load(try ProtocolDirectory.read(tiny, parties: folder.path))
        #expect(
            doubled.headlines == [
                "\(folder.path)/some-police.yaml:1:8: this party stands in the protocol's own `parties/some-police.yaml` as well"
            ])
        guard case .failure(let problems) = doubled else { return }
        #expect(problems.errors.first?.excerpt.hasPrefix("party: some-police") ?? false)
    }
}
