import ConcordatDecision
import ConcordatProtocols
import ConcordatTerms
import Testing

/// The tiny protocol with every clause of the language: what it compiles to, and what the proof makes of it.
@Suite struct LanguageTests {
    private static let clauses = """
        routes:
          - {id: T1, title: A youth goes to the hub, messages: [referral], when: {age: harmer, less-than: 18}, to: [hub],
             speciality: youth, tell: hub}
        break-glass:
          grounds: {life: {title: A life is in danger}, harm: {title: Serious harm}}
          reason-min: 30
          review-within: P2D
          unreviewed: close
          clauses:
            - {id: B1, grounds: [life], permit: [contact], about: [harmed], messages: [report], to: [police]}
        markings: [OFFICIAL, OFFICIAL-SENSITIVE]
        obligations:
          - {id: O1, marking: OFFICIAL-SENSITIVE, onward: ask-sender, categories: [contact], to: [hub]}
        calendars: {work: {holidays: days}}
        expectations:
          - {id: E1, after: referral, when: {days: /on, newer-than: P30D}, owed-by: recipient, answered-by: [report],
             within: {working-days: 2, calendar: work}, remind: [{working-days: 1, calendar: work}]}

        """

    private static func files(_ replacing: [(String, String)] = []) throws -> ProtocolFiles {
        let holds = """
              - {id: N1, prohibit: [contact], about: [harmed], to: [police], yields-to: [life]}
              - {id: H1, hold: message, until: officer, at-most: P2D, then: withhold, messages: [report], when: {count: harmed,
                 at-least: 3}}

            """
        var files = try Fixture.tiny(
            replacing: [
                ("guarantees:\n", holds + "guarantees:\n"),
                ("without-consent: true}}", "without-consent: true, except-grounds: [life]}}"),
                ("for: [offer], opens: case}", "for: [offer], opens: case, keep: {recipient: P2Y from case-closed}}"),
                ("    for: [offer]\n", "    for: [offer]\n    may-restate: [casework]\n"),
            ] + replacing)
        files["protocol.yaml"] = (files["protocol.yaml"] ?? []) + Array(clauses.utf8)
        files["codelists/days.csv"] = Array("code,label,from,until,source\n2026-12-25,Christmas Day,,,test\n".utf8)
        files["parties/the-hub.yaml"] = (files["parties/the-hub.yaml"] ?? []) + Array("specialities: [youth]\n".utf8)
        let schema = String(decoding: files["messages/referral.json"] ?? [], as: UTF8.self)
        let facts = """
            "on": {"type": "string", "format": "date", "x-fact": true, "x-category": "casework"},
                "sensitive": {
            """
        let born = """
            "born": {"type": "string", "format": "date", "x-fact": "age", "x-category": "identity"},
                      "name": {
            """
        files["messages/referral.json"] = Array(
            schema.replacing("\"sensitive\": {", with: facts).replacing("\"name\": {", with: born).utf8)
        return files
    }

    @Test func compilesEveryClause() throws {
        let loaded = try ProtocolDirectory.load(try Self.files()).get()
        let text = loaded.compiled
        func rule(_ id: RuleID) -> CompiledRule? { text.rules.first { $0.id == id } }
        #expect(
            rule("H1")?.effect == .hold(HoldTerms(until: .officer, atMost: .seconds(2 * 86_400), then: .withhold)))
        #expect(rule("B1")?.isBreakGlass == true)
        #expect(rule("B1")?.when == .test(.ground, .containsAny(["life"])))
        #expect(rule("N1")?.when == .not(.test(.ground, .containsAny(["life"]))))
        #expect(
            rule("T1")?.when
                == .all([
                    .test(.age("harmer"), .number(min: nil, max: 17)),
                    .not(
                        .all([
                            .test(.recipientKind, .containsAny(["hub"])),
                            .test(.recipientSpeciality, .contains("youth")),
                        ])),
                ]))
        #expect(text.breakGlass?.closesWhenUnreviewed == true)
        #expect(text.breakGlass?.reasonMin == 30)
        #expect(text.obligations.map(\.onward) == [.askSender])
        #expect(text.expectations.first?.within == DaySpan(days: 2, calendar: "work"))
        #expect(text.calendars["work"]?.holidays.map(\.description) == ["2026-12-25"])
        #expect(text.messages["referral"]?.keep[.recipients]?.description == "P2Y from case-closed")
        #expect(text.messages["report"]?.mayRestate == ["casework"])
    }

    /// The prover treats a claimed ground as one more condition: who wants it to go past a guarantee says so in it.
    @Test func aGuaranteeHoldsAgainstBreakGlassUnlessItNamesTheGround() throws {
        let files = try Self.files([(", except-grounds: [life]", "")])
        #expect(
            ProtocolDirectory.load(files).headlines == [
                "protocol.yaml:52:10: guarantee `G2` is broken: `B1` lets `/phone` (contact) of `report` about harmed go "
                    + "from hub to police for offer when break-glass ground = life"
            ])
    }

    @Test(arguments: [
        ("when: {field: /sensitive, is: \"no\"}", true), ("when: {field: /sensitive, is: \"yes\"}", false),
        ("messages: [report]", false), ("for: [offer]", true),
    ])
    func aGuaranteeIsMeantOnlyWhereItsWordsHold(words: String, isBroken: Bool) throws {
        let files = try Fixture.tiny(replacing: [
            (", consent: given, when: {field: /sensitive, is: \"no\"}", ", when: {field: /sensitive, is: \"no\"}"),
            (
                "guarantees:\n",
                "guarantees:\n  - {id: G0, never: {categories: [contact], about: [harmed], to: [hub], \(words)}}\n"
            ), ("  - {id: G2, never: {categories: [contact], without-consent: true}}\n", ""),
        ])
        #expect(ProtocolDirectory.load(files).headlines.isEmpty == !isBroken)
    }

    @Test func theProofCutsNumbersAtTheirBounds() throws {
        func headlines(_ prohibited: String) throws -> [String] {
            ProtocolDirectory.load(
                try Fixture.tiny(replacing: [
                    (
                        "  - {id: R4, permit: [casework]}\n",
                        """
                          - {id: R4, permit: [casework]}
                          - {id: R6, permit: [contact], about: [harmed], to: [police], when: {count: harmed, at-least: 3}}
                          - {id: N6, prohibit: [contact], about: [harmed], to: [police], when: {count: harmed, \(prohibited)}}

                        """
                    )
                ])
            ).headlines
        }
        #expect(try headlines("more-than: 2").isEmpty)
        let broken = try headlines("more-than: 3")
        #expect(broken.count == 1)
        #expect(broken.first?.contains("count harmed = 3") ?? false)
    }
}
