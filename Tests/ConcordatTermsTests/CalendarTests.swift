import ConcordatTerms
import Testing

@Suite struct CalendarRefusalTests {
    @Test(arguments: [
        "", "2026-04-1", "2026-4-01", "26-04-01", "2026/04/01", "2026-04-01 ", " 2026-04-01", "2026-04-01T00:00:00Z",
        "2026-00-01",
        "2026-13-01", "2026-04-00", "2026-04-31", "2026-02-29", "1900-02-29", "2100-02-29", "0000-01-01", "10000-01-01",
        "-001-01-01",
        "+026-04-01", "２０２６-04-01", "2026-04-0x", "2026‑04‑01",
    ])
    func noSuchDay(text: String) { #expect(CivilDate(text) == nil) }

    @Test func noSuchDayFromNumbersEither() {
        #expect(CivilDate(year: 2025, month: 2, day: 29) == nil)
        #expect(CivilDate(year: 2025, month: 0, day: 1) == nil)
        #expect(CivilDate(year: 2025, month: 1, day: 0) == nil)
        #expect(CivilDate(year: 0, month: 1, day: 1) == nil)
        #expect(CivilDate(year: 10_000, month: 1, day: 1) == nil)
        #expect(CivilDate(year: Int.min, month: Int.max, day: Int.max) == nil)
    }

    @Test(arguments: [
        "", "2026-04-01", "2026-04-01T09:30:00", "2026-04-01T09:30Z", "2026-04-01 09:30:00Z", "2026-04-01T24:00:00Z",
        "2026-04-01T09:60:00Z", "2026-04-01T09:30:61Z", "2026-04-01T09:30:00.Z", "2026-04-01T09:30:00,5Z",
        "2026-04-01T9:30:00Z",
        "2026-04-01T09:30:00+1:00", "2026-04-01T09:30:00+0100", "2026-04-01T09:30:00+24:00",
        "2026-04-01T09:30:00+01:60",
        "2026-04-01T09:30:00Z ", "2026-04-01T09:30:00ZZ", "2026-04-01T09:30:00-", "2026-02-29T00:00:00Z",
        "2026-04-01T-9:30:00Z",
        "2026-04-01T09:30:00.1234567890123456789012345678901234567890Z", "0000-12-31T23:59:59Z",
        "2026-04-01T09:30:00±01:00",
    ])
    func noSuchMoment(text: String) { #expect(UTCInstant(text) == nil) }

    @Test func aMomentThatItsOffsetCarriesOutOfTheYearsIsRefused() {
        #expect(UTCInstant("0001-01-01T00:00:00Z") != nil)
        #expect(UTCInstant("0001-01-01T00:59:59+01:00") == nil)
        #expect(UTCInstant("0001-01-01T01:00:00+01:00")?.description == "0001-01-01T00:00:00Z")
        #expect(UTCInstant("9999-12-31T23:59:59.999Z")?.description == "9999-12-31T23:59:59.999Z")
        #expect(UTCInstant("9999-12-31T23:00:00-01:00") == nil)
        #expect(UTCInstant("9999-12-31T22:59:59-01:00")?.description == "9999-12-31T23:59:59Z")
    }
}

@Suite struct CalendarTests {
    @Test(arguments: [
        ("2026-04-01T09:30:00Z", "2026-04-01T09:30:00Z"), ("2026-04-01t09:30:00z", "2026-04-01T09:30:00Z"),
        ("2026-04-01T09:30:00.5Z", "2026-04-01T09:30:00.500Z"), ("2026-04-01T09:30:00.0009Z", "2026-04-01T09:30:00Z"),
        ("2026-04-01T09:30:00.123456Z", "2026-04-01T09:30:00.123Z"),
        ("2026-04-01T00:30:00+01:00", "2026-03-31T23:30:00Z"),
        ("2026-04-01T09:30:00-00:00", "2026-04-01T09:30:00Z"), ("2024-02-29T23:59:59-00:01", "2024-03-01T00:00:59Z"),
        ("1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"), ("2016-12-31T23:59:60Z", "2016-12-31T23:59:59Z"),
    ])
    func isWrittenInOneWay(text: String, canonical: String) { #expect(UTCInstant(text)?.description == canonical) }

    @Test func roundsDownBeforeTheEpochToo() {
        let before = UTCInstant(milliseconds: -1)
        #expect(before.description == "1969-12-31T23:59:59.999Z")
        #expect(before.secondsSinceEpoch == -1)
        #expect(before.date == CivilDate("1969-12-31"))
        #expect(UTCInstant(milliseconds: -86_400_000).date == CivilDate("1969-12-31"))
        #expect(UTCInstant(milliseconds: -86_400_001).date == CivilDate("1969-12-30"))
    }

    @Test func movesByDurations() throws {
        let noon = try #require(UTCInstant("2026-04-01T12:00:00Z"))
        #expect(noon + .seconds(86_400) == UTCInstant("2026-04-02T12:00:00Z"))
        #expect(noon - .milliseconds(1) == UTCInstant("2026-04-01T11:59:59.999Z"))
        #expect((noon + .seconds(90)) - noon == .seconds(90))
        #expect(noon - (noon + .seconds(90)) == .seconds(-90))
        // Less than a millisecond is cut off, in both directions.
        #expect(noon + .microseconds(999) == noon)
        #expect(noon - .microseconds(999) == noon)
        #expect(UTCInstant(startOf: noon.date).description == "2026-04-01T00:00:00Z")
    }

    @Test func aDayOutsideTheYearsIsBroughtToTheNearest() {
        #expect(CivilDate(daysSinceEpoch: -719_162).description == "0001-01-01")
        #expect(CivilDate(daysSinceEpoch: Int.min).description == "0001-01-01")
        #expect(CivilDate(daysSinceEpoch: 2_932_896).description == "9999-12-31")
        #expect(CivilDate(daysSinceEpoch: Int.max).description == "9999-12-31")
    }

    @Test func everyDayOfTheCalendarComesBackAndFollowsTheOneBefore() {
        var before = CivilDate(daysSinceEpoch: -719_162)
        var wrong = 0
        for days in -719_161...2_932_896 {
            let date = CivilDate(daysSinceEpoch: days)
            if date.daysSinceEpoch != days || date <= before
                || CivilDate(year: date.year, month: date.month, day: date.day) != date
            {
                wrong += 1
            }
            before = date
        }
        #expect(wrong == 0)
    }

    @Test(arguments: [
        ("2008-04-01", "2026-03-31", 17), ("2008-04-01", "2026-04-01", 18), ("2008-02-29", "2026-02-28", 17),
        ("2008-02-29", "2026-03-01", 18), ("2008-02-29", "2028-02-29", 20), ("2026-04-01", "2026-04-01", 0),
        ("2026-04-02", "2026-04-01", -1), ("0001-01-01", "9999-12-31", 9998), ("2016-11-03", "2026-11-02", 9),
    ])
    func countsAgesByBirthdays(born: String, on: String, years: Int) throws {
        #expect(try #require(CivilDate(born)).wholeYears(until: try #require(CivilDate(on))) == years)
    }
}
