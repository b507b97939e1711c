import ConcordatDecision
import ConcordatPayload
import ConcordatTerms
import Testing

@Suite struct AdmissionTests {
    /// A protocol that shares everything, so that whatever is refused is refused for the reason under test.
    private func open() throws -> Scene {
        try Scene(rule("R1", permit: ["identity", "contact", "location", "agreed-area", "offence", "conviction"]))
    }

    private func name() throws -> JudgeInput { try open().input(("/people/*/name", .person(0))) }

    @Test func sharesWhatNothingSpeaksAgainst() throws {
        #expect(try open().judge(name()).code == nil)
    }

    @Test func refusesBeforeTheFirstAndAfterTheLastDay() throws {
        let scene = try open()
        var input = try name()
        input.now = UTCInstant("2026-03-31T23:59:59.999Z")!
        #expect(scene.text.judge(input).code == "protocol.not-yet")
        input.now = UTCInstant("2027-04-01T00:00:00Z")!
        #expect(scene.text.judge(input).code == "protocol.lapsed")
        #expect(scene.text.admit(input)?.code == "protocol.lapsed")
    }

    @Test func refusesASenderThatHasNotSignedAndWithholdsFromSuchARecipient() throws {
        var scene = try open()
        let (input, everyone) = (try name(), Set(scene.text.parties.keys))
        scene.text.signed = everyone.subtracting([input.sender])
        #expect(scene.judge(input).code == "party.not-signed")
        #expect(scene.judge(input).isRefusedToAll)
        scene.text.signed = everyone.subtracting([input.recipient])
        #expect(scene.judge(input).code == "party.not-signed")
        #expect(!scene.judge(input).isRefusedToAll)
        scene.text.signed = []
        #expect(scene.judge(input).isRefusedToAll)
        // Nobody else's signature is asked for.
        scene.text.signed = [input.sender, input.recipient]
        #expect(scene.judge(input).code == nil)
    }

    @Test(arguments: ["2026-04-01T00:00:00Z", "2027-03-31T23:59:59.999Z"])
    func isInForceOnItsFirstAndLastDay(moment: String) throws {
        var input = try name()
        input.now = UTCInstant(moment)!
        input.caseFacts.capacities = [
            CapacityHolding(party: "police", capacity: "referrer", from: UTCInstant(seconds: 0))
        ]
        #expect(try open().judge(input).code == nil)
    }

    @Test func refusesWhatTheProtocolDoesNotKnow() throws {
        let scene = try open()
        var input = try name()
        input.message = "gossip"
        #expect(scene.judge(input).code == "message.unknown-type")
        input = try name()
        input.purpose = "curiosity"
        #expect(scene.judge(input).code == "purpose.unknown")
        input = try name()
        input.sender = "stranger"
        #expect(scene.judge(input).code == "message.not-from-you")
    }

    @Test func refusesAPurposeTheMessageIsNotFor() throws {
        var input = try name()
        input.purpose = "other"
        let decision = try open().judge(input)
        #expect(decision.code == "purpose.no-basis")
        #expect(decision.isRefusedToAll)
    }

    @Test func refusesASenderWithoutBasisAndWithholdsFromARecipientWithoutOne() throws {
        let scene = try open()
        var input = scene.input(from: "prison-a", ("/people/*/name", .person(0)))
        input.purpose = "rj-case"
        input.caseFacts.capacities.append(Scene.held("prison-a", "custodian"))
        #expect(scene.judge(input).code == "purpose.no-basis")
        #expect(scene.judge(input).isRefusedToAll)
        input = scene.input(to: "prison-a", ("/people/*/name", .person(0)))
        input.purpose = "rj-case"
        #expect(scene.judge(input).code == "purpose.no-basis")
        #expect(!scene.judge(input).isRefusedToAll)
    }

    @Test func refusesAKindThatMayNotSendIt() throws {
        var scene = try open()
        scene.text.messages["tell"]!.from = ["hub"]
        let decision = scene.judge(try name())
        #expect(decision.code == "message.not-from-you")
        #expect(decision.isRefusedToAll)
    }

    @Test func givesOneAnswerForACaseOfOthersAndACaseThatDoesNotExist() throws {
        let scene = try open()
        var ofOthers = try name()
        ofOthers.caseFacts.capacities.removeAll { $0.party == "police" }
        var unknown = try name()
        unknown.caseFacts = CaseFacts()
        unknown.isNewCase = true
        #expect(scene.judge(ofOthers) == scene.judge(unknown))
        #expect(scene.judge(ofOthers).code == "case.not-yours")
        // A message that may open a case does not open someone else's.
        ofOthers.message = "referral"
        #expect(scene.judge(ofOthers).code == "case.not-yours")
        unknown.message = "referral"
        #expect(scene.judge(unknown).code == nil)
    }

    @Test func aCapacityThatHasEndedOrNotBegunIsNone() throws {
        var input = try name()
        input.caseFacts.capacities = [
            CapacityHolding(party: "police", capacity: "referrer", from: Scene.now - .seconds(9), until: Scene.now),
            CapacityHolding(party: "police", capacity: "screener", from: Scene.now + .seconds(1)),
        ]
        #expect(try open().judge(input).code == "case.not-yours")
    }

    @Test func asksForTheCapacityTheMessageNames() throws {
        var scene = try open()
        scene.text.messages["tell"]!.fromCapacity = ["case-holder"]
        #expect(scene.judge(try name()).code == "case.not-yours")
        var input = try name()
        input.caseFacts.capacities.append(Scene.held("police", "case-holder"))
        #expect(scene.judge(input).code == nil)
    }

    @Test func refusesAPartyThatNamesItselfHolder() throws {
        let scene = try open()
        var input = scene.input("status", from: "prison-b", to: "hub", ("/people/*/name", .person(1)))
        input.caseFacts.capacities.append(Scene.held("prison-b", "referrer"))
        input.facts.parties["/prison"] = ["prison-b"]
        #expect(scene.judge(input).code == "capacity.self-granted")
        #expect(scene.judge(input).isRefusedToAll)
        // Nothing is gained by naming itself for what it holds already.
        input.caseFacts.capacities.append(Scene.held("prison-b", "custodian"))
        #expect(scene.judge(input).code == nil)
    }

    @Test(arguments: ["nowhere", "unit"])
    func refusesAHolderThatIsNoPartyOrNotOfAKindThatMayHold(named: String) throws {
        let scene = try open()
        var input = scene.input("status", ("/people/*/name", .person(1)))
        input.facts.parties["/prison"] = [PartyID(unchecked: named)]
        #expect(scene.judge(input).code == "capacity.not-a-party")
    }

    @Test func refusesToGiveAnExclusiveCapacityToTwo() throws {
        let scene = try open()
        var input = scene.input("allocation", to: "unit", ("/people/*/name", .person(1)))
        #expect(scene.judge(input).code == nil)
        input.recipients = ["unit", "unit-2"]
        #expect(scene.judge(input).code == "capacity.exclusive")
        // The police may not hold it, so nothing is divided.
        input.recipients = ["unit", "police"]
        #expect(scene.judge(input).code == nil)
    }

    @Test func withholdsFromARecipientThatIsUnknownOrOfTheWrongKind() throws {
        var scene = try open()
        var input = try name()
        input.recipient = "stranger"
        #expect(scene.judge(input).code == "recipient.unknown")
        #expect(!scene.judge(input).isRefusedToAll)
        scene.text.messages["tell"]!.to = ["prison"]
        let decision = scene.judge(try name())
        #expect(decision.code == "message.not-to-them")
        #expect(!decision.isRefusedToAll)
    }

    @Test func turnsAwayARecipientWithoutCapacityBeforeAnyConsentIsLookedAt() throws {
        let scene = try Scene(rule("R1", permit: ["identity"], consent: .given))
        var input = scene.input("update", to: "prison-b", ("/people/*/name", .person(0)))
        input.caseFacts.capacities.append(Scene.held("prison-a", "custodian"))
        input.consents = [Scene.consent()]
        let decision = scene.judge(input)
        #expect(decision.code == "recipient.no-capacity")
        #expect(decision.consents.isEmpty)
        #expect(decision.grounds.isEmpty)
        input.recipient = "prison-a"
        #expect(scene.judge(input).code == nil)
        #expect(scene.judge(input).consents.count == 1)
    }

    @Test func countsWhatThisMessageItselfGrantsTheRecipient() throws {
        var scene = try open()
        scene.text.messages["referral"]!.toCapacity = ["screener"]
        var input = scene.input("referral", ("/people/*/name", .person(0)))
        (input.isNewCase, input.caseFacts) = (true, CaseFacts())
        #expect(scene.judge(input).code == nil)
        // A prison may not be screener, and the message does not make it one.
        input.recipient = "prison-a"
        #expect(scene.judge(input).code == "recipient.no-capacity")
    }
}

extension Scene {
    func judge(_ input: JudgeInput) -> Decision { text.judge(input) }
}
