package import ConcordatTerms

/// The `Date` field of a response (RFC 9110 section 5.6.7).
package enum HTTPDate {
    /// `Sun, 06 Nov 1994 08:49:37 GMT`.
    package static func text(_ moment: UTCInstant) -> String {
        let date = moment.date
        let inDay = moment.secondsSinceEpoch - Int64(date.daysSinceEpoch) * 86_400
        // 1970-01-01 was a Thursday.
        let weekday = days[((date.daysSinceEpoch + 4) % 7 + 7) % 7]
        let time = [inDay / 3600, inDay / 60 % 60, inDay % 60].map { padded(Int($0), 2) }.joined(separator: ":")
        return "\(weekday), \(padded(date.day, 2)) \(months[date.month - 1]) \(padded(date.year, 4)) \(time) GMT"
    }

    private static func padded(_ value: Int, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
}
