import ConcordatDecision
import ConcordatPayload
import ConcordatTerms
import Testing

/// Break glass replaces a missing permission, consent or capacity, for what its clause lists, and a prohibition only
/// where that names the ground.
@Suite struct BreakGlassTests {
    private func scene(_ rules: CompiledRule..., clause: (inout CompiledRule) -> Void = { _ in }) throws -> Scene {
        var scene = try Scene(rule("R1", permit: ["offence"]))
        scene.text.rules += rules
        var glass = rule(
            "B1", permit: ["identity", "contact"], to: ["hub", "satellite"],
            when: .all([.test(.ground, .containsAny(["life"]))]), messages: ["tell"], from: ["police"])
        glass.isBreakGlass = true
        clause(&glass)
        scene.text.rules.append(glass)
        scene.text.breakGlass = CompiledBreakGlass(
            grounds: ["life": "A life is in danger", "harm": "Serious harm"], reasonMin: 20,
            reviewWithin: .seconds(86_400), closesWhenUnreviewed: false)
        return scene
    }

    private func claim(_ ground: String?, in scene: Scene, to recipient: PartyID = "hub") -> JudgeInput {
        var input = scene.input(
            to: recipient, ("/people/*/name", .person(0)), ("/people/*/home", .person(0)), ("/offence", .nobody))
        input.breakGlass = ground
        return input
    }

    private func name(_ decision: Decision, _ scene: Scene) -> FieldAction? {
        decision.plan?.action(for: scene.field("/people/*/name", .person(0)))
    }

    @Test func withoutAClaimTheClauseSaysNothing() throws {
        let scene = try scene()
        let decision = scene.text.judge(claim(nil, in: scene))
        #expect(name(decision, scene) == .drop)
        #expect(decision.brokenGlass.isEmpty)
        #expect(decision.grounds.allSatisfy { $0.missed.isEmpty })
    }

    @Test(arguments: ["harm", "no-such-ground"])
    func aGroundWithoutAClauseIsRefused(ground: String) throws {
        let scene = try scene()
        #expect(scene.text.judge(claim(ground, in: scene)).code == "break-glass.not-permitted")
    }

    @Test func anotherSenderMayNotClaimIt() throws {
        let scene = try scene()
        var input = claim("life", in: scene)
        input.sender = "unit"
        input.caseFacts.capacities.append(Scene.held("unit", "case-holder"))
        #expect(scene.text.judge(input).code == "break-glass.not-permitted")
    }

    @Test func aClaimLetsPassWhatTheClauseListsAndNoMore() throws {
        let scene = try scene()
        let decision = scene.text.judge(claim("life", in: scene))
        #expect(name(decision, scene) == .keep)
        #expect(decision.plan?.action(for: scene.field("/people/*/home", .person(0))) == .drop)
        #expect(decision.brokenGlass == ["B1"])
    }

    @Test func whatPassesAnywayBreaksNoGlass() throws {
        let scene = try scene(rule("R2", permit: ["identity"]))
        #expect(scene.text.judge(claim("life", in: scene)).brokenGlass.isEmpty)
    }

    @Test func aProhibitionStandsUnlessItNamesTheGround() throws {
        let scene = try scene(rule("N1", prohibit: ["identity"]))
        #expect(name(scene.text.judge(claim("life", in: scene)), scene) == .drop)
        let yielding = try self.scene(
            rule("N1", prohibit: ["identity"], when: .not(.test(.ground, .containsAny(["life"])))))
        #expect(name(yielding.text.judge(claim("life", in: yielding)), yielding) == .keep)
    }

    @Test func aSenderWithoutACapacityReachesWhatTheClauseNamesInACaseItCanName() throws {
        var scene = try scene(rule("R2", permit: ["offence"], to: ["hub"]))
        var input = claim("life", in: scene)
        input.caseFacts.capacities.removeAll { $0.party == "police" }
        let decision = scene.text.judge(input)
        #expect(name(decision, scene) == .keep)
        // What passes for those in the case does not pass with it.
        #expect(decision.plan?.action(for: scene.field("/offence", .nobody)) == .drop)
        #expect(decision.brokenGlass == ["B1"])
        scene.text.capacities["referrer"]?.grants.append(CapacityMove(message: "tell", holder: .sender, when: nil))
        let moves = scene.text.moves(of: input, acceptedRecipients: ["hub"])
        #expect(moves.grants.isEmpty && moves.ends.isEmpty && moves.opens.isEmpty)
        // To whom no clause names, and without naming a case, nothing goes.
        var elsewhere = input
        elsewhere.recipient = "prison-a"
        #expect(scene.text.judge(elsewhere).plan == nil)
        input.caseFacts.id = nil
        #expect(scene.text.judge(input).code == "case.not-yours")
    }

    @Test func itWorksUnderALapsedProtocol() throws {
        let scene = try scene()
        var input = claim("life", in: scene)
        input.now = Scene.now + .seconds(2 * 366 * 86_400)
        #expect(name(scene.text.judge(input), scene) == .keep)
        input.breakGlass = nil
        #expect(scene.text.judge(input).code == "protocol.lapsed")
    }

    /// Who has no part in the case gets what the clause lists, and nothing that an ordinary rule would add.
    @Test func itReachesARecipientWithoutCapacityWithTheClauseAlone() throws {
        var scene = try scene()
        scene.text.messages["tell"]?.toCapacity = ["case-holder"]
        #expect(scene.text.judge(claim(nil, in: scene, to: "unit")).code == "recipient.no-capacity")
        let decision = scene.text.judge(claim("life", in: scene, to: "unit"))
        #expect(name(decision, scene) == .keep)
        #expect(decision.plan?.action(for: scene.field("/offence", .nobody)) == .drop)
    }

    @Test func itOpensNoCaseThatItsSenderCannotName() throws {
        let scene = try scene()
        var input = claim("life", in: scene)
        input.caseFacts = CaseFacts()
        #expect(scene.text.judge(input).code == "case.not-yours")
    }
}
