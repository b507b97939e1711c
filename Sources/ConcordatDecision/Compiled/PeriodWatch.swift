package import ConcordatTerms

/// Where a day lies in a protocol's period, and what its people should be warned of. Pure: the day is an argument.
package struct PeriodWatch: Sendable, Equatable {
    /// From its first day, never after its last.
    package enum Standing: Sendable, Equatable {
        case notYet(days: Int)
        /// 0 on the last day.
        case inForce(daysLeft: Int)
        case lapsed(days: Int)
    }

    /// Days before the end at which the parties are warned, farthest first.
    package static let warningDays = [90, 60, 30, 7]

    package let standing: Standing
    /// The nearest of ``warningDays`` that has been reached; nil while there is none, and after the end.
    package let warning: Int?
    /// Whether the day of review has come.
    package let isReviewDue: Bool

    /// The period on a day.
    package init(_ period: ProtocolPeriod, on day: CivilDate) {
        let today = day.daysSinceEpoch
        let left = period.until.daysSinceEpoch - today
        if day < period.from {
            standing = .notYet(days: period.from.daysSinceEpoch - today)
            warning = nil
        } else if left < 0 {
            standing = .lapsed(days: -left)
            warning = nil
        } else {
            standing = .inForce(daysLeft: left)
            warning = Self.warningDays.last { left <= $0 }
        }
        isReviewDue = day >= period.review
    }

    /// Whether messages may travel on that day.
    package var isInForce: Bool { if case .inForce = standing { true } else { false } }

    /// One line for people; nil when there is nothing to say.
    package func words(until: CivilDate) -> String? {
        switch standing {
        case .notYet(let days): "in force in \(Self.counted(days))"
        case .inForce(let left) where warning != nil:
            left == 0
                ? "today is the last day" : "ends in \(Self.counted(left)), on \(until): renew it, or extend it once"
        case .inForce: isReviewDue ? "its review is due" : nil
        case .lapsed(let days): "ended \(Self.counted(days)) ago, on \(until)"
        }
    }

    private static func counted(_ days: Int) -> String { days == 1 ? "1 day" : "\(days) days" }
}
