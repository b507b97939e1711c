import ConcordatJSON
import Foundation
import Testing

/// The same verdict and the same content as Python's parser made strict, on documents by the thousand.
@Suite struct PythonTests {
    @Test func agreesOnGeneratedAndBrokenDocuments() throws {
        var generator = SeededGenerator(state: 20_260_401)
        var documents = GrammarCases.refused.map(\.bytes) + GrammarCases.accepted.map { Array($0.utf8) }
        for _ in 0..<2_000 {
            let document = DocumentGenerator().document(&generator)
            documents.append(document)
            documents.append(Self.broken(document, &generator))
            documents.append(Self.broken(Self.broken(document, &generator), &generator))
        }
        let answers = try Self.python(documents)
        try #require(answers.count == documents.count)
        var refused = 0
        for (document, answer) in zip(documents, answers) {
            let own = try (try? JSONValue.parse(document)).map(Self.answer) ?? "refused"
            #expect(own == answer, "\(String(decoding: document, as: UTF8.self))")
            if answer == "refused" { refused += 1 }
        }
        // Both verdicts must have been tried in earnest.
        #expect(refused > 1_000 && documents.count - refused > 2_000)
    }

    /// The content in the order of the document, and the order of names in the canonical form, numbers left out there.
    private static func answer(_ value: JSONValue) throws -> String {
        rendered(value) + "|" + rendered(try JSONValue.parse(withoutNumbers(value).canonical()))
    }

    private static func withoutNumbers(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members): .object(members.map { JSONMember($0.name, withoutNumbers($0.value)) })
        case .array(let items): .array(items.map(withoutNumbers))
        case .number: .null
        case .string, .bool, .null: value
        }
    }

    /// A form that shows names and strings byte by byte and numbers as written.
    private static func rendered(_ value: JSONValue) -> String {
        func hex(_ text: String) -> String { text.utf8.map { String(Int($0) + 256, radix: 16).dropFirst() }.joined() }
        switch value {
        case .object(let members):
            return "{" + members.map { hex($0.name) + ":" + rendered($0.value) }.joined(separator: ",") + "}"
        case .array(let items): return "[" + items.map(rendered).joined(separator: ",") + "]"
        case .string(let text): return "\"" + hex(text)
        case .number(let number): return "#" + number.text
        case .bool(let bool): return bool ? "t" : "f"
        case .null: return "n"
        }
    }

    private static func broken(_ document: [UInt8], _ generator: inout SeededGenerator) -> [UInt8] {
        var bytes = document
        let place = Int.random(in: 0...bytes.count, using: &generator)
        let telling = Array("{}[],:\"\\u0019-+.eE tfn\n\u{0}\u{1F}\u{C3}\u{A9}\u{ED}\u{FF}dD8cC".unicodeScalars)
        let byte = UInt8(truncatingIfNeeded: telling.randomElement(using: &generator)?.value ?? 0)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes.insert(byte, at: place)
        case 1 where place < bytes.count: bytes[place] = byte
        case 2 where place < bytes.count: bytes.remove(at: place)
        case 3: bytes.removeLast(bytes.count - place)
        case 4 where place < bytes.count:
            let end = min(bytes.count, place + Int.random(in: 1...12, using: &generator))
            bytes.insert(contentsOf: bytes[place..<end], at: place)
        default: bytes.append(byte)
        }
        return bytes
    }

    /// One run of Python for all documents, one line of hexadecimal each.
    private static func python(_ documents: [[UInt8]]) throws -> [String] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "concordat-json-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let input = folder.appending(path: "documents")
        let output = folder.appending(path: "answers")
        let lines = documents.map { $0.map { String(Int($0) + 256, radix: 16).dropFirst() }.joined() }
        try Data(lines.joined(separator: "\n").utf8).write(to: input)
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = ["-c", oracle, input.path, output.path]
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        return String(decoding: try Data(contentsOf: output), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    /// Python's parser is lax in what RFC 7493 adds: duplicates, surrogates and noncharacters are checked here by hand, as
    /// are the bounds on depth and numbers.
    private static let oracle = #"""
        import json, sys

        class Number(str): pass

        def number(text):
            if len(text) > 64: raise ValueError
            return Number(text)

        def refuse(text): raise ValueError

        def members(pairs):
            if len({name for name, _ in pairs}) != len(pairs): raise ValueError
            return ("object", pairs)

        def hexed(text):
            for character in text:
                point = ord(character)
                if 0xD800 <= point <= 0xDFFF or 0xFDD0 <= point <= 0xFDEF or point & 0xFFFE == 0xFFFE: raise ValueError
            return text.encode("utf-8").hex()

        def rendered(value, depth=0):
            if isinstance(value, (tuple, list)) and depth >= 32: raise ValueError
            if isinstance(value, tuple):
                return "{" + ",".join(hexed(n) + ":" + rendered(v, depth + 1) for n, v in value[1]) + "}"
            if isinstance(value, list): return "[" + ",".join(rendered(item, depth + 1) for item in value) + "]"
            if isinstance(value, Number): return "#" + value
            if isinstance(value, str): return '"' + hexed(value)
            return {True: "t", False: "f", None: "n"}[value]

        def canonical(value):
            if isinstance(value, tuple):
                pairs = sorted(value[1], key=lambda pair: pair[0].encode("utf-16-be", "surrogatepass"))
                return ("object", [(name, canonical(inner)) for name, inner in pairs])
            if isinstance(value, list): return [canonical(item) for item in value]
            return None if isinstance(value, Number) else value

        def answer(line):
            try:
                text = bytes.fromhex(line).decode("utf-8", "strict")
                value = json.loads(text, object_pairs_hook=members, parse_int=number, parse_float=number,
                                   parse_constant=refuse)
                return rendered(value) + "|" + rendered(canonical(value))
            except (ValueError, RecursionError):
                return "refused"

        with open(sys.argv[1]) as source, open(sys.argv[2], "w") as target:
            for line in source.read().split("\n"): target.write(answer(line) + "\n")
        """#
}

/// Makes legal documents: all kinds of values, escapes, scripts and white space.
private struct DocumentGenerator {
    func document(_ generator: inout SeededGenerator) -> [UInt8] {
        Array((space(&generator) + value(&generator, 0) + space(&generator)).utf8)
    }

    private func value(_ generator: inout SeededGenerator, _ depth: Int) -> String {
        switch Int.random(in: 0..<(depth < 4 ? 10 : 6), using: &generator) {
        case 0: return ["true", "false", "null"].randomElement(using: &generator) ?? ""
        case 1, 2: return number(&generator)
        case 3, 4, 5: return string(&generator)
        case 6, 7:
            let items = (0..<Int.random(in: 0...4, using: &generator)).map { _ in padded(&generator, depth) }
            return "[" + (items.isEmpty ? space(&generator) : items.joined(separator: ",")) + "]"
        default:
            let members = (0..<Int.random(in: 0...4, using: &generator)).map { _ in
                space(&generator) + string(&generator) + space(&generator) + ":" + padded(&generator, depth)
            }
            return "{" + (members.isEmpty ? space(&generator) : members.joined(separator: ",")) + "}"
        }
    }

    private func padded(_ generator: inout SeededGenerator, _ depth: Int) -> String {
        space(&generator) + value(&generator, depth + 1) + space(&generator)
    }

    private func space(_ generator: inout SeededGenerator) -> String {
        ["", "", "", " ", "\n", "\t", "\r\n  ", "            "].randomElement(using: &generator) ?? ""
    }

    private func number(_ generator: inout SeededGenerator) -> String {
        let whole = ["0", "1", "42", "9007199254740993", "10", "123456"].randomElement(using: &generator) ?? "0"
        let fraction = ["", "", ".0", ".5", ".125000"].randomElement(using: &generator) ?? ""
        let exponent = ["", "", "e5", "E-3", "e+0", "e400"].randomElement(using: &generator) ?? ""
        return (Bool.random(using: &generator) ? "-" : "") + whole + fraction + exponent
    }

    private func string(_ generator: inout SeededGenerator) -> String {
        let parts = [
            "a", "name", "some longer text", "é", "日本", "😀", "\\n", "\\u0041", "\\ud83d\\ude00", "\\\\", "\\\"", "/",
            "\\/", "\\u0000", "\u{7F}", "\u{2028}", " ", "e\u{301}",
        ]
        let count = Int.random(in: 0...5, using: &generator)
        return "\"" + (0..<count).map { _ in parts.randomElement(using: &generator) ?? "" }.joined() + "\""
    }
}
