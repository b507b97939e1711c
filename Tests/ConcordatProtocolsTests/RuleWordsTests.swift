import ConcordatDecision
import ConcordatPayload
import ConcordatTerms
import Testing

@testable import ConcordatProtocols

/// A sentence says all that a clause says: two clauses that differ in anything but their names read differently.
@Suite struct RuleWordsTests {
    private let words: RuleWords

    init() throws { words = RuleWords(ProtocolWords(try ProtocolDirectory.load(try Fixture.tiny()).get())) }

    private static let rule = CompiledRule(
        id: "R9", title: "A rule", effect: .permit(.keep, ConsentNeed(level: .none)), categories: ["identity"],
        about: nil,
        messages: nil, from: nil, fromCapacity: nil, to: nil, toCapacity: nil, purposes: nil, when: nil, silent: false,
        tell: [])

    private static let changes: [(String, @Sendable (inout CompiledRule) -> Void)] = [
        ("effect", { $0.effect = .prohibit }),
        ("effect", { $0.effect = .permit(.initials, ConsentNeed(level: .none)) }),
        ("effect", { $0.effect = .permit(.keep, ConsentNeed(level: .given)) }),
        ("effect", { $0.effect = .permit(.keep, ConsentNeed(level: .notObjected)) }),
        ("effect", { $0.effect = .permit(.keep, ConsentNeed(level: .given, of: ["harmer"])) }),
        ("effect", { $0.effect = .permit(.keep, ConsentNeed(level: .given, kinds: [.specialCategory])) }),
        ("effect", { $0.effect = .hold(HoldTerms(until: .consent, atMost: .seconds(86_400), then: .share)) }),
        ("effect", { $0.effect = .hold(HoldTerms(until: .officer, atMost: .seconds(86_400), then: .share)) }),
        ("effect", { $0.effect = .hold(HoldTerms(until: .consent, atMost: .seconds(3_600), then: .share)) }),
        ("effect", { $0.effect = .hold(HoldTerms(until: .consent, atMost: .seconds(86_400), then: .withhold)) }),
        ("categories", { $0.categories = ["contact"] }), ("about", { $0.about = [.nobody] }),
        ("about", { $0.about = [.role("harmed")] }), ("messages", { $0.messages = ["report"] }),
        ("from", { $0.from = ["police"] }), ("fromParties", { $0.fromParties = ["some-police"] }),
        ("fromCapacity", { $0.fromCapacity = ["screener"] }),
        ("to", { $0.to = ["prison"] }), ("toCapacity", { $0.toCapacity = ["screener"] }),
        ("purposes", { $0.purposes = ["offer"] }), ("when", { $0.when = .test(.flag("sensitive"), .present(true)) }),
        ("silent", { $0.silent = true }), ("tell", { $0.tell = ["hub"] }),
    ]

    @Test func everythingThatNarrowsARuleIsInItsSentence() {
        var texts: Set<String> = [words.text(Self.rule)]
        for (field, change) in Self.changes {
            var rule = Self.rule
            change(&rule)
            #expect(texts.insert(words.text(rule)).inserted, "\(field)")
        }
        // A part that a rule gains must be thought of here; the names are said by the page around it.
        let parts = Set(Mirror(reflecting: Self.rule).children.compactMap(\.label))
        #expect(parts == Set(Self.changes.map(\.0)).union(["id", "title", "isBreakGlass"]))
        #expect(
            Set(Mirror(reflecting: ConsentNeed(level: .none)).children.compactMap(\.label)) == ["level", "of", "kinds"])
    }

    @Test func everythingThatNarrowsAGuaranteeIsInItsSentence() {
        func guarantee(
            _ categories: Set<ConcordatTerms.Category> = ["contact"], about: Set<CompiledRule.Subject>? = nil,
            to: Set<PartyKind>? = nil, from: Set<PartyKind>? = nil, not: Set<Capacity> = [], without: Bool = false,
            grounds: Set<String> = [], messages: Set<MessageName>? = nil, purposes: Set<PurposeID>? = nil,
            when: Condition? = nil
        ) -> Guarantee {
            Guarantee(
                id: "G9", title: "", categories: categories, about: about, to: to, from: from, toCapacityNot: not,
                withoutConsent: without, exceptGrounds: grounds, messages: messages, purposes: purposes, when: when)
        }
        let all = [
            guarantee(), guarantee(["identity"]), guarantee(about: [.nobody]), guarantee(to: ["hub"]),
            guarantee(from: ["hub"]), guarantee(not: ["screener"]), guarantee(without: true),
            guarantee(grounds: ["life"]), guarantee(messages: ["report"]), guarantee(purposes: ["offer"]),
            guarantee(when: .test(.flag("sensitive"), .present(false))),
        ]
        #expect(Set(all.map(words.text)).count == all.count)
        #expect(Mirror(reflecting: all[0]).children.count == all.count + 1)
    }

    @Test func everythingOfAConsentClauseIsInItsSentence() {
        let clause = ConsentClause(
            id: "C9", about: ["harmed"], kinds: [.basis], recordedBy: ["hub"], neverBy: [], toldRightToWithdraw: false,
            givenBy: [.person, .guardian, .attorney], competentFrom: 13, guardianRoles: ["harmer"], neverGuardian: [])
        let changes: [(String, (inout ConsentClause) -> Void)] = [
            ("about", { $0.about = ["harmer"] }), ("kinds", { $0.kinds = [.participation] }),
            ("kinds", { $0.kinds = [.confidence] }), ("kinds", { $0.kinds = [.specialCategory] }),
            ("recordedBy", { $0.recordedBy = ["police"] }), ("neverBy", { $0.neverBy = ["prison"] }),
            ("toldRightToWithdraw", { $0.toldRightToWithdraw = true }),
            ("givenBy", { $0.givenBy = [.guardian, .attorney] }),
            ("givenBy", { $0.givenBy = [.person, .guardian] }), ("givenBy", { $0.givenBy = [.person, .attorney] }),
            ("competentFrom", { $0.competentFrom = 14 }), ("guardianRoles", { $0.guardianRoles = ["harmed"] }),
            ("neverGuardian", { $0.neverGuardian = ["harmed"] }),
        ]
        var texts: Set<String> = [words.text(clause)]
        for (field, change) in changes {
            var changed = clause
            change(&changed)
            #expect(texts.insert(words.text(changed)).inserted, "\(field)")
        }
        let parts = Set(Mirror(reflecting: clause).children.compactMap(\.label))
        #expect(parts == Set(changes.map(\.0)).union(["id"]))
    }

    @Test func everythingOfADutyIsInItsSentence() {
        let duty = CompiledObligation(
            id: "O9", title: "", marking: "SECRET", onward: nil, categories: nil, about: nil, messages: nil, to: nil,
            purposes: nil)
        let changes: [(String, (inout CompiledObligation) -> Void)] = [
            ("marking", { $0.marking = "OPEN" }), ("onward", { $0.onward = CompiledObligation.Onward.none }),
            ("onward", { $0.onward = .askSender }), ("onward", { $0.onward = .protocol }),
            ("categories", { $0.categories = ["contact"] }), ("about", { $0.about = [.role("harmed")] }),
            ("messages", { $0.messages = ["report"] }), ("to", { $0.to = ["prison"] }),
            ("purposes", { $0.purposes = ["offer"] }),
        ]
        var texts: Set<String> = [words.text(duty)]
        for (field, change) in changes {
            var changed = duty
            change(&changed)
            #expect(texts.insert(words.text(changed)).inserted, "\(field)")
        }
        #expect(
            Set(Mirror(reflecting: duty).children.compactMap(\.label)) == Set(changes.map(\.0)).union(["id", "title"]))
    }

    @Test func everythingOfAnExpectationIsInItsSentence() {
        let expected = CompiledExpectation(
            id: "E9", title: "", after: "referral", when: nil, owedBy: .recipient, answeredBy: ["report"],
            within: DaySpan(days: 5, calendar: nil), reminders: [])
        let changes: [(String, (inout CompiledExpectation) -> Void)] = [
            ("after", { $0.after = "report" }), ("when", { $0.when = .test(.flag("sensitive"), .present(true)) }),
            ("owedBy", { $0.owedBy = .sender }), ("owedBy", { $0.owedBy = .capacity("screener") }),
            ("answeredBy", { $0.answeredBy = ["referral"] }), ("within", { $0.within.days = 6 }),
            ("within", { $0.within.calendar = "england-and-wales" }),
            ("reminders", { $0.reminders = [DaySpan(days: 2, calendar: nil)] }),
        ]
        var texts: Set<String> = [words.text(expected)]
        for (field, change) in changes {
            var changed = expected
            change(&changed)
            #expect(texts.insert(words.text(changed)).inserted, "\(field)")
        }
        let parts = Set(Mirror(reflecting: expected).children.compactMap(\.label))
        #expect(parts == Set(changes.map(\.0)).union(["id", "title"]))
    }

    @Test func conditionsThatDifferReadDifferently() {
        let sources: [Condition.Source] = [
            .field("/sensitive"), .field("/people/*/name"), .flag("sensitive"), .recipientSpeciality, .senderSpeciality,
            .recipientKind, .senderKind, .days("/held"), .age("harmed"), .count("harmed"), .ground,
        ]
        let tests: [Condition.Test] = [
            .contains("police"), .contains("hub"), .lacks("police"), .containsAny(["police", "hub"]), .present(true),
            .present(false), .number(min: 1, max: nil), .number(min: nil, max: 1), .number(min: 1, max: 2),
            .number(min: -5, max: nil), .number(min: nil, max: -5), .number(min: 0, max: 14),
        ]
        var seen: [String: Condition] = [:]
        for source in sources {
            for test in tests {
                let condition = Condition.test(source, test)
                for each in [condition, .not(condition)] {
                    let text = words.conditions.text(each)
                    #expect(seen[text] == nil, "\(text)")
                    seen[text] = each
                }
            }
        }
        let (one, other) = (
            Condition.test(.flag("sensitive"), .contains("yes")), Condition.test(.senderKind, .present(true))
        )
        #expect(words.conditions.text(.all([one, other])) != words.conditions.text(.any([one, other])))
        #expect(
            words.conditions.text(.all([one, .any([one, other])]))
                != words.conditions.text(.any([.all([one, one]), other])))
    }

    @Test(arguments: [
        (-366, "“held” in the message lies at least 366 days back"),
        (-1, "“held” in the message lies at least 1 day back"),
        (14, "“held” in the message has passed or lies at most 14 days ahead"),
    ])
    func datesAreDaysFromToday(max: Int, text: String) {
        #expect(words.conditions.text(.test(.days("/held"), .number(min: nil, max: max))) == text)
    }

    @Test func setsOfNearlyAllAreToldByWhatIsMissing() throws {
        let loaded = try RenderTests.load("rj-west-midlands")
        let words = ProtocolWords(loaded)
        let all = loaded.compiled.partyKinds
        #expect(words.kinds(all) == "every kind of party")
        #expect(words.kinds(all.subtracting(["prison"])) == "every kind of party but “Prison”")
        #expect(words.kinds(all.subtracting(["prison"]), "or") == "any kind of party but “Prison”")
        #expect(words.categories(Set(loaded.compiled.categories.keys)) == "anything at all")
        #expect(words.categories(loaded.compiled.categories(within: "location")) == "“Location”")
        #expect(words.categories(["location", "postcode"]) == "“Location” (without “Agreed area”)")
    }

    @Test func aRetentionIsATimeAndAnEvent() {
        #expect(RuleWords.text(CompiledRetention(time: "P2Y", event: "case-closed")) == "2 years from: case closed")
        #expect(RuleWords.text(CompiledRetention(time: "P1M", event: "answered")) == "1 month from: answered")
        #expect(RuleWords.time(.seconds(5400)) == "90 minutes")
        #expect(RuleWords.time(.seconds(36 * 3600)) == "36 hours")
    }
}
