import ConcordatJSON
import ConcordatProtocols
import ConcordatTerms
import Testing

/// What is agreed beside the sharing of fields is told too, with what it was before.
@Suite struct DifferenceTermsTests {
    @Test(
        arguments: [
            ("quorum: 2}\n  impact", "quorum: 1}\n  impact", ["! the quorum of an extension is 1, before 2"]),
            ("quorum: 2, decides", "quorum: 3, decides", ["- the quorum of the board is 3, before 2"]),
            ("days: 90", "days: 60", ["- the days by which the last day may be moved are 60, before 90"]),
            ("members: [hub, police, prison]", "members: [hub, police]", ["~ prison no longer sits on the board"]),
            (
                "24 hours", "240 hours",
                ["~ the agreement's `breach` says “Within 240 hours.”, before “Within 24 hours.”"]
            ),
            (
                "DPIA-1", "DPIA-2",
                [
                    "~ the impact assessment is `DPIA-2` of 2026-01-05, held by hub, before `DPIA-1` of 2026-01-05, held by hub"
                ]
            ),
            ("Steps, sensitive: criminal-offence", "Steps", ["! `casework` is no longer marked criminal offence"]),
            (
                "controller: controller", "controller: joint",
                ["~ for offer, police is joint controller, before controller"]
            ),
            (
                "hub: {basis: public-task, condition: Schedule 1}", "hub: {basis: public-task, condition: Schedule 2}",
                [
                    "~ for offer, hub newly names the condition “Schedule 2”",
                    "~ for offer, hub no longer names the condition “Schedule 1”",
                ]
            ),
            ("One Act s.1, ", "", ["~ offer no longer names the statutory gateway “One Act s.1”"]),
            (
                "working-days: 5", "working-days: 50",
                [
                    "~ the answer of the recipient by report to `referral` is due within 50 working days of `work`, before 5 working days of `work`"
                ]
            ),
            (
                "kinds-of-consent: [participation], recorded-by: [hub]",
                "kinds-of-consent: [participation], competent-from: 12, given-by: [self, guardian], guardian-roles: [harmer], told-right-to-withdraw: required, recorded-by: [hub, police]",
                [
                    "! consent of harmed (participation) is newly recorded by police",
                    "! consent of harmed (participation) is newly given by guardian",
                    "! consent of harmed (participation) newly takes as guardian a harmer",
                    "! consent of harmed (participation) is given by a child alone from 12 when competent, before at no age alone",
                    "- consent of harmed (participation) is newly recorded only once they were told of the right to withdraw",
                ]
            ),
            (
                "never: {categories: [contact], without-consent: true}",
                "never: {categories: [contact], to: [prison], without-consent: true}",
                ["! guarantee G2 is on what reaches prison, before any"]
            ),
            (
                "never: {categories: [contact], without-consent: true}",
                "never: {categories: [contact], without-consent: true, except-grounds: [life]}",
                ["! guarantee G2 newly yields to break glass for life"]
            ),
            (
                "review-within: P2D", "review-within: PT1H",
                ["- break glass is reviewed within 1 hour, before 2 days"]
            ),
            (
                "mode: training\n", "mode: training\nmarkings: [OFFICIAL]\n", ["~ marking `OFFICIAL` is new"]
            ),
        ] as [(String, String, [String])])
    func saysWhatChangedAndWhatWasBefore(old: String, new: String, lines: [String]) throws {
        let found = try difference { files in
            files["protocol.yaml"] = Array(
                String(decoding: files["protocol.yaml"] ?? [], as: UTF8.self).replacing(old, with: new).utf8)
        }
        #expect(Array(found.text.split(separator: "\n").dropLast()).map(String.init) == lines, "\(found.text)")
        #expect(!found.gainsAnything)
        #expect(found.json["findings"]?.arrayValue?.count == lines.count)
    }

    @Test func holidaysAndCodesAreTold() throws {
        let found = try difference { files in
            files["codelists/days.csv"] = Array(
                "code,label,from,until,source\n2026-12-26,Boxing Day,,,test\n2026-12-28,Other,,,test\n".utf8)
        }
        #expect(
            found.findings.map(\.sentence) == [
                "calendar `work` newly has the holidays 2026-12-26, 2026-12-28",
                "calendar `work` no longer has the holiday 2026-12-25",
                "code list `days` newly has `2026-12-26`, `2026-12-28`", "code list `days` no longer has `2026-12-25`",
            ])
    }

    @Test func shapesOfMessagesAreTold() throws {
        let found = try difference { files in
            let text = String(decoding: files["messages/report.json"] ?? [], as: UTF8.self)
            files["messages/report.json"] = Array(
                text.replacing("\"maxLength\": 30", with: "\"maxLength\": 60")
                    .replacing("[\"accepted\", \"rejected\"]", with: "[\"rejected\", \"accepted\", \"later\"]")
                    .replacing("\"title\": \"Report\"", with: "\"title\": \"Said\"").utf8)
        }
        #expect(
            found.findings.map(\.sentence) == [
                "the schema of `report` differs at /properties/decision/enum (newly \"later\"), /properties/phone/maxLength (60, before 30)"
            ])
    }

    /// What only a party's own prohibition held back is shared again when that goes.
    @Test func aPartysOwnProhibitionThatGoesIsAGain() throws {
        let own = Array(
            "party: the-hub\nprohibitions:\n  - {id: the-hub.1, prohibit: [casework], messages: [report], to: [prison]}\n"
                .utf8)
        let with = try difference { $0["prohibitions/the-hub.yaml"] = own }
        #expect(with.findings.map(\.sentence) == ["what the-hub itself prohibits (the-hub.1) is new"])
        #expect(!with.gainsAnything)
        var files = try StandingSignatureTests.stage().files
        let after = try ProtocolDirectory.load(files).get()
        files["prohibitions/the-hub.yaml"] = own
        let back = ProtocolDifference(old: try ProtocolDirectory.load(files).get(), new: after)
        #expect(back.findings.map(\.sentence) == ["what the-hub itself prohibits (the-hub.1) is gone"])
        #expect(back.gains(by: "prison").count == 1 && back.gainsAnything)
    }

    private func difference(_ change: (inout ProtocolFiles) -> Void) throws -> ProtocolDifference {
        var files = try StandingSignatureTests.stage().files
        let old = try ProtocolDirectory.load(files).get()
        change(&files)
        let result = ProtocolDirectory.load(files)
        try #require(result.headlines == [])
        return ProtocolDifference(old: old, new: try result.get())
    }
}
