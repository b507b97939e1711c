import ConcordatTerms
import Foundation
import Testing

@testable import ConcordatProtocols

/// Which changes of a text leave the signatures over it standing: what ``HarmlessChange`` lists, and nothing else.
@Suite struct StandingSignatureTests {
    /// Put into the tiny text before it is signed, so that there is something of everything to change.
    static let base: [(String, String)] = [
        ("casework: {title: Steps}", "casework: {title: Steps, sensitive: criminal-offence}"),
        (
            "offer: {title: Offer, basis: {police: public-task, hub: public-task, prison: public-task}}",
            """
            offer:
                title: Offer
                basis:
                  police: {basis: public-task, controller: controller, condition: Schedule 1}
                  hub: {basis: public-task, condition: Schedule 1}
                  prison: {basis: public-task, condition: Schedule 1}
                gateway: [One Act s.1, Another Act s.2]
            """
        ),
        (
            "    to-capacity: [referrer, custodian]\n",
            "    to-capacity: [referrer, custodian]\n    keep: {recipient: P2Y from case-closed}\n    may-restate: [casework]\n"
        ),
        (
            "guarantees:\n",
            """
            obligations:
              - {id: O1, onward: none, categories: [casework]}
            calendars: {work: {holidays: days}}
            expectations:
              - {id: E1, after: referral, owed-by: recipient, answered-by: [report], within: {working-days: 5, calendar: work}}
            break-glass:
              grounds: {life: {title: Life}}
              reason-min: 30
              review-within: P2D
              clauses:
                - {id: B1, grounds: [life], permit: [casework], messages: [report], to: [police]}
            guarantees:

            """
        ),
        (
            "  impact-assessment:",
            """
              security: Messages travel over TLS 1.3.
              breach: Within 24 hours.
              board: {members: [hub, police, prison], quorum: 2, decides: Extensions}
              extension: {days: 90, quorum: 2}
              impact-assessment:
            """
        ),
    ]

    static func stage() throws -> SignoffStage {
        var stage = try SignoffStage()
        var text = String(decoding: stage.files["protocol.yaml"] ?? [], as: UTF8.self)
        for (old, new) in base {
            try #require(text.contains(old), "\(old)")
            text = text.replacing(old, with: new)
        }
        stage.files["protocol.yaml"] = Array(text.utf8)
        stage.files["codelists/days.csv"] = Array(
            "code,label,from,until,source\n2026-12-25,Christmas Day,,,test\n".utf8)
        try stage.signAll("the-hub")
        return stage
    }

    static func stands(_ stage: SignoffStage) throws -> Bool {
        let loaded = try stage.loaded()
        let status = try stage.status(gainsNothing: StandingSignature.rule(loaded, files: stage.files))
        return status.signed == ["the-hub"]
    }

    @Test(arguments: [
        ("quorum: 2}\n  impact", "quorum: 1}\n  impact"), ("days: 90", "days: 60"),
        ("quorum: 2, decides", "quorum: 3, decides"),
        ("24 hours", "240 hours"), ("TLS 1.3", "TLS 1.2"), ("DPIA-1", "DPIA-2"),
        ("P2Y from", "P90D from"), ("P2Y from", "P3Y from"), ("    may-restate: [casework]\n", ""),
        ("may-restate: [casework]", "may-restate: none"), ("One Act s.1, ", ""),
        ("Steps, sensitive: criminal-offence", "Steps"),
        ("police: {basis: public-task,", "police: {basis: legal-obligation,"),
        ("controller: controller", "controller: joint"), ("mode: training\n", "mode: training\nmarkings: [OFFICIAL]\n"),
        ("until: 2027-03-31", "until: 2027-03-30"), ("until: 2027-03-31", "until: 2027-04-01"),
        ("review: 2027-03-01", "review: 2027-02-01"), ("working-days: 5", "working-days: 50"),
        ("reason-min: 30", "reason-min: 10"), ("review-within: P2D", "review-within: P9D"),
        ("messages: [report], to: [police]}", "messages: [report], to: [police, prison]}"),
        ("onward: none", "onward: ask-sender"), ("recorded-by: [hub], never-by: [prison]", "recorded-by: [hub]"),
        ("kinds-of-consent: [participation]", "kinds-of-consent: [participation, basis]"),
        ("{recorder: true, officers: true}", "{recorder: true, officers: true, capacities: [custodian]}"),
        ("about: [harmed], to: [hub], as: initials", "about: [harmed], to: [hub]"),
        ("  - {id: G2, never: {categories: [contact], without-consent: true}}\n", ""),
        ("  - {id: R5, prohibit: [contact], to: [prison], except: [agreed-area]}\n", ""),
        (
            "prohibit: [contact], to: [prison], except: [agreed-area]",
            "prohibit: [contact], to: [prison], silent: true, except: [agreed-area]"
        ),
        (
            "prohibit: [contact], to: [prison], except: [agreed-area]",
            "prohibit: [contact], to: [prison], messages: [report], except: [agreed-area]"
        ),
        ("tell: hub}", "tell: [hub, police]}"),
        (
            "tell: hub}",
            "tell: hub}\n  - {id: S2, refuse: message, messages: [referral], when: {field: /sensitive, is: \"no\"}, tell: hub}"
        ),
        (
            "tell: hub}",
            "tell: hub}\n  - {id: W1, hold: message, messages: [report], until: officer, at-most: P1D, then: share}"
        ),
        ("granted-by: referral, to: recipient}", "granted-by: referral, to: recipient, exclusive: true}"),
        ("  prison: {title: Prison}\n", "  prison: {title: Prison}\n  court: {title: Court}\n"),
        ("title: Offer\n", "title: Another offer\n"), ("type: test.report.v1", "type: test.report.v2"),
    ])
    func everythingElseIsSignedAgain(old: String, new: String) throws {
        var stage = try Self.stage()
        #expect(try Self.stands(stage))
        try stage.changeText(old, to: new)
        try #require(
            try stage.loaded().text.digest != stage.status().parties.first { $0.party == "the-hub" }?.text.mark?.text)
        #expect(try !Self.stands(stage))
    }

    @Test(
        arguments: [
            (.version, "version: 1.0.0", "version: 1.0.1"), (.titles, "title: Hub", "title: The hub"),
            (.titles, "{id: R4, permit", "{id: R4, title: Steps for all, permit"), (.order, "{id: R2,", "{id: R2b,"),
            (
                .order,
                "  - {id: R2, permit: [identity], about: [harmer]}\n  - {id: R3, permit: [identity], about: [harmed], to: [hub], as: initials}\n",
                "  - {id: R3, permit: [identity], about: [harmed], to: [hub], as: initials}\n  - {id: R2, permit: [identity], about: [harmer]}\n"
            ),
            (.permits, "  - {id: R2, permit: [identity], about: [harmer]}\n", ""),
            (.permits, "  - {id: R4, permit: [casework]}", "  - {id: R4, permit: [casework], to: [police]}"),
            (.prohibitions, "prohibit: [contact], to: [prison]", "prohibit: [contact], to: [prison, police]"),
            (
                .prohibitions, "  - {id: S1,",
                "  - {id: N2, prohibit: [identity], messages: [referral], when: {field: /sensitive, is: \"yes\"}}\n  - {id: S1,"
            ),
            (
                .refusals, "  - {id: S1,",
                "  - {id: S2, refuse: message, messages: [referral], when: {field: /sensitive, is: \"no\"}}\n  - {id: S1,"
            ),
            (
                .guarantees, "  - {id: G2,",
                "  - {id: G3, never: {categories: [contact], about: [harmer], to: [prison]}}\n  - {id: G2,"
            ),
        ] as [(HarmlessChange, String, String)])
    func whatIsHarmlessLeavesTheSignatureStanding(kind: HarmlessChange, old: String, new: String) throws {
        var stage = try Self.stage()
        let before = try stage.loaded().text
        try stage.changeText(old, to: new)
        let after = try stage.loaded().text
        #expect(before.digest != after.digest)
        #expect(TextChanges(from: before, to: after)?.others == [])
        #expect(TextChanges(from: before, to: after)?.harmless == [kind])
        #expect(try Self.stands(stage))
    }

    @Test func anotherShapeOfAMessageIsSignedAgain() throws {
        var stage = try Self.stage()
        let before = try stage.loaded().text
        stage.files[SignoffPath.olderText(before.digest)] = before.bytes
        let schema = String(decoding: stage.files["messages/report.json"] ?? [], as: UTF8.self)
        stage.files["messages/report.json"] = Array(
            schema.replacing("\"additionalProperties\"", with: "\"description\": \"Else\", \"additionalProperties\"")
                .utf8)
        #expect(TextChanges(from: before, to: try stage.loaded().text)?.others == ["messages/report.json"])
        #expect(try !Self.stands(stage))
    }

    /// The words that a text shares are in what was signed; its code lists lie where they did.
    @Test func itStandsForATextThatIncludesOthers() throws {
        var stage = try Self.stage()
        try stage.changeText(
            "roles:\n  harmed: {title: Harmed}\n  harmer: {title: Harmer}\n",
            to: "include: [../common/words.yaml, ../common/days.csv]\n")
        stage.files["../common/words.yaml"] = Array(
            "roles:\n  harmed: {title: Harmed}\n  harmer: {title: Harmer}\n".utf8)
        stage.files["../common/days.csv"] = stage.files["codelists/days.csv"]
        stage.files["codelists/days.csv"] = nil
        try stage.signAll("the-hub")
        try stage.changeText("title: Hub", to: "title: The hub")
        #expect(try Self.stands(stage))
        try stage.changeText("24 hours", to: "240 hours")
        #expect(try !Self.stands(stage))
    }

    /// Whoever reads the agreement learns who votes: kinds, by the signatory of one of their parties.
    @Test func theAgreementSaysWhoseVotesExtendIt() throws {
        let text = MarkdownWriter.text(AgreementRender.document(try Self.stage().loaded()))
        #expect(text.contains("once, by 90 days, if 2 members of the board agree"))
        #expect(text.contains("at least one party of that kind"))
    }

    @Test func thePageHasTheWholeList() throws {
        let page = try String(
            contentsOf: Fixture.repository.appendingPathComponent("docs/sign-off.md"), encoding: .utf8)
        for change in HarmlessChange.allCases { #expect(page.contains("- \(change.words)"), "\(change)") }
    }
}
