import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatPayload
import ConcordatTerms
import ConcordatTestSupport
import Testing

@testable import ConcordatCore

/// What waits for a consent or an officer while something else changes: a stop, a text, a duty.
@Suite struct HeldCopyTests {
    private let officer = Officer(id: "dpo", party: "gateway", isOfDeployment: true)

    private static func text(_ until: HoldTerms.Until) throws -> CompiledProtocol {
        var text = try TestProtocol.text()
        text.rules.append(
            CompiledRule(
                id: "H1", title: "",
                effect: .hold(HoldTerms(until: until, atMost: .seconds(7 * 86_400), then: .withhold)),
                categories: [], about: nil, messages: ["update"], from: nil, fromCapacity: nil, to: ["satellite"],
                toCapacity: nil, purposes: nil, when: nil, silent: false, tell: []))
        text.markings = ["OFFICIAL", "SENSITIVE"]
        text.obligations = [
            CompiledObligation(
                id: "O1", title: "", marking: "OFFICIAL", onward: .askSender, categories: ["identity"], about: nil,
                messages: nil, to: nil, purposes: nil),
            CompiledObligation(
                id: "O2", title: "", marking: "SENSITIVE", onward: CompiledObligation.Onward.none,
                categories: ["contact"], about: nil, messages: nil, to: nil, purposes: nil),
        ]
        return text
    }

    private func service(_ gateway: TestGateway) -> DeliveryService {
        DeliveryService(
            house: gateway.house, pusher: FakePusher(recipients: []), refusals: gateway.gateway.refusals)
    }

    private func update(_ opened: OpenedCase) -> TestMessage {
        TestMessage(
            "update", "m-2", from: "hub", to: ["unit"], subject: opened.id,
            people: [.init(opened.ada, name: "Ada", phone: "0123")], offence: nil)
    }

    private func release(_ gateway: TestGateway) async -> Reply {
        let id = gateway.house.registers.heldDeliveries.first?.id ?? "d-none"
        return await gateway.gateway.holds.decide(id, Array(#"{"decision":"release"}"#.utf8), by: officer)
    }

    @Test func theDutiesOfWhatAConsentOpenedGoWithIt() async throws {
        let gateway = try await TestGateway.inMemory(text: try Self.text(.consent))
        let opened = await gateway.openCase()
        #expect(await gateway.send(update(opened)).status == 202)
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        _ = await service(gateway).settleHeld()
        let got = try #require(await gateway.pull("unit").first)
        #expect(got.text.contains("0123"))
        #expect(got.event["marking"]?.stringValue == "SENSITIVE")
        #expect(got.event["onward"]?.stringValue == "none")
        await gateway.close()
    }

    @Test func theDutiesOfWhatFellAwayAreNotSaid() async throws {
        var text = try Self.text(.consent)
        text.rules.removeAll { $0.id == "H1" }
        let gateway = try await TestGateway.inMemory(text: text)
        let opened = await gateway.openCase()
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        #expect(await gateway.send(update(opened)).status == 202)
        _ = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada)
        let got = try #require(await gateway.pull("unit").first)
        #expect(!got.text.contains("0123"))
        #expect(got.event["marking"]?.stringValue == "OFFICIAL")
        #expect(got.event["onward"]?.stringValue == "ask-sender")
        await gateway.close()
    }

    @Test func aStoppedCategoryEndsNothingThatWaits() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger, text: try Self.text(.officer))
        let opened = await gateway.openCase()
        #expect(await gateway.send(update(opened)).status == 202)
        let stops = gateway.gateway.stops
        #expect(await stops.stop(.category("identity"), by: "ann").status == 200)
        // Nothing would be left of it: it cannot go now, and is not lost for that.
        #expect(await release(gateway).status != 204)
        _ = await service(gateway).settleHeld()
        #expect(gateway.house.registers.heldDeliveries.count == 1)
        #expect(await gateway.pull("unit").isEmpty)
        _ = await stops.resume(.category("identity"), by: "ann")
        #expect(await stops.resume(.category("identity"), by: "bob").status == 200)
        #expect(await release(gateway).status == 204)
        #expect(await gateway.pull("unit").first?.text.contains("Ada") == true)
        await gateway.close()
    }

    @Test func aTextThatItsRecipientHasNotSignedEndsNothingThatWaits() async throws {
        let first = try Self.text(.officer)
        var second = first
        (second.version, second.digest) = ("2.0.0", String(repeating: "b", count: 64))
        let library = TestLibrary(["one": first, "two": second], isLive: true)
        func archive(_ name: String, signedBy parties: [String]) throws -> ProtocolArchive {
            var files = ["text": Array(name.utf8)]
            for party in parties { files["signoff/\(party)"] = [1] }
            return try ProtocolArchive(files: files)
        }
        let gateway = try await TestGateway(
            driver: MemoryLedger(), keyring: MemoryKeyring(), library: library,
            first: try archive("one", signedBy: ["police", "hub", "unit"]))
        let opened = await gateway.openCase()
        #expect(await gateway.send(update(opened)).status == 202)
        let protocols = gateway.gateway.protocols
        let proposed = await protocols.propose(try archive("two", signedBy: ["police", "hub"]).bytes, by: "ann")
        let id = try #require(proposed.json["id"]?.stringValue.flatMap { VersionID(digest: $0) })
        _ = await protocols.approve(id, by: "bob")
        #expect(await protocols.activate(id, at: nil, beside: nil, by: "bob").status == 200)
        _ = await service(gateway).settleHeld()
        #expect(gateway.house.registers.heldDeliveries.count == 1)
        // The unit accedes, and an officer lets it go.
        #expect(
            await protocols.propose(try archive("two", signedBy: ["unit"]).bytes, by: "ann").status == 200)
        #expect(await release(gateway).status == 204)
        #expect(await gateway.pull("unit").first?.text.contains("Ada") == true)
        await gateway.close()
    }

    @Test func aConsentThatBeginsLaterLetsItGoWhenItBegins() async throws {
        let gateway = try await TestGateway.inMemory(text: try Self.text(.consent))
        let opened = await gateway.openCase()
        #expect(await gateway.send(update(opened)).status == 202)
        let begin = gateway.clock.now + .seconds(86_400)
        let body = """
            {"id":"k-1","case":"\(opened.id)","person":"\(opened.ada)","kind":"participation","purpose":"rj",\
            "state":"given","told-right-to-withdraw":true,"from":"\(begin)"}
            """
        #expect(await gateway.gateway.consents.record(Array(body.utf8), by: "hub").status == 201)
        let looked = await service(gateway).settleHeld()
        #expect(gateway.house.registers.heldDeliveries.count == 1)
        gateway.clock.advance(.seconds(86_400))
        _ = await service(gateway).settleHeld(looked)
        #expect(await gateway.pull("unit").first?.text.contains("0123") == true)
        await gateway.close()
    }

    @Test func theLogSaysFieldByFieldWhatWasLetGo() async throws {
        let gateway = try await TestGateway.inMemory(text: try Self.text(.consent))
        let opened = await gateway.openCase()
        #expect(await gateway.send(update(opened)).status == 202)
        func phones() throws -> [FieldGroup.Action] {
            try gateway.leaves().flatMap { leaf -> [FieldGroup.Action] in
                guard case .decision(let decision) = leaf.body, decision.message == "m-2" else { return [] }
                return decision.fields.filter { $0.path.rawValue == "/people/*/phone" }.map(\.action)
            }
        }
        #expect(try phones() == [.drop])
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        _ = await service(gateway).settleHeld()
        #expect(try phones() == [.drop, .keep])
        // Its recipient has it and may see that it has; before, there was nothing for it to know.
        let unit = Officer(id: "o-1", party: "unit", isOfDeployment: false)
        let seen = await gateway.gateway.officers.transfers(
            for: unit, message: "m-2", caseID: nil, party: nil, before: nil, limit: 9, isJustified: true)
        #expect(seen.json["transfers"]?.arrayValue?.map { $0["answer"]?.stringValue } == ["share"])
        // And the sender is told of it once, as before.
        #expect(gateway.gateway.agencies.tracking("m-2", of: "hub").json["recipients"]?.arrayValue?.count == 1)
        await gateway.close()
    }

    @Test func aWaitThatAClauseCountsInDaysEndsOnItsDay() async throws {
        let hold = try Self.text(.consent).rules.last { $0.id == "H1" }
        var text = try TestProtocol.text { schema in
            schema.replacing(
                "\"name\": {\"type\": \"string\", \"maxLength\": 100, \"x-category\": \"identity\"},",
                with:
                    "\"name\": {\"type\": \"string\", \"format\": \"date\", \"x-category\": \"identity\", \"x-fact\": true},"
            )
        }
        var clause = try #require(hold)
        // It waits unless the day is near.
        clause.when = .not(.test(.days("/people/*/name"), .number(min: 0, max: 3)))
        text.rules.append(clause)
        let gateway = try await TestGateway.inMemory(text: text)
        let opened = await gateway.openCase(isTaken: false)
        #expect(opened.reply.status == 422)
        let referral = await gateway.send(
            TestMessage(
                "referral", "m-1", from: "police", to: ["hub"], subject: "r-2", people: [.init("a1", ["harmed"])]))
        let day = CivilDate(daysSinceEpoch: gateway.clock.now.date.daysSinceEpoch + 5)
        let message = TestMessage(
            "update", "m-2", from: "hub", to: ["unit"], subject: referral.json["case"]?.stringValue,
            people: [.init(referral.json["persons"]?["a1"]?.stringValue ?? "", name: day.description, phone: "0123")])
        #expect(await gateway.send(message).status == 202)
        let looked = await service(gateway).settleHeld()
        #expect(gateway.house.registers.heldDeliveries.count == 1)
        gateway.clock.advance(.seconds(2 * 86_400))
        _ = await service(gateway).settleHeld(looked)
        let got = await gateway.pull("unit").first
        #expect(got?.text.contains(day.description) == true)
        #expect(got?.text.contains("0123") == false)
        await gateway.close()
    }
}
