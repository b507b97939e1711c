import ConcordatJSON
import Testing

/// Documents and what must come of them.
enum GrammarCases {
    struct Refused: Sendable, CustomTestStringConvertible {
        let bytes: [UInt8]
        let kind: JSONError.Kind
        let offset: Int
        var testDescription: String { "\(String(decoding: bytes.prefix(40), as: UTF8.self)) \(kind) \(offset)" }

        init(_ text: String, _ kind: JSONError.Kind, _ offset: Int) {
            self.init(bytes: Array(text.utf8), kind, offset)
        }
        init(bytes: [UInt8], _ kind: JSONError.Kind, _ offset: Int) {
            (self.bytes, self.kind, self.offset) = (bytes, kind, offset)
        }
        /// The bytes inside a string, inside an array.
        init(inString bytes: [UInt8], _ kind: JSONError.Kind, _ offset: Int) {
            self.init(bytes: Array("[\"".utf8) + bytes + Array("\"]".utf8), kind, offset)
        }
    }

    static let accepted: [String] = [
        "null", "true", "false", "0", "-0", "1", "-1", "10", "1234567890", "1.5", "-1.5", "0.0", "0.000", "1e5", "1E5",
        "1e+5", "1e-5", "1E-05", "0e0", "0E+1", "-0.0e-0", "1.0e10", "1e400", "1e-999999999",
        "123456789012345678901234",
        "-9223372036854775808", "0.1234567890123456789012345678901234567890123456789012345678901",
        "\"\"", "\"a\"", "\"abcdefgh\"", "\"abcdefghi\"", "\" \"", "\"/\"", "\"'\"", "\"\u{7F}\"", "\"é\"", "\"£ē\"",
        "\"日本語\"", "\"😀\"", "\"\u{10FFFD}\"", "\"\u{E000}\"", "\"\u{D7FF}\"", "\"\u{FFFD}\"", "\"\u{2028}\u{2029}\"",
        "\"\u{FEFF}\"", "\"\u{80}\u{7FF}\u{800}\u{10000}\"", "\"a\u{301}\"",
        #""\"""#, #""\\""#, #""\/""#, #""\b\f\n\r\t""#, #""\u0000""#, #""\u0041""#, #""\u00e9""#, #""\u00E9""#,
        #""\uD83D\uDE00""#, #""\ud800\udc00""#, #""\udbff\udffd""#, #""\uD7FF""#, #""\uE000""#, #""\uFDCF\uFDF0""#,
        #""\uFFFD""#, #""\u2028""#, #""\\u0041""#, #""\\ud800""#, #""\u005C""#, #""\u0022""#, #""a\\b\"c""#,
        "[]", "[ ]", "[\n]", "[1]", "[1,2]", "[ 1 , 2 ]", "[[]]", "[[],[]]", "[{}]", "[null,true,false,0,\"\"]",
        "[[[[]]]]",
        "{}", "{ }", #"{"":0}"#, #"{"a":1}"#, #"{ "a" : 1 }"#, #"{"a":1,"b":2}"#, #"{"a":{"a":{"a":1}}}"#,
        #"{"a":[{"a":1},{"a":2}]}"#, #"{"A":1,"a":2}"#, #"{"é":1,"e":2}"#, "{\"e\u{301}\":1,\"\u{E9}\":2}",
        #"{"\u0000":1,"":2}"#, #"{"a\u0000":1,"a":2}"#, #"{"abcdefgh":1,"abcdefg":2,"abcdefghi":3}"#,
        #"{"0123456789abcdef":1,"0123456789abcdeg":2,"0123456789abcdef0":3}"#,
        " 1", "1 ", "\t1\n", "\r\n 1 \r\n", "                  1                 ", "  [  1  ,  2  ]  ",
        "{\n        \"a\":\n                    1\n}\n", "\"\u{1F469}\u{200D}\u{1F680}\"", "[-0,-0.0,-1e-1]",
        "[1.5e+300,2E-2]", #"["\ud83d\ude00\ud83d\ude01"]"#, #"{"a":"]}","b":"\"}"}"#, "[true,false,null]",
    ]

    static let refused: [Refused] = [
        // Nothing, or not all.
        .init("", .empty, 0), .init("   ", .empty, 3), .init("\n", .empty, 1), .init("[", .truncated, 1),
        .init("{", .truncated, 1), .init("[1", .truncated, 2), .init("[1,", .truncated, 3),
        .init(#"{"a"#, .truncated, 3), .init(#"{"a""#, .truncated, 4), .init(#"{"a":"#, .truncated, 5),
        .init(#"{"a":1"#, .truncated, 6), .init(#"{"a":1,"#, .truncated, 7), .init("\"", .truncated, 1),
        .init("\"abc", .truncated, 4), .init("\"\\", .truncated, 2), .init("\"\\u", .truncated, 3),
        .init("\"\\u12", .truncated, 5), .init("\"\\ud83d", .truncated, 7), .init("\"\\ud83d\\", .truncated, 8),
        .init("tru", .truncated, 3), .init("n", .truncated, 1), .init("-", .truncated, 1), .init("1.", .truncated, 2),
        .init("1e", .truncated, 2), .init("1e+", .truncated, 3), .init("[[]", .truncated, 3),
        .init(bytes: [0x22, 0xC3], .truncated, 2), .init(bytes: [0x22, 0xF0, 0x9F, 0x98], .truncated, 4),
        // Too much.
        .init("1 2", .trailingBytes, 2), .init("{}}", .trailingBytes, 2), .init("[]]", .trailingBytes, 2),
        .init("[],", .trailingBytes, 2), .init("null null", .trailingBytes, 5), .init("\"a\"b", .trailingBytes, 3),
        .init("1\u{0}", .trailingBytes, 1), .init("{}\u{0}", .trailingBytes, 2), .init("{}//", .trailingBytes, 2),
        .init("truex", .trailingBytes, 4), .init("0x1", .trailingBytes, 1), .init("1.5.2", .trailingBytes, 3),
        .init("1a", .trailingBytes, 1), .init("1-2", .trailingBytes, 1), .init("1,000", .trailingBytes, 1),
        // Structure.
        .init("]", .unexpectedByte, 0), .init("}", .unexpectedByte, 0), .init(",", .unexpectedByte, 0),
        .init(":", .unexpectedByte, 0), .init("[,1]", .unexpectedByte, 1), .init("[1,]", .unexpectedByte, 3),
        .init("[1,,2]", .unexpectedByte, 3), .init("[1 2]", .unexpectedByte, 3), .init("[1}", .unexpectedByte, 2),
        .init("{]", .unexpectedByte, 1), .init("[1:2]", .unexpectedByte, 2), .init("[\"a\":1]", .unexpectedByte, 4),
        .init("{,}", .unexpectedByte, 1), .init(#"{"a":1,}"#, .unexpectedByte, 7), .init(#"{"a"}"#, .unexpectedByte, 4),
        .init(#"{"a",1}"#, .unexpectedByte, 4), .init(#"{"a":}"#, .unexpectedByte, 5),
        .init(#"{"a"::1}"#, .unexpectedByte, 5), .init(#"{"a":1 "b":2}"#, .unexpectedByte, 7),
        .init(#"{"a":1]"#, .unexpectedByte, 6), .init("{a:1}", .unexpectedByte, 1),
        .init("{'a':1}", .unexpectedByte, 1),
        .init("{1:1}", .unexpectedByte, 1), .init("{null:1}", .unexpectedByte, 1), .init("{[]:1}", .unexpectedByte, 1),
        .init(#"{"a":1,,"b":2}"#, .unexpectedByte, 7), .init("'a'", .unexpectedByte, 0), .init("a", .unexpectedByte, 0),
        .init("True", .unexpectedByte, 0), .init("tRue", .unexpectedByte, 1), .init("nulL", .unexpectedByte, 3),
        .init("falsy", .unexpectedByte, 4), .init("nan", .unexpectedByte, 1), .init("NaN", .unexpectedByte, 0),
        .init("Infinity", .unexpectedByte, 0), .init("+1", .unexpectedByte, 0), .init(".5", .unexpectedByte, 0),
        .init("/**/1", .unexpectedByte, 0), .init("#\n1", .unexpectedByte, 0), .init("[1]\u{0C}", .trailingBytes, 3),
        .init("\u{0B}1", .unexpectedByte, 0), .init("\u{0}", .unexpectedByte, 0), .init("[\u{0}]", .unexpectedByte, 1),
        .init("\u{A0}1", .unexpectedByte, 0), .init("[\u{2028}1]", .unexpectedByte, 1),
        .init("[é]", .unexpectedByte, 1),
        .init("[１]", .unexpectedByte, 1), .init("[1x]", .unexpectedByte, 2), .init("[0x1]", .unexpectedByte, 2),
        // Numbers.
        .init("01", .badNumber, 1), .init("-01", .badNumber, 2), .init("00", .badNumber, 1), .init("-a", .badNumber, 1),
        .init("--1", .badNumber, 1), .init("-Infinity", .badNumber, 1), .init("1.e5", .badNumber, 2),
        .init("1.x", .badNumber, 2), .init("[1.]", .badNumber, 3), .init("1ee5", .badNumber, 2),
        .init("1e5.5", .trailingBytes, 3), .init("1e+-5", .badNumber, 3), .init("[-]", .badNumber, 2),
        .init("[1e]", .badNumber, 3), .init("1e 5", .badNumber, 2), .init("- 1", .badNumber, 1),
        .init(String(repeating: "1", count: 65), .numberTooLong, 64),
        .init("-0." + String(repeating: "1", count: 70), .numberTooLong, 64),
        // Strings.
        .init("\"\n\"", .controlCharacter, 1), .init("\"a\tb\"", .controlCharacter, 2),
        .init("\"\u{0}\"", .controlCharacter, 1), .init("\"12345678\u{1F}\"", .controlCharacter, 9),
        .init("{\"a\nb\":1}", .controlCharacter, 3), .init(#""\x41""#, .badEscape, 1), .init(#""\a""#, .badEscape, 1),
        .init(#""\'""#, .badEscape, 1), .init(#""\U0041""#, .badEscape, 1), .init(#""ab\u00G0""#, .badEscape, 3),
        .init(#""\u004""#, .badEscape, 1), .init(#""\u{41}""#, .badEscape, 1), .init("\"\\\n\"", .badEscape, 1),
        .init("\"\\é\"", .badEscape, 1), .init(#""\ud83d\u00G0""#, .badEscape, 1), .init(#""\u+041""#, .badEscape, 1),
        .init(#""\ud800""#, .loneSurrogate, 1), .init(#""\udc00""#, .loneSurrogate, 1),
        .init(#""a\udfffb""#, .loneSurrogate, 2), .init(#""\ud800\n""#, .loneSurrogate, 1),
        .init(#""\ud800\ud800""#, .loneSurrogate, 1), .init(#""\ud800x""#, .loneSurrogate, 1),
        .init(#""\udc00\ud800""#, .loneSurrogate, 1), .init(#""\ud83d\u0041""#, .loneSurrogate, 1),
        .init(#"{"\ud800":1}"#, .loneSurrogate, 2), .init(#""\uFFFF""#, .noncharacter, 1),
        .init(#""\ufffe""#, .noncharacter, 1), .init(#""\uFDD0""#, .noncharacter, 1),
        .init(#""\ufdef""#, .noncharacter, 1), .init(#""\ud83f\udffe""#, .noncharacter, 1),
        .init(#""\udbff\udfff""#, .noncharacter, 1), .init(inString: [0xEF, 0xBF, 0xBF], .noncharacter, 2),
        .init(inString: [0x61, 0xEF, 0xB7, 0x90], .noncharacter, 3),
        .init(inString: [0xF0, 0x9F, 0xBF, 0xBE], .noncharacter, 2),
        .init(inString: [0xF4, 0x8F, 0xBF, 0xBF], .noncharacter, 2),
        .init(bytes: Array("{\"".utf8) + [0xEF, 0xBF, 0xBE] + Array("\":1}".utf8), .noncharacter, 2),
        // Encoding.
        .init(inString: [0x80], .invalidUTF8, 2), .init(inString: [0xBF], .invalidUTF8, 2),
        .init(inString: [0xC0, 0x80], .invalidUTF8, 2), .init(inString: [0xC1, 0xBF], .invalidUTF8, 2),
        .init(inString: [0xC3], .invalidUTF8, 2), .init(inString: [0xC3, 0x28], .invalidUTF8, 2),
        .init(inString: [0xE0, 0x80, 0x80], .invalidUTF8, 2), .init(inString: [0xE0, 0x9F, 0xBF], .invalidUTF8, 2),
        .init(inString: [0xED, 0xA0, 0x80], .invalidUTF8, 2), .init(inString: [0xED, 0xBF, 0xBF], .invalidUTF8, 2),
        .init(inString: [0xE2, 0x82], .invalidUTF8, 2), .init(inString: [0x61, 0xE2, 0x28, 0xA1], .invalidUTF8, 3),
        .init(inString: [0xF0, 0x80, 0x80, 0x80], .invalidUTF8, 2),
        .init(inString: [0xF0, 0x8F, 0xBF, 0xBF], .invalidUTF8, 2),
        .init(inString: [0xF4, 0x90, 0x80, 0x80], .invalidUTF8, 2), .init(inString: [0xF5], .invalidUTF8, 2),
        .init(inString: [0xFE], .invalidUTF8, 2), .init(inString: [0xFF], .invalidUTF8, 2),
        .init(inString: [0xC3, 0xA9, 0xFF], .invalidUTF8, 4),
        .init(bytes: [0xEF, 0xBB, 0xBF, 0x31], .byteOrderMark, 0),
        .init(bytes: [0xEF, 0xBB, 0xBF], .byteOrderMark, 0), .init(bytes: [0xEF, 0xBB, 0x31], .unexpectedByte, 0),
        .init(bytes: [0xEF], .truncated, 1), .init(bytes: [0x20, 0xEF, 0xBB, 0xBF, 0x31], .unexpectedByte, 1),
        .init(bytes: [0xFF, 0xFE, 0x31, 0x00], .unexpectedByte, 0), .init(bytes: [0x00, 0x31], .unexpectedByte, 0),
        // Names.
        .init(#"{"a":1,"a":2}"#, .duplicateName, 7), .init(#"{"a":1,"\u0061":2}"#, .duplicateName, 7),
        .init(#"{"\u0061":1,"a":2}"#, .duplicateName, 12), .init(#"{"":1,"":2}"#, .duplicateName, 6),
        .init(#"{"\ud83d\ude00":1,"😀":2}"#, .duplicateName, 18), .init(#"{"a":{"b":1},"a":2}"#, .duplicateName, 13),
        .init(#"{"x":{"b":1,"c":{},"b":2}}"#, .duplicateName, 19), .init(#"{"\/":1,"/":2}"#, .duplicateName, 8),
        .init(#"{"0123456789abcdef":1,"0123456789abcde\u0066":2}"#, .duplicateName, 22),
    ]
}
