import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatTestSupport
import ConcordatWire
import Testing

@testable import ConcordatCore

/// A sender has everyone told who has a message of its own.
@Suite struct SenderNoticeTests {
    /// The hub tells the unit and the police; the unit has it, for the police it waits.
    private func sent(_ ledger: MemoryLedger = MemoryLedger()) async throws -> (
        gateway: TestGateway, opened: OpenedCase
    ) {
        let gateway = try await TestGateway.inMemory(ledger)
        let opened = await gateway.openCase()
        #expect(await send("m-2", in: gateway, opened, to: ["unit", "police"]).status == 202)
        #expect(await gateway.pull("unit").count == 1)
        return (gateway, opened)
    }

    private func send(_ id: MessageID, in gateway: TestGateway, _ opened: OpenedCase, to recipients: [PartyID]) async
        -> Reply
    {
        await gateway.send(
            TestMessage(
                "update", id, from: "hub", to: recipients, subject: opened.id,
                people: [.init(opened.ada, name: "Ada")], offence: nil))
    }

    private func ask(
        _ gateway: TestGateway, _ reason: String, of message: MessageID = "m-2", replacedBy: String? = nil,
        by party: PartyID = "hub"
    ) async throws -> Reply {
        await gateway.gateway.senderNotices.send(
            try SenderNotices.Request(reason: reason, replacement: replacedBy), of: message, by: party)
    }

    private func states(_ reply: Reply) -> [String?] {
        reply.json["recipients"]?.arrayValue?.map { $0["state"]?.stringValue } ?? []
    }

    private func notices(_ gateway: TestGateway, _ party: PartyID) async -> [PulledDelivery] {
        await gateway.pull(party).filter { $0.event["source"]?.stringValue == "gateway" }
    }

    @Test(arguments: [nil, "", "withdrawal", "Recall"] as [String?])
    func onlyTheWordsThereAreAreTaken(reason: String?) {
        #expect(throws: Problem.self) { try SenderNotices.Request(reason: reason, replacement: nil) }
        #expect(throws: Problem.self) { try SenderNotices.Request(reason: "recall", replacement: "a b") }
    }

    @Test func aMessageOfOthersIsAnsweredLikeNone() async throws {
        let (gateway, _) = try await sent()
        let others = try await ask(gateway, "recall", by: "unit")
        #expect(others == (try await ask(gateway, "recall", of: "m-none", by: "unit")))
        #expect(others.code == "tracking.unknown")
        #expect(try await ask(gateway, "recall", by: "stranger").code == "party.unknown")
        #expect(await notices(gateway, "unit").isEmpty)
        await gateway.close()
    }

    @Test func whoHasItIsToldAndWhoDoesNotNeverGetsIt() async throws {
        let ledger = MemoryLedger()
        let (gateway, _) = try await sent(ledger)
        let reply = try await ask(gateway, "recall")
        #expect(reply.status == 202)
        #expect(states(reply) == ["told", "ended"])
        // The copies of both are gone; that of the notice waits.
        #expect(ledger.copyCount == 1)
        #expect(await gateway.pull("police").isEmpty)
        gateway.clock.advance(.seconds(3_600))
        let got = await gateway.pull("unit")
        #expect(got.map { $0.event["data"]?["notice"]?.stringValue } == ["recall"])
        #expect(got.first?.event["data"]?["transfers"]?[0]?["items"]?.arrayValue?.isEmpty == true)
        #expect(got.first?.event["data"]?["transfers"]?[0]?["sender"]?.stringValue == "hub")
        #expect(got.first?.text.contains("Ada") == false)
        let ends = try gateway.leaves().compactMap { if case .deliveryEnd(let leaf) = $0.body { leaf } else { nil } }
        #expect(Set(ends.map(\.end)) == [.recalled, .withdrawn])
        #expect(ends.allSatisfy { $0.code == "notice.recall" })
        await gateway.close()
    }

    @Test func theSameAskedAgainTellsNobodyTwiceAndAnotherReasonDoes() async throws {
        let (gateway, _) = try await sent()
        _ = try await ask(gateway, "correction")
        let leaves = try gateway.leaves().count
        #expect(states(try await ask(gateway, "correction")) == ["told-before", "ended"])
        #expect(try gateway.leaves().count == leaves)
        #expect(states(try await ask(gateway, "erasure")) == ["told", "ended"])
        #expect(await notices(gateway, "unit").count == 2)
        await gateway.close()
    }

    @Test func aBreachIsToldAndKeepsNothingBack() async throws {
        let (gateway, _) = try await sent()
        #expect(states(try await ask(gateway, "breach")) == ["told", "waiting"])
        #expect(await gateway.pull("police").first?.text.contains("Ada") == true)
        #expect(states(try await ask(gateway, "breach")) == ["told-before", "told"])
        await gateway.close()
    }

    @Test func whatStandsInItsPlaceIsNamedToThoseWhoWereSentIt() async throws {
        let (gateway, opened) = try await sent()
        #expect(await gateway.pull("police").count == 1)
        #expect(await send("m-3", in: gateway, opened, to: ["police"]).status == 202)
        for wrong in ["m-2", "m-none", "m-open"] {
            #expect(try await ask(gateway, "correction", replacedBy: wrong).code == "query.malformed", "\(wrong)")
        }
        #expect(states(try await ask(gateway, "correction", replacedBy: "m-3")) == ["told", "told"])
        #expect(await notices(gateway, "police").first?.event["data"]?["replaced-by"]?.stringValue == "m-3")
        let unit = await notices(gateway, "unit").first
        #expect(unit?.event["data"]?["replaced-by"] == .null)
        await gateway.close()
    }

    @Test func theSenderSeesWhatWasDoneAndNothingOfWhatTheGatewayToldOfItself() async throws {
        let (gateway, opened) = try await sent()
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        let phone = TestMessage(
            "update", "m-4", from: "hub", to: ["unit"], subject: opened.id,
            people: [.init(opened.ada, name: "Ada", phone: "0123")], offence: nil)
        #expect(await gateway.send(phone).status == 202)
        for delivery in await gateway.pull("unit") {
            _ = await gateway.gateway.inbox.acknowledge(delivery.id, by: "unit")
        }
        _ = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada)
        _ = await RecallService(house: gateway.house).send()
        _ = try await ask(gateway, "erasure")
        func asked(_ message: MessageID) -> [JSONValue] {
            gateway.gateway.agencies.tracking(message, of: "hub").json["recipients"]?[0]?["notices"]?.arrayValue ?? []
        }
        func waits() -> [JSONValue] {
            (gateway.gateway.due.due(for: "hub", skip: 0, limit: 50).json["due"]?.arrayValue ?? []).filter {
                $0["you"]?.stringValue == "wait"
            }
        }
        #expect(asked("m-4").isEmpty)
        #expect(asked("m-2").map { $0["reason"]?.stringValue } == ["erasure"])
        #expect(waits().count == 1)
        #expect(waits().first?["notice"]?.stringValue == nil)
        for notice in await notices(gateway, "unit") {
            let kept = try NoticeAnswer(done: "kept", basis: "safeguarding")
            #expect(await gateway.gateway.inbox.acknowledge(notice.id, answering: kept, by: "unit").status == 204)
        }
        #expect(asked("m-2").first?["done"]?.stringValue == "kept")
        #expect(asked("m-2").first?["basis"]?.stringValue == "safeguarding")
        #expect(asked("m-4").isEmpty)
        #expect(waits().isEmpty)
        await gateway.close()
    }

    @Test func itIsTakenFromASuspendedSenderAndNotWithoutEnd() async throws {
        let (gateway, _) = try await sent()
        try await gateway.stop(suspended: ["hub"])
        #expect(states(try await ask(gateway, "restriction")) == ["told", "ended"])
        #expect(await notices(gateway, "unit").count == 1)
        var last = 0
        for _ in 0...gateway.house.settings.noticesPerMinute { last = try await ask(gateway, "restriction").status }
        #expect(last == 429)
        await gateway.close()
    }

    @Test func anIdUsedAnewMeansTheNewerMessageAndNothingOfTheOtherCase() async throws {
        let ledger = MemoryLedger()
        let (gateway, opened) = try await sent(ledger)
        gateway.clock.advance(.seconds(1))
        try ledger.forgetAnswers(before: gateway.clock.now, limit: 100)
        let second = await gateway.send(
            TestMessage(
                "referral", "m-second", from: "police", to: ["hub"], subject: "ref-2",
                people: [.init("a1", ["harmed"], name: "Ada")]))
        let other = OpenedCase(
            reply: second, id: second.json["case"]?.stringValue ?? "",
            ada: second.json["persons"]?["a1"]?.stringValue ?? "", ben: "")
        #expect(await send("m-2", in: gateway, other, to: ["unit-b", "unit"]).status == 202)
        let tracked = gateway.gateway.agencies.tracking("m-2", of: "hub").json["recipients"]?.arrayValue ?? []
        #expect(tracked.map { $0["state"]?.stringValue } == ["waiting", "waiting"])
        #expect(states(try await ask(gateway, "recall")) == ["ended", "ended"])
        // That of the first case goes on: nobody asked for it.
        #expect(await gateway.pull("police").map(\.caseID) == [opened.id])
        #expect(await notices(gateway, "unit").isEmpty)
        await gateway.close()
    }
}
