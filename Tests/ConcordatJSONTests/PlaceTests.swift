import ConcordatJSON
import ConcordatTerms
import Testing

@Suite struct PlaceTests {
    @Test func anErrorTellsNoValueAndNoDoubtfulName() {
        let document = """
            {"people": [{"Ann O'Hara": {"07700 900123": [1, 2, {"dob": "SECRET\u{1}"}]}}]}
            """
        let error = Reading(document).error
        #expect(error?.pointer.description == "/people/0/?/?/2/dob")
        let text = String(describing: error) + "\(error?.description ?? "")" + String(reflecting: error)
        for value in ["SECRET", "Ann", "Hara", "0770"] { #expect(!text.contains(value)) }
    }

    @Test(arguments: [("a.b", "?"), ("", "?"), ("é", "?"), ("a b", "?"), ("A-b_9", "A-b_9"), ("a/b", "?"), ("~", "?")])
    func onlyPlainNamesAreShown(name: String, shown: String) {
        #expect(Reading("{\"\(name)\":x}").error?.pointer.tokens == [shown])
    }

    @Test func longNamesAreNotShown() {
        let name = String(repeating: "n", count: 65)
        #expect(Reading("{\"\(name)\":x}").error?.pointer.tokens == ["?"])
        #expect(Reading("{\"\(name.dropLast())\":x}").error?.pointer.tokens == [String(name.dropLast())])
    }

    @Test func aDuplicateIsPointedAt() {
        let error = Reading("{\"a\":\n {\"b\":1,\n  \"b\":2}}").error
        #expect(error?.pointer == JSONPointer("/a/b"))
        #expect(error?.description == "duplicate member name at line 3 column 3 (byte 17) in /a/b")
        #expect(Reading(#"{"x y":1,"x y":2}"#).error?.pointer.tokens == ["?"])
    }

    @Test func linesAndColumnsCountBytesFromOne() {
        #expect(Reading("x").error?.position == JSONPosition(offset: 0, line: 1, column: 1))
        #expect(Reading("[1,\r\n\n 2 x").error?.position == JSONPosition(offset: 9, line: 3, column: 4))
        #expect(Reading("[\"é\" x").error?.position == JSONPosition(offset: 6, line: 1, column: 7))
        #expect(Reading("[\n").error?.position == JSONPosition(offset: 2, line: 2, column: 1))
    }

    @Test func thePointerFollowsTheReading() throws {
        let bytes = Array(#"{"a":[10,{"b/c":[]},"x"],"\u0064":{},"e":null}"#.utf8)
        let document = bytes.span.bytes
        var reader = JSONReader()
        var seen: [String] = []
        while true {
            let event = try reader.next(in: document, isComplete: true)
            seen.append(reader.pointer(in: document).description)
            if event == .end { break }
        }
        #expect(
            seen == [
                "", "/a", "/a", "/a/0", "/a/1", "/a/1/b~1c", "/a/1/b~1c", "/a/1/b~1c", "/a/1", "/a/2", "/a", "/d", "/d",
                "/d", "/e", "/e", "", "",
            ])
        #expect(reader.position(in: document).offset == bytes.count)
    }

    @Test func betweenItemsThePointerNamesTheNextOne() throws {
        var reader = JSONReader()
        let bytes = Array("[1,".utf8)
        let document = bytes.span.bytes
        while try reader.next(in: document, isComplete: false) != .incomplete {}
        #expect(reader.pointer(in: document) == JSONPointer("/1"))
        #expect(reader.depth == 1)
    }

    @Test func everyKindHasItsOwnPhrase() {
        let phrases = JSONError.Kind.allCases.map(\.phrase)
        #expect(Set(phrases).count == phrases.count)
        for phrase in phrases { #expect(phrase == phrase.lowercased() && !phrase.hasSuffix(".")) }
    }
}
