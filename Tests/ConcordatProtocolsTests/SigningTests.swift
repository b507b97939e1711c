import ConcordatCrypto
import ConcordatDecision
import ConcordatJSON
import ConcordatProtocols
import ConcordatTerms
import Testing

@Suite struct SigningTests {
    func material(_ person: String) throws -> SigningMaterial {
        let workshop = SignoffWorkshop.shared
        return SigningMaterial(
            certificate: try workshop.bytes("\(person).pem"), key: try workshop.bytes("\(person).key"))
    }

    func signing(_ stage: SignoffStage, _ party: PartyID, at: UTCInstant = SignoffStage.day) throws -> Signing {
        try Signing(try stage.loaded(), files: stage.files, party: party, at: at)
    }

    @Test func refusesWhoIsNotInTheRoster() throws {
        #expect(throws: SigningProblem.unknownParty("nobody")) { try signing(try SignoffStage(), "nobody") }
    }

    @Test func refusesTheSignatoryBeforeTheOfficer() throws {
        let stage = try SignoffStage()
        #expect(throws: SigningProblem.adviceFirst) {
            try signing(stage, "the-hub").sign(with: try material("the-hub.chief"))
        }
        var changed = stage
        try changed.advise("the-hub")
        try changed.changeText()
        #expect(throws: SigningProblem.adviceOnOtherText) {
            try signing(changed, "the-hub").sign(with: try material("the-hub.chief"))
        }
    }

    @Test func refusesAnyOtherPersonsCertificate() throws {
        var stage = try SignoffStage()
        try stage.advise("the-hub")
        for person in ["the-hub.dpo", "some-police.chief"] {
            #expect(throws: SigningProblem.otherPerson(named: .person("the-hub", "chief"))) {
                try signing(stage, "the-hub").sign(with: try material(person))
            }
        }
        stage.files["parties/the-hub.yaml"] = Array("party: the-hub\nkind: hub\n".utf8)
        #expect(throws: SigningProblem.nobodyNamed("the-hub", office: "officer")) {
            try signing(stage, "the-hub").advise(
                .supports, office: "O", conditions: [], with: try material("the-hub.dpo"))
        }
    }

    @Test(arguments: [
        (OfficerAdvice.Opinion.supports, "Officer", ["one"], SigningProblem.conditionsUnasked(.supports)),
        (.opposes, "Officer", ["one"], .conditionsUnasked(.opposes)),
        (.supportsWithConditions, "Officer", [], .conditionsMissing), (.opposes, "", [], .adviceWords),
        (.supports, "two\nlines", [], .adviceWords), (.supportsWithConditions, "Officer", [""], .adviceWords),
    ])
    func refusesAdviceThatSaysTwoThings(
        opinion: OfficerAdvice.Opinion, office: String, conditions: [String], problem: SigningProblem
    ) throws {
        #expect(throws: problem) {
            try signing(try SignoffStage(), "the-hub").advise(
                opinion, office: office, conditions: conditions, with: nil)
        }
    }

    /// What it refuses leaves the signature before it where it lies: nothing is given out to be written.
    @Test func refusesToMakeWhatWouldNotCount() throws {
        var stage = try SignoffStage()
        try stage.advise("the-hub")
        let late = try #require(UTCInstant("2045-06-01T00:00:00Z"))
        #expect(throws: SigningProblem.wouldNotHold(.certificate(.expired))) {
            try signing(stage, "the-hub", at: late).sign(with: try material("the-hub.chief"))
        }
        func trusting(_ root: String) throws -> Signing {
            try Signing(
                try stage.loaded(), files: stage.files, party: "the-hub", at: SignoffStage.day,
                trust: stage.workshop.trust(root))
        }
        #expect(throws: SigningProblem.wouldNotHold(.certificate(.unknownAuthority))) {
            try trusting("stranger.pem").sign(with: try material("the-hub.chief"))
        }
        #expect(throws: Never.self) { try trusting("root.pem").sign(with: try material("the-hub.chief")) }
    }

    @Test func refusesToExtendForAKindThatIsNotOnTheBoard() throws {
        let terms = ExtensionTests.terms.replacing("[hub, police, prison]", with: "[police, prison]")
        let stage = try SignoffStage(agreement: terms)
        #expect(throws: SigningProblem.notOnTheBoard("hub")) { try signing(stage, "the-hub").extend(with: nil) }
        #expect(throws: Never.self) { try signing(stage, "some-police").extend(with: nil) }
    }

    @Test func refusesAnExtensionThatTheTextDoesNotAllowOrThatIsTooLate() throws {
        #expect(throws: SigningProblem.noExtension) { try signing(try SignoffStage(), "the-hub").extend(with: nil) }
        let stage = try SignoffStage(agreement: ExtensionTests.terms)
        let late = try #require(UTCInstant("2027-04-01T00:00:00Z"))
        let lastDay = try #require(CivilDate("2027-03-31"))
        #expect(throws: SigningProblem.ended(lastDay)) { try signing(stage, "the-hub", at: late).extend(with: nil) }
    }

    @Test func whatItMakesCounts() throws {
        var stage = try SignoffStage(agreement: ExtensionTests.terms)
        for party in ["the-hub", "some-police"] as [PartyID] {
            let advised = try signing(stage, party).advise(
                .supportsWithConditions, office: "Officer", conditions: ["training"], with: try material("\(party).dpo")
            )
            stage.files.contents.merge(advised.contents) { $1 }
            let signed = try signing(stage, party).sign(with: try material("\(party).chief"))
            #expect(
                signed.contents.keys.sorted()
                    == [
                        SignoffPath.signatory(party), SignoffPath.entrySignature(party), SignoffPath.text,
                    ].sorted())
            stage.files.contents.merge(signed.contents) { $1 }
            let extended = try signing(stage, party).extend(with: try material("\(party).chief"))
            stage.files.contents.merge(extended.contents) { $1 }
        }
        let status = try stage.status()
        #expect(status.signed == ["the-hub", "some-police"])
        #expect(status.period.until == CivilDate("2027-06-29"))
        let text = status.text
        #expect(
            text.contains("2 of 4 parties have signed")
                && text.contains(
                    "extended to 2027-06-29: 2 kinds on the board agree: hub, police (signed by some-police, the-hub)")
        )
        #expect(text.contains("some-prison: text: not signed"))
        #expect(status.json["parties"]?.arrayValue?.count == 4)
    }

    @Test func theTextSignedBeforeIsKept() throws {
        var stage = try SignoffStage()
        let made = try signing(stage, "the-hub").advise(.supports, office: "O", conditions: [], with: nil)
        #expect(made.contents.keys.sorted() == [SignoffPath.advice("the-hub"), SignoffPath.text].sorted())
        stage.files.contents.merge(made.contents) { $1 }
        let before = try stage.loaded().text
        try stage.changeText()
        stage.files[SignoffPath.olderText(before.digest)] = nil
        let again = try signing(stage, "the-hub").advise(.supports, office: "O", conditions: [], with: nil)
        #expect(again[SignoffPath.olderText(before.digest)] == before.bytes)
        #expect(again[SignoffPath.text] == (try stage.loaded().text.bytes))
    }
}
