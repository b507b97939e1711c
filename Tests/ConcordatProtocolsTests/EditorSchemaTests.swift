import ConcordatJSON
import Foundation
import Testing

@testable import ConcordatProtocols

/// The schemas that editors use take every text that the loader takes, and find what is wrong in its shape.
///
/// They are asked by Python's `jsonschema`, which knows nothing of this program; without it these tests fail.
@Suite struct EditorSchemaTests {
    private static let schemas = Fixture.repository.appendingPathComponent("protocols/schema")

    // MARK: what loads is valid

    @Test func everyShippedTextAndRosterIsValid() throws {
        var questions: [Question] = []
        for name in RenderTests.shipped {
            let files = try ProtocolDirectory.read(Fixture.repository.appendingPathComponent("protocols/\(name)").path)
            questions += Self.questions(files, name)
        }
        questions += Self.questions(try Fixture.tiny(), "tiny")
        questions += Self.questions(try Fixture.files("Fixtures/page"), "page")
        #expect(questions.count > 20)
        for (question, fault) in zip(questions, try Self.ask(questions)) {
            #expect(fault == "", "\(question.name): \(fault)")
        }
    }

    @Test func everyExampleOfTheLanguagePageIsValid() throws {
        let questions = try Self.seeds().map { Question(name: $0.name, schema: "protocol", text: $0.text) }
        for (question, fault) in zip(questions, try Self.ask(questions)) {
            #expect(fault == "", "\(question.name): \(fault)")
        }
    }

    @Test func whatIsSharedIsSaidAsInAProtocol() throws {
        func schema(_ name: String) throws -> JSONValue {
            let place = Self.schemas.appendingPathComponent("\(name).schema.json")
            return try JSONValue.parse([UInt8](try Data(contentsOf: place)))
        }
        let (whole, shared) = (try schema("protocol"), try schema("shared"))
        let own: Set = ["protocol", "title", "version", "mode", "period", "agreement"]
        let sections = Set((whole["properties"]?.objectValue ?? []).map(\.name)).subtracting(own)
        #expect(Set((shared["properties"]?.objectValue ?? []).map(\.name)) == sections)
        for part in ["properties", "$defs"] {
            for member in shared[part]?.objectValue ?? [] { #expect(whole[part]?[member.name] == member.value) }
        }
        let texts = [
            ("roles: {neighbour: {title: Neighbour}}", true), ("agreement: {title: Ours}", false),
            ("roles: [one]", false),
        ]
        let questions = try texts.map { Question(name: $0.0, schema: "shared", text: try ProtocolText.json($0.0)) }
        #expect(try Self.ask(questions).map { $0 == "" } == texts.map(\.1))
    }

    // MARK: what has the wrong shape is not

    /// Words of the loader's messages that are about shape and not about what names mean.
    private static let shapes = [
        "unknown key", "must be a", " lacks `", "must be true or false", "is an empty list", "is named twice",
        "without a source",
        "without a test", "more than one", "rule without an effect", "does not say for whom", "is not a retention",
        "is not a version", "unknown mode", "unknown controller role", "unknown regime", "unknown lawful basis",
        "unknown mark", "`on-behalf-of` without", "has no meaning here", "is nothing a kind can name", "` says nothing",
    ]

    @Test func everyWrongShapeOfTheCorpusIsFound() throws {
        var asked: [Question] = []
        for name in FailCaseTests.names where !Self.isBeyondASchema(name) {
            var files = try Fixture.tiny()
            for (path, bytes) in try Fixture.files("FailCases/\(name)").contents { files[path] = bytes }
            guard case .failure(let problems) = ProtocolDirectory.load(files) else { continue }
            let found = problems.errors.filter { problem in Self.shapes.contains { problem.message.contains($0) } }
            let wrong = Set(found.map(\.file))
            asked += Self.questions(files, name).filter { wrong.contains($0.file) }
        }
        #expect(asked.count > 20)
        for (question, fault) in zip(asked, try Self.ask(asked)) {
            #expect(fault != "", "\(question.file) of \(question.name) is valid")
        }
    }

    /// A live text's roster must name more, which the schema of one party's file cannot know.
    private static func isBeyondASchema(_ name: String) -> Bool {
        ["agreement-live-lacks-sections", "agreement-impact-assessment-to-come", "schema-unmarked-text"].contains(name)
    }

    /// The schema and the reader are two readings of one grammar. Changed texts are shown to both: what the reader finds in
    /// the shape, the schema finds too; what the schema finds, the loader finds too.
    @Test func theSchemaAndTheReaderAgreeOnChangedTexts() throws {
        var dice = Dice(seed: 20_261_121)
        let seeds = try Self.seeds()
        var questions: [Question] = []
        var refused: [Bool] = []
        for round in 0..<Self.rounds {
            let seed = seeds[round % seeds.count]
            let (text, change) = Self.changed(seed.text, &dice)
            questions.append(Question(name: "\(seed.name), \(change)", schema: "protocol", text: text))
            refused.append(Self.readerRefuses(text))
        }
        var found = (both: 0, schemaAlone: 0)
        for (index, fault) in try Self.ask(questions).enumerated() {
            switch (refused[index], fault == "") {
            case (true, true): Issue.record("the reader refuses and the schema takes: \(questions[index].name)")
            case (true, false): found.both += 1
            case (false, true): break
            case (false, false):
                found.schemaAlone += 1
                let load = ProtocolDirectory.load(try LanguagePageTests.files(questions[index].text))
                #expect(
                    load.headlines != [], "the loader takes and the schema refuses: \(questions[index].name): \(fault)")
            }
        }
        #expect(found.both > Self.rounds / 4)
    }

    private static let rounds = 400

    /// Whether YAML or syntax already has a fault, names aside.
    private static func readerRefuses(_ text: JSONValue) -> Bool {
        let bytes = text.serialized()
        guard let files = try? LanguagePageTests.files(text) else { return true }
        let log = ProblemLog(files)
        guard let root = YAMLText(file: "protocol.yaml", log: log).read(bytes) else { return true }
        var merger = IncludeMerger(files: files, log: log)
        _ = ProtocolSyntaxReader(log: log).read(merger.merged(root))
        return log.hasErrors
    }

    // MARK: changing a text

    private struct Dice {
        var state: UInt64
        init(seed: UInt64) { state = seed }
        mutating func roll(_ count: Int) -> Int {
            // SplitMix64.
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return Int((mixed ^ (mixed >> 31)) % UInt64(count))
        }
    }

    /// One change somewhere in the tree, and what it was.
    private static func changed(_ value: JSONValue, _ dice: inout Dice) -> (JSONValue, String) {
        if let members = value.objectValue, !members.isEmpty, dice.roll(6) > 0 {
            let place = dice.roll(members.count)
            var result = members
            let (inner, what) = changed(members[place].value, &dice)
            result[place] = JSONMember(members[place].name, inner)
            return (.object(result), "\(members[place].name) › \(what)")
        }
        if let items = value.arrayValue, !items.isEmpty, dice.roll(4) > 0 {
            let place = dice.roll(items.count)
            var result = items
            let (inner, what) = changed(items[place], &dice)
            result[place] = inner
            return (.array(result), "\(place) › \(what)")
        }
        return change(value, &dice)
    }

    private static func change(_ value: JSONValue, _ dice: inout Dice) -> (JSONValue, String) {
        if var members = value.objectValue {
            switch dice.roll(5) {
            case 0 where !members.isEmpty:
                let gone = members.remove(at: dice.roll(members.count))
                return (.object(members), "without \(gone.name)")
            case 1 where !members.isEmpty:
                let place = dice.roll(members.count)
                members[place] = JSONMember(members[place].name + "x", members[place].value)
                return (.object(members), "\(members[place].name) renamed")
            case 2: return (.object(members + [JSONMember("surplus", .string("x"))]), "one key more")
            case 3: return (.string("word"), "a word")
            default: return (.array([.object(members)]), "in a list")
            }
        }
        if let items = value.arrayValue {
            switch dice.roll(4) {
            case 0: return (.array([]), "empty")
            case 1: return (.array(items + items.prefix(1)), "first item twice")
            case 2: return (.object([]), "an empty mapping")
            default: return (.string("word"), "a word")
            }
        }
        switch dice.roll(5) {
        case 0: return (.null, "nothing")
        case 1: return (.array([value]), "in a list")
        case 2: return (.object([]), "an empty mapping")
        case 3: return (.bool(true), "true")
        default: return (.string("another"), "another word")
        }
    }

    // MARK: asking

    private struct Question {
        let name: String
        var file = "protocol.yaml"
        let schema: String
        let text: JSONValue
    }

    /// The text and the roster of a directory, as far as they are YAML at all.
    private static func questions(_ files: ProtocolFiles, _ name: String) -> [Question] {
        var questions: [Question] = []
        if let bytes = files["protocol.yaml"], let text = ProtocolText.read(bytes) {
            questions.append(Question(name: name, schema: "protocol", text: text))
        }
        for path in files.paths(in: "parties", suffix: ".yaml") {
            guard let bytes = files[path], let text = ProtocolText.read(bytes) else { continue }
            questions.append(Question(name: "\(name) \(path)", file: path, schema: "parties", text: text))
        }
        for (path, bytes) in files.contents where path.hasPrefix("../") && path.hasSuffix(".yaml") {
            guard let text = ProtocolText.read(bytes) else { continue }
            questions.append(Question(name: "\(name) \(path)", file: path, schema: "shared", text: text))
        }
        return questions
    }

    /// The protocol of the page, alone and with each of its examples.
    private static func seeds() throws -> [(name: String, text: JSONValue)] {
        let base = try ProtocolText.json(try #require(try Fixture.files("Fixtures/page")["protocol.yaml"]))
        let examples = try LanguagePageTests.examples.compactMap { example in
            try example.text(in: base).map { ("line \(example.line)", $0) }
        }
        return [("page", base)] + examples
    }

    /// The first fault of each, empty for none.
    private static func ask(_ questions: [Question]) throws -> [String] {
        guard !questions.isEmpty else { return [] }
        let program = """
            import json, sys
            from jsonschema import Draft202012Validator
            validators = {}
            for name in ('protocol', 'parties', 'shared'):
                with open(sys.argv[1] + '/' + name + '.schema.json', encoding='utf-8') as file:
                    schema = json.load(file)
                Draft202012Validator.check_schema(schema)
                validators[name] = Draft202012Validator(schema)
            for line in sys.stdin:
                question = json.loads(line)
                error = next(validators[question['schema']].iter_errors(question['text']), None)
                print('' if error is None else json.dumps(error.json_path + ': ' + error.message)[:300])
            """
        let lines = questions.map { question in
            JSONValue.object([JSONMember("schema", .string(question.schema)), JSONMember("text", question.text)])
                .serialized()
        }
        let input = lines.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined()
        let output = try RenderTests.python(program, input, [schemas.path])
        let answers = output.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        try #require(answers.count == questions.count + 1)
        return Array(answers.dropLast())
    }
}
