import ConcordatTerms
import ConcordatWire
import NIOHTTP1
import Testing

@testable import ConcordatDataPlane

/// Attributes in header fields.
@Suite struct BinaryModeTests {
    @Test(arguments: ["a%2", "a%zz", "%FF", "%C3", "\"a", "\"a\"b\"", "é", "a\u{7F}"])
    func aMalformedValueIsRefused(value: String) {
        #expect(BinaryMode.decoded(value) == nil)
    }

    @Test(arguments: [
        ("plain", "plain"), ("a%20b", "a b"), ("Euro%20%E2%82%AC", "Euro €"), ("\"a \\\"b\\\"\"", "a \"b\""), ("", ""),
        ("%25", "%"),
    ])
    func aValueIsUnquotedAndThenDecoded(value: String, text: String) {
        #expect(BinaryMode.decoded(value) == text)
    }

    @Test(arguments: [
        ("ce-shoe", "9", "envelope.unknown-attribute"), ("ce-datacontenttype", "application/json", "envelope.repeated"),
        ("CE-ID", "again", "envelope.repeated"), ("ce-data", "{}", "envelope.unknown-attribute"),
        ("ce-type", "%", "envelope.malformed"),
    ])
    func anAttributeThatMayNotBeThereIsRefusedByName(name: String, value: String, code: String) {
        let headers: HTTPHeaders = ["ce-id": "one", name: value]
        let error = #expect(throws: EnvelopeFault.self) { try BinaryMode.attributes(in: headers) }
        #expect(error?.code == code)
    }
}

/// The text of a date, once a second.
@Suite struct DateTests {
    @Test(arguments: [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
        (1_772_323_199, "Sat, 28 Feb 2026 23:59:59 GMT"),
    ])
    func isWrittenAsHTTPWantsIt(second: Int64, text: String) {
        #expect(HTTPDate.text(UTCInstant(seconds: second)) == text)
        #expect(DateLine(clock: { UTCInstant(seconds: second) }).text == text)
    }
}
