import ConcordatJSON
import Foundation
import Testing

@testable import ConcordatProtocols

/// Every example of `docs/protocol-language.md` loads, and every key of the language is on the page.
///
/// The word after `yaml` or `json` says where an example goes in the small protocol of `Fixtures/page`: `yaml rules` adds to
/// its rules, `yaml protocol` to the whole text, `yaml party` and `yaml prohibitions` are files of a party, `json properties` members of a message,
/// `csv areas` a code list.
@Suite struct LanguagePageTests {
    struct Example: Sendable, CustomTestStringConvertible {
        let line: Int
        let kind: String
        let place: String
        let text: String
        var testDescription: String { "line \(line), \(kind) \(place)" }

        /// The protocol with the example in it; nil for what goes into another file.
        func text(in base: JSONValue) throws -> JSONValue? {
            guard kind == "yaml", place != "party", place != "prohibitions" else { return nil }
            let said = try ProtocolText.json(text)
            return ProtocolText.merge(base, place == "protocol" ? said : .object([JSONMember(place, said)]))
        }
    }

    static let page = Fixture.repository.appendingPathComponent("docs/protocol-language.md")

    static let examples: [Example] = {
        let lines = ((try? String(contentsOf: page, encoding: .utf8)) ?? "").components(separatedBy: "\n")
        var examples: [Example] = []
        var open: (line: Int, info: [String], text: [String])?
        for (number, line) in lines.enumerated() {
            if line.hasPrefix("```") {
                if let (start, info, text) = open {
                    if let kind = info.first {
                        examples.append(
                            Example(
                                line: start + 1, kind: kind, place: info.dropFirst().joined(separator: " "),
                                text: text.joined(separator: "\n")))
                    }
                    open = nil
                } else {
                    open = (number, line.dropFirst(3).split(separator: " ").map(String.init), [])
                }
            } else {
                open?.text.append(line)
            }
        }
        return examples
    }()

    @Test func thereAreExamples() { #expect(Self.examples.count > 25) }

    @Test func thePageProtocolLoads() throws {
        #expect(ProtocolDirectory.load(try Self.files(try Self.base())).headlines == [])
    }

    @Test(arguments: examples)
    func loads(example: Example) throws {
        var text = try Self.base()
        var extra: [String: String] = [:]
        var schema: JSONValue?
        switch (example.kind, example.place) {
        case ("yaml", "party"), ("yaml", "prohibitions"):
            let party = try #require(try ProtocolText.json(example.text)["party"]?.stringValue)
            extra["\(example.place == "party" ? "parties" : example.place)/\(party).yaml"] = example.text
        case ("yaml", let place):
            try #require(!place.isEmpty, "write where it goes: ```yaml rules, ```yaml protocol, ```yaml party")
            try #require(place == "protocol" || text[place] != nil, "the protocol of the page has no `\(place)`")
            text = try #require(try example.text(in: text))
        case ("json", "properties"):
            let members = try JSONValue.parse(Array("{\(example.text)}".utf8))
            let any = try #require(try Fixture.files("Fixtures/page")["messages/any.json"])
            schema = ProtocolText.merge(
                try JSONValue.parse(any), .object([JSONMember("properties", members)]))
        case ("csv", let name):
            try #require(!name.isEmpty, "write which code list it is: ```csv areas")
            extra["codelists/\(name).csv"] = example.text + "\n"
        default: Issue.record("`\(example.kind) \(example.place)` is no place of a protocol")
        }
        #expect(ProtocolDirectory.load(try Self.files(text, extra, schema)).headlines == [])
    }

    @Test func anExampleThatIsWrongWouldBeFound() throws {
        let wrong = try ProtocolText.json("rules: [{id: R3, permit: [identity], to: [hubb]}]")
        let load = ProtocolDirectory.load(try Self.files(ProtocolText.merge(try Self.base(), wrong)))
        #expect(load.headlines.count == 1)
    }

    @Test func everyKeyIsOnThePage() throws {
        let text = try String(contentsOf: Self.page, encoding: .utf8)
        let keys = try Self.keysOfTheReaders()
        #expect(keys.count > 100)
        let code =
            text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
            .filter { !$0.offset.isMultiple(of: 2) }.map(\.element).joined(separator: "\n")
            + Self.examples.map(\.text).joined()
        let words = Set(code.split { !($0.isLetter || $0.isNumber || $0 == "-") }.map(String.init))
        #expect(keys.subtracting(words).sorted() == [])
    }

    /// The keys that the readers of the language ask for, from their source.
    private static func keysOfTheReaders() throws -> Set<String> {
        let room = Fixture.repository.appendingPathComponent("Sources/ConcordatProtocols")
        var keys = Set(AgreementSection.allCases.map(\.rawValue))
        let files = FileManager.default.enumerator(at: room, includingPropertiesForKeys: nil)
        let asked = /\.(?:word|words|node|entries|items|truth)\(\s*"([a-z][a-z-]*)"/
        let paired = /pairs\(&\w+, "([a-z][a-z-]*)"\)/
        let listed = /(?:sources|numberTests|dayTests|tests) = \[([^\]]*)\]/
        while let file = files?.nextObject() as? URL {
            // Worked cases have a page of their own.
            guard file.pathExtension == "swift", !file.path.contains("/Cases/") else { continue }
            let source = try String(contentsOf: file, encoding: .utf8)
            keys.formUnion(source.matches(of: asked).map { String($0.1) })
            keys.formUnion(source.matches(of: paired).map { String($0.1) })
            guard file.lastPathComponent == "ConditionReader.swift" else { continue }
            for list in source.matches(of: listed) {
                keys.formUnion(list.1.matches(of: /"([a-z-]+)"/).map { String($0.1) })
            }
        }
        return keys
    }

    // MARK: the protocol of the page

    private static func base() throws -> JSONValue {
        try ProtocolText.json(try #require(try Fixture.files("Fixtures/page")["protocol.yaml"]))
    }

    /// The files of the page with another text; each message has the one schema of the page.
    static func files(
        _ text: JSONValue, _ extra: [String: String] = [:], _ schema: JSONValue? = nil
    ) throws -> ProtocolFiles {
        var files = try Fixture.files("Fixtures/page")
        let any = try schema?.serialized() ?? #require(files["messages/any.json"])
        files.contents["messages/any.json"] = nil
        files["protocol.yaml"] = text.serialized()
        for message in text["messages"]?.objectValue ?? [] {
            if let path = message.value["schema"]?.stringValue { files[path] = any }
        }
        for (path, text) in extra { files[path] = Array(text.utf8) }
        // What the example of `include` names.
        files["../common/words.yaml"] = Array("roles: {neighbour: {title: Neighbour}}\n".utf8)
        files["../common/codelists/courts.csv"] = Array("code,label,from,until,source\n".utf8)
        return files
    }
}
