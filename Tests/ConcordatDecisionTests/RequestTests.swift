import ConcordatDecision
import ConcordatPayload
import ConcordatTerms
import Testing

@Suite struct RequestTests {
    // The hub asks the police; requests carry nothing but an offence, which always passes.
    private let passing = rule("R0", permit: ["offence"])

    private func asking(_ scene: Scene, _ items: AskedItem...) -> JudgeInput {
        var input = scene.input("request", from: "hub", to: "police", ("/offence", .nobody))
        input.facts.asked = Set(items)
        return input
    }

    private let record = AskedItem(category: "conviction", subject: .person(1))
    private let phone = AskedItem(category: "contact", subject: .person(1))

    @Test func refusesToAskWithoutTheConsentTheAnswerRestsOn() throws {
        let scene = try Scene(passing, rule("R1", permit: ["conviction"], consent: .given, tell: ["lead"]))
        var input = asking(scene, record)
        let decision = scene.judge(input)
        #expect(decision.isRefusedToAll)
        #expect(decision.refusal == Refusal(code: "consent.required", clause: "R1", tell: ["lead"]))
        #expect(decision.consents == [ConsentLook(person: "ben", consent: nil, state: .unknown)])
        input.consents = [Scene.consent(of: "ben", kinds: ["police"])]
        #expect(scene.judge(input).code == "consent.required", "the consent is to the holder, not to the asker")
        input.consents = [Scene.consent(of: "ben", kinds: ["hub"])]
        #expect(scene.judge(input).code == nil)
        #expect(scene.judge(input).consents.map(\.state) == [.given])
    }

    @Test func refusesToAskForWhatNoRuleWouldGive() throws {
        let scene = try Scene(passing)
        #expect(scene.judge(asking(scene, record)).refusal == Refusal(code: "request.not-permitted"))
        #expect(scene.judge(asking(scene)).code == nil)
    }

    @Test func namesTheProhibitionOrTheMissedPermit() throws {
        let missed = try Scene(passing, rule("R1", permit: ["conviction"], toCapacity: ["case-holder"]))
        #expect(missed.judge(asking(missed, record)).refusal == Refusal(code: "request.not-permitted", clause: "R1"))
        let prohibited = try Scene(
            passing, rule("R1", permit: ["conviction"]), rule("R2", prohibit: ["conviction"], to: ["hub"]))
        #expect(prohibited.judge(asking(prohibited, record)).clause == "R2")
    }

    @Test func judgesTheWayBackAndNotTheWayThere() throws {
        let scene = try Scene(
            passing,
            rule(
                "R1", permit: ["conviction"], to: ["hub"], toCapacity: ["screener"], from: ["police"],
                fromCapacity: ["referrer"]))
        #expect(scene.judge(asking(scene, record)).code == nil)
        let otherWay = try Scene(passing, rule("R1", permit: ["conviction"], to: ["police"], from: ["hub"]))
        #expect(otherWay.judge(asking(otherWay, record)).code == "request.not-permitted")
        let onlyRequest = try Scene(passing, rule("R1", permit: ["conviction"], messages: ["request"]))
        #expect(onlyRequest.judge(asking(onlyRequest, record)).code == "request.not-permitted")
    }

    @Test func oneItemTooManyRefusesTheWholeRequest() throws {
        let scene = try Scene(passing, rule("R1", permit: ["conviction"]))
        #expect(scene.judge(asking(scene, record)).code == nil)
        #expect(scene.judge(asking(scene, record, phone)).code == "request.not-permitted")
    }

    @Test func consentIsNamedOnlyWhenNothingElseIsLacking() throws {
        let scene = try Scene(passing, rule("R1", permit: ["conviction"], consent: .given))
        #expect(scene.judge(asking(scene, record, phone)).code == "request.not-permitted")
    }

    @Test func theFactsOfTheRequestAreNotThoseOfTheAnswer() throws {
        let isTheft = Condition.test(.field("/offence"), .contains("theft"))
        let scene = try Scene(passing, rule("R1", permit: ["conviction"], when: isTheft))
        var input = asking(scene, record)
        input.facts.facts["/offence"] = ["theft"]
        #expect(scene.judge(input).refusal == Refusal(code: "request.not-permitted", clause: "R1"))
    }

    @Test func refusesToAskWhoCouldNotAnswer() throws {
        var scene = try Scene(passing, rule("R1", permit: ["conviction"]))
        var input = asking(scene, record)
        input.caseFacts.capacities.removeAll { $0.party == "police" }
        #expect(scene.judge(input).code == "request.not-permitted")
        input = asking(scene, record)
        scene.text.messages["response"]!.from = ["prison"]
        #expect(scene.judge(input).code == "request.not-permitted")
        scene.text.messages["response"] = nil
        #expect(scene.judge(input).code == "request.not-permitted")
    }

    @Test func aMessageThatIsNoRequestMayNotAsk() throws {
        let scene = try Scene(passing, rule("R1", permit: ["conviction"]))
        var input = asking(scene, record)
        input.message = "tell"
        #expect(scene.judge(input).code == "request.not-permitted")
    }

    @Test func whatASentAnswerWouldBeRefusedForMayNotBeAsked() throws {
        let scene = try Scene(
            passing, rule("R1", permit: ["conviction"]), rule(refusing: "S1", to: ["hub"], tell: ["lead"]))
        let expected = Refusal(code: "request.not-permitted", clause: "S1", tell: ["lead"])
        #expect(scene.judge(asking(scene, record)).refusal == expected)
    }

    // MARK: The answer

    private func open(_ items: RequestedItem...) -> OpenRequest {
        OpenRequest(
            message: "question-1", asker: "hub", holder: "police", purpose: "rj-offer", items: Set(items),
            expires: Scene.now + .seconds(1))
    }

    private func answering(_ scene: Scene, _ request: OpenRequest?, _ fields: (String, FieldSubject)...) -> JudgeInput {
        var input = scene.input("response")
        for (path, subject) in fields { input.facts.fields[scene.field(path, subject)] = 1 }
        (input.claimsReply, input.repliesTo) = (true, request)
        return input
    }

    @Test func refusesAnAnswerThatNoOpenRequestOfThatRecipientWaitsFor() throws {
        let scene = try Scene(rule("R1", permit: ["conviction"]))
        let item = RequestedItem(category: "conviction", person: "ben", role: nil)
        let good = answering(scene, open(item), ("/people/*/record", .person(1)))
        #expect(scene.judge(good).code == nil)
        var changes: [JudgeInput] = []
        func change(_ edit: (inout JudgeInput) -> Void) {
            var input = good
            edit(&input)
            changes.append(input)
        }
        change { $0.repliesTo = nil }
        change { $0.claimsReply = false }
        change { $0.recipient = "unit" }
        change { $0.sender = "hub" }
        change { $0.purpose = "rj-case" }
        change { $0.now = $0.now + .seconds(1) }
        // Only the message that answers may claim to.
        change { $0.message = "tell" }
        for input in changes {
            #expect(scene.judge(input).code == "request.unknown")
            #expect(!scene.judge(input).isRefusedToAll)
        }
    }

    @Test func cutsAnAnswerToWhatWasAsked() throws {
        let scene = try Scene(rule("R1", permit: ["conviction", "contact", "location", "agreed-area", "offence"]))
        let request = open(
            RequestedItem(category: "conviction", person: "ben", role: nil),
            RequestedItem(category: "location", person: nil, role: "harmed"),
            RequestedItem(category: "contact", person: nil, role: "harmed"))
        let decision = scene.judge(
            answering(
                scene, request, ("/people/*/record", .person(1)), ("/people/*/record", .person(0)),
                ("/people/*/phone", .person(1)), ("/people/*/area", .person(0)), ("/wish", .role("harmed")),
                ("/offence", .nobody)))
        let kept = decision.grounds.filter { $0.action == .keep }.map(\.field)
        #expect(
            Set(kept) == [
                scene.field("/people/*/record", .person(1)), scene.field("/people/*/area", .person(0)),
                scene.field("/wish", .role("harmed")),
            ])
        let cut = decision.ground(scene.field("/people/*/record", .person(0)))
        #expect(cut?.missed == [MissedPermit(rule: "R1", lack: .request)])
    }

    @Test func asksNobodysConsentForWhatWasNotAsked() throws {
        let scene = try Scene(rule("R1", permit: ["conviction"], consent: .given))
        let request = open(RequestedItem(category: "contact", person: "ben", role: nil))
        let decision = scene.judge(answering(scene, request, ("/people/*/record", .person(1))))
        #expect(decision.code == "rule.nothing-shared")
        #expect(decision.consents.isEmpty)
    }

    @Test func aRequestIsNoPermission() throws {
        let scene = try Scene(rule("R1", permit: ["conviction"]), rule("R2", prohibit: ["contact"]))
        let request = open(RequestedItem(category: "contact", person: "ben", role: nil))
        #expect(scene.judge(answering(scene, request, ("/people/*/phone", .person(1)))).code == "rule.nothing-shared")
    }
}
