import ConcordatCrypto
import ConcordatDecision
import ConcordatProtocols
import ConcordatTerms
import Testing

@Suite struct SignoffRefusalTests {
    @Test func withoutSignaturesNobodyIsInForce() throws {
        let status = try SignoffStage().status()
        #expect(status.signed.isEmpty && !status.isComplete)
        #expect(status.parties.count == 4)
        #expect(status.parties.allSatisfy { $0.owed.count == 3 })
    }

    @Test func eachOfTheThreeSignaturesIsOwed() throws {
        for missing in [
            SignoffPath.signatory("the-hub"), SignoffPath.adviceSignature("the-hub"), SignoffPath.advice("the-hub"),
            SignoffPath.entrySignature("the-hub"),
        ] {
            var stage = try SignoffStage()
            try stage.signAll("the-hub")
            #expect(try stage.status().signed == ["the-hub"])
            stage.files[missing] = nil
            #expect(try stage.status().signed.isEmpty, "without \(missing)")
        }
    }

    @Test func anotherAuthorityOfTheSameNameSignsForNobody() throws {
        var stage = try SignoffStage()
        try stage.signAll("the-hub")
        let status = try stage.status(trust: "stranger.pem")
        #expect(status.signed.isEmpty)
        let fault = SignoffFault.signature(.certificate(.unknownAuthority))
        #expect(status.parties.first { $0.party == "the-hub" }?.text == .bad(fault))
    }

    @Test(arguments: [
        ("some-police.chief", SignoffFault.otherParty), ("the-hub.dpo", .otherPerson),
        ("new-police.chief", .otherParty),
    ])
    func onlyThePersonNamedSigns(person: String, fault: SignoffFault) throws {
        var stage = try SignoffStage()
        try stage.signAll("the-hub")
        try stage.signText("the-hub", as: person)
        #expect(try stage.party("the-hub")?.text == .bad(fault))
        #expect(try stage.status().signed.isEmpty)
    }

    @Test func aRosterThatNamesNobodyIsNotSigned() throws {
        var stage = try SignoffStage()
        try stage.signAll("the-hub")
        stage.files["parties/the-hub.yaml"] = Array("party: the-hub\nkind: hub\n".utf8)
        try stage.signEntry("the-hub")
        let party = try #require(try stage.party("the-hub"))
        #expect(party.entry == .bad(.nobodyNamed) && party.text == .bad(.nobodyNamed) && !party.isSigned)
    }

    @Test func officerAndSignatoryAreTwoPeople() throws {
        var stage = try SignoffStage()
        stage.files["parties/the-hub.yaml"] = Array(
            """
            party: the-hub
            kind: hub
            signatory: {office: A, email: a@hub.example, person: chief}
            officer: {office: B, email: b@hub.example, person: chief}
            """.utf8)
        #expect(
            ProtocolDirectory.load(stage.files).headlines == [
                "parties/the-hub.yaml:4:52: officer and signatory of `the-hub` are the same person"
            ])
    }

    @Test func theAdviceComesFirst() throws {
        var stage = try SignoffStage()
        try stage.signAll("the-hub")
        try stage.advise("the-hub", at: SignoffStage.day + .seconds(1))
        #expect(try stage.party("the-hub")?.text == .bad(.adviceTooLate))
    }

    @Test func adviceOnAnotherTextDoesNotCount() throws {
        var stage = try SignoffStage()
        try stage.signAll("the-hub")
        try stage.advise("the-hub", text: String(repeating: "0", count: 64))
        #expect(try stage.party("the-hub")?.advice == .bad(.adviceOnOtherText))
        #expect(try stage.status().signed.isEmpty)
    }

    @Test func adviceIsReadInOneFormOnly() throws {
        var stage = try SignoffStage()
        try stage.signAll("the-hub")
        let advice = SignoffPath.advice("the-hub")
        let bytes = stage.files[advice] ?? []
        #expect(OfficerAdvice(reading: bytes)?.opinion == .supports)
        let text = String(decoding: bytes, as: UTF8.self)
        for other in [
            text + "\n", text.replacing("supports", with: "approves"), text.replacing("{", with: "{\"aside\":\"x\","),
            text.replacing("2026", with: "26"), "{}", "",
        ] {
            #expect(OfficerAdvice(reading: Array(other.utf8)) == nil, "\(other)")
            stage.files[advice] = Array(other.utf8)
            #expect(try stage.party("the-hub")?.advice == .bad(.adviceUnreadable))
        }
    }

    @Test func changedTextIsUnsigned() throws {
        var stage = try SignoffStage()
        try stage.signAll("the-hub")
        try stage.signAll("some-police")
        let before = try stage.loaded().text.digest
        try stage.changeText()
        // Known as signed before, and still not enough: by default any change asks for a new signature.
        let status = try stage.status()
        #expect(status.signed.isEmpty)
        guard case .otherText(let mark)? = status.parties.first(where: { $0.party == "the-hub" })?.text else {
            Issue.record("the older text was not recognised")
            return
        }
        #expect(mark.text == before && mark.text != status.digest)
        // Without the older text nobody can tell what was signed.
        stage.files[SignoffPath.olderText(before)] = nil
        #expect(try stage.party("the-hub")?.text == .bad(.signature(.otherContent)))
    }

    @Test func anOlderTextMustBeWhatItsNameSays() throws {
        var stage = try SignoffStage()
        try stage.signAll("the-hub")
        let before = try stage.loaded().text
        try stage.changeText()
        stage.files[SignoffPath.olderText(before.digest)] = nil
        stage.files[SignoffPath.olderText(String(repeating: "a", count: 64))] = before.bytes
        #expect(try stage.status(gainsNothing: { _, _ in true }).signed.isEmpty)
    }

    @Test func aChangedRosterEntryIsUnsignedForThatPartyOnly() throws {
        var stage = try SignoffStage()
        for party in ["the-hub", "some-police"] as [PartyID] { try stage.signAll(party) }
        stage.files["parties/the-hub.yaml"]? += Array("title: Another name\n".utf8)
        let status = try stage.status()
        #expect(status.signed == ["some-police"])
        #expect(status.parties.first { $0.party == "the-hub" }?.entry == .bad(.signature(.otherContent)))
    }

    @Test func aProcessorIsInForceOnlyWithItsController() throws {
        var stage = try SignoffStage()
        stage.enter("other-prison", kind: "prison", more: "controller: processor\non-behalf-of: some-prison\n")
        try stage.signEntry("other-prison")
        #expect(try stage.status().signed.isEmpty)
        try stage.signAll("some-prison")
        #expect(try stage.status().signed == ["some-prison", "other-prison"])
        stage.files[SignoffPath.entrySignature("other-prison")] = nil
        #expect(try stage.status().signed == ["some-prison"])
    }
}

@Suite struct SignoffTests {
    @Test func inForceForEachPartyThatHasSigned() throws {
        var stage = try SignoffStage()
        for (count, party) in (["the-hub", "some-police", "some-prison", "other-prison"] as [PartyID]).enumerated() {
            #expect(try stage.status().signed.count == count)
            try stage.signAll(party)
        }
        let status = try stage.status()
        #expect(status.isComplete && status.digest == status.parties.first?.text.mark?.text)
        let hub = try #require(status.parties.first { $0.party == "the-hub" })
        #expect(hub.owed.isEmpty && hub.marks.count == 3)
        #expect(hub.text.mark?.person == "chief" && hub.advice.mark?.person == "dpo")
        #expect(hub.text.mark?.at == SignoffStage.day)
    }

    @Test(arguments: OfficerAdvice.Opinion.allCases)
    func adviceIsRecordedWhateverItSays(opinion: OfficerAdvice.Opinion) throws {
        var stage = try SignoffStage()
        try stage.signAll("the-hub")
        try stage.advise("the-hub", opinion)
        let hub = try #require(try stage.party("the-hub"))
        #expect(hub.isSigned && hub.opinion?.opinion == opinion)
    }

    @Test func aNewPartyDoesNotReopenTheText() throws {
        var stage = try SignoffStage()
        try stage.signAll("the-hub")
        let before = try stage.status().digest
        stage.enter("new-police", kind: "police")
        let joined = try stage.status()
        #expect(joined.digest == before && joined.signed == ["the-hub"])
        try stage.signAll("new-police")
        #expect(try stage.status().signed == ["the-hub", "new-police"])
    }

    @Test func whereNobodyGainsAnythingTheOldSignatureCounts() throws {
        var stage = try SignoffStage()
        try stage.signAll("the-hub")
        let before = try stage.loaded().text
        try stage.changeText()
        let after = try stage.loaded().text
        try stage.signAll("some-police")
        var asked: [[String]] = []
        let status = try stage.status { older, newer in
            asked.append([older.digest, newer.digest])
            return true
        }
        #expect(status.signed == ["the-hub", "some-police"])
        #expect(asked == [[before.digest, after.digest]])
        #expect(status.parties.first { $0.party == "the-hub" }?.text.mark?.text == before.digest)
    }

    @Test func theTextSignedLastIsKnownWhereItLies() throws {
        var stage = try SignoffStage()
        try stage.signAll("the-hub")
        let before = try stage.loaded().text
        try stage.changeText()
        stage.files[SignoffPath.olderText(before.digest)] = nil
        stage.files[SignoffPath.text] = before.bytes
        #expect(try stage.status(gainsNothing: { _, _ in true }).signed == ["the-hub"])
        #expect(try stage.status().signed.isEmpty)
    }

    @Test func aSignedTextLoadsAgain() throws {
        let stage = try SignoffStage()
        let loaded = try stage.loaded()
        let files = try #require(loaded.text.files(beside: stage.files))
        let again = try ProtocolDirectory.load(files).get()
        #expect(again.text == loaded.text)
        #expect(again.compiled.rules == loaded.compiled.rules && again.compiled.parties == loaded.compiled.parties)
        #expect(loaded.text.digest == loaded.compiled.digest)
        #expect(SignedText(Array("[]".utf8)).files(beside: stage.files) == nil)
    }
}

@Suite struct ExtensionTests {
    static let terms = """
          board: {members: [hub, police, prison], quorum: 2, decides: Extensions}
          extension: {days: 90, quorum: 2}

        """
    static let parties: [PartyID] = ["the-hub", "some-police", "some-prison"]

    func stage(_ agreement: String = Self.terms) throws -> SignoffStage {
        var stage = try SignoffStage(agreement: agreement)
        for party in Self.parties { try stage.signAll(party) }
        return stage
    }

    func extend(_ stage: inout SignoffStage, by parties: [PartyID], at time: UTCInstant = SignoffStage.day) throws {
        let loaded = try stage.loaded()
        let terms = try #require(loaded.agreement.extensionTerms)
        let text = PeriodExtension(of: loaded.text, terms: terms, from: loaded.compiled.period.until).bytes
        stage.files[SignoffPath.extensionText] = text
        for party in loaded.parties.keys { stage.files[SignoffPath.extensionSignature(party)] = nil }
        for party in parties {
            stage.files[SignoffPath.extensionSignature(party)] = try stage.workshop.sign(
                text, as: "\(party).chief", at: time)
        }
    }

    @Test func fewerThanTheQuorumExtendNothing() throws {
        var stage = try stage()
        try extend(&stage, by: ["the-hub"])
        let status = try stage.status()
        let until = try #require(CivilDate("2027-06-29"))
        #expect(status.extensionStanding == .asked(until: until, by: ["the-hub"], kinds: ["hub"], quorum: 2))
        #expect(status.period.until == CivilDate("2027-03-31"))
        // A party for which the text is not in force has no vote.
        try extend(&stage, by: ["the-hub", "other-prison"])
        #expect(try stage.status().period.until == CivilDate("2027-03-31"))
    }

    /// Two parties of one kind are one vote, and a kind that is not on the board has none.
    @Test func kindsOnTheBoardAreCountedAndNotParties() throws {
        var stage = try self.stage(Self.terms.replacing("[hub, police, prison]", with: "[police, prison]"))
        try stage.signAll("other-prison")
        let until = try #require(CivilDate("2027-06-29"))
        try extend(&stage, by: ["some-prison", "other-prison"])
        #expect(
            try stage.status().extensionStanding
                == .asked(until: until, by: ["other-prison", "some-prison"], kinds: ["prison"], quorum: 2))
        try extend(&stage, by: ["some-prison", "the-hub"])
        #expect(
            try stage.status().extensionStanding
                == .asked(until: until, by: ["some-prison"], kinds: ["prison"], quorum: 2))
        #expect(try stage.status().period.until == CivilDate("2027-03-31"))
        #expect(try stage.status().text.contains("extension to 2027-06-29: 1 of 2 kinds on the board agree: prison"))
        try extend(&stage, by: ["some-prison", "some-police"])
        #expect(try stage.status().period.until == until)
    }

    @Test func aKindNamedTwiceHasOneVote() throws {
        let stage = try SignoffStage(
            agreement: Self.terms.replacing("[hub, police, prison], quorum: 2", with: "[hub, hub], quorum: 1"))
        #expect(
            ProtocolDirectory.load(stage.files).headlines.contains {
                $0.hasSuffix("`quorum: 2` is not between 1 and 1")
            })
    }

    @Test func whatHasEndedIsNotExtended() throws {
        var stage = try stage()
        let late = try #require(UTCInstant("2027-04-01T00:00:00Z"))
        try extend(&stage, by: Self.parties, at: late)
        let status = try stage.status(now: late + .seconds(1))
        #expect(status.watch.standing == .lapsed(days: 1))
        let lastMoment = try #require(UTCInstant("2027-03-31T23:59:59Z"))
        try extend(&stage, by: Self.parties, at: lastMoment)
        #expect(try stage.status(now: late).watch.standing == .inForce(daysLeft: 89))
    }

    @Test func otherTermsThanTheTextsExtendNothing() throws {
        var stage = try stage()
        try extend(&stage, by: Self.parties)
        let text = String(decoding: stage.files[SignoffPath.extensionText] ?? [], as: UTF8.self)
        let longer = Array(text.replacing("2027-06-29", with: "2028-06-29").utf8)
        stage.files[SignoffPath.extensionText] = longer
        for party in Self.parties {
            stage.files[SignoffPath.extensionSignature(party)] = try stage.workshop.sign(
                longer, as: "\(party).chief", at: SignoffStage.day)
        }
        #expect(try stage.status().extensionStanding == .otherTerms)
        var silent = try self.stage("")
        silent.files[SignoffPath.extensionText] = longer
        #expect(try silent.status().extensionStanding == .notAllowed)
    }

    @Test func aQuorumMovesTheLastDayOnce() throws {
        var stage = try stage()
        #expect(try stage.status().extensionStanding == .none)
        try extend(&stage, by: ["the-hub", "some-police"])
        let status = try stage.status()
        let until = try #require(CivilDate("2027-06-29"))
        #expect(
            status.extensionStanding
                == .granted(until: until, by: ["some-police", "the-hub"], kinds: ["hub", "police"]))
        #expect(status.period.until == until)
        // A second one would begin where the first ended, and is not what the text allows.
        let second = String(decoding: stage.files[SignoffPath.extensionText] ?? [], as: UTF8.self)
            .replacing("2027-03-31", with: "2027-06-29").replacing(
                "\"until\":\"2027-06-29\"", with: "\"until\":\"2027-09-27\"")
        stage.files[SignoffPath.extensionText] = Array(second.utf8)
        #expect(try stage.status().extensionStanding == .otherTerms)
    }
}
