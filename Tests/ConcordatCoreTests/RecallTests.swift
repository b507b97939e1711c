import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatPayload
import ConcordatTerms
import ConcordatTestSupport
import ConcordatWire
import Testing

@testable import ConcordatCore

/// Who already has what rested on a consent is told to stop using it when it ends, and says what it did.
@Suite struct RecallTests {
    private func update(_ id: MessageID, _ opened: OpenedCase, to recipient: PartyID = "unit", phone: String? = "0123")
        -> TestMessage
    {
        TestMessage(
            "update", id, from: "hub", to: [recipient], subject: opened.id,
            people: [.init(opened.ada, name: "Ada", phone: phone)], offence: nil)
    }

    @discardableResult private func take(_ gateway: TestGateway, _ party: PartyID) async -> [PulledDelivery] {
        let got = await gateway.pull(party)
        for delivery in got { _ = await gateway.gateway.inbox.acknowledge(delivery.id, by: party) }
        return got
    }

    private func tell(_ gateway: TestGateway) async { _ = await RecallService(house: gateway.house).send() }

    private func record(_ gateway: TestGateway, _ opened: OpenedCase) -> CaseRecord? {
        gateway.house.registers.record(of: CaseID(unchecked: opened.id))
    }

    private func notices(_ gateway: TestGateway) throws -> [NoticeLeaf] {
        try gateway.leaves().compactMap { if case .notice(let leaf) = $0.body { leaf } else { nil } }
    }

    /// Ada agreed, the unit has her phone number on that, and the police her name on nobody's consent.
    private func handed(_ gateway: TestGateway) async -> OpenedCase {
        let opened = await gateway.openCase()
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        _ = await gateway.send(update("m-2", opened))
        await take(gateway, "unit")
        _ = await gateway.send(update("m-3", opened, to: "police"))
        await take(gateway, "police")
        return opened
    }

    @Test func nobodyIsToldWhoHasNothingThatRestedOnIt() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        // One waits and goes without the number; one never had it; one is about somebody else.
        _ = await gateway.send(update("m-2", opened))
        _ = await gateway.send(update("m-3", opened, to: "police"))
        await take(gateway, "police")
        _ = await gateway.send(update("m-4", opened, to: "unit-b", phone: nil))
        await take(gateway, "unit-b")
        _ = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada, by: "prison-b")
        await take(gateway, "unit")
        await tell(gateway)
        #expect(record(gateway, opened)?.recalls.isEmpty == true)
        #expect(record(gateway, opened)?.notices.map(\.recipient) == ["hub"])
        for party: PartyID in ["police", "unit", "unit-b", "prison-b"] { #expect(await gateway.pull(party).isEmpty) }
        await gateway.close()
    }

    @Test func aConsentOfSomebodyElseOrAnotherPurposeTellsNobody() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await handed(gateway)
        _ = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ben)
        await tell(gateway)
        #expect(try notices(gateway).isEmpty)
        await gateway.close()
    }

    @Test func whoHasItIsToldWhatAndNotWhy() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await handed(gateway)
        let transfer = try gateway.leaves().compactMap { leaf -> DeliveryID? in
            if case .decision(let decision) = leaf.body, decision.message == "m-2" { decision.delivery } else { nil }
        }.first
        _ = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada, by: "prison-b")
        await tell(gateway)
        await tell(gateway)
        let told = await gateway.pull("unit")
        #expect(told.count == 1)
        let data = try #require(told.first?.event["data"])
        #expect(data["notice"]?.stringValue == "recall")
        #expect(data["transfers"]?.arrayValue?.count == 1)
        #expect(data["transfers"]?[0]?["delivery"]?.stringValue == transfer?.rawValue)
        #expect(data["transfers"]?[0]?["message"]?.stringValue == "m-2")
        #expect(data["transfers"]?[0]?["items"]?.arrayValue?.map(\.stringValue) == ["/people/*/phone"])
        for word in ["Ada", "0123", opened.ada, "consent", "withdrawn", "harmed", "prison-b"] {
            #expect(told.first?.text.contains(word) == false, "\(word)")
        }
        // The hub has her number because nobody had objected.
        #expect(await gateway.pull("hub").map { $0.event["data"]?["notice"]?.stringValue } == ["recall"])
        for party: PartyID in ["police", "unit-b", "prison-b"] { #expect(await gateway.pull(party).isEmpty) }
        let leaves = try notices(gateway)
        #expect(Set(leaves.map(\.recipient)) == ["unit", "hub"])
        #expect(leaves.allSatisfy { $0.event == .sent && $0.reason == .recall && $0.by == nil && $0.done == nil })
        let recalled = try gateway.leaves().compactMap { leaf -> DeliveryID? in
            if case .deliveryEnd(let end) = leaf.body, end.end == .recalled { end.delivery } else { nil }
        }
        #expect(recalled.contains { $0 == transfer })
        await gateway.close()
    }

    @Test func whatWasToldIsNotToldAgainUntilSomebodyAgreedAnew() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await handed(gateway)
        for (number, state) in [ConsentState.withdrawn, .objected, .refused].enumerated() {
            gateway.clock.advance(.seconds(1))
            _ = await gateway.consent("k-1\(number)", state, case: opened.id, person: opened.ada)
            await tell(gateway)
        }
        #expect(try notices(gateway).filter { $0.recipient == "unit" }.count == 1)
        gateway.clock.advance(.seconds(1))
        _ = await gateway.consent("k-4", .renewed, case: opened.id, person: opened.ada)
        _ = await gateway.send(update("m-5", opened))
        await take(gateway, "unit")
        gateway.clock.advance(.seconds(1))
        _ = await gateway.consent("k-5", .withdrawn, case: opened.id, person: opened.ada)
        await tell(gateway)
        let second = try notices(gateway).filter { $0.recipient == "unit" }.dropFirst()
        #expect(second.count == 1)
        #expect(second.first?.transfers.count == 2)
        await gateway.close()
    }

    @Test func aConsentThatComesToItsEndTellsThoseWhoHaveSomethingOnIt() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        let until = gateway.clock.now + .seconds(3_600)
        let body = """
            {"id":"k-1","case":"\(opened.id)","person":"\(opened.ada)","kind":"participation","purpose":"rj",\
            "state":"given","until":"\(until)","told-right-to-withdraw":true}
            """
        #expect(await gateway.gateway.consents.record(Array(body.utf8), by: "hub").status == 201)
        _ = await gateway.send(update("m-2", opened))
        await take(gateway, "unit")
        await gateway.gateway.consents.lapse()
        #expect(record(gateway, opened)?.recalls.isEmpty == true)
        gateway.clock.advance(.seconds(3_600))
        await gateway.gateway.consents.lapse()
        await gateway.gateway.consents.lapse()
        await tell(gateway)
        // That nobody has objected still holds, so the hub is told nothing.
        #expect(try notices(gateway).map(\.recipient) == ["unit"])
        let events = try gateway.leaves().compactMap { if case .consent(let leaf) = $0.body { leaf } else { nil } }
        #expect(events.map(\.event) == [.given, .expired])
        #expect(events.last?.recordedBy == nil)
        await gateway.close()
    }

    @Test func nobodyIsToldWhileAnotherConsentStillAllowsIt() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        _ = await gateway.consent("k-0", .given, case: opened.id, person: opened.ada)
        let until = gateway.clock.now + .seconds(3_600)
        let body = """
            {"id":"k-1","case":"\(opened.id)","person":"\(opened.ada)","kind":"participation","purpose":"rj",\
            "state":"given","until":"\(until)","told-right-to-withdraw":true}
            """
        _ = await gateway.gateway.consents.record(Array(body.utf8), by: "hub")
        _ = await gateway.send(update("m-2", opened))
        await take(gateway, "unit")
        gateway.clock.advance(.seconds(3_600))
        await gateway.gateway.consents.lapse()
        await tell(gateway)
        #expect(try notices(gateway).isEmpty)
        await gateway.close()
    }

    @Test func aWithdrawalForOneCategoryTellsNobodyOfAnother() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        func record(_ id: String, _ state: String, to kind: String, of category: String) async -> Int {
            let body = """
                {"id":"\(id)","case":"\(opened.id)","person":"\(opened.ada)","kind":"participation","purpose":"rj",\
                "state":"\(state)","categories":["\(category)"],"recipient-kinds":["\(kind)"],\
                "told-right-to-withdraw":true}
                """
            return await gateway.gateway.consents.record(Array(body.utf8), by: "hub").status
        }
        #expect(await record("k-1", "given", to: "satellite", of: "contact") == 201)
        _ = await gateway.send(update("m-2", opened))
        #expect(await take(gateway, "unit").first?.text.contains("0123") == true)
        for (id, kind, category) in [("k-2", "hub", "location"), ("k-3", "police", "contact")] {
            #expect(await record(id, "withdrawn", to: kind, of: category) == 202)
            await tell(gateway)
            #expect(try notices(gateway).isEmpty)
        }
        #expect(await record("k-4", "withdrawn", to: "satellite", of: "contact") == 202)
        await tell(gateway)
        #expect(try notices(gateway).map(\.recipient) == ["unit"])
        #expect(await record("k-5", "withdrawn", to: "hub", of: "contact") == 202)
        await tell(gateway)
        #expect(try notices(gateway).map(\.recipient) == ["unit", "hub"])
        await gateway.close()
    }

    @Test func whatWaitedForAConsentIsToldOfWhenThatEnds() async throws {
        var text = try TestProtocol.text()
        text.rules.append(
            CompiledRule(
                id: "H1", title: "",
                effect: .hold(HoldTerms(until: .consent, atMost: .seconds(7 * 86_400), then: .withhold)),
                categories: [], about: nil, messages: ["update"], from: nil, fromCapacity: nil, to: ["satellite"],
                toCapacity: nil, purposes: nil, when: nil, silent: false, tell: []))
        let gateway = try await TestGateway.inMemory(text: text)
        let opened = await gateway.openCase()
        _ = await gateway.send(update("m-2", opened))
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        let service = DeliveryService(
            house: gateway.house, pusher: FakePusher(recipients: []), refusals: gateway.gateway.refusals)
        _ = await service.settleHeld()
        gateway.clock.advance(.seconds(1))
        #expect(await take(gateway, "unit").first?.text.contains("0123") == true)
        gateway.clock.advance(.seconds(1))
        _ = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada)
        await tell(gateway)
        #expect(Set(try notices(gateway).map(\.recipient)) == ["hub", "unit"])
        let items = await gateway.pull("unit").first?.event["data"]?["transfers"]?[0]?["items"]
        #expect(items?.arrayValue?.map(\.stringValue) == ["/people/*/phone"])
        await gateway.close()
    }

    @Test func ofAPersonWithTwoRolesEitherRolesConsentCounts() async throws {
        var text = try TestProtocol.text()
        text.rules.removeAll { $0.id == "P4" }
        for (id, role, level) in [("P4a", "harmed", .none), ("P4b", "harmer", .given)]
            as [(RuleID, Role, ConsentNeed.Level)]
        {
            text.rules.append(
                CompiledRule(
                    id: id, title: "", effect: .permit(.keep, ConsentNeed(level: level)), categories: ["contact"],
                    about: [.role(role)], messages: nil, from: nil, fromCapacity: nil, to: ["satellite"],
                    toCapacity: nil, purposes: nil, when: nil, silent: false, tell: []))
        }
        let gateway = try await TestGateway.inMemory(text: text)
        let opened = await gateway.openCase()
        for (id, person) in [("k-1", opened.ada), ("k-2", opened.ben)] {
            _ = await gateway.consent(id, .given, case: opened.id, person: person)
        }
        _ = await gateway.send(
            TestMessage(
                "update", "m-2", from: "hub", to: ["unit"], subject: opened.id,
                people: [
                    .init(opened.ada, name: "Ada", phone: "0123"),
                    .init(opened.ben, ["harmed", "harmer"], name: "Ben", phone: "0456"),
                ], offence: nil))
        #expect(await take(gateway, "unit").first?.text.contains("0456") == true)
        // Nobody asked Ada for her number to go to the unit.
        _ = await gateway.consent("k-3", .withdrawn, case: opened.id, person: opened.ada)
        await tell(gateway)
        #expect(try notices(gateway).map(\.recipient) == ["hub"])
        #expect(await gateway.consent("k-4", .withdrawn, case: opened.id, person: opened.ben).status == 202)
        await tell(gateway)
        #expect(try notices(gateway).last?.recipient == "unit")
        await gateway.close()
    }

    @Test func whatWasJudgedByATextThatIsGoneIsNamedWhole() async throws {
        let (ledger, keyring) = (MemoryLedger(), MemoryKeyring())
        var gateway = try await TestGateway(driver: ledger, keyring: keyring)
        let opened = await handed(gateway)
        await gateway.close()
        var text = try TestProtocol.text()
        text.digest = String(repeating: "b", count: 64)
        gateway = try await TestGateway(driver: ledger, keyring: keyring, clock: gateway.clock, text: text)
        _ = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada)
        await tell(gateway)
        let transfer = await gateway.pull("unit").first?.event["data"]?["transfers"]?[0]
        #expect(transfer?["message"]?.stringValue == "m-2")
        #expect(transfer?["items"]?.arrayValue?.isEmpty == true)
        // No consent was looked at for what the police have.
        #expect(await gateway.pull("police").isEmpty)
        await gateway.close()
    }

    @Test func theServiceTellsOfItselfAndWhatIsPushedIsAnsweredToo() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await handed(gateway)
        let pusher = FakePusher(recipients: ["unit"])
        let service = DeliveryService(
            house: gateway.house, pusher: pusher, refusals: gateway.gateway.refusals, sweepEvery: .milliseconds(20))
        let run = Task { try await service.run() }
        _ = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada)
        #expect(await eventually { pusher.arrivals.count == 1 && gateway.house.registers.queueLength(of: "unit") == 0 })
        let notice = try #require(pusher.arrivals.first)
        #expect(String(decoding: notice.event, as: UTF8.self).contains("\"notice\":\"recall\""))
        let erased = try NoticeAnswer(done: "erased", basis: nil)
        let answer = await gateway.gateway.inbox.acknowledge(notice.delivery, answering: erased, by: "unit")
        #expect(answer.status == 204)
        #expect(gateway.gateway.notices.tally().unanswered == 1)
        run.cancel()
        try await run.value
        await gateway.close()
    }

    @Test func aLongCaseIsLookedThroughPieceByPiece() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        for number in 0..<7 { _ = await gateway.send(update(MessageID(unchecked: "m-\(number)"), opened)) }
        await take(gateway, "unit")
        _ = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada)
        var service = RecallService(house: gateway.house)
        service.decisionsMax = 3
        _ = await service.send()
        #expect(record(gateway, opened)?.recalls.isEmpty == true)
        let told = try notices(gateway).filter { $0.recipient == "unit" }
        #expect(told.count == 3)
        #expect(Set(told.flatMap(\.transfers)).count == 7)
        await gateway.close()
    }

    @Test func whatIsToBeToldAndWhatWasAnsweredOutlivesTheProcess() async throws {
        let (ledger, keyring) = (MemoryLedger(), MemoryKeyring())
        var gateway = try await TestGateway(driver: ledger, keyring: keyring)
        let opened = await handed(gateway)
        _ = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada)
        // No round of the service has come yet.
        await gateway.close()
        gateway = try await TestGateway(driver: ledger, keyring: keyring, clock: gateway.clock)
        await tell(gateway)
        let notice = try #require(await gateway.pull("unit").first)
        let kept = try NoticeAnswer(done: "kept", basis: "legal-claim")
        #expect(await gateway.gateway.inbox.acknowledge(notice.id, answering: kept, by: "unit").status == 204)
        await gateway.close()
        gateway = try await TestGateway(driver: ledger, keyring: keyring, clock: gateway.clock)
        await tell(gateway)
        #expect(try notices(gateway).filter { $0.event == .sent }.count == 2)
        let answers = record(gateway, opened)?.notices.filter { $0.recipient == "unit" }.map(\.answer?.basis)
        #expect(answers == ["legal-claim"])
        #expect(gateway.gateway.notices.tally().unanswered == 1)
        await gateway.close()
    }

    @Test func whatCannotBeWrittenIsTriedAgain() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger, reserve: 1_000)
        let opened = await handed(gateway)
        ledger.setFreeBytes(999)
        #expect(await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada).status == 202)
        await tell(gateway)
        #expect(record(gateway, opened)?.recalls.count == 1)
        ledger.setFreeBytes(1_000)
        await tell(gateway)
        #expect(record(gateway, opened)?.recalls.isEmpty == true)
        #expect(record(gateway, opened)?.notices.count == 2)
        await gateway.close()
    }
}
