import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatTestSupport
import Testing

@testable import ConcordatCore

/// What a message makes others owe: opened when it is accepted, closed by the answer, shown to those concerned.
@Suite struct DueTests {
    private func text() throws -> CompiledProtocol {
        var text = try TestProtocol.text()
        func expected(_ id: RuleID, _ debtor: CompiledExpectation.Debtor, _ days: Int) -> CompiledExpectation {
            CompiledExpectation(
                id: id, title: "An answer", after: "referral", when: nil, owedBy: debtor, answeredBy: ["update"],
                within: DaySpan(days: days, calendar: nil), reminders: [DaySpan(days: 1, calendar: nil)])
        }
        text.expectations = [expected("E1", .recipient, 2), expected("E2", .capacity("screener"), 5)]
        return text
    }

    private func rows(_ gateway: TestGateway, _ party: PartyID, from skip: Int = 0, limit: Int = 50) throws
        -> [JSONValue]
    {
        let reply = gateway.gateway.due.due(for: party, skip: skip, limit: limit)
        #expect(reply.status == 200)
        return try JSONValue.parse(reply.body)["due"]?.arrayValue ?? []
    }

    @Test func nobodyElseSeesWhatIsDue() async throws {
        let gateway = try await TestGateway.inMemory(text: try text())
        _ = await gateway.openCase()
        for party: PartyID in ["police-b", "unit", "prison-a", "lead"] { #expect(try rows(gateway, party).isEmpty) }
        await gateway.close()
    }

    @Test func theRecipientOwesAndTheSenderWaits() async throws {
        let gateway = try await TestGateway.inMemory(text: try text())
        _ = await gateway.openCase()
        let owed = try rows(gateway, "hub")
        #expect(owed.map { $0["clause"]?.stringValue } == ["E1", "E2"])
        #expect(owed.map { $0["you"]?.stringValue } == ["owe", "owe"])
        // Who holds a capacity may never have been sent the message it follows.
        #expect(owed.map { $0["message"]?.stringValue == nil } == [false, true])
        let waited = try rows(gateway, "police")
        #expect(waited.map { $0["clause"]?.stringValue } == ["E1"])
        #expect(waited.first?["you"]?.stringValue == "wait")
        #expect(try rows(gateway, "hub", from: 1).count == 1)
        #expect(try rows(gateway, "hub", limit: 1).count == 1)
        await gateway.close()
    }

    @Test func aDayBecomesAReminderAndThenALateAnswer() async throws {
        let gateway = try await TestGateway.inMemory(text: try text())
        _ = await gateway.openCase()
        func state() throws -> String? { try rows(gateway, "police").first?["state"]?.stringValue }
        #expect(try state() == "due")
        gateway.clock.advance(.seconds(86_400))
        #expect(try state() == "reminded")
        gateway.clock.advance(.seconds(86_400))
        #expect(try state() == "reminded")
        #expect(gateway.gateway.due.tally() == (2, 0))
        gateway.clock.advance(.seconds(86_400))
        #expect(try state() == "overdue")
        #expect(gateway.gateway.due.tally() == (2, 1))
        await gateway.close()
    }

    @Test func onlyTheDebtorsAnswerClosesIt() async throws {
        let ledger = MemoryLedger()
        let gateway = try await TestGateway.inMemory(ledger, text: try text())
        let opened = await gateway.openCase()
        func update(_ id: MessageID, from sender: PartyID, to recipient: PartyID) -> TestMessage {
            TestMessage(
                "update", id, from: sender, to: [recipient], subject: opened.id,
                people: [.init(opened.ada, name: "Ada")])
        }
        #expect(await gateway.send(update("m-2", from: "police", to: "hub")).status == 202)
        #expect(try rows(gateway, "hub").count == 2)
        #expect(await gateway.send(update("m-3", from: "hub", to: "police")).status == 202)
        #expect(try rows(gateway, "hub").isEmpty)
        #expect(try rows(gateway, "police").isEmpty)
        await gateway.close()
    }

    @Test func anAnswerSettlesOnlyWhatItSaysItAnswers() async throws {
        var text = try text()
        (text.expectations[0].after, text.expectations[0].answeredBy) = ("request", ["response"])
        text.expectations.removeLast()
        let gateway = try await TestGateway.inMemory(text: text)
        let opened = await gateway.openCase()
        for id: MessageID in ["q-1", "q-2"] {
            let asked = TestMessage(
                "request", id, from: "hub", to: ["police"], subject: opened.id,
                people: [.init(opened.ada, items: ["phone"])])
            #expect(await gateway.send(asked).status == 202)
        }
        func owed() throws -> [String?] { try rows(gateway, "police").map { $0["message"]?.stringValue } }
        #expect(try owed() == ["q-1", "q-2"])
        #expect(try rows(gateway, "police").first?["party"]?.stringValue == "hub")
        #expect(try rows(gateway, "hub").first?["party"]?.stringValue == "police")
        let answer = TestMessage(
            "response", "a-1", from: "police", to: ["hub"], subject: opened.id,
            people: [.init(opened.ada, phone: "0123")], inReplyTo: "q-2")
        #expect(await gateway.send(answer).status == 202)
        #expect(try owed() == ["q-1"])
        await gateway.close()
    }

    @Test func whatIsOwedSurvivesARestart() async throws {
        let ledger = MemoryLedger()
        let keyring = MemoryKeyring()
        let gateway = try await TestGateway(driver: ledger, keyring: keyring, text: try text())
        _ = await gateway.openCase()
        let before = try rows(gateway, "hub")
        #expect(before.count == 2)
        await gateway.close()
        let again = try await TestGateway(driver: ledger, keyring: keyring, text: try text())
        #expect(try rows(again, "hub") == before)
        await again.close()
    }
}

/// What the recipient undertakes is said in the envelope of its copy.
@Suite struct DutiesTests {
    @Test func theCopySaysWhatBindsItsRecipient() async throws {
        var text = try TestProtocol.text()
        text.markings = ["plain", "secret"]
        text.obligations = [
            CompiledObligation(
                id: "O1", title: "", marking: "secret", onward: .askSender, categories: ["contact"], about: nil,
                messages: nil, to: nil, purposes: nil),
            CompiledObligation(
                id: "O2", title: "", marking: "plain", onward: .protocol, categories: nil, about: nil, messages: nil,
                to: nil, purposes: nil),
        ]
        text.messages["referral"]?.keep = [.recipients: CompiledRetention(time: "P2Y", event: "case-closed")]
        let gateway = try await TestGateway.inMemory(text: text)
        let opened = await gateway.openCase(isTaken: false)
        let event = try #require(await gateway.pull("hub").first).event
        // Nobody has objected, so the hub gets the contact, and what comes with it.
        #expect(event["marking"]?.stringValue == "secret")
        #expect(event["onward"]?.stringValue == "ask-sender")
        #expect(event["keep"]?.stringValue == "P2Y from case-closed")
        let update = TestMessage(
            "update", "m-2", from: "hub", to: ["police"], subject: opened.id, people: [.init(opened.ada, name: "Ada")])
        #expect(await gateway.send(update).status == 202)
        let second = try #require(await gateway.pull("police").first).event
        #expect(second["marking"]?.stringValue == "plain")
        #expect(second["onward"]?.stringValue == "protocol")
        #expect(second["keep"] == nil)
        await gateway.close()
    }

    @Test(arguments: [true, false]) func nobodyOwesAnAnswerToWhatNeverReachedIt(isRecalled: Bool) async throws {
        var text = try TestProtocol.text()
        text.expectations = [
            CompiledExpectation(
                id: "E9", title: "An answer", after: "update", when: nil, owedBy: .recipient, answeredBy: ["update"],
                within: DaySpan(days: 2, calendar: nil), reminders: [])
        ]
        let gateway = try await TestGateway.inMemory(text: text)
        let opened = await gateway.openCase()
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        func send(_ id: MessageID, to recipient: PartyID) async -> Reply {
            await gateway.send(
                TestMessage(
                    "update", id, from: "hub", to: [recipient], subject: opened.id,
                    people: [.init(opened.ada, phone: "0123")], offence: nil))
        }
        #expect(await send("m-2", to: "unit").status == 202)
        #expect(await send("m-3", to: "unit-b").status == 202)
        #expect(await gateway.pull("unit-b").count == 1)
        if isRecalled {
            for id: MessageID in ["m-2", "m-3"] {
                let request = try SenderNotices.Request(reason: "recall", replacement: nil)
                #expect(await gateway.gateway.senderNotices.send(request, of: id, by: "hub").status == 202)
            }
        } else {
            _ = await gateway.consent("k-2", .withdrawn, case: opened.id, person: opened.ada)
            #expect(await gateway.pull("unit").isEmpty)
        }
        // The one that has its message still answers; that there was another nobody tells who did not get it.
        let record = gateway.house.registers.record(of: CaseID(unchecked: opened.id))
        #expect(record?.due.map(\.debtor) == ["unit-b"])
        await gateway.close()
    }
}
