import ConcordatJSON
import Testing

@Suite struct DecimalTests {
    private func decimal(_ text: String) throws -> JSONDecimal { try #require(JSONDecimal(text)) }

    @Test(arguments: [
        "", "-", "+1", "01", "1.", ".5", "1e", "1e+", "0x1", "NaN", " 1", "1 ", "1,5", "١", "--1", "1e5.5", "1a",
        String(repeating: "1", count: 65),
    ])
    func refusesWhatIsNoNumber(text: String) {
        #expect(JSONNumber(text) == nil)
        #expect(JSONDecimal(text) == nil)
    }

    @Test(arguments: [
        ["0", "-0", "0.0", "0e9", "-0.00e-99", "0e99999999999999999999999999999999"],
        ["1", "1.0", "10e-1", "0.1e1", "0.001E+3", "1000e-3", "1e0", "1.000000000000000000000000000000000000000"],
        ["-120", "-1.2e2", "-1200e-1", "-120.00", "-0.12E3"],
        ["1e1000000000000000000000", "10e999999999999999999999", "0.1e1000000000000000000001"],
        ["1e-1000000000000000000000", "10e-1000000000000000000001", "0.1e-999999999999999999999"],
    ])
    func oneValueHasManyTexts(texts: [String]) throws {
        for left in texts {
            for right in texts {
                #expect(try decimal(left) == decimal(right), "\(left) \(right)")
                #expect(try decimal(left).hashValue == decimal(right).hashValue)
                #expect(try !(decimal(left) < decimal(right)))
                #expect(JSONNumber(left) == JSONNumber(right))
            }
        }
    }

    @Test func ordersAllSizesAndSigns() throws {
        let rising = [
            "-1e99999999999999999999999", "-1e400", "-9223372036854775809", "-9223372036854775808", "-10", "-2", "-1.5",
            "-1", "-0.1", "-1e-400", "-1e-9999999999999999999999999", "0", "1e-10000000000000000000000001",
            "1e-10000000000000000000000000", "1e-999999999", "0.1", "0.10000000000000000000000000000000000000001",
            "0.2",
            "1", "1.0000000000000000001", "1.5", "9", "10", "11", "99", "100", "9007199254740992", "9007199254740993",
            "1e400", "2e400", "1e401", "9e99999999999999999998", "1e99999999999999999999", "1e9999999999999999999999",
            "1e99999999999999999999999999999999999999999999999999999999999999",
        ]
        for (index, left) in rising.enumerated() {
            for (other, right) in rising.enumerated() {
                #expect(try (decimal(left) < decimal(right)) == (index < other), "\(left) < \(right)")
                #expect(try (decimal(left) == decimal(right)) == (index == other), "\(left) = \(right)")
            }
        }
    }

    @Test(arguments: [
        ("0", 0), ("-0.0", 0), ("1.0", 1), ("1e2", 100), ("1200e-2", 12), ("-5", -5), ("9223372036854775807", .max),
        ("-9223372036854775808", .min), ("9.223372036854775807e18", .max), ("1e18", 1_000_000_000_000_000_000),
        ("0e999999999999999999", 0),
    ])
    func readsExactWholeNumbers(text: String, value: Int) throws {
        #expect(try decimal(text).intValue == value)
        #expect(JSONDecimal(value) == (try decimal(text)))
    }

    @Test(arguments: [
        "0.5", "1e-1", "-1.5", "9223372036854775808", "-9223372036854775809", "1e19", "1e400", "1e-400",
        "1e999999999999",
        "12e17999999999999999999999999", "99999999999999999999999999999999999999999999999999999999999999",
    ])
    func doesNotRoundToAnInt(text: String) throws {
        #expect(try decimal(text).intValue == nil)
    }

    @Test func knowsWholeNumbersHoweverWritten() throws {
        for whole in ["0", "1", "1.0", "1e5", "1.5e1", "100e-2", "1e400", "0e-5", "1e999999999999999999999999"] {
            #expect(try decimal(whole).isInteger, "\(whole)")
        }
        for broken in ["0.5", "1e-1", "1.05e1", "1e-999999999", "1e-99999999999999999999999999"] {
            #expect(try !decimal(broken).isInteger, "\(broken)")
        }
    }

    @Test(arguments: [
        ("0", "1", true), ("0", "0", false), ("1", "0", false), ("6", "3", true), ("7", "3", false), ("-6", "3", true),
        ("6", "-3", true), ("1", "0.1", true), ("0.3", "0.1", true), ("0.35", "0.1", false), ("19.99", "0.01", true),
        ("4.5", "1.5", true), ("1e2", "25", true), ("1e2", "3", false), ("1e400", "7", false), ("7e400", "7", true),
        ("1e400", "1e-400", true), ("1e-400", "1e400", false), ("1", "1024", false), ("1e10", "1024", true),
        ("1e9", "1024", false), ("1e999999999999999999999999", "1e-999999999999999999999999", true),
        ("1e999999999999999999999999", "3", false), ("3e999999999999999999999999", "3", true),
        ("1e-999999999999999999999999", "3", false), ("123456789012345678901234567890", "10", true),
        ("0.075", "0.0001", true), ("2", "4", false), ("1e3", "8", true), ("1e2", "8", false),
        ("1e64", "1000000000000000000000000000000000000000000000000000000000000000", true),
        ("1e150", "1427247692705959881058285969449495136382746624", true),
        ("1e149", "1427247692705959881058285969449495136382746624", false),
        ("1e88", "32311742677852643549664402033982923967414535582065582275390625", true),
        ("1e87", "32311742677852643549664402033982923967414535582065582275390625", false),
    ])
    func dividesExactly(text: String, divisor: String, expected: Bool) throws {
        #expect(try decimal(text).isMultiple(of: decimal(divisor)) == expected)
    }

    @Test func agreesWithIntegerArithmetic() {
        var generator = SeededGenerator(state: 42)
        for _ in 0..<3_000 {
            let left = Int.random(in: -2_000...2_000, using: &generator)
            let right = Int.random(in: -40...40, using: &generator)
            let zeros = Int.random(in: 0...5, using: &generator)
            let scaled = JSONDecimal("\(left)\(String(repeating: "0", count: zeros))e-\(zeros)")
            #expect(scaled == JSONDecimal(left))
            #expect(JSONDecimal(left).isMultiple(of: JSONDecimal(right)) == (right != 0 && left % right == 0))
            #expect((JSONDecimal(left) < JSONDecimal(right)) == (left < right))
        }
    }

    @Test func aSliceOfADocumentIsReadInPlace() {
        let bytes = Array("[ -12.50e1 ]".utf8)
        let slice = JSONSlice(start: 2, end: 10, hasEscapes: false)
        let value = JSONDecimal(slice, in: bytes.span.bytes)
        #expect(value.intValue == -125)
    }
}
