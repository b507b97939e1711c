import ConcordatProtocols
import ConcordatTerms
import Testing

/// What is told of waits, of the roster and of the order of markings, and when somebody gains by it.
@Suite struct DifferenceHoldTests {
    static let officer =
        "  - {id: W1, hold: message, messages: [report], to: [prison], until: officer, at-most: P2D, then: withhold, when: {flag: sensitive, is: \"yes\"}}"
    static let consent =
        "  - {id: W1, hold: message, messages: [report], to: [police], until: consent, at-most: P3D, then: share}"

    /// A wait that may end with nothing going is a bar: where it goes or says less, somebody gains.
    @Test(arguments: [
        (
            officer, "",
            "+ report to prison no longer waits for an officer, at most 2 days, then is withheld, when flag `sensitive` is yes"
        ),
        (
            "then: withhold", "then: share",
            "+ report to prison waits for an officer, at most 2 days, then goes without it, before for an officer, at most 2 days, then is withheld"
        ),
        (
            "until: officer", "until: consent",
            "+ report to prison waits for a consent that is lacking, at most 2 days, then is withheld, before for an officer, at most 2 days, then is withheld"
        ),
        (
            "is: \"yes\"}}", "is: \"no\"}}",
            "+ report to prison waits when flag `sensitive` is no, before when flag `sensitive` is yes"
        ),
    ])
    func aWaitThatKeptSomethingBackAndGoesIsAGain(words: String, other: String, line: String) throws {
        let found = try difference(Self.officer, Self.officer.replacing(words, with: other))
        #expect(found.text.split(separator: "\n").first.map(String.init) == line)
        #expect(found.gainsAnything)
        #expect(found.gains(by: "prison").count == 1 && found.gains(by: "hub").isEmpty)
    }

    @Test(arguments: [
        (
            "", officer,
            "- report to prison newly waits for an officer, at most 2 days, then is withheld, when flag `sensitive` is yes"
        ),
        (
            officer, officer.replacing(", when: {flag: sensitive, is: \"yes\"}", with: ""),
            "- report to prison waits always, before when flag `sensitive` is yes"
        ),
        (
            officer, officer.replacing("is: \"yes\"", with: "in: [\"yes\", \"no\"]"),
            "- report to prison waits when flag `sensitive` is no or yes, before when flag `sensitive` is yes"
        ),
        (
            consent, "",
            "! report to police no longer waits for a consent that is lacking, at most 3 days, then goes without it"
        ),
        (
            consent, consent.replacing("P3D", with: "P1D"),
            "! report to police waits for a consent that is lacking, at most 1 day, then goes without it, before for a consent that is lacking, at most 3 days, then goes without it"
        ),
        (officer, officer.replacing("W1", with: "W9"), "the two texts mean the same"),
    ])
    func everyOtherChangeOfAWaitIsNone(old: String, new: String, line: String) throws {
        let found = try difference(old, new)
        #expect(found.text.split(separator: "\n").first.map(String.init) == line)
        #expect(!found.gainsAnything)
    }

    /// A party that joins gets data that it did not get, though the text that is signed stays as it is.
    @Test func whoJoinsOrBecomesAnotherKindGains() throws {
        let old = try Fixture.tiny()
        let prison = try #require(old["parties/some-prison.yaml"])
        func gains(_ change: (inout ProtocolFiles) -> Void) throws -> [String] {
            var files = old
            change(&files)
            let found = ProtocolDifference(
                old: try ProtocolDirectory.load(old).get(), new: try ProtocolDirectory.load(files).get())
            return found.findings.filter { $0.effect == .shares }.map(\.sentence)
        }
        func party(_ words: String, _ other: String) -> [UInt8] {
            Array(String(decoding: prison, as: UTF8.self).replacing(words, with: other).utf8)
        }
        #expect(
            try gains { $0["parties/third-prison.yaml"] = party("some-prison", "third-prison") } == [
                "party third-prison joins as prison, and gets what goes to it"
            ])
        #expect(
            try gains { $0["parties/some-prison.yaml"] = party("kind: prison", "kind: police") } == [
                "party some-prison is police, before prison, and gets what goes to it"
            ])
        #expect(
            try gains { $0["parties/some-prison.yaml"] = party("kind: prison", "kind: prison\nspecialities: [youth]") }
                == ["party some-prison is marked for youth, before nothing"])
        #expect(try gains { $0["parties/some-prison.yaml"] = nil } == [])
    }

    /// The later marking is the stricter, so their order means something.
    @Test func theOrderOfMarkingsIsTold() throws {
        let found = ProtocolDifference(
            old: try load([("mode: training\n", "mode: training\nmarkings: [OFFICIAL, SECRET]\n")]),
            new: try load([("mode: training\n", "mode: training\nmarkings: [SECRET, OFFICIAL]\n")]))
        #expect(found.findings.map(\.effect) == [.loosens])
        #expect(
            found.findings.map(\.sentence) == [
                "markings, the strictest last, are SECRET, OFFICIAL, before OFFICIAL, SECRET"
            ])
    }

    /// A bound is told as the bound, not by the ages that stand for what lies on its sides.
    @Test func agesAreToldByTheirBounds() throws {
        var files = try Fixture.files("../../protocols/asb-housing")
        let old = try ProtocolDirectory.load(files).get()
        let text = String(decoding: try #require(files["protocol.yaml"]), as: UTF8.self)
        let bound = "{age: respondent, less-than: 18}"
        try #require(text.contains(bound))
        files["protocol.yaml"] = Array(text.replacing(bound, with: "{age: respondent, less-than: 16}").utf8)
        let found = ProtocolDifference(old: old, new: try ProtocolDirectory.load(files).get())
        let sentence = try #require(found.findings.first?.sentence)
        #expect(found.findings.count == 1)
        #expect(
            sentence.contains(
                "either the age of a complainant is at most 17, or the age of a respondent is at most 15, before"))
        #expect(
            sentence.hasSuffix(
                "either the age of a complainant is at most 17, or the age of a respondent is at most 17 (T1)"))
    }

    private func difference(_ old: String, _ new: String) throws -> ProtocolDifference {
        func with(_ rule: String) throws -> LoadedProtocol {
            try load(rule.isEmpty ? [] : [("guarantees:", rule + "\nguarantees:")])
        }
        return ProtocolDifference(old: try with(old), new: try with(new))
    }

    private func load(_ words: [(String, String)]) throws -> LoadedProtocol {
        try ProtocolDirectory.load(Fixture.tiny(replacing: words)).get()
    }
}
