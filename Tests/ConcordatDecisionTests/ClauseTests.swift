import ConcordatDecision
import ConcordatPayload
import ConcordatTerms
import Testing

/// Numbers, dates and ages in conditions; working days; what goes with a copy; what is expected after a message.
@Suite struct ClauseTests {
    @Test(arguments: [
        (["17"], true), (["18"], false), (["17", "40"], true), ([], false), (["word"], false), (["-1"], false),
    ])
    func aNumberTestAsksForSomeValueWithinBounds(values: [String], expected: Bool) throws {
        let scene = try Scene(
            rule("R1", permit: ["offence"], when: .test(.field("/x"), .number(min: 0, max: 17))))
        var input = scene.input(("/offence", .nobody))
        input.facts.facts["/x"] = Set(values)
        #expect((scene.text.judge(input).code == nil) == expected)
    }

    @Test(arguments: [("2026-06-15", true), ("2026-06-29", true), ("2026-06-30", false), ("2026-06-14", false)])
    func daysAreCountedFromToday(date: String, isDue: Bool) throws {
        let scene = try Scene(rule("R1", permit: ["offence"], when: .test(.days("/x"), .number(min: 0, max: 14))))
        var input = scene.input(("/offence", .nobody))
        input.facts.facts["/x"] = [date]
        #expect((scene.text.judge(input).code == nil) == isDue)
    }

    /// Scene.now is 2026-06-15.
    @Test(arguments: [("2008-06-15", false), ("2008-06-16", true), (nil, false)])
    func anAgeIsThatOfSomebodyWithTheRole(born: String?, isUnder18: Bool) throws {
        let scene = try Scene(
            rule("R1", permit: ["offence"], when: .test(.age("harmer"), .number(min: nil, max: 17))))
        var input = scene.input(("/offence", .nobody))
        input.people[0].born = CivilDate("2015-01-01").map { Sensitive($0) }
        input.people[1].born = born.flatMap { CivilDate($0) }.map { Sensitive($0) }
        #expect((scene.text.judge(input).code == nil) == isUnder18)
    }

    @Test func aCountTakesInThoseTheCaseAloneKnows() throws {
        let scene = try Scene(rule("R1", permit: ["offence"], when: .test(.count("harmed"), .contains("2"))))
        var input = scene.input(("/offence", .nobody))
        #expect(scene.text.judge(input).code == "rule.nothing-shared")
        input.casePeople = [JudgedPerson(id: "cy", roles: ["harmed"])]
        #expect(scene.text.judge(input).code == nil)
    }

    @Test(arguments: [
        // Friday to Monday, over a bank holiday Monday, and nothing at all.
        ("2026-08-28", 1, "2026-09-01"), ("2026-08-27", 2, "2026-09-01"), ("2026-08-29", 1, "2026-09-01"),
        ("2026-08-28", 0, "2026-08-28"), ("2026-06-15", 5, "2026-06-22"),
    ])
    func workingDaysLeaveOutWeekendsAndHolidays(start: String, count: Int, expected: String) throws {
        let calendar = WorkingCalendar(holidays: [try #require(CivilDate("2026-08-31"))])
        let day = calendar.day(count, workingDaysAfter: try #require(CivilDate(start)))
        #expect(day.description == expected)
    }

    @Test(arguments: [
        ([ConsentKind.participation], ConsentState.given, false), ([.specialCategory], .given, true),
        ([.participation, .specialCategory], .given, true), ([.specialCategory], .withdrawn, false),
    ])
    func onlyAConsentOfTheKindAskedForWillDo(kinds: [ConsentKind], state: ConsentState, isShared: Bool) throws {
        var needing = rule("R1", permit: ["identity"], consent: .given)
        needing.effect = .permit(.keep, ConsentNeed(level: .given, kinds: [.specialCategory]))
        let scene = try Scene(needing)
        var input = scene.input(("/people/*/name", .person(0)))
        input.consents = kinds.enumerated().map { number, kind in
            ConsentFact(
                id: ConsentID(unchecked: "consent-\(number)"), person: "ada", kind: kind, purpose: "rj-offer",
                categories: nil, recipientKinds: nil, state: state, from: Scene.now - .seconds(60), until: nil)
        }
        #expect((scene.text.judge(input).code == nil) == isShared)
    }

    /// Whoever takes back one kind of consent has spoken against all that rests on any.
    @Test func anObjectionOfAnotherKindStands() throws {
        var needing = rule("R1", permit: ["identity"], consent: .given)
        needing.effect = .permit(.keep, ConsentNeed(level: .given, kinds: [.specialCategory]))
        let scene = try Scene(needing)
        var input = scene.input(("/people/*/name", .person(0)))
        input.consents = [(ConsentKind.specialCategory, ConsentState.given), (.participation, .withdrawn)].map {
            kind, state in
            ConsentFact(
                id: ConsentID(unchecked: "consent-\(kind)"), person: "ada", kind: kind, purpose: "rj-offer",
                categories: nil, recipientKinds: nil, state: state, from: Scene.now - .seconds(60), until: nil)
        }
        #expect(scene.text.judge(input).code == "consent.required")
    }

    private func duty(
        _ id: RuleID, _ marking: String?, _ onward: CompiledObligation.Onward?, categories: Set<Category>? = nil
    ) -> CompiledObligation {
        CompiledObligation(
            id: id, title: "", marking: marking, onward: onward, categories: categories, about: nil, messages: nil,
            to: nil, purposes: nil)
    }

    @Test func theStrictestObligationGoesWithACopy() throws {
        var scene = try Scene(rule("R1", permit: ["offence"]))
        scene.text.markings = ["plain", "secret"]
        scene.text.obligations = [
            duty("O1", "plain", .protocol), duty("O2", "secret", nil, categories: ["identity"]),
            duty("O3", nil, CompiledObligation.Onward.none, categories: ["identity"]),
        ]
        scene.text.messages["tell"]?.keep = [
            .recipients: CompiledRetention(time: "P2Y", event: "case-closed"),
            .kind("prison"): CompiledRetention(time: "P30D", event: "case-closed"),
        ]
        func duties(_ categories: Category..., to kind: PartyKind = "hub") -> Obligations {
            scene.text.obligations(
                in: "tell", to: kind, for: "rj-offer", sharing: categories.map { ($0, [.nobody]) })
        }
        #expect(duties("offence").onward == .protocol)
        #expect(duties("offence").marking == "plain")
        #expect(duties("offence", "identity").onward == CompiledObligation.Onward.none)
        #expect(duties("offence", "identity").marking == "secret")
        #expect(duties("offence", "identity").ids == ["O1", "O2", "O3"])
        #expect(duties("offence").keep?.description == "P2Y from case-closed")
        #expect(duties("offence", to: "prison").keep?.description == "P30D from case-closed")
    }

    @Test func anExpectationOpensForEachRecipientAndCountsWorkingDays() throws {
        var scene = try Scene(rule("R1", permit: ["offence"]))
        scene.text.calendars["c"] = WorkingCalendar(holidays: [])
        func expected(_ id: RuleID, _ debtor: CompiledExpectation.Debtor, when: Condition?) -> CompiledExpectation {
            CompiledExpectation(
                id: id, title: "", after: "tell", when: when, owedBy: debtor, answeredBy: ["status"],
                within: DaySpan(days: 2, calendar: "c"), reminders: [DaySpan(days: 1, calendar: nil)])
        }
        scene.text.expectations = [
            expected("E1", .recipient, when: nil), expected("E2", .capacity("screener"), when: nil),
            expected("E3", .sender, when: .test(.field("/offence"), .contains("theft"))),
        ]
        var input = scene.input(("/offence", .nobody))
        // A Friday.
        input.now = UTCInstant(startOf: try #require(CivilDate("2026-06-19")))
        let due = scene.text.expectations(openedBy: input, acceptedRecipients: ["hub", "unit"])
        #expect(due.map(\.clause) == ["E1", "E1", "E2"])
        #expect(due.map(\.debtor) == ["hub", "unit", nil])
        #expect(due.allSatisfy { $0.due.description == "2026-06-23" && $0.from.description == "2026-06-19" })
        #expect(due[0].reminders.map(\.description) == ["2026-06-20"])
        #expect(scene.text.expectations(openedBy: input, acceptedRecipients: []).isEmpty)
        input.messageID = nil
        #expect(scene.text.expectations(openedBy: input, acceptedRecipients: ["hub"]).isEmpty)
    }
}
