import ConcordatTerms
import Testing

@testable import ConcordatJSON

@Suite struct CanonicalTests {
    private func canonical(_ text: String, exact: Bool = false) throws -> String {
        let value = try JSONValue.parse(Array(text.utf8))
        return String(decoding: try value.canonical(requiringExactNumbers: exact), as: UTF8.self)
    }

    @Test func refusesWhatHasNoCanonicalForm() {
        func kind(_ value: JSONValue) -> JSONCanonicalError? {
            do throws(JSONCanonicalError) { _ = try value.canonical(); return nil } catch { return error }
        }
        let duplicate = kind(["a": ["k": 1, "l": 2, "k": 3]])
        #expect(duplicate?.kind == .duplicateName)
        #expect(duplicate?.pointer == JSONPointer("/a/k"))
        #expect(
            kind(["Ann O": .string("\u{10}" + String(Character(Unicode.Scalar(0xFFFF as UInt16)!)))])?.description
                == "no canonical form: unicode noncharacter in /?")
        let great = JSONNumber("1e400").map { kind([.number($0)]) } ?? nil
        #expect(great?.kind == .numberTooGreat)
        #expect(great?.pointer == JSONPointer("/0"))
    }

    @Test func exactNumbersCanBeAskedFor() throws {
        #expect(throws: JSONCanonicalError.self) { try canonical("9007199254740993", exact: true) }
        #expect(throws: JSONCanonicalError.self) { try canonical("1e-400", exact: true) }
        #expect(throws: JSONCanonicalError.self) { try canonical("0.10000000000000000001", exact: true) }
        #expect(
            try canonical("[9007199254740992,0.1,1.50,-0.0,1e300]", exact: true)
                == "[9007199254740992,0.1,1.5,0,1e+300]")
        #expect(try canonical("9007199254740993") == "9007199254740992")
    }

    /// RFC 8785 section 3.2.2 and 3.2.4.
    @Test func theSampleOfTheStandard() throws {
        let sample = #"""
            {
              "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
              "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
              "literals": [null, true, false]
            }
            """#
        #expect(
            try canonical(sample)
                == #"{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#
                + #""string":"€$\u000f\nA'B\"\\\\\"/"}"#)
    }

    /// RFC 8785 section 3.2.3.
    @Test func namesAreSortedByUTF16CodeUnits() throws {
        let sample = #"""
            {"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
             "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}
            """#
        let values = try JSONValue.parse(try JSONValue.parse(Array(sample.utf8)).canonical()).objectValue
        #expect(
            values?.map(\.value) == [
                "Carriage Return", "One", "Control", "Latin Small Letter O With Diaeresis", "Euro Sign",
                "Emoji: Grinning Face", "Hebrew Letter Dalet With Dagesh",
            ])
    }

    /// RFC 8785 appendix B, without the two that are no numbers.
    @Test(
        arguments: [
            (0x0000_0000_0000_0000, "0"), (0x8000_0000_0000_0000, "0"), (0x0000_0000_0000_0001, "5e-324"),
            (0x8000_0000_0000_0001, "-5e-324"), (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
            (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"), (0x4340_0000_0000_0000, "9007199254740992"),
            (0xc340_0000_0000_0000, "-9007199254740992"), (0x4430_0000_0000_0000, "295147905179352830000"),
            (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"), (0x44b5_2d02_c7e1_4af6, "1e+23"),
            (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"), (0x444b_1ae4_d6e2_ef4e, "999999999999999700000"),
            (0x444b_1ae4_d6e2_ef4f, "999999999999999900000"), (0x444b_1ae4_d6e2_ef50, "1e+21"),
            (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"), (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
            (0x41b3_de43_5555_5553, "333333333.3333332"), (0x41b3_de43_5555_5554, "333333333.33333325"),
            (0x41b3_de43_5555_5555, "333333333.3333333"), (0x41b3_de43_5555_5556, "333333333.3333334"),
            (0x41b3_de43_5555_5557, "333333333.33333343"), (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
            (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
        ] as [(UInt64, String)])
    func numbersAreThoseOfAppendixB(bits: UInt64, text: String) throws {
        #expect(Double(bitPattern: bits).ecmaScriptText == text)
        // The text reads back as the same double, so it is its own canonical form.
        #expect(try canonical(text) == text)
    }

    @Test func everyDoubleReadsBackFromItsText() throws {
        var generator = SeededGenerator(state: 8785)
        for _ in 0..<5_000 {
            let double = Double(bitPattern: generator.next())
            guard double.isFinite else { continue }
            #expect(Double(double.ecmaScriptText) == double)
            #expect(try canonical(double.ecmaScriptText) == double.ecmaScriptText)
        }
    }

    @Test func theCanonicalFormIsItsOwn() throws {
        for text in GrammarCases.accepted where !text.contains("1e400") {
            let once = try canonical(text)
            #expect(try canonical(once) == once)
        }
    }
}
