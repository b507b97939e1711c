import ConcordatDecision
import ConcordatPayload
import ConcordatTerms
import Testing

@Suite struct MovesTests {
    private func scene() throws -> Scene { try Scene(rule("R1", permit: ["identity", "conviction", "offence"])) }

    @Test func aMessageThatNobodyAcceptsMovesNothing() throws {
        let scene = try scene()
        let input = scene.input("referral")
        #expect(scene.text.moves(of: input, acceptedRecipients: []) == CaseMoves())
        var unknown = input
        unknown.message = "gossip"
        #expect(scene.text.moves(of: unknown, acceptedRecipients: ["hub"]) == CaseMoves())
    }

    @Test func neverMakesASenderThatNamesItselfAHolder() throws {
        let scene = try scene()
        var input = scene.input("status", from: "prison-b")
        input.facts.parties["/prison"] = ["prison-b", "nowhere", "unit"]
        #expect(scene.text.moves(of: input, acceptedRecipients: ["hub"]).grants.isEmpty)
    }

    @Test func aReferralMakesAReferrerAndAScreenerOfTheRightKind() throws {
        let scene = try scene()
        var input = scene.input("referral", people: [Scene.ada, JudgedPerson(id: "eve", roles: [])])
        (input.isNewCase, input.caseFacts) = (true, CaseFacts())
        input.facts.facts["/offence"] = ["domestic"]
        let moves = scene.text.moves(of: input, acceptedRecipients: ["hub", "prison-a"])
        #expect(
            moves.grants == [
                CapacityHolding(party: "police", capacity: "referrer", from: Scene.now),
                CapacityHolding(party: "hub", capacity: "screener", from: Scene.now),
            ])
        #expect(moves.flags == ["kind": ["domestic"]])
        #expect(moves.roles == ["ada": ["harmed"], "eve": []])
    }

    @Test func tellsOnlyWhatIsNewToTheCase() throws {
        let scene = try scene()
        var input = scene.input("referral")
        input.facts.facts["/offence"] = ["domestic", "theft"]
        input.caseFacts.flags = ["kind": ["theft"]]
        input.caseFacts.roles = ["ada": ["harmed"], "ben": ["witness"]]
        let moves = scene.text.moves(of: input, acceptedRecipients: ["hub"])
        #expect(moves.grants.isEmpty)
        #expect(moves.flags == ["kind": ["domestic"]])
        #expect(moves.roles == ["ben": ["harmer"]])
    }

    @Test func aNewHolderOfAnExclusiveCapacityEndsTheOneBefore() throws {
        let scene = try scene()
        var input = scene.input("status")
        input.caseFacts.capacities.append(Scene.held("prison-a", "custodian"))
        input.facts.parties["/prison"] = ["prison-b"]
        let moves = scene.text.moves(of: input, acceptedRecipients: ["hub"])
        #expect(moves.ends == [CaseMoves.End(party: "prison-a", capacity: "custodian")])
        #expect(moves.grants == [CapacityHolding(party: "prison-b", capacity: "custodian", from: Scene.now)])
        // Naming the holder again changes nothing.
        input.facts.parties["/prison"] = ["prison-a"]
        let same = scene.text.moves(of: input, acceptedRecipients: ["hub"])
        #expect(same.ends.isEmpty && same.grants.isEmpty)
    }

    @Test func endsOnlyWhatIsHeldAndNotWhatTheMessageGivesAnew() throws {
        var scene = try scene()
        scene.text.capacities["case-holder"]!.ends = [
            CapacityMove(message: "allocation", holder: .everyone, when: nil)
        ]
        scene.text.capacities["referrer"]!.ends = [
            CapacityMove(message: "allocation", holder: .sender, when: .test(.recipientSpeciality, .present(true)))
        ]
        scene.text.capacities["custodian"]!.ends = [CapacityMove(message: "allocation", holder: .sender, when: nil)]
        var input = scene.input("allocation", to: "unit")
        input.caseFacts.capacities += [Scene.held("unit", "case-holder"), Scene.held("hub", "case-holder")]
        let moves = scene.text.moves(of: input, acceptedRecipients: ["unit"])
        #expect(
            moves.ends == [
                CaseMoves.End(party: "hub", capacity: "case-holder"),
                CaseMoves.End(party: "police", capacity: "referrer"),
            ])
        #expect(moves.grants.isEmpty)
        let other = scene.text.moves(of: input, acceptedRecipients: ["unit-2"])
        #expect(!other.ends.contains(CaseMoves.End(party: "police", capacity: "referrer")))
    }

    @Test func aRequestIsOpenToEachThatAcceptedIt() throws {
        let scene = try scene()
        var input = scene.input("request", from: "hub", to: "police")
        input.facts.asked = [
            AskedItem(category: "conviction", subject: .person(1)), AskedItem(category: "offence", subject: .nobody),
            AskedItem(category: "contact", subject: .role("harmed")),
        ]
        let opens = scene.text.moves(of: input, acceptedRecipients: ["prison-a", "police"]).opens
        #expect(opens.map(\.holder) == ["police", "prison-a"])
        #expect(
            opens.first
                == OpenRequest(
                    message: "message-1", asker: "hub", holder: "police", purpose: "rj-offer",
                    items: [
                        RequestedItem(category: "conviction", person: "ben", role: nil),
                        RequestedItem(category: "offence", person: nil, role: nil),
                        RequestedItem(category: "contact", person: nil, role: "harmed"),
                    ], expires: Scene.now + .seconds(14 * 86_400)))
        input.messageID = nil
        #expect(scene.text.moves(of: input, acceptedRecipients: ["police"]).opens.isEmpty)
    }

    @Test func anAnswerClosesItsRequestOnlyForTheOneWhoAsked() throws {
        let scene = try scene()
        let request = OpenRequest(
            message: "question-1", asker: "hub", holder: "police", purpose: "rj-offer", items: [],
            expires: Scene.now + .seconds(60))
        var input = scene.input("response")
        (input.claimsReply, input.repliesTo) = (true, request)
        #expect(scene.text.moves(of: input, acceptedRecipients: ["unit"]).closes == nil)
        #expect(scene.text.moves(of: input, acceptedRecipients: ["unit", "hub"]).closes == request)
    }

    // MARK: Hand-over

    @Test func atHandOverAGrantIsNotAssumedAgain() throws {
        var scene = try scene()
        scene.text.messages["allocation"]!.toCapacity = ["case-holder"]
        var input = scene.input("allocation", to: "unit", ("/people/*/name", .person(0)))
        #expect(scene.judge(input).code == nil)
        input.acceptedWith = scene.text.moves(of: input, acceptedRecipients: ["unit"])
        #expect(scene.judge(input).code == "recipient.no-capacity", "it has been given to another since")
        input.caseFacts.capacities.append(Scene.held("unit", "case-holder"))
        #expect(scene.judge(input).code == nil)
    }

    @Test func whoIsToldThatItsCapacityEndsStillLearnsIt() throws {
        var scene = try scene()
        scene.text.messages["status"]!.toCapacity = ["custodian"]
        var input = scene.input("status", to: "prison-a", ("/people/*/name", .person(1)))
        input.acceptedWith = CaseMoves(ends: [CaseMoves.End(party: "prison-a", capacity: "custodian")])
        #expect(scene.judge(input).code == nil)
        input.recipient = "prison-b"
        #expect(scene.judge(input).code == "recipient.no-capacity")
    }

    @Test func aWithdrawalStopsWhatWaits() throws {
        let scene = try Scene(rule("R1", permit: ["identity"], consent: .given))
        var input = scene.input(("/people/*/name", .person(0)))
        input.consents = [Scene.consent()]
        input.acceptedWith = CaseMoves()
        input.caseFacts.capacities = []
        #expect(scene.judge(input).code == nil)
        input.consents[0].state = .withdrawn
        #expect(scene.judge(input).code == "consent.required")
        input.now = UTCInstant("2027-04-01T00:00:00Z")!
        #expect(scene.judge(input).code == "protocol.lapsed")
    }
}
