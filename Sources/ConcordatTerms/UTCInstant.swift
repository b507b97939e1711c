/// A moment in UTC with millisecond steps, counted from 1970-01-01T00:00:00Z without leap seconds.
///
/// Pure: it never asks what time it is. Text form is RFC 3339 with `Z`.
public struct UTCInstant: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01T00:00:00Z; negative before.
    public var milliseconds: Int64

    /// A moment so many milliseconds after 1970-01-01T00:00:00Z.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// A moment so many whole seconds after 1970-01-01T00:00:00Z.
    public init(seconds: Int64) { self.init(milliseconds: seconds * 1000) }

    /// Midnight UTC at the start of `date`.
    public init(startOf date: CivilDate) { self.init(seconds: Int64(date.daysSinceEpoch) * 86_400) }

    /// Reads an RFC 3339 date-time with any offset, in UTC of years 0001 to 9999; fractions beyond milliseconds are cut off.
    ///
    /// Nil for any other text. A leap second (`:60`) is read as the second before it, as POSIX time has no such second.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 40,
            let date = CivilDate(String(decoding: bytes[0..<10], as: UTF8.self)),
            bytes[10] == UInt8(ascii: "T") || bytes[10] == UInt8(ascii: "t"),
            let hour = Self.digits(bytes, 11, 2), hour < 24, bytes[13] == UInt8(ascii: ":"),
            let minute = Self.digits(bytes, 14, 2), minute < 60, bytes[16] == UInt8(ascii: ":"),
            let second = Self.digits(bytes, 17, 2), second <= 60
        else { return nil }
        var index = 19
        var fraction = 0
        if bytes[index] == UInt8(ascii: ".") {
            index += 1
            let start = index
            while index < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index]) {
                if index - start < 3 { fraction = fraction * 10 + Int(bytes[index] - UInt8(ascii: "0")) }
                index += 1
            }
            guard index > start else { return nil }
            for _ in min(index - start, 3)..<3 { fraction *= 10 }
        }
        guard index < bytes.count, let offsetMinutes = Self.offset(bytes[index...]) else { return nil }
        let seconds = Int64(date.daysSinceEpoch) * 86_400 + Int64(hour * 3600 + minute * 60 + min(second, 59))
        let milliseconds = (seconds - Int64(offsetMinutes) * 60) * 1000 + Int64(fraction)
        // An offset can carry a moment out of the years that a date can name; it could not be written again.
        guard Self.written.contains(milliseconds) else { return nil }
        self.init(milliseconds: milliseconds)
    }

    // Bound: from 0001-01-01T00:00:00.000Z to 9999-12-31T23:59:59.999Z.
    private static let written: ClosedRange<Int64> = -62_135_596_800_000...253_402_300_799_999

    /// `2026-04-01T09:30:00.250Z`; the fraction is left out when it is zero.
    public var description: String {
        let (days, inDay) = milliseconds.flooredQuotientAndRemainder(86_400_000)
        let fraction = inDay % 1000
        let second = inDay / 1000
        let time = [second / 3600, second / 60 % 60, second % 60].map { Self.padded($0, 2) }.joined(separator: ":")
        let tail = fraction == 0 ? "" : "." + Self.padded(fraction, 3)
        return "\(CivilDate(daysSinceEpoch: Int(days)))T\(time)\(tail)Z"
    }

    /// The UTC date this moment falls on.
    public var date: CivilDate {
        CivilDate(daysSinceEpoch: Int(milliseconds.flooredQuotientAndRemainder(86_400_000).quotient))
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, rounded down.
    public var secondsSinceEpoch: Int64 { milliseconds.flooredQuotientAndRemainder(1000).quotient }

    /// Earlier moments first.
    public static func < (left: UTCInstant, right: UTCInstant) -> Bool { left.milliseconds < right.milliseconds }

    /// This moment moved by a duration, cut to whole milliseconds.
    public static func + (left: UTCInstant, right: Duration) -> UTCInstant {
        let (seconds, attoseconds) = right.components
        return UTCInstant(milliseconds: left.milliseconds + seconds * 1000 + attoseconds / 1_000_000_000_000_000)
    }

    /// This moment moved back by a duration, cut to whole milliseconds.
    public static func - (left: UTCInstant, right: Duration) -> UTCInstant { left + (.zero - right) }

    /// How long after `right` this moment is.
    public static func - (left: UTCInstant, right: UTCInstant) -> Duration {
        .milliseconds(left.milliseconds - right.milliseconds)
    }

    private static func digits(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int? {
        guard start + count <= bytes.count else { return nil }
        var value = 0
        for byte in bytes[start..<start + count] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }

    private static func offset(_ bytes: ArraySlice<UInt8>) -> Int? {
        let tail = Array(bytes)
        if tail == [UInt8(ascii: "Z")] || tail == [UInt8(ascii: "z")] { return 0 }
        guard tail.count == 6, tail[3] == UInt8(ascii: ":"), let hours = digits(tail, 1, 2), hours < 24,
            let minutes = digits(tail, 4, 2), minutes < 60
        else { return nil }
        switch tail[0] {
        case UInt8(ascii: "+"): return hours * 60 + minutes
        case UInt8(ascii: "-"): return -(hours * 60 + minutes)
        default: return nil
        }
    }

    static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}

extension Int64 {
    func flooredQuotientAndRemainder(_ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
    }
}
