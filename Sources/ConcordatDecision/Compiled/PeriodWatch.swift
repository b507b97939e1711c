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
    ///
    /// - Parameter isExtended: whether `until` is already the day of the one extension.
    package func words(until: CivilDate, isExtended: Bool = false) -> String? {
        let review = isReviewDue ? "its review is due" : nil
        switch standing {
        case .notYet(let days): return "in force in \(Self.counted(days))"
        case .inForce(let left) where warning != nil:
            guard left > 0 else { return "today is the last day" }
            let todo = isExtended ? "renew it" : "renew it, or extend it once"
            return ["ends in \(Self.counted(left)), on \(until): \(todo)", review].compactMap { $0 }
                .joined(separator: "; ")
        case .inForce: return review
        case .lapsed(let days): return "ended \(Self.counted(days)) ago, on \(until)"
        }
    }

    private static func counted(_ days: Int) -> String { days == 1 ? "1 day" : "\(days) days" }
}
