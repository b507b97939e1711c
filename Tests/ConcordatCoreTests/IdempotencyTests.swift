import ConcordatCore
import ConcordatDecision
import ConcordatJSON
import ConcordatStore
import ConcordatTerms
import ConcordatTestSupport
import Testing

@Suite struct IdempotencyTests {
    private func referral(_ id: MessageID = "m-1", name: String = "Ada", offence: String = "theft") -> TestMessage {
        TestMessage(
            "referral", id, from: "police", to: ["hub"], subject: "ref-1", people: [.init("a1", name: name)],
            offence: offence)
    }

    @Test func theSameIdWithOtherContentIsRefused() async throws {
        let gateway = try await TestGateway.inMemory()
        #expect(await gateway.send(referral()).status == 202)
        let other = await gateway.send(referral(name: "Eve"))
        #expect(other.status == 422)
        #expect(other.code == "idempotency.conflict")
        // Nor when the other content would have been refused.
        #expect(await gateway.send(referral(offence: "sensitive")).code == "idempotency.conflict")
        #expect(gateway.house.registers.queueLength(of: "hub") == 1)
        await gateway.close()
    }

    @Test func theRepeatOfAReferralThatOpenedACaseGivesTheSameBytes() async throws {
        let gateway = try await TestGateway.inMemory()
        let first = await gateway.send(referral())
        _ = await gateway.send(referral("m-2", name: "Ada L"))
        _ = await gateway.consent("k-1", .given, case: first.json["case"]?.stringValue ?? "", person: "a1")
        #expect(await gateway.send(referral()) == first)
        #expect(gateway.house.registers.queueLength(of: "hub") == 2)
        #expect(gateway.house.registers.counts.cases == 1)
        await gateway.close()
    }

    @Test func theAnswerIsRememberedWhenTheProtocolHasLapsedSince() async throws {
        let gateway = try await TestGateway.inMemory()
        let first = await gateway.send(referral())
        gateway.clock.advance(.seconds(400 * 86_400))
        #expect(await gateway.send(referral("m-2")).code == "protocol.lapsed")
        #expect(await gateway.send(referral()) == first)
        await gateway.close()
    }

    @Test func aRefusedIdMayBeTriedAgain() async throws {
        let gateway = try await TestGateway.inMemory()
        #expect(await gateway.send(referral(offence: "sensitive")).code == "rule.refused")
        #expect(await gateway.send(referral()).status == 202)
        await gateway.close()
    }

    @Test func oneIdBelongsToEachPartyByItself() async throws {
        let gateway = try await TestGateway.inMemory()
        var other = referral()
        other.sender = "police-b"
        #expect(await gateway.send(referral()).status == 202)
        #expect(await gateway.send(other).status == 202)
        #expect(gateway.house.registers.counts == (2, 2))
        await gateway.close()
    }

    @Test func manyAtOnceMakeOneDelivery() async throws {
        let folder = try TestFolder()
        let (ledger, keyring) = try TestGateway.store(in: folder.path)
        let gateway = try await TestGateway(driver: ledger, keyring: keyring)
        let message = referral()
        let replies = await withTaskGroup(of: Reply.self, returning: [Reply].self) { group in
            for _ in 0..<40 { group.addTask { await gateway.send(message) } }
            var replies: [Reply] = []
            for await reply in group { replies.append(reply) }
            return replies
        }
        let taken = replies.filter { $0.status == 202 }
        #expect(!taken.isEmpty)
        #expect(taken.allSatisfy { $0 == taken[0] })
        #expect(replies.allSatisfy { $0.status == 202 || $0.code == "idempotency.in-flight" })
        #expect(gateway.house.registers.counts == (1, 1))
        #expect(await gateway.send(message) == taken[0])
        await gateway.close()
        try ledger.close()
    }

    @Test func manyDifferentOnesAtOnceAreAllTaken() async throws {
        let gateway = try await TestGateway.inMemory()
        let replies = await withTaskGroup(of: Reply.self, returning: [Reply].self) { group in
            for number in 0..<60 { group.addTask { await gateway.send(referral(MessageID(unchecked: "m-\(number)"))) } }
            var replies: [Reply] = []
            for await reply in group { replies.append(reply) }
            return replies
        }
        // One opens the case; the others are judged again under it.
        #expect(replies.allSatisfy { $0.status == 202 })
        #expect(gateway.house.registers.counts == (1, 60))
        await gateway.close()
    }
}
