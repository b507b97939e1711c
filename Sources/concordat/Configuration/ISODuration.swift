/// Durations of the form `P1DT2H3M4S`.
enum ISODuration {
    /// Nil when `text` is not of that form, has its parts out of order or twice, or has months or years.
    ///
    /// Weeks stand alone or before days. A part is at most 1,000,000,000.
    static func parse(_ text: String) -> Duration? {
        guard text.utf8.first == UInt8(ascii: "P"), text.utf8.count <= bytesMax else { return nil }
        var seconds: Int64 = 0
        var digits = ""
        var left = dateUnits[...]
        var isTime = false
        var endsWithUnit = false
        for byte in text.utf8.dropFirst() {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                digits.unicodeScalars.append(UnicodeScalar(byte))
                endsWithUnit = false
            case UInt8(ascii: "T"):
                guard digits.isEmpty, !isTime else { return nil }
                (isTime, left, endsWithUnit) = (true, timeUnits[...], false)
            default:
                guard let number = Int64(digits), number <= partMax,
                    let place = left.firstIndex(where: { $0.letter == byte })
                else { return nil }
                seconds += number * left[place].seconds
                left = left[(place + 1)...]
                digits = ""
                endsWithUnit = true
            }
        }
        return endsWithUnit ? .seconds(seconds) : nil
    }

    // Bound: a text, and one number in it. Five parts of that size are far from the greatest Int64.
    private static let bytesMax = 32
    private static let partMax: Int64 = 1_000_000_000

    private static let dateUnits: [(letter: UInt8, seconds: Int64)] = [
        (UInt8(ascii: "W"), 604_800), (UInt8(ascii: "D"), 86_400),
    ]
    private static let timeUnits: [(letter: UInt8, seconds: Int64)] = [
        (UInt8(ascii: "H"), 3_600), (UInt8(ascii: "M"), 60), (UInt8(ascii: "S"), 1),
    ]
}
