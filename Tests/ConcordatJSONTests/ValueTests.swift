import ConcordatJSON
import ConcordatTerms
import Testing

@Suite struct ValueTests {
    private func parse(_ text: String) throws -> JSONValue { try JSONValue.parse(Array(text.utf8)) }

    @Test(arguments: GrammarCases.refused)
    func theTreeRefusesWhatTheReaderRefuses(refused: GrammarCases.Refused) throws {
        #expect(throws: try #require(Reading(refused.bytes).error)) { try JSONValue.parse(refused.bytes) }
    }

    @Test(arguments: GrammarCases.accepted)
    func everyTreeWritesAndReadsBack(text: String) throws {
        let value = try parse(text)
        #expect(try JSONValue.parse(value.serialized()) == value)
        #expect(try parse(value.pretty()) == value)
    }

    @Test func membersKeepTheirOrderAndNumbersTheirText() throws {
        let text = #"{"z":1.50,"a":[1e5,{"m":null}],"k":"\u00e9"}"#
        #expect(
            String(decoding: try parse(text).serialized(), as: UTF8.self) == #"{"z":1.50,"a":[1e5,{"m":null}],"k":"é"}"#
        )
    }

    @Test func equalityIsThatOfJSON() throws {
        #expect(
            try parse(#"{"a":1,"b":[2.0,{"c":null,"d":true}]}"#) == parse(#"{"b":[2,{"d":true,"c":null}],"a":1e0}"#))
        #expect(try parse(#"{"a":1}"#) != parse(#"{"a":1,"b":1}"#))
        #expect(try parse(#"{"a":1,"b":2}"#) != parse(#"{"a":2,"b":1}"#))
        #expect(try parse("[1,2]") != parse("[2,1]"))
        #expect(try parse("1") != parse("\"1\""))
        #expect(try parse("0") != parse("false"))
        #expect(try parse("null") != parse("false"))
        // Swift takes these two letters for equal; JSON does not.
        #expect(try parse("\"e\u{301}\"") != parse("\"\u{E9}\""))
        #expect(try parse("{\"e\u{301}\":1}") != parse("{\"\u{E9}\":1}"))
    }

    @Test func accessorsAnswerNilForOtherKinds() throws {
        let value = try parse(#"{"s":"x","n":1.0,"b":true,"a":[1,2],"o":{"k":"v"},"z":null,"f":0.5}"#)
        #expect(value["s"]?.stringValue == "x")
        #expect(value["n"]?.intValue == 1)
        #expect(value["f"]?.intValue == nil)
        #expect(value["f"]?.numberValue?.text == "0.5")
        #expect(value["b"]?.boolValue == true)
        #expect(value["a"]?[1]?.intValue == 2)
        #expect(value["a"]?[2] == nil)
        #expect(value["a"]?[-1] == nil)
        #expect(value["o"]?["k"] == "v")
        #expect(value["z"]?.isNull == true)
        #expect(value["none"] == nil)
        #expect(value["s"]?["s"] == nil)
        #expect(value["s"]?.intValue == nil && value["n"]?.stringValue == nil && value["z"]?.boolValue == nil)
        #expect(value["s"]?.arrayValue == nil && value["a"]?.objectValue == nil && value["o"]?.arrayValue == nil)
    }

    @Test func pointersAreFollowed() throws {
        let value = try parse(#"{"a":[{"b/c":1},2],"":{"~":3},"01":4}"#)
        func int(_ pointer: String) -> Int? { JSONPointer(pointer).flatMap { value.at($0) }?.intValue }
        #expect(value.at(JSONPointer()) == value)
        #expect(int("/a/0/b~1c") == 1)
        #expect(int("/a/1") == 2)
        #expect(int("//~0") == 3)
        #expect(int("/01") == 4)
        for missing in ["/a/01", "/a/-1", "/a/+1", "/a/2", "/a/-", "/a/x", "/b", "/a/1/0", "/a/"] {
            #expect(int(missing) == nil, "\(missing)")
        }
    }

    @Test func literalsMakeTrees() throws {
        let value: JSONValue = ["a": [1, true, nil, "x"], "b": [:], "c": []]
        #expect(value == (try parse(#"{"a":[1,true,null,"x"],"b":{},"c":[]}"#)))
        #expect(
            value.pretty() == """
                {
                  "a": [
                    1,
                    true,
                    null,
                    "x"
                  ],
                  "b": {},
                  "c": []
                }

                """)
    }

    @Test func theDeepestAllowedTreeIsBuiltAndWritten() throws {
        let text = String(repeating: "[", count: 512) + String(repeating: "]", count: 512)
        let value = try JSONValue.parse(Array(text.utf8), limits: JSONLimits(depthMax: 512))
        #expect(value.serialized() == Array(text.utf8))
    }
}
