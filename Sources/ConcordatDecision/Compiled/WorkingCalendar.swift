package import ConcordatTerms

/// Which days are working days: Monday to Friday, but for the holidays of a code list.
package struct WorkingCalendar: Sendable, Equatable {
    package var holidays: Set<CivilDate>

    // Bound: days looked at to find a working day; longer holidays than this are nobody's.
    private static let searchMax = 4_000

    package init(holidays: Set<CivilDate>) { self.holidays = holidays }

    package func isWorkingDay(_ day: CivilDate) -> Bool {
        // 1970-01-01 was a Thursday: 0 is Monday, 5 and 6 are the weekend.
        let weekday = ((day.daysSinceEpoch + 3) % 7 + 7) % 7
        return weekday < 5 && !holidays.contains(day)
    }

    /// The day that is so many working days after `start`, which itself does not count.
    package func day(_ count: Int, workingDaysAfter start: CivilDate) -> CivilDate {
        var left = max(count, 0)
        var day = start.daysSinceEpoch
        for _ in 0..<Self.searchMax where left > 0 {
            day += 1
            if isWorkingDay(CivilDate(daysSinceEpoch: day)) { left -= 1 }
        }
        return CivilDate(daysSinceEpoch: day)
    }
}

/// A span of days, counted by a calendar or plainly.
package struct DaySpan: Sendable, Hashable {
    /// 0 to 366.
    package var days: Int
    /// The calendar whose working days are counted; nil counts every day.
    package var calendar: String?

    package init(days: Int, calendar: String?) { (self.days, self.calendar) = (days, calendar) }
}
