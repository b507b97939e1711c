import ConcordatDecision
import ConcordatTerms
import Testing

@Suite struct PeriodWatchTests {
    static let period = ProtocolPeriod(
        from: CivilDate(daysSinceEpoch: 1000), review: CivilDate(daysSinceEpoch: 1300),
        until: CivilDate(daysSinceEpoch: 1365))

    func watch(_ day: Int) -> PeriodWatch { PeriodWatch(Self.period, on: CivilDate(daysSinceEpoch: day)) }

    @Test func neverBeforeItsFirstDayAndNeverAfterItsLast() {
        #expect(watch(999).standing == .notYet(days: 1) && !watch(999).isInForce)
        #expect(watch(1000).standing == .inForce(daysLeft: 365) && watch(1000).isInForce)
        #expect(watch(1365).standing == .inForce(daysLeft: 0) && watch(1365).isInForce)
        #expect(watch(1366).standing == .lapsed(days: 1) && !watch(1366).isInForce)
    }

    @Test(arguments: [
        (91, nil), (90, 90), (89, 90), (61, 90), (60, 60), (31, 60), (30, 30), (8, 30), (7, 7), (1, 7), (0, 7),
        (-1, nil),
    ])
    func warnsAtNinetySixtyThirtyAndSeven(left: Int, warning: Int?) {
        #expect(watch(1365 - left).warning == warning)
    }

    @Test func saysWhatToDo() {
        #expect(watch(1000).words(until: Self.period.until) == nil)
        #expect(watch(999).words(until: Self.period.until) == "in force in 1 day")
        #expect(watch(1365).words(until: Self.period.until) == "today is the last day")
        #expect(
            watch(1360).words(until: Self.period.until)
                == "ends in 5 days, on \(Self.period.until): renew it, or extend it once; its review is due")
        // It is extended once, and nobody is told to do it again.
        #expect(
            watch(1360).words(until: Self.period.until, isExtended: true)
                == "ends in 5 days, on \(Self.period.until): renew it; its review is due")
        var unreviewed = Self.period
        unreviewed.review = unreviewed.until
        #expect(
            PeriodWatch(unreviewed, on: CivilDate(daysSinceEpoch: 1360)).words(until: unreviewed.until)
                == "ends in 5 days, on \(unreviewed.until): renew it, or extend it once")
        #expect(watch(1370).words(until: Self.period.until) == "ended 5 days ago, on \(Self.period.until)")
        var late = Self.period
        late.review = late.from
        #expect(PeriodWatch(late, on: late.from).words(until: late.until) == "its review is due")
        #expect(watch(1299).isReviewDue == false && watch(1300).isReviewDue)
    }
}
