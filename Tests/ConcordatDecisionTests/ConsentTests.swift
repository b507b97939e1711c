import ConcordatDecision
import ConcordatPayload
import ConcordatTerms
import Testing

@Suite struct ConsentTests {
    private func code(
        _ level: ConsentNeed.Level, of: Set<Role> = [], _ consents: ConsentFact..., path: String = "/people/*/name",
        subject: FieldSubject = .person(0), others: [JudgedPerson] = []
    ) throws -> String? {
        let all: Set<ConcordatTerms.Category> = ["identity", "contact", "location", "agreed-area", "offence"]
        let scene = try Scene(rule("R1", permit: all, consent: level, of: of))
        var input = scene.input((path, subject))
        input.consents = consents
        input.casePeople = others
        return scene.judge(input).code
    }

    @Test(arguments: ConsentState.allCases)
    func onlyAGivenOrRenewedConsentIsGiven(state: ConsentState) throws {
        let isGiven = state == .given || state == .renewed
        #expect(try code(.given, Scene.consent(state)) == (isGiven ? nil : "consent.required"))
    }

    @Test(arguments: ConsentState.allCases)
    func whoeverRefusedWithdrewOrObjectedHasObjected(state: ConsentState) throws {
        let objects = [.refused, .withdrawn, .revoked, .objected].contains(state)
        #expect(try code(.notObjected, Scene.consent(state)) == (objects ? "consent.required" : nil))
    }

    @Test func missingRefusedWithdrawnAndUnknownAreOneAnswer() throws {
        let scene = try Scene(rule("R1", permit: ["identity"], consent: .given))
        let missing = scene.judge(scene.input(("/people/*/name", .person(0))))
        for state in [ConsentState.refused, .withdrawn, .unknown, .objected, .deferred] {
            var input = scene.input(("/people/*/name", .person(0)))
            input.consents = [Scene.consent(state)]
            #expect(scene.judge(input).answer == missing.answer)
        }
        #expect(missing.refusal == Refusal(code: "consent.required", clause: "R1"))
    }

    @Test func noRecordIsNotGivenAndNotObjected() throws {
        #expect(try code(.given) == "consent.required")
        #expect(try code(.notObjected) == nil)
        #expect(try code(.none, Scene.consent(.withdrawn)) == nil)
    }

    @Test func aConsentBeginsAtItsStartAndEndsAtItsEnd() throws {
        #expect(try code(.given, Scene.consent(from: 1)) == "consent.required")
        #expect(try code(.given, Scene.consent(from: 0)) == nil)
        #expect(try code(.given, Scene.consent(until: 0)) == "consent.required")
        #expect(try code(.given, Scene.consent(until: 1)) == nil)
    }

    @Test func theEndOfAWithdrawnConsentGivesNothingBack() throws {
        #expect(try code(.notObjected, Scene.consent(.withdrawn, until: -1)) == "consent.required")
        #expect(try code(.notObjected, Scene.consent(.withdrawn, from: 60)) == "consent.required")
    }

    @Test func theStricterRecordWins() throws {
        let given = Scene.consent("consent-1")
        #expect(try code(.given, given, Scene.consent("consent-2", .objected)) == "consent.required")
        #expect(try code(.given, Scene.consent("consent-0", .withdrawn), given) == "consent.required")
        #expect(try code(.notObjected, given, Scene.consent("consent-2", .refused)) == "consent.required")
        #expect(try code(.given, given, Scene.consent("consent-2", .requested)) == nil)
        // An objection that speaks of something else does not count.
        let elsewhere = Scene.consent("consent-2", .objected, categories: ["contact"])
        #expect(try code(.given, given, elsewhere) == nil)
    }

    @Test func aConsentCoversItsPersonPurposeCategoriesAndRecipients() throws {
        #expect(try code(.given, Scene.consent(of: "ben")) == "consent.required")
        #expect(try code(.given, Scene.consent(purpose: "rj-case")) == "consent.required")
        #expect(try code(.given, Scene.consent(categories: ["contact"])) == "consent.required")
        #expect(try code(.given, Scene.consent(categories: ["contact", "identity"])) == nil)
        #expect(try code(.given, Scene.consent(kinds: ["prison"])) == "consent.required")
        #expect(try code(.given, Scene.consent(kinds: ["hub"])) == nil)
        #expect(try code(.given, Scene.consent(kinds: [], parties: ["hub"])) == nil)
        #expect(try code(.given, Scene.consent(kinds: [], parties: ["unit"])) == "consent.required")
    }

    @Test func aConsentToTheParentCoversTheChildAndNotTheOtherWayRound() throws {
        let parent = Scene.consent(categories: ["location"])
        let child = Scene.consent(categories: ["agreed-area"])
        #expect(try code(.given, parent, path: "/people/*/area") == nil)
        #expect(try code(.given, child, path: "/people/*/home") == "consent.required")
    }

    @Test func aFieldAboutNobodyHasNobodysConsent() throws {
        #expect(try code(.given, Scene.consent(), path: "/offence", subject: .nobody) == "consent.required")
        #expect(try code(.notObjected, path: "/offence", subject: .nobody) == nil)
        #expect(try code(.given, of: ["harmed"], Scene.consent(), path: "/offence", subject: .nobody) == nil)
    }

    @Test func everyPersonWithTheRoleMustConsent() throws {
        let other = JudgedPerson(id: "eve", roles: ["harmed", "witness"])
        let hers = Scene.consent("consent-2", of: "eve")
        #expect(try code(.given, of: ["harmed"], Scene.consent(), others: [other]) == "consent.required")
        #expect(try code(.given, of: ["harmed"], Scene.consent(), hers, others: [other]) == nil)
        #expect(try code(.given, of: ["witness"], Scene.consent()) == "consent.required")
        #expect(
            try code(.given, Scene.consent(), path: "/wish", subject: .role("harmed"), others: [other])
                == "consent.required")
        #expect(
            try code(.given, Scene.consent(), hers, path: "/wish", subject: .role("harmed"), others: [other]) == nil)
        #expect(try code(.notObjected, path: "/wish", subject: .role("witness")) == nil)
        #expect(try code(.given, path: "/wish", subject: .role("witness")) == "consent.required")
    }

    @Test func recordsEveryConsentLookedAt() throws {
        let scene = try Scene(rule("R1", permit: ["identity"], consent: .given))
        var input = scene.input(("/people/*/name", .person(0)), ("/people/*/name", .person(1)))
        input.consents = [Scene.consent("consent-7", of: "ben", until: -1)]
        #expect(
            scene.judge(input).consents == [
                ConsentLook(person: "ada", consent: nil, state: .unknown),
                ConsentLook(person: "ben", consent: "consent-7", state: .expired),
            ])
    }

    @Test func consentIsNotAskedForWhereItWouldNotHelp() throws {
        let both = JudgedPerson(id: "ada", roles: ["harmed", "harmer"])
        let scene = try Scene(rule("R1", permit: ["identity"], consent: .given, about: [.role("harmed")]))
        let input = scene.input(people: [both], ("/people/*/name", .person(0)))
        #expect(scene.judge(input).code == "rule.nothing-shared")
        #expect(scene.judge(scene.input(("/people/*/name", .person(0)))).code == "consent.required")
    }

    @Test func aPersonWithoutAnIdHasGivenNothing() throws {
        let scene = try Scene(rule("R1", permit: ["identity"], consent: .given))
        var input = scene.input(people: [JudgedPerson(id: nil, roles: ["harmed"])], ("/people/*/name", .person(0)))
        input.consents = [Scene.consent()]
        #expect(scene.judge(input).code == "consent.required")
        #expect(scene.judge(input).consents.isEmpty)
    }
}
