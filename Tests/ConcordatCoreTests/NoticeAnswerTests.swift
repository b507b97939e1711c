import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatTestSupport
import ConcordatWire
import Testing

@testable import ConcordatCore

/// What a recipient says it did with what a notice named, and who sees that.
@Suite struct NoticeAnswerTests {
    private let officer = Officer(id: "dpo", party: "gateway", isOfDeployment: true)

    /// A gateway where the unit has a notice waiting.
    private func told() async throws -> (gateway: TestGateway, opened: OpenedCase) {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        _ = await gateway.send(
            TestMessage(
                "update", "m-2", from: "hub", to: ["unit"], subject: opened.id,
                people: [.init(opened.ada, name: "Ada", phone: "0123")], offence: nil))
        for delivery in await gateway.pull("unit") {
            _ = await gateway.gateway.inbox.acknowledge(delivery.id, by: "unit")
        }
        _ = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada)
        _ = await RecallService(house: gateway.house).send()
        return (gateway, opened)
    }

    private func rows(_ gateway: TestGateway, _ officer: Officer) async -> [JSONValue] {
        let reply = await gateway.gateway.notices.notices(for: officer, skip: 0, limit: 50, isJustified: false)
        #expect(reply.status == 200)
        return reply.json["notices"]?.arrayValue ?? []
    }

    @Test(
        arguments: [("burnt", nil), ("kept", nil), ("erased", "legal-claim"), ("kept", "a b")] as [(String, String?)])
    func anAnswerIsOneOfThreeAndKeepingNeedsABasis(done: String, basis: String?) {
        #expect(throws: Problem.self) { try NoticeAnswer(done: done, basis: basis) }
    }

    @Test func onlyANoticeOfOnesOwnThatWasHandedOverIsAnswered() async throws {
        let (gateway, opened) = try await told()
        let waiting = try #require(gateway.house.registers.queue(of: "unit").first)
        let erased = try NoticeAnswer(done: "erased", basis: nil)
        let inbox = gateway.gateway.inbox
        #expect(await inbox.acknowledge(waiting.id, answering: erased, by: "unit").code == "delivery.unknown")
        let notice = try #require(await gateway.pull("unit").first)
        let others = await inbox.acknowledge(notice.id, answering: erased, by: "hub")
        #expect(others == (await inbox.acknowledge("d-none", answering: erased, by: "hub")))
        #expect(others.code == "delivery.unknown")
        // The transfer itself asks for no answer.
        let transfer = try #require(notice.event["data"]?["transfers"]?[0]?["delivery"]?.stringValue)
        #expect(
            await inbox.acknowledge(DeliveryID(unchecked: transfer), answering: erased, by: "unit").code
                == "delivery.unknown")
        let record = gateway.house.registers.record(of: CaseID(unchecked: opened.id))
        #expect(record?.notices.allSatisfy { $0.answer == nil } == true)
        await gateway.close()
    }

    @Test func anAnswerStandsAndIsOnRecord() async throws {
        let (gateway, _) = try await told()
        let notice = try #require(await gateway.pull("unit").first)
        let inbox = gateway.gateway.inbox
        let kept = try NoticeAnswer(done: "kept", basis: "legal-claim")
        // That it has the notice says not yet what it did.
        #expect(await inbox.acknowledge(notice.id, by: "unit").status == 204)
        #expect(gateway.gateway.notices.tally().unanswered == 2)
        #expect(await inbox.acknowledge(notice.id, answering: kept, by: "unit").status == 204)
        let leaves = try gateway.leaves().count
        #expect(await inbox.acknowledge(notice.id, answering: kept, by: "unit").status == 204)
        let other = try NoticeAnswer(done: "kept", basis: "public-task")
        #expect(await inbox.acknowledge(notice.id, answering: other, by: "unit").code == "notice.answered")
        #expect(try gateway.leaves().count == leaves)
        guard case .notice(let leaf) = try gateway.leaves().last?.body else {
            Issue.record("no leaf")
            return
        }
        #expect(leaf.event == .answered)
        #expect((leaf.notice, leaf.done, leaf.basis) == (notice.id, .kept, "legal-claim"))
        #expect(gateway.gateway.notices.tally().unanswered == 1)
        await gateway.close()
    }

    @Test func itAnswersWithoutAWordBeforeAndStandsAcknowledged() async throws {
        let (gateway, _) = try await told()
        let notice = try #require(await gateway.pull("unit").first)
        let stopped = try NoticeAnswer(done: "stopped", basis: nil)
        #expect(await gateway.gateway.inbox.acknowledge(notice.id, answering: stopped, by: "unit").status == 204)
        #expect(gateway.house.registers.queueLength(of: "unit") == 0)
        gateway.clock.advance(.seconds(3_600))
        #expect(await gateway.pull("unit").isEmpty)
        await gateway.close()
    }

    @Test func officersSeeTheUnansweredFirstAndAPartysOfficerOnlyItsOwn() async throws {
        let (gateway, opened) = try await told()
        let notice = try #require(await gateway.pull("unit").first)
        let erased = try NoticeAnswer(done: "erased", basis: nil)
        _ = await gateway.gateway.inbox.acknowledge(notice.id, answering: erased, by: "unit")
        let all = await rows(gateway, officer)
        #expect(all.map { $0["recipient"]?.stringValue } == ["hub", "unit"])
        #expect(all.map { $0["state"]?.stringValue } == ["open", "answered"])
        #expect(all.last?["done"]?.stringValue == "erased")
        let own = await rows(gateway, Officer(id: "o-1", party: "unit", isOfDeployment: false))
        #expect(own.map { $0["recipient"]?.stringValue } == ["unit"])
        #expect(own.allSatisfy { !String(decoding: $0.serialized(), as: UTF8.self).contains(opened.ada) })
        #expect(await rows(gateway, Officer(id: "o-2", party: "police", isOfDeployment: false)).isEmpty)
        let views = try gateway.leaves().compactMap { if case .view(let leaf) = $0.body { leaf } else { nil } }
        #expect(views.map(\.count) == [2, 1, 0])
        #expect(views.allSatisfy { $0.what == .notices })
        await gateway.close()
    }

    @Test func itIsDueUntilItIsAnsweredAndLateAfterThat() async throws {
        let (gateway, _) = try await told()
        func due(_ party: PartyID) -> [JSONValue] {
            gateway.gateway.due.due(for: party, skip: 0, limit: 50).json["due"]?.arrayValue ?? []
        }
        let notice = try #require(await gateway.pull("unit").first)
        #expect(due("unit").map { $0["notice"]?.stringValue } == [notice.id.rawValue])
        #expect(due("unit").first?["answer-with"]?.arrayValue?.count == 3)
        #expect(due("unit").first?["state"]?.stringValue == "due")
        #expect(due("police").isEmpty)
        gateway.clock.advance(gateway.house.settings.noticeAnswerWithin + .seconds(86_400))
        #expect(due("unit").first?["state"]?.stringValue == "overdue")
        #expect(gateway.gateway.notices.tally().overdue == 2)
        let service = DeliveryService(
            house: gateway.house, pusher: FakePusher(recipients: []), refusals: RefusalBook(house: gateway.house))
        #expect(service.watchNotices(warned: 0) == 2)
        #expect(gateway.logs.lines.contains { $0.contains("notice: a recipient has not answered in time") })
        let stopped = try NoticeAnswer(done: "stopped", basis: nil)
        _ = await gateway.gateway.inbox.acknowledge(notice.id, answering: stopped, by: "unit")
        #expect(due("unit").isEmpty)
        await gateway.close()
    }
}
