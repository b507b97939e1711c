import ConcordatDecision
import ConcordatPayload
import ConcordatTerms
import Testing

/// A rule may make a message wait: for a consent that something in it lacks, or for an officer.
@Suite struct HoldTests {
    private static let day = Duration.seconds(86_400)

    private func scene(_ terms: HoldTerms) throws -> Scene {
        try Scene(
            rule("R1", permit: ["identity"], consent: .given, about: [.role("harmed")]),
            rule("R2", permit: ["offence"]), hold("H1", terms))
    }

    private func hold(_ id: RuleID, _ terms: HoldTerms) -> CompiledRule {
        CompiledRule(
            id: id, title: "", effect: .hold(terms), categories: [], about: nil, messages: nil, from: nil,
            fromCapacity: nil, to: nil, toCapacity: nil, purposes: nil, when: nil, silent: false, tell: [])
    }

    private func terms(_ until: HoldTerms.Until, then: HoldTerms.Then = .withhold) -> HoldTerms {
        HoldTerms(until: until, atMost: Self.day * 7, then: then)
    }

    private func input(_ scene: Scene) -> JudgeInput {
        scene.input(("/people/*/name", .person(0)), ("/offence", .nobody))
    }

    @Test func nothingWaitsForAConsentThatIsThere() throws {
        let scene = try scene(terms(.consent))
        var input = input(scene)
        input.consents = [Scene.consent(.given)]
        #expect(scene.text.judge(input).plan?.action(for: scene.field("/people/*/name", .person(0))) == .keep)
    }

    /// The state of a consent must not show in whether a message waits.
    @Test(arguments: [ConsentState.refused, .withdrawn, .objected, .unknown, .requested])
    func waitsAlikeWhateverTheConsentLacks(state: ConsentState) throws {
        let scene = try scene(terms(.consent))
        var input = input(scene)
        input.consents = state == .unknown ? [] : [Scene.consent(state)]
        guard case .hold(let plan, let hold) = scene.text.judge(input).answer else {
            Issue.record("does not wait")
            return
        }
        #expect(plan.action(for: scene.field("/people/*/name", .person(0))) == .keep)
        #expect(hold.clause == "H1")
        #expect(hold.deadline == Scene.now + Self.day * 7)
    }

    @Test func atTheDeadlineTheRecipientGetsNothing() throws {
        let scene = try scene(terms(.consent))
        var input = input(scene)
        (input.acceptedWith, input.heldSince) = (CaseMoves(), Scene.now)
        input.now = Scene.now + Self.day * 7
        #expect(scene.text.judge(input).code == "hold.expired")
    }

    @Test func atTheDeadlineWhatMayGoWithoutItGoes() throws {
        let scene = try scene(terms(.consent, then: .share))
        var input = input(scene)
        (input.acceptedWith, input.heldSince) = (CaseMoves(), Scene.now)
        input.now = Scene.now + Self.day * 7
        let plan = scene.text.judge(input).plan
        #expect(plan?.action(for: scene.field("/offence", .nobody)) == .keep)
        #expect(plan?.action(for: scene.field("/people/*/name", .person(0))) == .drop)
    }

    @Test func anOfficersWordEndsTheWaitAndNobodyElses() throws {
        let scene = try scene(terms(.officer))
        var input = input(scene)
        input.consents = [Scene.consent(.given)]
        guard case .hold = scene.text.judge(input).answer else {
            Issue.record("does not wait")
            return
        }
        (input.acceptedWith, input.heldSince, input.isReleased) = (CaseMoves(), Scene.now, true)
        #expect(scene.text.judge(input).plan != nil)
    }

    @Test func whatWasAcceptedWithoutAWaitDoesNotBeginOne() throws {
        let scene = try scene(terms(.officer))
        var input = input(scene)
        input.consents = [Scene.consent(.given)]
        input.acceptedWith = CaseMoves()
        #expect(scene.text.judge(input).plan != nil)
    }

    @Test func nothingThatCouldGoWaits() throws {
        let scene = try scene(terms(.officer))
        #expect(scene.text.judge(scene.input(("/people/*/phone", .person(0)))).code == "rule.nothing-shared")
    }
}
