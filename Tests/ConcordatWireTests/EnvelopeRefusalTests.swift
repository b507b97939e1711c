import ConcordatJSON
import ConcordatTerms
import ConcordatWire
import Testing

@Suite struct EnvelopeRefusalTests {
    private static let long = String(repeating: "a", count: 65)
    private static let seventeen = (1...17).map { "p\($0)" }.joined(separator: " ")

    @Test(arguments: ["specversion", "id", "source", "type", "purpose", "recipients", "data"])
    func aRequiredMemberIsMissed(name: String) {
        #expect(read(EventBody.whole.without(name).text).verdict == "envelope.missing at `/\(name)`")
    }

    @Test(arguments: EnvelopeAttributes.known.sorted(), ["1", "1.0", "true", "null", "[]", "{}", "[\"a\"]"])
    func anAttributeMustBeAString(name: String, json: String) {
        #expect(read(EventBody.whole.with(name, json).text).verdict == "envelope.malformed at `/\(name)`")
    }

    @Test(arguments: ["1", "null", "true", "[]", "[{}]", "\"text\"", "\"e30=\""])
    func dataMustBeAnObject(json: String) {
        #expect(read(EventBody.whole.with("data", json).text).verdict == "envelope.malformed at `/data`")
    }

    @Test(
        arguments: ["id", "source", "purpose", "subject", "inreplyto", "actor"],
        ["", " ", "a b", "a/b", "a:b", "é", "a\\u0000", "a\\n", "\\u212A", EnvelopeRefusalTests.long])
    func anIdKeepsTheGrammarOfIds(name: String, value: String) {
        #expect(read(EventBody.whole.with(name, "\"\(value)\"").text).verdict == "envelope.malformed at `/\(name)`")
    }

    @Test(arguments: [
        ("specversion", "1"), ("specversion", "0.3"), ("specversion", "1.0 "), ("specversion", ""), ("type", ""),
        ("type", "a b"),
        ("type", "uk/rj"), ("type", String(repeating: "t", count: 129)), ("datacontenttype", ""),
        ("datacontenttype", "text/plain"),
        ("datacontenttype", "application/JSON"), ("datacontenttype", "application/json; charset=utf-8"), ("time", ""),
        ("time", "2026-11-02"), ("time", "2026-11-31T00:00:00Z"), ("time", "yesterday"),
        ("expires", "2026-11-02T09:30:00"),
        ("expires", "P14D"), ("recipients", ""), ("recipients", " "), ("recipients", "rj-hub "),
        ("recipients", " rj-hub"),
        ("recipients", "rj-hub  hmp"), ("recipients", "rj-hub,hmp"), ("recipients", "rj-hub\\thmp"),
        ("recipients", "rj-hub rj-hub"),
        ("recipients", "rj-hub a/b"), ("recipients", EnvelopeRefusalTests.seventeen),
        ("recipients", EnvelopeRefusalTests.long),
    ])
    func anAttributeMustBeWellFormed(name: String, value: String) {
        #expect(read(EventBody.whole.with(name, "\"\(value)\"").text).verdict == "envelope.malformed at `/\(name)`")
    }

    @Test(arguments: [
        "dataschema", "data_base64", "traceparent", "actorname", "ID", "Data", "spec-version", "withheld", "protocol",
    ])
    func anAttributeThatIsNotKnownIsNamed(name: String) {
        #expect(read(EventBody.whole.with(name, "\"x\"").text).verdict == "envelope.unknown-attribute at `/\(name)`")
        #expect(
            read(EventBody.whole.with(name, "{\"x\":[1]}").text).verdict == "envelope.unknown-attribute at `/\(name)`")
    }

    @Test(arguments: [
        "Ada Example", "ada@example.org", "07700 900123", "1 Example Street", "né", "", "a/b", "a~b", "\u{202E}id",
        "\u{212A}",
        EnvelopeRefusalTests.long,
    ])
    func aNameThatIsNoPlainWordIsNeverRepeated(name: String) throws {
        let fault = try #require(read(EventBody.whole.with(name, "\"CANARY\"").text).fault)
        #expect(fault.code == "envelope.unknown-attribute")
        #expect(fault.pointer.description == "/?")
        for text in [fault.detail, "\(fault)", String(reflecting: fault)] {
            #expect(!text.contains("CANARY"))
            #expect(name.isEmpty || !text.contains(name))
        }
    }

    @Test func aValueIsNeverRepeated() {
        for name in EventBody.whole.members.map(\.name) {
            for json in ["\"CANARY, 1 Example Street\"", "[\"CANARY\"]", "{\"CANARY\": \"CANARY\"}", "\"CANARY\u{1}\""]
            {
                let result = read(EventBody.whole.with(name, json).text)
                #expect(!"\(result)".contains("CANARY"), "\(name)")
            }
        }
    }

    @Test func theFirstFaultInTheOrderOfCloudEventsIsTold() {
        let several = EventBody.whole.with("purpose", "\"a b\"").with("id", "\"a b\"").without("source")
        #expect(read(several.text).verdict == "envelope.malformed at `/id`")
    }

    @Test func anAttributeTakenTwiceIsRefused() throws {
        var attributes = EnvelopeAttributes()
        try attributes.take("id", "m-1")
        #expect(
            throws: EnvelopeFault(
                code: "envelope.repeated", pointer: JSONPointer(tokens: ["id"]),
                detail: "`id` stands twice; send it once")
        ) { try attributes.take("id", "m-1") }
        // What was there first stays.
        #expect(throws: EnvelopeFault.self) { try attributes.take("nickname", "x") }
    }

    @Test(arguments: ["[]", "[{}]", "1", "null", "\"{}\"", "true"])
    func aBodyThatIsNoObjectIsRefused(text: String) { #expect(read(text).verdict == "envelope.not-an-object at ``") }

    @Test func aBatchIsRefused() {
        #expect(read("[\(EventBody.whole.text)]").verdict == "envelope.not-an-object at ``")
    }
}

@Suite struct EventJSONFaultTests {
    @Test(arguments: [
        ("", "json.empty at ``"), ("  ", "json.empty at ``"), ("{", "json.truncated at ``"),
        ("{\"id\"", "json.truncated at `/id`"),
        ("{\"id\": \"m", "json.truncated at `/id`"),
        ("{\"data\": {\"people\": [{\"name\": \"A", "json.truncated at `/data/people/0/name`"),
        ("{\"id\": 'm'}", "json.unexpected-byte at `/id`"), ("{\"data\": {\"a\": 01}}", "json.bad-number at `/data/a`"),
        ("{\"data\": {\"a\": 1, \"\\u0061\": 2}}", "json.duplicate-name at `/data/a`"),
        ("{\"id\": \"a\", \"\\u0069d\": \"b\"}", "json.duplicate-name at `/id`"),
        ("{\"id\": \"\\x\"}", "json.bad-escape at `/id`"),
        ("{\"id\": \"\\ud800\"}", "json.lone-surrogate at `/id`"),
        ("{\"id\": \"\u{FFFF}\"}", "json.noncharacter at `/id`"),
        ("{\"id\": \"\u{1}\"}", "json.control-character at `/id`"), ("\u{FEFF}{}", "json.byte-order-mark at ``"),
        ("{} {}", "json.trailing-bytes at ``"),
    ])
    func isToldWithItsPlace(text: String, verdict: String) { #expect(read(text).verdict == verdict) }

    @Test func bytesBehindAWholeEventAreRefused() {
        #expect(read(EventBody.whole.text + "x").verdict == "json.trailing-bytes at ``")
        #expect(read(EventBody.whole.text + " \r\n\t").fault == nil)
    }

    @Test func bytesThatAreNotUTF8AreRefused() {
        #expect(
            read(Array("{\"id\": \"".utf8) + [0xC3, 0x28] + Array("\"}".utf8)).verdict == "json.invalid-utf8 at `/id`")
    }

    @Test func everyBoundIsKept() {
        let limits = JSONLimits(documentBytesMax: 4_096, depthMax: 4, membersMax: 14, itemsMax: 3, nameBytesMax: 16)
        func verdict(_ data: String) -> String? {
            read(EventBody.whole.with("data", data).text, limits: limits).verdict
        }
        #expect(verdict("{\"a\":[{\"b\":1}]}") == nil)
        #expect(verdict("{\"a\":[{\"b\":[]}]}") == "json.too-deep at `/data/a/0/b`")
        #expect(verdict("{\"a\":[1,2,3,4]}") == "json.too-many-items at `/data/a/3`")
        #expect(verdict("{\"abcdefghijklmnopq\":1}") == "json.name-too-long at `/data`")
        #expect(
            verdict("{" + (0..<15).map { "\"n\($0)\":1" }.joined(separator: ",") + "}")
                == "json.too-many-members at `/data`")
        #expect(
            verdict("{\"a\":\"\(String(repeating: "x", count: 4_096))\"}")?.hasPrefix("json.document-too-long") == true)
    }

    @Test func everyPrefixOfAnEventIsRefusedAndNoneSaysWhatItHolds() {
        let bytes = Array(EventBody.whole.with("data", "{\"name\": \"CANARY\"}").text.utf8)
        for end in bytes.indices {
            let result = read(Array(bytes[..<end]))
            #expect(result.fault?.code == (end == 0 ? "json.empty" : "json.truncated"), "\(end)")
            #expect(!"\(result)".contains("CANARY"))
        }
    }

    @Test func everyCodeOfJSONIsWrittenInTheWordsOfCodes() {
        for kind in JSONError.Kind.allCases {
            let code = ProblemCatalogue.code(of: kind)
            #expect(
                code.hasPrefix("json.") && code.dropFirst(5).allSatisfy { $0 == "-" || $0.isLowercase || $0.isNumber },
                "\(code)")
            #expect(ProblemCatalogue.entry(code).status == 422)
        }
        #expect(ProblemCatalogue.code(of: .invalidUTF8) == "json.invalid-utf8")
        #expect(ProblemCatalogue.code(of: .duplicateName) == "json.duplicate-name")
    }
}
