import ConcordatCore
import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatTestSupport
import Testing

@Suite struct IntakeTests {
    private func referral(_ id: MessageID, subject: String = "ref-1", name: String = "Ada", offence: String = "theft")
        -> TestMessage
    {
        TestMessage(
            "referral", id, from: "police", to: ["hub"], subject: subject,
            people: [.init("a1", name: name, phone: "0123", home: "Somewhere 1")], offence: offence)
    }

    @Test func anUnknownPartyIsRefused() async throws {
        let gateway = try await TestGateway.inMemory()
        var message = referral("m-1")
        message.sender = "stranger"
        #expect(await gateway.send(message).code == "party.unknown")
        await gateway.close()
    }

    @Test func theSourceMustBeTheCertificatesParty() async throws {
        let gateway = try await TestGateway.inMemory()
        #expect(await gateway.send(referral("m-1").body, by: "police-b").code == "envelope.source-mismatch")
        #expect(gateway.house.registers.counts == (0, 0))
        await gateway.close()
    }

    @Test func aSuspendedSenderAndAStoppedMessageAreRefused() async throws {
        let gateway = try await TestGateway.inMemory()
        try await gateway.stop(suspended: ["police"])
        #expect(await gateway.send(referral("m-1")).code == "party.suspended")
        try await gateway.stop(messages: ["referral"])
        #expect(await gateway.send(referral("m-1")).code == "message.stopped")
        try await gateway.stop()
        #expect(await gateway.send(referral("m-1")).status == 202)
        await gateway.close()
    }

    @Test func aRefusedMessageTellsWhomTheClauseNamesAndNobodyElse() async throws {
        let gateway = try await TestGateway.inMemory()
        let waiting = Task { await gateway.gateway.inbox.next(for: "lead", limit: 1, wait: .seconds(20)) }
        try await ContinuousClock().sleep(for: .milliseconds(50))
        let reply = await gateway.send(referral("m-1", offence: "sensitive"))
        #expect(reply.status == 403)
        #expect(reply.code == "rule.refused")
        #expect(reply.json["clause"]?.stringValue == "X1")
        // The notice wakes who waits for it.
        let notice = await waiting.value
        #expect(notice.status == 200)
        #expect(notice.text.contains("message-refused"))
        #expect(!notice.text.contains("Ada"))
        // No case took the message, so none is named.
        #expect(notice.json["deliveries"]?.arrayValue?.first?["event"]?["subject"] == nil)
        #expect(gateway.house.registers.queueLength(of: "hub") == 0)
        #expect(gateway.house.registers.counts.cases == 0)
        await gateway.close()
    }

    @Test func aDryRunChangesNothingAndSendsNothing() async throws {
        let gateway = try await TestGateway.inMemory()
        let reply = await gateway.send(referral("m-1"), isDryRun: true)
        #expect(reply.status == 200)
        #expect(reply.header("Concordat-Salt") == nil)
        #expect(reply.json["persons"] == nil)
        #expect(reply.json["case"] == nil)
        let receipt = try Receipt(parsing: reply.body)
        #expect(receipt.answers.map(\.answer) == [.share])
        #expect(gateway.house.registers.counts == (0, 0))
        #expect(await gateway.pull("hub").isEmpty)
        // Its id is free, and the real one opens the case.
        #expect(await gateway.send(referral("m-1")).status == 202)
        await gateway.close()
    }

    @Test func dryRunsAreBounded() async throws {
        var settings = GatewaySettings()
        settings.dryRunsPerMinute = 2
        let gateway = try await TestGateway.inMemory(settings: settings)
        for _ in 0..<2 { #expect(await gateway.send(referral("m-1"), isDryRun: true).status == 200) }
        let third = await gateway.send(referral("m-1"), isDryRun: true)
        #expect(third.status == 429)
        #expect(third.header("Retry-After") == "60")
        await gateway.close()
    }

    @Test func anAcceptedReferralOpensACaseAndItsReceiptVerifies() async throws {
        let gateway = try await TestGateway.inMemory()
        let reply = await gateway.send(referral("m-1"))
        #expect(reply.status == 202)
        let receipt = try Receipt(parsing: reply.body)
        #expect(try receipt.verify(logKey: TestGateway.signer.verifierKey).count == 1)
        #expect(receipt.persons?.keys.sorted() == ["a1"])
        let record = try #require(gateway.house.registers.record(subject: "ref-1", for: "police"))
        #expect(record.id == receipt.caseID)
        #expect(record.facts.capacities(of: "hub", at: gateway.clock.now) == ["screener"])
        let pulled = await gateway.pull("hub")
        #expect(pulled.count == 1)
        #expect(pulled[0].caseID == record.id.rawValue)
        #expect(pulled[0].event["withheld"]?.stringValue == "/people/0/home")
        #expect(!pulled[0].text.contains("a1"))
        await gateway.close()
    }

    @Test func severalRecipientsEachGetTheirOwnAnswer() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        let reply = await gateway.send(
            TestMessage(
                "update", "m-2", from: "hub", to: ["police", "unit", "prison-a"], subject: opened.id,
                people: [.init(opened.ada, name: "Ada", phone: "0123")]))
        #expect(reply.status == 202)
        let receipt = try Receipt(parsing: reply.body)
        #expect(receipt.answers.map(\.answer) == [.share, .share, .withhold])
        #expect(receipt.answers[2].code == "message.not-to-them")
        #expect(try receipt.verify(logKey: TestGateway.signer.verifierKey).count == 3)
        #expect(gateway.house.registers.queueLength(of: "prison-a") == 0)
        #expect(await gateway.pull("unit").first?.text.contains("0123") == false)
        await gateway.close()
    }

    @Test func theReceiptNamesPersonsAsThatMessageNamedThem() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        // The police call Ada `a1`; here they use the gateway's id.
        let message = TestMessage(
            "update", "m-2", from: "police", to: ["hub"], subject: "ref-1",
            people: [.init(opened.ada, name: "Ada"), .init("b1", ["harmer"], name: "Ben")])
        let reply = await gateway.send(message)
        #expect(
            try Receipt(parsing: reply.body).persons?.mapValues(\.rawValue) == [
                opened.ada: opened.ada, "b1": opened.ben,
            ])
        #expect(await gateway.send(message) == reply)
        await gateway.close()
    }

    @Test func someoneNamedTwiceHasTheRolesOfBothNames() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        _ = await gateway.send(
            TestMessage(
                "update", "m-2", from: "police", to: ["hub"], subject: "ref-1",
                people: [.init("a1", ["harmed"], name: "Ada"), .init(opened.ada, ["harmer"], name: "Ada")]))
        let record = gateway.house.registers.record(of: CaseID(unchecked: opened.id))
        #expect(record?.facts.roles[PersonID(unchecked: opened.ada)] == ["harmed", "harmer"])
        #expect(record?.facts.roles.count == 2)
        await gateway.close()
    }

    @Test func aFullQueueIsAnsweredAndTheRepeatOfAnAcceptedMessageStillIs() async throws {
        var settings = GatewaySettings()
        settings.queueMax = 1
        let gateway = try await TestGateway.inMemory(settings: settings)
        let first = await gateway.send(referral("m-1"))
        let second = await gateway.send(referral("m-2", subject: "ref-2"))
        #expect(second.status == 503)
        #expect(second.code == "limit.queue")
        #expect(second.header("Retry-After") != nil)
        #expect(await gateway.send(referral("m-1")) == first)
        await gateway.close()
    }

    @Test func refusalsBeyondARateAreCountedInASummary() async throws {
        var settings = GatewaySettings()
        settings.refusalLeavesPerSecond = 3
        let gateway = try await TestGateway.inMemory(settings: settings)
        let before = try gateway.leaves().count
        for _ in 0..<10 {
            let reply = await gateway.send(
                TestMessage("update", "m-1", from: "unit", to: ["hub"], subject: "nothing", people: [.init("x")]))
            #expect(reply.code == "case.not-yours")
        }
        #expect(try gateway.leaves().count == before + 3)
        await gateway.gateway.refusals.summarise()
        guard case .refusalSummary(let summary) = try gateway.leaves().last?.body else {
            Issue.record("no summary")
            return
        }
        #expect(summary.count == 7)
        #expect(summary.party == "unit")
        await gateway.close()
    }

    @Test func aRequestIsAnsweredOnceAndCutToWhatWasAsked() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        let request = await gateway.send(
            TestMessage(
                "request", "q-1", from: "hub", to: ["police"], subject: opened.id,
                people: [.init(opened.ada, items: ["phone"])]))
        #expect(request.status == 202)
        #expect(await gateway.pull("police").count == 1)
        func answer(_ id: MessageID, to request: MessageID) -> TestMessage {
            TestMessage(
                "response", id, from: "police", to: ["hub"], subject: "ref-1",
                people: [.init("a1", name: "Ada", phone: "0123")], inReplyTo: request)
        }
        #expect(await gateway.send(answer("r-0", to: "q-9")).code == "request.unknown")
        #expect(await gateway.send(answer("r-1", to: "q-1")).status == 202)
        let pulled = await gateway.pull("hub")
        #expect(pulled.count == 1)
        #expect(pulled.first?.text.contains("0123") == true)
        #expect(pulled.first?.text.contains("Ada") == false)
        #expect(await gateway.send(answer("r-2", to: "q-1")).code == "request.unknown")
        await gateway.close()
    }
}
