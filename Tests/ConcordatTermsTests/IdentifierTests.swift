import ConcordatTerms
import Testing

@Suite struct IdentifierTests {
    @Test(arguments: [
        "", " ", "a b", "a/b", "a:b", "a\n", "\u{0}", "é", "e\u{301}", "\u{212A}", "a\u{200B}", "ａ", "٣", "😀", "a%20b",
        "~", "@",
        "[", "`", "{", ",", "\"",
    ])
    func refusesWhatIsOutsideTheAlphabet(text: String) {
        #expect(PartyID(text) == nil)
        #expect(PartyID(rawValue: text) == nil)
        #expect(!IdentifierGrammar.accepts(text))
    }

    @Test func refusesMoreThan64Bytes() {
        let longest = String(repeating: "a", count: IdentifierGrammar.bytesMax)
        #expect(IdentifierGrammar.bytesMax == 64)
        #expect(CaseID(longest)?.rawValue == longest)
        #expect(CaseID(longest + "a") == nil)
        // 33 letters, but 66 bytes: the bound is in bytes, and the letter is refused anyway.
        #expect(CaseID(String(repeating: "é", count: 33)) == nil)
    }

    @Test func takesExactlyTheAlphabetOfAllSingleBytes() {
        let taken = (0...127).map { String(UnicodeScalar(UInt8($0))) }.filter { MessageID($0) != nil }.joined()
        #expect(taken == "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz")
    }

    @Test func comparesByteForByte() {
        #expect(PartyID("Hub") != PartyID("hub"))
        let ids: [PartyID] = ["b", "a_", "a-", "a.", "A", "a"]
        #expect(ids.sorted().map(\.rawValue) == ["A", "a", "a-", "a.", "a_", "b"])
    }

    @Test func isWrittenAsItIs() {
        let id: DeliveryID = "d-4zq7.x_1"
        #expect(id.description == "d-4zq7.x_1")
        #expect("\(id)" == "d-4zq7.x_1")
        #expect(Set([id, "d-4zq7.x_1"]).count == 1)
    }
}
