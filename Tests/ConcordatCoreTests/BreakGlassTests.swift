import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatPayload
import ConcordatTerms
import ConcordatTestSupport
import Testing

@testable import ConcordatCore

/// Sharing at once on a named ground: marked, on record, and reviewed.
@Suite struct BreakGlassTests {
    private static let reason = "He has said that he is on his way to her new home with a knife"
    private let officer = Officer(id: "dpo", party: "gateway", isOfDeployment: true)

    private func text(closes: Bool = false) throws -> CompiledProtocol {
        var text = try TestProtocol.text()
        text.breakGlass = CompiledBreakGlass(
            grounds: ["life": "Life", "harm": "Harm"], reasonMin: 30, reviewWithin: .seconds(2 * 86_400),
            closesWhenUnreviewed: closes)
        var clause = CompiledRule(
            id: "B1", title: "", effect: .permit(.keep, ConsentNeed(level: .none)), categories: ["location"],
            about: nil,
            messages: ["update"], from: nil, fromCapacity: nil, to: ["police"], toCapacity: nil, purposes: nil,
            when: .test(.ground, .containsAny(["life"])), silent: false, tell: [])
        clause.isBreakGlass = true
        text.rules.append(clause)
        return text
    }

    private func update(
        _ id: MessageID, _ opened: OpenedCase, on ground: String? = "life", reason: String = Self.reason
    ) -> TestMessage {
        var message = TestMessage(
            "update", id, from: "hub", to: ["police"], subject: opened.id,
            people: [.init(opened.ada, name: "Ada", home: "12 Sample Street")])
        message.breakGlass = ground.map { ($0, reason) }
        return message
    }

    private func decisions(_ gateway: TestGateway, of message: MessageID) throws -> [(UInt64, DecisionLeaf)] {
        try gateway.leaves().enumerated().compactMap { index, leaf in
            guard case .decision(let decision) = leaf.body, decision.message == message else { return nil }
            return (UInt64(index), decision)
        }
    }

    private func review(_ gateway: TestGateway, _ leaf: UInt64, _ body: String, by officer: Officer? = nil) async
        -> Reply
    {
        await gateway.gateway.breakGlass.review(leaf, Array(body.utf8), by: officer ?? self.officer)
    }

    private func uses(_ gateway: TestGateway, by officer: Officer? = nil) async -> Reply {
        await gateway.gateway.breakGlass.uses(for: officer ?? self.officer, skip: 0, limit: 50, isJustified: true)
    }

    @Test func aGroundWithoutAReasonOrOneOfNobodysIsRefused() async throws {
        let gateway = try await TestGateway.inMemory(text: try text())
        let opened = await gateway.openCase()
        #expect(await gateway.send(update("m-2", opened, on: "weather")).code == "break-glass.not-permitted")
        #expect(await gateway.send(update("m-2", opened, on: "harm")).code == "break-glass.not-permitted")
        #expect(await gateway.send(update("m-2", opened, reason: "now")).code == "break-glass.reason-too-short")
        let spaced = "a" + String(repeating: " ", count: 60) + "b"
        #expect(await gateway.send(update("m-2", opened, reason: spaced)).code == "break-glass.reason-too-short")
        for fill in [".", "a", " .", "- "] {
            let filled = String(repeating: fill, count: 60 / fill.count)
            let code = await gateway.send(update("m-2", opened, reason: filled)).code
            #expect(code == "break-glass.reason-too-short")
        }
        #expect(await gateway.send(update("m-2", opened, reason: "")).code == "envelope.malformed")
        let long = String(repeating: "x", count: 1_001)
        #expect(await gateway.send(update("m-2", opened, reason: long)).code == "envelope.malformed")
        let half = update("m-2", opened, on: nil).body
        let claimed = String(decoding: half, as: UTF8.self).replacing(
            "\"data\":", with: "\"breakglass\":\"life\",\"data\":")
        #expect(await gateway.send(Array(claimed.utf8), by: "hub").code == "envelope.missing")
        #expect(await gateway.pull("police").isEmpty)
        #expect(gateway.house.registers.glassCases(unreviewed: false).isEmpty)
        await gateway.close()
    }

    @Test func aTextWithoutBreakGlassHearsOfNoGround() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        #expect(await gateway.send(update("m-2", opened)).code == "break-glass.not-permitted")
        await gateway.close()
    }

    @Test func itGoesAtOnceMarkedAndItsReasonGoesNowhere() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger, text: try text())
        let opened = await gateway.openCase()
        _ = await gateway.send(update("m-2", opened, on: nil))
        let sent = await gateway.send(update("m-3", opened))
        #expect(sent.status == 202)
        #expect(!sent.text.contains("knife"))
        let got = await gateway.pull("police")
        // It jumps the line, and only its copy has what no permit lets pass.
        #expect(got.first?.message == "m-3")
        #expect(got.first?.event["breakglass"]?.stringValue == "life")
        #expect(got.first?.text.contains("12 Sample Street") == true)
        #expect(got.first?.event["breakglassreason"] == nil)
        let ordinary = try #require(got.first { $0.message == "m-2" })
        #expect(ordinary.event["breakglass"] == nil)
        #expect(!ordinary.text.contains("Sample"))
        let (_, leaf) = try #require(try decisions(gateway, of: "m-3").first)
        #expect(leaf.ground == "life")
        #expect(leaf.brokenGlass == ["B1"])
        #expect(try decisions(gateway, of: "m-2").first?.1.ground == nil)
        for leaf in try gateway.leaves() {
            #expect(!String(decoding: try leaf.encoded(), as: UTF8.self).contains("knife"))
        }
        #expect(!gateway.logs.lines.joined().contains("knife"))
        #expect(got.allSatisfy { !$0.text.contains("knife") })
        // The same again is the same message; another reason is another message.
        #expect(await gateway.send(update("m-3", opened)) == sent)
        #expect(await gateway.send(update("m-3", opened, reason: Self.reason + " now")).code == "idempotency.conflict")
        await gateway.close()
    }

    @Test func itWorksForASuspendedSenderAndALapsedTextAndOnlyForWhatNeedsIt() async throws {
        let gateway = try await TestGateway.inMemory(text: try text())
        let opened = await gateway.openCase()
        try await gateway.stop(suspended: ["hub"])
        #expect(await gateway.send(update("m-2", opened, on: nil)).code == "party.suspended")
        #expect(await gateway.send(update("m-2", opened, on: "harm")).status == 403)
        var idle = update("m-2", opened)
        idle.people = [.init(opened.ada, name: "Ada")]
        #expect(await gateway.send(idle).code == "break-glass.not-needed")
        #expect(await gateway.pull("police").isEmpty)
        #expect(await gateway.send(update("m-3", opened)).status == 202)
        #expect(await gateway.pull("police").map(\.message) == ["m-3"])
        try await gateway.stop(messages: ["update"])
        #expect(await gateway.send(update("m-4", opened)).code == "message.stopped")
        try await gateway.stop()
        gateway.clock.advance(.seconds(400 * 86_400))
        #expect(await gateway.send(update("m-5", opened, on: nil)).code == "protocol.lapsed")
        #expect(await gateway.send(update("m-5", opened)).status == 202)
        #expect(await gateway.pull("police").contains { $0.message == "m-5" })
        await gateway.close()
    }

    @Test func whoIsNothingInTheCaseBreaksGlassIntoOneItCanNameAndGainsNothingByIt() async throws {
        let gateway = try await TestGateway.inMemory(text: try text())
        let opened = await gateway.openCase()
        func unit(_ id: MessageID, in subject: String, to recipient: PartyID = "police", on ground: String? = "life")
            -> TestMessage
        {
            var message = update(id, opened, on: ground)
            (message.sender, message.recipients, message.subject) = ("unit", [recipient], subject)
            return message
        }
        // Without a ground, in a case that is not there, by somebody else's reference, to whom no clause names.
        let unknown = try Minting.caseID().rawValue
        #expect(await gateway.send(unit("m-2", in: opened.id, on: nil)).code == "case.not-yours")
        #expect(await gateway.send(unit("m-3", in: unknown)).code == "case.not-yours")
        #expect(await gateway.send(unit("m-4", in: "ref-1")).code == "case.not-yours")
        #expect(await gateway.send(unit("m-5", in: opened.id, to: "hub")).code == "case.not-yours")
        for subject in [opened.id, unknown] {
            #expect(await gateway.send(unit("m-6", in: subject, on: "harm")).code == "break-glass.not-permitted")
        }
        #expect(await gateway.pull("police").isEmpty)
        let before = try #require(gateway.house.registers.record(of: CaseID(unchecked: opened.id)))

        #expect(await gateway.send(unit("m-7", in: opened.id)).status == 202)
        let got = try #require(await gateway.pull("police").first)
        #expect(got.text.contains("12 Sample Street"))
        // An ordinary permit would let the name pass; who comes by the glass alone has what the clause names.
        #expect(!got.text.contains("Ada"))
        let after = try #require(gateway.house.registers.record(of: CaseID(unchecked: opened.id)))
        #expect(after.facts.capacities == before.facts.capacities)
        #expect(after.glass.map(\.sender) == ["unit"])
        #expect(await gateway.send(unit("m-8", in: opened.id, on: nil)).code == "case.not-yours")
        await gateway.close()
    }

    @Test func onlyOfficersOfTheDeploymentSeeAndReviewIt() async throws {
        let gateway = try await TestGateway.inMemory(text: try text())
        let opened = await gateway.openCase()
        _ = await gateway.send(update("m-2", opened, on: nil))
        _ = await gateway.send(update("m-3", opened))
        let (leaf, _) = try #require(try decisions(gateway, of: "m-3").first)
        let (ordinary, _) = try #require(try decisions(gateway, of: "m-2").first)
        let stranger = Officer(id: "o-1", party: "hub", isOfDeployment: false)
        #expect(await uses(gateway, by: stranger).status == 403)
        #expect(await review(gateway, leaf, #"{"outcome":"justified"}"#, by: stranger).status == 403)
        #expect(await review(gateway, ordinary, #"{"outcome":"justified"}"#).code == "leaf.unknown")
        #expect(await review(gateway, 9_999, #"{"outcome":"justified"}"#).code == "leaf.unknown")
        for body in ["", "[]", "{}", #"{"outcome":"maybe"}"#, #"{"outcome":"justified","more":1}"#] {
            #expect(await review(gateway, leaf, body).status == 422)
        }
        let shown = await uses(gateway).json["uses"]?.arrayValue ?? []
        #expect(shown.count == 1)
        #expect(shown.first?["reason"]?.stringValue == Self.reason)
        #expect(shown.first?["leaf"]?.intValue == Int(leaf))
        #expect(shown.first?["state"]?.stringValue == "open")
        let said = #"{"outcome":"not-justified","note":"a call would have done"}"#
        #expect(await review(gateway, leaf, said).status == 204)
        #expect(await review(gateway, leaf, said).status == 204)
        #expect(await review(gateway, leaf, #"{"outcome":"justified"}"#).code == "break-glass.reviewed")
        let reviewed = await uses(gateway).json["uses"]?.arrayValue?.first
        #expect(reviewed?["review"]?["note"]?.stringValue == "a call would have done")
        let acts = try gateway.leaves().compactMap { if case .admin(let leaf) = $0.body { leaf } else { nil } }
        #expect(acts.map(\.act) == ["break-glass.review"])
        #expect(acts.first?.to == "not-justified")
        let views = try gateway.leaves().compactMap { if case .view(let leaf) = $0.body { leaf.what } else { nil } }
        #expect(views == [.breakGlass, .breakGlass])
        await gateway.close()
    }

    @Test func aLateReviewRaisesTheAlarmOnceAndMayCloseTheDoor() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger, text: try text(closes: true))
        let opened = await gateway.openCase()
        _ = await gateway.send(update("m-2", opened))
        let service = DeliveryService(
            house: gateway.house, pusher: FakePusher(recipients: []), refusals: gateway.gateway.refusals)
        #expect(service.watchGlass(warned: 0) == 0)
        gateway.clock.advance(.seconds(2 * 86_400))
        #expect(gateway.gateway.breakGlass.tally() == (1, 1))
        #expect(service.watchGlass(warned: 0) == 1)
        let warnings = gateway.logs.lines.joined().components(of: "not reviewed in time")
        #expect(service.watchGlass(warned: 1) == 1)
        #expect(gateway.logs.lines.joined().components(of: "not reviewed in time") == warnings)
        #expect(await gateway.send(update("m-3", opened)).code == "break-glass.review-overdue")
        // After a restart it is still there.
        await gateway.close()
        let again = try await TestGateway(
            driver: ledger, keyring: MemoryKeyring(), clock: gateway.clock, text: try text(closes: true))
        #expect(again.gateway.breakGlass.tally() == (1, 1))
        #expect(await uses(again).json["uses"]?.arrayValue?.first?["state"]?.stringValue == "overdue")
        let (leaf, _) = try #require(try decisions(again, of: "m-2").first)
        #expect(await review(again, leaf, #"{"outcome":"justified"}"#).status == 204)
        #expect(again.gateway.breakGlass.tally() == (0, 0))
        #expect(await again.send(update("m-3", opened)).status == 202)
        await again.close()
    }
}

extension String {
    /// How often a part stands in it.
    fileprivate func components(of part: String) -> Int {
        split(separator: part, omittingEmptySubsequences: false).count - 1
    }
}
