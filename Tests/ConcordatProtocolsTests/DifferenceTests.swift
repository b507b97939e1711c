import ConcordatDecision
import ConcordatJSON
import ConcordatProtocols
import ConcordatTerms
import Testing

/// `protocol diff` says what changes in meaning, in the sentence expected, and nothing where nothing does.
@Suite struct DifferenceTests {
    @Test(arguments: [
        // Order of rules.
        [
            ("  - {id: R2, permit: [identity], about: [harmer]}\n", ""),
            ("  - {id: R4,", "  - {id: R2, permit: [identity], about: [harmer]}\n  - {id: R4,"),
        ],
        // Ids and titles.
        [("{id: R2, permit", "{id: R9x, title: Another name, permit"), ("title: Screens", "title: Looks")],
        [("{title: Police force}", "{title: A force}"), ("version: 1.0.0", "version: 2.0.0")],
        // One rule in two, by category and by person.
        [
            (
                "  - {id: R1, permit: [identity, contact], about: [harmed], to: [hub], consent: given, when: {field: /sensitive, is: \"no\"}}",
                "  - {id: R1, permit: [identity], about: [harmed], to: [hub], consent: given, when: {field: /sensitive, is: \"no\"}}\n"
                    + "  - {id: R1b, permit: [contact], about: [harmed], to: [hub], consent: given, when: {not: {field: /sensitive, is: \"yes\"}}}"
            )
        ],
        // A category's child by its own name.
        [
            ("{title: An area they chose, within: contact}", "{title: An area they chose}"),
            ("permit: [identity, contact]", "permit: [identity, contact, agreed-area]"),
            (", except: [agreed-area]}\n", "}\n"), (", except: [agreed-area]}}", "}}"),
            ("never: {categories: [contact], without", "never: {categories: [contact, agreed-area], without"),
        ],
        // The same condition in other words.
        [
            (
                "when: {flag: sensitive, is: \"yes\"}",
                "when: {any: [{flag: sensitive, is: \"yes\"}, {field: /sensitive, is: \"yes\"}]}"
            )
        ],
        // A permit that another one holds already.
        [
            (
                "  - {id: R4,",
                "  - {id: R8, permit: [identity], about: [harmer], to: [hub], consent: given}\n  - {id: R4,"
            )
        ],
    ])
    func meaningTheSameIsNoDifference(words: [(String, String)]) throws {
        let difference = try difference(words)
        #expect(difference.findings.map(\.sentence) == [])
        #expect(!difference.gainsAnything)
        #expect(difference.text == "the two texts mean the same")
    }

    @Test func droppingAProhibitionThatHeldSomethingBackIsAGain() throws {
        let open: [(String, String)] = [
            (
                "  - {id: G1, never: {categories: [contact], about: [harmed], to: [prison], except: [agreed-area]}}\n",
                ""
            ),
            (
                "{id: R1, permit: [identity, contact], about: [harmed], to: [hub], consent: given, when: {field: /sensitive, is: \"no\"}}",
                "{id: R1, permit: [identity, contact], about: [harmed], consent: given}"
            ),
        ]
        let before = try load(open)
        let now = try load(open + [("  - {id: R5, prohibit: [contact], to: [prison], except: [agreed-area]}\n", "")])
        let difference = ProtocolDifference(old: before, new: now)
        #expect(
            difference.findings.map(\.sentence) == [
                "prison newly receives `phone` of harmed, when consent is given, for offer, in report from hub (R1)"
            ])
        #expect(difference.gains(by: "prison").count == 1)
        #expect(difference.gains(by: "hub").isEmpty)
        #expect(difference.gainingKinds(in: now.compiled) == ["prison"])
        let back = ProtocolDifference(old: now, new: before)
        #expect(
            back.findings.map(\.sentence) == [
                "prison no longer receives `phone` of harmed, for offer, in report from hub (was R1)"
            ])
        #expect(!back.gainsAnything)
    }

    @Test(
        arguments: [
            // Weaker consent.
            (
                [
                    ("to: [hub], consent: given, when", "to: [hub], consent: not-objected, when"),
                    ("  - {id: G2, never: {categories: [contact], without-consent: true}}\n", ""),
                ],
                [
                    "hub receives `people[].area` and `people[].phone` of harmed on weaker terms: when `sensitive` is no and there is no objection, before when `sensitive` is no and consent is given, for offer, in referral from police (R1)",
                    "hub receives `people[].name` of harmed in another form: whole when `sensitive` is no and there is no objection; as initials when there is an objection, or when `sensitive` is not no, before whole when `sensitive` is no and consent is given; as initials when consent is not given, or when `sensitive` is not no, for offer, in referral from police (R1)",
                    "guarantee G2 is no longer given",
                ]
            ),
            // A wider `to`.
            (
                [
                    (
                        "{id: R3, permit: [identity], about: [harmed], to: [hub], as: initials}",
                        "{id: R3, permit: [identity, contact], about: [harmed], to: [police], as: initials, consent: given}"
                    )
                ],
                [
                    "police newly receives `phone` of harmed, as initials when consent is given, for offer, in report from hub (R3)",
                    "hub receives `people[].name` of harmed on stricter terms: when `sensitive` is no and consent is given, before whole when `sensitive` is no and consent is given; as initials when consent is not given, or when `sensitive` is not no, for offer, in referral from police (was R3)",
                ]
            ),
            // A condition less.
            (
                [
                    ("consent: given, when: {field: /sensitive, is: \"no\"}}", "consent: given}"),
                    (
                        "  - {id: S1, refuse: message, messages: [referral], when: {flag: sensitive, is: \"yes\"}, tell: hub}\n",
                        ""
                    ),
                ],
                [
                    "referral from police to hub for offer is refused in fewer cases: never, before when flag `sensitive` includes yes (S1)",
                    "hub receives `people[].area` and `people[].phone` of harmed on weaker terms: when consent is given, before when `sensitive` is no and consent is given, for offer, in referral from police (R1)",
                    "hub receives `people[].name` of harmed in another form: whole when consent is given; as initials when consent is not given, before whole when `sensitive` is no and consent is given; as initials when consent is not given, or when `sensitive` is not no, for offer, in referral from police (R1)",
                ]
            ),
            // A refusal that tells nobody.
            ([(", tell: hub}", "}")], ["a refusal under S1 is told to nobody, before hub"]),
            // More ways to hold a capacity, and one who may see consents.
            (
                [
                    (
                        "grants: [{message: report, field: /held-at}]",
                        "grants: [{message: report, field: /held-at}, {message: report, to: recipient}]"
                    ),
                    (
                        "consent-shown-to: {recorder: true,",
                        "consent-shown-to: {recorder: true, capacities: [custodian],"
                    ),
                ],
                [
                    "the recipient of `report` is newly made custodian",
                    "the custodian newly sees the state of consents",
                ]
            ),
            (
                [
                    (
                        "to-capacity: [referrer, custodian]",
                        "to-capacity: [referrer, custodian]\n    expires: P3D\n    keep: {recipient: P2Y from case-closed}"
                    )
                ],
                [
                    "message `report` waits at most 3 days, before 14 days",
                    "message `report` is kept by recipients P2Y from case-closed, before no stated time",
                ]
            ),
            (
                [("review: 2027-03-01, until: 2027-03-31", "review: 2027-02-01, until: 2027-02-28")],
                [
                    "the period is 2026-04-01 to 2027-02-28, review 2027-02-01, before 2026-04-01 to 2027-03-31, review 2027-03-01"
                ]
            ),
        ] as [([(String, String)], [String])])
    func saysWhatChanges(words: [(String, String)], sentences: [String]) throws {
        let found = try difference(words).findings.map(\.sentence)
        #expect(found == sentences, "\(found.joined(separator: "\n"))")
    }

    @Test func jsonHoldsThePartsOfTheSentence() throws {
        let json = try difference([
            ("{id: R2, permit: [identity], about: [harmer]}", "{id: R2, permit: [identity, contact], about: [harmer]}"),
            ("  - {id: G2, never: {categories: [contact], without-consent: true}}\n", ""),
        ]).json
        #expect(json["gains"]?.boolValue == true)
        let finding = try #require(json["findings"]?[0])
        #expect(finding["change"]?.stringValue == "newly")
        #expect(finding["to"]?.arrayValue == [.string("hub")])
        #expect(finding["fields"]?.arrayValue == [.string("/people/*/area"), .string("/people/*/phone")])
        #expect(finding["now"]?.stringValue == "always")
        #expect(finding["rules"]?.arrayValue == [.string("R2")])
    }

    @Test func theShippedTextMeansTheSameAsItself() throws {
        let loaded = try #require(ShippedProtocolTests.loaded).get()
        #expect(ProtocolDifference(old: loaded, new: loaded).findings.isEmpty)
    }

    private func difference(_ words: [(String, String)]) throws -> ProtocolDifference {
        ProtocolDifference(old: try load([]), new: try load(words))
    }

    private func load(_ words: [(String, String)]) throws -> LoadedProtocol {
        let result = ProtocolDirectory.load(try Fixture.tiny(replacing: words))
        try #require(result.headlines == [])
        return try result.get()
    }
}
