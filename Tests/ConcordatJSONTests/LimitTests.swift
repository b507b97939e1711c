import ConcordatJSON
import ConcordatTerms
import Testing

@Suite struct LimitTests {
    private func error(_ text: String, _ limits: JSONLimits) -> JSONError? {
        let bytes = Array(text.utf8)
        let whole = Reading(bytes, limits: limits)
        #expect(Reading(bytes, ends: Array(0...bytes.count), limits: limits) == whole, "split")
        return whole.error
    }

    @Test func aHundredThousandBracketsAreRefusedAtTheThirtyThird() {
        for bracket in ["[", #"{"a":"#] {
            let error = Reading(String(repeating: bracket, count: 100_000)).error
            #expect(error?.kind == .tooDeep)
            #expect(error?.position.offset == 32 * bracket.utf8.count)
        }
    }

    @Test func depthAtTheBoundPasses() {
        let deep = String(repeating: "[", count: 32) + String(repeating: "]", count: 32)
        #expect(Reading(deep).error == nil)
        #expect(error("[[]]", JSONLimits(depthMax: 1))?.position.offset == 1)
        #expect(error("[[],[]]", JSONLimits(depthMax: 2)) == nil)
    }

    @Test func oneMemberTooManyIsRefusedAtItsName() {
        let error = error(#"{"o":{"a":1,"b":2,"c":3}}"#, JSONLimits(membersMax: 2))
        #expect(error?.kind == .tooManyMembers)
        #expect(error?.position.offset == 18)
        #expect(error?.pointer == JSONPointer("/o"))
        #expect(self.error(#"{"a":1,"b":{"c":1,"d":2}}"#, JSONLimits(membersMax: 2)) == nil)
    }

    @Test func oneItemTooManyIsRefusedAtItsFirstByte() {
        let error = error("[[1,2],[1,2, 3]]", JSONLimits(itemsMax: 2))
        #expect(error?.kind == .tooManyItems)
        #expect(error?.position.offset == 13)
        #expect(error?.pointer == JSONPointer("/1/2"))
    }

    @Test func aNameIsCountedAsWritten() {
        #expect(error(#"{"abc":1}"#, JSONLimits(nameBytesMax: 3)) == nil)
        #expect(error(#"{"abcd":1}"#, JSONLimits(nameBytesMax: 3))?.kind == .nameTooLong)
        #expect(error(#"{"abcd":1}"#, JSONLimits(nameBytesMax: 3))?.position.offset == 5)
        #expect(error(#"{"\u0041":1}"#, JSONLimits(nameBytesMax: 3))?.kind == .nameTooLong)
        #expect(error(#"{"\u0041":1}"#, JSONLimits(nameBytesMax: 6)) == nil)
        #expect(error("{\"aéé\":1}", JSONLimits(nameBytesMax: 4))?.kind == .nameTooLong)
        #expect(error("[\"abcdefgh\"]", JSONLimits(nameBytesMax: 3)) == nil, "a string is not a name")
    }

    @Test func aLongNameIsRefusedBeforeItsEndIsThere() throws {
        var reader = JSONReader()
        let bytes = Array("{\"".utf8) + Array(repeating: UInt8(ascii: "x"), count: 257)
        _ = try reader.next(in: bytes.span.bytes, isComplete: false)
        #expect(throws: JSONError.self) { try reader.next(in: bytes.span.bytes, isComplete: false) }
    }

    @Test func numbersEndAtTheirBound() {
        #expect(error("[12345]", JSONLimits(numberBytesMax: 5)) == nil)
        #expect(error("[123456]", JSONLimits(numberBytesMax: 5))?.kind == .numberTooLong)
        #expect(error("[123456]", JSONLimits(numberBytesMax: 5))?.position.offset == 6)
        #expect(Reading(String(repeating: "9", count: 64)).error == nil)
    }

    @Test func bytesBeyondTheDocumentBoundAreNeverLookedAt() {
        #expect(error("[1,2]", JSONLimits(documentBytesMax: 5)) == nil)
        for text in ["[1,2] ", "[1,2]x", "[12,3]", "[\"abcdef\"]", "      1", "12345678", "[true]", "{\"abcd\":1}"] {
            let error = error(text, JSONLimits(documentBytesMax: 5))
            #expect(error?.kind == .documentTooLong, "\(text)")
            #expect(error?.position.offset == 5, "\(text)")
        }
        #expect(error("[tru,x]", JSONLimits(documentBytesMax: 5))?.position.offset == 4)
        #expect(error("[1,x]  ", JSONLimits(documentBytesMax: 5))?.kind == .unexpectedByte)
    }

    @Test func settingsOutsideTheirRangeAreBroughtIntoIt() {
        let none = JSONLimits(
            documentBytesMax: 0, depthMax: -1, membersMax: 0, itemsMax: .min, nameBytesMax: 0, numberBytesMax: 0)
        let all = JSONLimits(
            documentBytesMax: .max, depthMax: .max, membersMax: .max, itemsMax: .max, nameBytesMax: .max,
            numberBytesMax: .max)
        #expect(
            none.clamped
                == JSONLimits(
                    documentBytesMax: 1, depthMax: 1, membersMax: 1, itemsMax: 1, nameBytesMax: 1, numberBytesMax: 1))
        #expect(
            all.clamped
                == JSONLimits(
                    documentBytesMax: 1 << 30, depthMax: 512, membersMax: 1_000_000, itemsMax: 10_000_000,
                    nameBytesMax: 1_024, numberBytesMax: 64))
        #expect(Reading(String(repeating: "9", count: 65), limits: all).kind == .numberTooLong)
        let longName = "{\"\(String(repeating: "n", count: 1_024))\":1}"
        #expect(Reading(longName, limits: all).error == nil)
    }
}
