import ConcordatJSON
import ConcordatPayload
import ConcordatTerms
import Testing

/// Through the cutter, on 1 April 2026: what a transform cannot read is dropped and told as withheld.
@Suite struct TransformTests {
    private static let text = #"""
        {"type":"object","additionalProperties":false,"properties":{
        "date":{"type":"string","format":"date","x-category":"identity"},
        "text":{"type":"string","x-category":"identity"}}}
        """#

    private func transformed(_ member: String, _ value: String, _ action: FieldAction) throws -> String? {
        let schema = try PayloadFixture.schema(Self.text)
        let written = String(decoding: JSONValue.string(value).serialized(), as: UTF8.self)
        let cut = try PayloadFixture.cut(#"{"\#(member)":\#(written)}"#, schema) { _, _ in action }
        let out = try JSONValue.parse(cut.bytes)[member]?.stringValue
        if out == nil {
            #expect(cut.isEmpty)
            #expect(PayloadFixture.pointers(cut.withheld) == [""] && cut.masked.isEmpty)
        } else {
            #expect(PayloadFixture.pointers(cut.masked) == ["/\(member)"] && cut.withheld.isEmpty)
        }
        return out
    }

    @Test(arguments: [
        "B15", "B152T", "B15  2TT", " B15 2TT", "B1 52TT", "ZZZ 2TT", "B15-2TT", "15 2TT", "B15 2TTX", "",
    ])
    func dropsWhatIsNoPostcode(_ value: String) throws {
        #expect(try transformed("text", value, .outwardCode) == nil)
    }

    @Test(arguments: ["2026-04-02", "1895-01-01"]) func dropsABirthThatCannotBe(_ value: String) throws {
        #expect(try transformed("date", value, .ageBand) == nil)
    }

    @Test(arguments: ["", " ", "123", "Ada 7", "a b c d e f g h i j k"]) func dropsWhatHasNoInitials(_ value: String)
        throws
    {
        #expect(try transformed("text", value, .initials) == nil)
    }

    @Test(arguments: [
        ("B15 2TT", "B15"), ("b152tt", "B15"), ("M1 1AE", "M1"), ("SW1A 1AA", "SW1A"), ("W1A 0AX", "W1A"),
        ("CR2 6XH", "CR2"), ("DN55 1PT", "DN55"),
    ]) func leavesTheOutwardCode(_ value: String, _ code: String) throws {
        #expect(try transformed("text", value, .outwardCode) == code)
    }

    @Test(arguments: [
        ("2026-04-01", "under-10"), ("2016-04-02", "under-10"), ("2016-04-01", "10-17"), ("2008-04-02", "10-17"),
        ("2008-04-01", "18-24"), ("2001-04-02", "18-24"), ("2001-04-01", "25-34"), ("1991-04-01", "35-49"),
        ("1976-04-01", "50-64"), ("1961-04-02", "50-64"), ("1961-04-01", "65-plus"), ("1900-01-01", "65-plus"),
    ]) func leavesTheAgeBand(_ born: String, _ band: String) throws {
        #expect(try transformed("date", born, .ageBand) == band)
    }

    @Test(arguments: [
        ("Ada May Lovelace", "A.M.L."), ("ada", "A."), ("O'Brien", "O."), ("'Ab de", "A.D."), ("émile zola", "É.Z."),
        ("  Ada\tL ", "A.L."), ("Łukasz Żak", "Ł.Ż."), ("ßa", "S."),
    ]) func leavesTheInitials(_ name: String, _ initials: String) throws {
        #expect(try transformed("text", name, .initials) == initials)
    }

    @Test func leavesTheYear() throws { #expect(try transformed("date", "0090-05-01", .year) == "0090") }

    @Test func leavesAPseudonymOfTheRecipientsKey() throws {
        // Checked with Python's hmac and base64.
        #expect(try transformed("text", "Ada Lovelace", .pseudonym) == "g3hjuig4wxm4kdftwads73ccbk")
        #expect(try transformed("text", "Ada Lovelacf", .pseudonym) != "g3hjuig4wxm4kdftwads73ccbk")
    }

    @Test func dropsAStringWhoseActionIsMadeForAnother() throws {
        #expect(try transformed("text", "1990-05-01x", .year) == nil)
    }
}
