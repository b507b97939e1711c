import Testing

@testable import concordat

@Suite struct ISODurationTests {
    @Test(arguments: [
        "", "P", "PT", "T1S", "1S", "30", "PT1", "P1", "P1DT", "P1S", "P1H", "PT1D", "P1M", "P1Y", "P1.5D", "PT1.5S",
        "PT1,5S", "-PT1S",
        "+PT1S", "P-1D", "PT-1S", "pt1s", "P1D ", " P1D", "P1D1D", "PT1S1S", "PT1S1M", "PT1M1H", "P1D1W", "PT1HT1M",
        "P1T1S", "PTT1S",
        "PDT1S", "PTS", "P1000000001D", "P99999999999999999999D", "P٣D", "P１D", "PT1S\n",
        "P0000000000000000000000000000001D",
    ])
    func refusesWhatIsNoDurationOfOurs(text: String) { #expect(ISODuration.parse(text) == nil) }

    @Test(
        arguments: [
            ("PT0S", 0), ("PT1S", 1), ("PT90S", 90), ("PT1M", 60), ("PT1H", 3_600), ("P1D", 86_400), ("P2W", 1_209_600),
            ("P1DT2H3M4S", 93_784), ("P1W1D", 691_200), ("PT2H4S", 7_204), ("P0DT0S", 0), ("PT007S", 7),
            ("P1000000000D", 86_400_000_000_000),
        ] as [(String, Int64)])
    func readsWeeksDaysHoursMinutesAndSeconds(text: String, seconds: Int64) {
        #expect(ISODuration.parse(text) == .seconds(seconds))
    }
}
