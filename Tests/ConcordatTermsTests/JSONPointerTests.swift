import ConcordatTerms
import Testing

@Suite struct JSONPointerTests {
    @Test(arguments: ["a", "a/b", " /a", "~", "#/a", "/~", "/a~", "/~2", "/a~/b", "/~~0", "/é~x"])
    func refusesWhatIsNoPointer(text: String) { #expect(JSONPointer(text) == nil) }

    @Test(
        arguments: [
            ("", []), ("/foo", ["foo"]), ("/foo/0", ["foo", "0"]), ("/", [""]), ("/a~1b", ["a/b"]), ("/c%d", ["c%d"]),
            ("/e^f", ["e^f"]), ("/g|h", ["g|h"]), ("/i\\j", ["i\\j"]), ("/k\"l", ["k\"l"]), ("/ ", [" "]),
            ("/m~0n", ["m~n"]),
            ("//", ["", ""]), ("/~01", ["~1"]), ("/~10", ["/0"]), ("/ü/😀", ["ü", "😀"]),
        ] as [(String, [String])])
    func readsAndWritesTheExamplesOfRFC6901(text: String, tokens: [String]) throws {
        let pointer = try #require(JSONPointer(text))
        #expect(pointer.tokens == tokens)
        #expect(pointer.description == text)
        #expect(pointer == JSONPointer(tokens: tokens))
    }

    @Test func everyPointerComesBackAsItWas() throws {
        var generator = SeededGenerator(state: 6_901)
        let pieces = ["~", "/", "0", "1", "a", "é", "e\u{301}", "", "\u{0}", "\"", "😀", "\r\n", "~0", "~1"]
        for _ in 0..<2_000 {
            let tokens = (0..<Int.random(in: 0...5, using: &generator)).map { _ in
                (0..<Int.random(in: 0...4, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? ""
                }.joined()
            }
            let pointer = JSONPointer(tokens: tokens)
            let back = try #require(JSONPointer(pointer.description))
            #expect(back == pointer)
            #expect(back.tokens.map { Array($0.utf8) } == tokens.map { Array($0.utf8) })
        }
    }

    @Test func comparesByteForByteAndNotByLookingTheSame() {
        let composed = JSONPointer(tokens: ["people", "\u{E9}"])
        let decomposed = JSONPointer(tokens: ["people", "e\u{301}"])
        // Swift takes the two letters for the same; JSON does not.
        #expect(composed.tokens == decomposed.tokens)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
        #expect(!composed.contains(decomposed.appending("x")))
        #expect(composed < decomposed || decomposed < composed)
        #expect(JSONPointer(tokens: ["\u{212A}"]) != JSONPointer(tokens: ["K"]))
    }

    @Test func equalPointersHashAlike() {
        #expect(JSONPointer("/a~1b/0")?.hashValue == JSONPointer(tokens: ["a/b", "0"]).hashValue)
        // Where one token ends matters: /ab/c is not /a/bc.
        #expect(Set([["ab", "c"], ["a", "bc"], ["abc"], ["abc", ""]].map { JSONPointer(tokens: $0) }).count == 4)
    }

    @Test func aPlaceContainsItselfAndWhatLiesInside() throws {
        let people = try #require(JSONPointer("/people"))
        #expect(people.contains(people))
        #expect(people.contains(people.appending("0").appending("name")))
        #expect(JSONPointer().contains(people))
        #expect(!people.contains(JSONPointer()))
        // A longer name is another place.
        #expect(!people.contains(try #require(JSONPointer("/peoples"))))
        #expect(people.appending("a/b").description == "/people/a~1b")
    }

    @Test func sortsOuterPlacesFirstAndByBytes() throws {
        let sorted = ["", "/Z", "/a", "/a/0", "/a/b", "/a-", "/é", "/\u{FFFD}", "/😀"]
        let pointers = try sorted.reversed().map { try #require(JSONPointer($0)) }.sorted()
        #expect(pointers.map(\.description) == sorted)
    }
}

/// SplitMix64: the same sequence for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
        return mixed ^ mixed >> 31
    }
}
