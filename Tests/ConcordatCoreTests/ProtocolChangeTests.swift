import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatTestSupport
import Dispatch
import Testing

@testable import ConcordatCore

/// A change of the protocol, step by step, over a store in memory.
@Suite struct ProtocolChangeTests {
    /// Texts: `one` as ever; `two` tells the police nothing of anyone's name; `three` has another schema and other types.
    private static func library(isLive: Bool = false) throws -> TestLibrary {
        var two = try TestProtocol.text()
        (two.version, two.digest) = ("2.0.0", String(repeating: "b", count: 64))
        two.rules = two.rules.map { rule in
            var rule = rule
            if rule.id == "P1" { rule.to = ["hub", "satellite"] }
            return rule
        }
        var three = try TestProtocol.text { schema in
            schema.replacing(
                "\"phone\": {\"type\": \"string\", \"maxLength\": 100, \"x-category\": \"contact\"},", with: "")
        }
        (three.version, three.digest) = ("3.0.0", String(repeating: "c", count: 64))
        for name in three.messages.keys { three.messages[name]?.type = "test.\(name).v2" }
        var six = three
        (six.version, six.digest) = ("6.0.0", String(repeating: "f", count: 64))
        // Lists that have a category of their own, in two texts that say the same.
        var four = try TestProtocol.text { $0.replacing("\"people\": {\"type\": \"array\",", with: Self.listed) }
        (four.version, four.digest) = ("4.0.0", String(repeating: "d", count: 64))
        var five = four
        (five.version, five.digest) = ("5.0.0", String(repeating: "e", count: 64))
        var late = try TestProtocol.text()
        late.period.from = CivilDate(year: 2027, month: 1, day: 1)!
        return TestLibrary(
            [
                "one": try TestProtocol.text(), "two": two, "three": three, "four": four, "five": five, "six": six,
                "late": late,
            ],
            isLive: isLive)
    }

    private static let listed = "\"people\": {\"type\": \"array\", \"x-category\": \"offence\","

    private struct Stage {
        let gateway: TestGateway
        let library: TestLibrary
        let ledger: MemoryLedger
        let clock: TestClock
        var protocols: ProtocolChanges { gateway.gateway.protocols }

        init(isLive: Bool = false, first: ProtocolArchive? = nil) async throws {
            (library, ledger, clock) = (try ProtocolChangeTests.library(isLive: isLive), MemoryLedger(), TestClock())
            gateway = try await TestGateway(
                driver: ledger, keyring: MemoryKeyring(), clock: clock, library: library,
                first: try first ?? TestLibrary.archive("one", isSigned: true))
        }

        /// Stops it and opens it again over the same store.
        func reopened() async throws -> TestGateway {
            await gateway.close()
            return try await TestGateway(driver: ledger, keyring: MemoryKeyring(), clock: clock, library: library)
        }

        /// The id of a version that `ann` proposed.
        func propose(_ name: String, isSigned: Bool = true) async throws -> VersionID {
            let archive = try TestLibrary.archive(name, isSigned: isSigned)
            let reply = await protocols.propose(archive.bytes, by: "ann")
            try #require(reply.status == 201, "\(reply.text)")
            return try #require(reply.json["id"]?.stringValue.flatMap { VersionID(digest: $0) })
        }

        func inForce(_ name: String) async throws -> VersionID {
            let id = try await propose(name)
            try #require(await protocols.approve(id, by: "bob").status == 200)
            try #require(await protocols.activate(id, at: nil, beside: nil, by: "ann").status == 200)
            return id
        }
    }

    // MARK: refusals

    @Test func nobodyApprovesWhatTheyProposed() async throws {
        let stage = try await Stage()
        let id = try await stage.propose("two")
        #expect(await stage.protocols.approve(id, by: "ann").code == "admin.same-person")
        #expect(await stage.protocols.activate(id, at: nil, beside: nil, by: "bob").code == "version.not-now")
        #expect(stage.gateway.house.registers.version(id)?.state == .proposed)
        #expect(stage.gateway.house.inForce.text.version == "1.0.0")
    }

    /// A slip in the year would else put a text in force at once.
    @Test func aTimeThatHasPassedPutsNothingInForce() async throws {
        let stage = try await Stage()
        let id = try await stage.propose("two")
        _ = await stage.protocols.approve(id, by: "bob")
        let late = stage.clock.now - .seconds(121)
        let reply = await stage.protocols.activate(id, at: late, beside: nil, by: "bob")
        #expect(reply.code == "admin.malformed")
        #expect(stage.gateway.house.registers.version(id)?.state == .approved)
        #expect(stage.gateway.house.inForce.text.version == "1.0.0")
        // Clocks differ a little, and a request takes its time.
        let soon = stage.clock.now - .seconds(100)
        #expect(await stage.protocols.activate(id, at: soon, beside: nil, by: "bob").status == 200)
        #expect(stage.gateway.house.inForce.text.version == "2.0.0")
    }

    /// One record that cannot be read must not keep withdrawals from being taken.
    @Test func aVersionThatCannotBeReadStandsInNobodysWay() async throws {
        let stage = try await Stage()
        let id = try await stage.propose("two")
        var image = try stage.ledger.load()
        let whole = image.protocols.count
        image.protocols.append([0x00, 0xff])
        #expect(Gateway.unreadableVersions(in: image) == 1)
        let registers = try Gateway.registers(from: image, keyring: MemoryKeyring())
        #expect(registers.versions.count == whole && registers.version(id) != nil)
        image.protocols = [[0x00, 0xff]]
        let none = try Gateway.registers(from: image, keyring: MemoryKeyring())
        #expect(none.versions.isEmpty && none.standing.version == registers.standing.version)
    }

    @Test func aBrokenTextIsTurnedAwayAndThatIsOnRecord() async throws {
        let stage = try await Stage()
        let archive = try TestLibrary.archive("none")
        let reply = await stage.protocols.propose(archive.bytes, by: "ann")
        #expect(reply.status == 422 && reply.code == "protocol.broken")
        #expect(reply.json["detail"]?.stringValue == "text:1:1: no such text")
        #expect(stage.gateway.house.registers.version(archive.id) == nil)
        let admin = try #require(try stage.gateway.leaves().last)
        #expect(admin.body.summary.contains("protocol.propose") && admin.body.summary.contains("to refused"))
        let cut = await stage.protocols.propose([1, 2, 3], by: "ann")
        #expect(cut.code == "protocol.malformed")
        #expect(cut.json["detail"]?.stringValue?.hasPrefix("not a plain ustar archive at byte 0") == true)
        let alone = try ProtocolArchive(files: ["signoff/all": [1]])
        #expect(
            await stage.protocols.propose(alone.bytes, by: "ann").json["detail"]?.stringValue?.hasPrefix(
                "there are only sign-off files") == true)
    }

    @Test func whatBrokeAfterItWasApprovedDoesNotComeIntoForce() async throws {
        let stage = try await Stage()
        let id = try await stage.propose("two")
        _ = await stage.protocols.approve(id, by: "bob")
        stage.library.spoil("two")
        let reply = await stage.protocols.activate(id, at: nil, beside: nil, by: "bob")
        #expect(reply.status == 409 && reply.code == "protocol.broken")
        #expect(stage.gateway.house.inForce.text.version == "1.0.0")
    }

    @Test func anUnsignedTextIsProposedAndApprovedButNeverInForceInALiveDeployment() async throws {
        let stage = try await Stage(isLive: true)
        let id = try await stage.propose("two", isSigned: false)
        _ = await stage.protocols.approve(id, by: "bob")
        let refused = await stage.protocols.activate(id, at: nil, beside: nil, by: "bob")
        #expect(refused.status == 409 && refused.code == "protocol.unsigned")
        let signed = await stage.protocols.propose(try TestLibrary.archive("two", isSigned: true).bytes, by: "ann")
        #expect(signed.status == 200 && signed.json["id"]?.stringValue == id.rawValue)
        #expect(await stage.protocols.activate(id, at: nil, beside: nil, by: "bob").status == 200)
    }

    @Test func aTextWhosePeriodHasNotBegunIsNotPutInForce() async throws {
        let stage = try await Stage()
        let id = try await stage.propose("late")
        _ = await stage.protocols.approve(id, by: "bob")
        #expect(await stage.protocols.activate(id, at: nil, beside: nil, by: "bob").code == "protocol.not-yet")
    }

    @Test func withATamperedStoreNothingIsInForceAndEveryMessageIsTold() async throws {
        let stage = try await Stage()
        let id = try await stage.inForce("two")
        stage.ledger.tamper(with: id)
        let gateway = try await stage.reopened()
        let reply = await gateway.send(TestMessage("referral", "m-1", from: "police", to: ["hub"], subject: "r"))
        #expect(reply.status == 503 && reply.code == "protocol.none")
        #expect(reply.json["detail"]?.stringValue?.hasPrefix("test@2.0.0 is not in force: protocol.tampered") == true)
        #expect(gateway.house.readiness() == [.noProtocol])
        #expect(gateway.house.registers.queue(of: "hub").isEmpty)
        #expect(await gateway.gateway.inbox.next(for: "hub", limit: 1, wait: .zero).code == "protocol.none")
    }

    @Test func withATextThatNoLongerLoadsNothingIsInForceUntilAnAdminGoesBack() async throws {
        let stage = try await Stage()
        let id = try await stage.inForce("two")
        stage.library.spoil("two")
        let gateway = try await stage.reopened()
        #expect(gateway.house.inForce.lack == TextInForce.Lack(version: "test@2.0.0", code: "protocol.broken"))
        #expect(await gateway.gateway.protocols.rollBack(id, by: "bob").status == 200)
        #expect(await gateway.openCase().reply.status == 202)
    }

    // MARK: what happens

    @Test func everyStepIsALeafAndTheTextInForceIsNamedByEveryLeafAfterIt() async throws {
        let stage = try await Stage()
        _ = await stage.gateway.openCase()
        let id = try await stage.inForce("two")
        let update = TestMessage("allocation", "m-2", from: "hub", to: ["unit"], subject: "x")
        _ = await stage.gateway.send(update)
        let leaves = try stage.gateway.leaves()
        let steps = leaves.compactMap { leaf -> String? in
            guard case .admin(let act) = leaf.body, act.object.rawValue == id.rawValue else { return nil }
            return "\(act.who?.rawValue ?? "-") \(act.act) \(act.from?.rawValue ?? "-") \(act.to?.rawValue ?? "-")"
        }
        #expect(
            steps == [
                "ann protocol.propose - proposed", "bob protocol.approve proposed approved",
                "ann protocol.activate approved active",
            ])
        let events = leaves.compactMap { leaf -> String? in
            guard case .protocolChange(let body) = leaf.body else { return nil }
            return "\(leaf.protocolDigest?.rawValue.prefix(1) ?? "-") \(body.event.rawValue)"
        }
        #expect(
            events == [
                "a in-force", "a in-force", "b proposed", "b approved", "b in-force", "a superseded",
            ])
        #expect(leaves.last?.protocolDigest?.rawValue == String(repeating: "b", count: 64))
    }

    @Test func whatIsQueuedIsJudgedUnderTheNewTextAtHandOver() async throws {
        let stage = try await Stage()
        let opened = await stage.gateway.openCase()
        let update = TestMessage(
            "update", "m-2", from: "hub", to: ["police"], subject: opened.id, people: [.init(opened.ada, name: "Ada")])
        #expect(await stage.gateway.send(update).status == 202)
        _ = try await stage.inForce("two")
        let pulled = await stage.gateway.pull("police")
        #expect(pulled.count == 1)
        #expect(pulled.first?.text.contains("Ada") == false)
        #expect(pulled.first?.text.contains("theft") == true)
        let handOver = try #require(
            try stage.gateway.leaves().last { if case .handOver = $0.body { true } else { false } })
        #expect(handOver.protocolDigest?.rawValue == String(repeating: "b", count: 64))
    }

    @Test func aCopyCutByAnotherSchemaLosesWhatTheNewTextDoesNotKnow() async throws {
        let stage = try await Stage()
        let opened = await stage.gateway.openCase()
        let referral = TestMessage(
            "update", "m-2", from: "police", to: ["hub"], subject: opened.id,
            people: [.init(opened.ada, name: "Ada", phone: "0123")])
        #expect(await stage.gateway.send(referral).status == 202)
        _ = try await stage.inForce("three")
        let pulled = await stage.gateway.pull("hub")
        #expect(pulled.count == 1)
        #expect(pulled.first?.text.contains("Ada") == true)
        #expect(pulled.first?.text.contains("0123") == false)
    }

    @Test func aListIsAFieldOfAnotherTextTooAndItsItemsGoWithIt() async throws {
        let stage = try await Stage()
        _ = try await stage.inForce("four")
        let opened = await stage.gateway.openCase()
        let update = TestMessage(
            "update", "m-2", from: "police", to: ["hub"], subject: opened.id,
            people: [.init(opened.ada, name: "Ada")])
        #expect(await stage.gateway.send(update).status == 202)
        _ = try await stage.inForce("five")
        let pulled = await stage.gateway.pull("hub").first { $0.text.contains("m-2") }
        #expect(pulled?.text.contains("Ada") == true)
        #expect(pulled?.text.contains("withheld") == false)
    }

    @Test func whatWasJudgedUnderTheOldTextComesBackAndIsJudgedAgain() async throws {
        let stage = try await Stage()
        let opened = await stage.gateway.openCase()
        let message = TestMessage(
            "update", "m-2", from: "hub", to: ["police"], subject: opened.id, people: [.init(opened.ada, name: "Ada")])
        let house = stage.gateway.house
        let footing = house.registers.footing
        let read = try stage.gateway.gateway.intake.read(
            Submission(party: "hub", body: message.body), isDryRun: false)
        let work = try IntakeWork(read, house: house, under: footing.text)
        let judged = try work.judged(standing: footing.standing, at: house.now())
        _ = try await stage.inForce("two")
        await #expect(throws: LedgerFault.self) { try await house.ledger.commit(judged.record) }
        #expect(house.registers.queue(of: "police").isEmpty)
        #expect(await stage.gateway.send(message).status == 202)
        #expect(await stage.gateway.pull("police").first?.text.contains("Ada") == false)
    }

    @Test func aScheduledVersionComesIntoForceAtItsTimeAndNotBefore() async throws {
        let stage = try await Stage()
        let id = try await stage.propose("two")
        _ = await stage.protocols.approve(id, by: "bob")
        let start = stage.clock.now + .seconds(3_600)
        #expect(await stage.protocols.activate(id, at: start, beside: nil, by: "bob").status == 202)
        await stage.protocols.activateDue()
        #expect(stage.gateway.house.inForce.text.version == "1.0.0")
        stage.clock.advance(.seconds(3_600))
        await stage.protocols.activateDue()
        #expect(stage.gateway.house.inForce.text.version == "2.0.0")
        #expect(stage.gateway.house.registers.version(id)?.steps.last?.by == nil)
    }

    @Test func whatIsDueSoonIsOpenedAheadAndNothingIsLoadedAtItsTime() async throws {
        let stage = try await Stage()
        let id = try await stage.propose("two")
        _ = await stage.protocols.approve(id, by: "bob")
        #expect(await stage.protocols.prepareDue() == nil)
        _ = await stage.protocols.activate(id, at: stage.clock.now + .seconds(3_600), beside: nil, by: "bob")
        let scheduled = stage.library.opened
        #expect(await stage.protocols.prepareDue() == .seconds(3_600))
        #expect(stage.library.opened == scheduled)
        stage.clock.advance(.seconds(3_570))
        #expect(await stage.protocols.prepareDue() == .seconds(30))
        #expect(stage.library.opened == scheduled + 1)
        stage.clock.advance(.seconds(30))
        await stage.protocols.activateDue()
        #expect(stage.gateway.house.inForce.text.version == "2.0.0")
        #expect(stage.library.opened == scheduled + 1)
    }

    @Test func whatWasOpenedAheadIsNotTakenOnceItsSignOffHasChanged() async throws {
        let stage = try await Stage()
        let id = try await stage.propose("two", isSigned: false)
        _ = await stage.protocols.approve(id, by: "bob")
        _ = await stage.protocols.activate(id, at: stage.clock.now + .seconds(30), beside: nil, by: "bob")
        _ = await stage.protocols.prepareDue()
        _ = await stage.protocols.propose(try TestLibrary.archive("two", isSigned: true).bytes, by: "ann")
        let opened = stage.library.opened
        stage.clock.advance(.seconds(30))
        await stage.protocols.activateDue()
        #expect(stage.gateway.house.inForce.version == id)
        #expect(stage.library.opened == opened + 1)
    }

    @Test func anOlderTextIsReadWhileAProposalIsLookedAt() async throws {
        let stage = try await Stage()
        _ = try await stage.inForce("two")
        let reading = AsyncStream<Void>.makeStream()
        let gone = DispatchSemaphore(value: 0)
        stage.library.whileLooking {
            reading.continuation.yield()
            _ = gone.wait(timeout: .now() + 20)
        }
        let proposal = Task { try await stage.propose("three") }
        var looks = reading.stream.makeAsyncIterator()
        await looks.next()
        let started = ContinuousClock().now
        let shelf = stage.gateway.house.shelf
        #expect(await shelf.text(digest: String(repeating: "a", count: 64))?.version == "1.0.0")
        #expect(ContinuousClock().now - started < .seconds(10))
        #expect(stage.library.readAgain == 1)
        gone.signal()
        _ = try await proposal.value
    }

    @Test func aScheduledVersionThatBrokeIsTurnedDownAtItsTime() async throws {
        let stage = try await Stage()
        let id = try await stage.propose("two")
        _ = await stage.protocols.approve(id, by: "bob")
        _ = await stage.protocols.activate(id, at: stage.clock.now + .seconds(60), beside: nil, by: "bob")
        stage.library.spoil("two")
        stage.clock.advance(.seconds(60))
        await stage.protocols.activateDue()
        #expect(stage.gateway.house.inForce.text.version == "1.0.0")
        #expect(stage.gateway.house.registers.version(id)?.state == .rejected)
    }

    @Test func goingBackIsToTheVersionBeforeAndFromTheOneInForceOnly() async throws {
        let stage = try await Stage()
        let first = try #require(stage.gateway.house.registers.standing.version)
        #expect(await stage.protocols.rollBack(first, by: "bob").code == "version.not-now")
        let id = try await stage.inForce("two")
        #expect(await stage.protocols.rollBack(first, by: "bob").code == "version.not-now")
        #expect(await stage.protocols.rollBack(id, by: "bob").status == 200)
        #expect(stage.gateway.house.inForce.text.version == "1.0.0")
        #expect(stage.gateway.house.registers.version(id)?.state == .rolledBack)
        #expect(await stage.protocols.rollBack(first, by: "bob").code == "version.not-now")
    }

    @Test func theVersionInForceIsInForceAfterARestart() async throws {
        let stage = try await Stage()
        let id = try await stage.inForce("two")
        let gateway = try await stage.reopened()
        #expect(gateway.house.inForce.version == id && gateway.house.inForce.text.version == "2.0.0")
        #expect(gateway.house.readiness() == [])
    }

    /// Senders count on a time that was stated; only an admin who says so ends it.
    @Test(arguments: [nil, Duration.zero]) func aStatedTimeStandsOverALaterVersion(beside: Duration?) async throws {
        let stage = try await Stage()
        let third = try await stage.propose("three")
        _ = await stage.protocols.approve(third, by: "bob")
        #expect(await stage.protocols.activate(third, at: nil, beside: .seconds(86_400), by: "ann").status == 200)
        let sixth = try await stage.propose("six")
        _ = await stage.protocols.approve(sixth, by: "bob")
        #expect(await stage.protocols.activate(sixth, at: nil, beside: beside, by: "ann").status == 200)
        let old = TestMessage(
            "referral", "m-1", from: "police", to: ["hub"], subject: "r-1", people: [.init("a1", name: "Ada")])
        #expect(await stage.gateway.send(old).status == (beside == nil ? 202 : 422))
        let listed = stage.protocols.list().json
        #expect((listed["beside"] == .null) == (beside != nil))
        let acts = try stage.gateway.leaves().compactMap { leaf -> String? in
            guard case .admin(let admin) = leaf.body, admin.act == "protocol.beside" else { return nil }
            return admin.to?.rawValue
        }
        #expect(acts == Array(repeating: "2026-06-16T120000Z", count: beside == nil ? 2 : 1))
        let reopened = try await stage.reopened()
        #expect((reopened.house.inForce.beside != nil) == (beside == nil))
        stage.clock.advance(.seconds(86_400))
        #expect(stage.protocols.list().json["beside"] == .null)
        await reopened.close()
    }

    @Test func messagesOfTheVersionBeforeAreTakenBesideForTheirTimeAndNarrowed() async throws {
        let stage = try await Stage()
        let id = try await stage.propose("three")
        _ = await stage.protocols.approve(id, by: "bob")
        #expect(await stage.protocols.activate(id, at: nil, beside: .seconds(86_400), by: "ann").status == 200)
        func referral(_ id: MessageID, _ subject: String) -> TestMessage {
            TestMessage(
                "referral", id, from: "police", to: ["hub"], subject: subject,
                people: [.init("a1", name: "Ada", phone: "0123")])
        }
        // A type of the version before: its phone is a path that the version in force does not know.
        #expect(await stage.gateway.send(referral("m-1", "r-1")).status == 202)
        let pulled = await stage.gateway.pull("hub")
        #expect(pulled.first?.text.contains("Ada") == true && pulled.first?.text.contains("0123") == false)
        let taken = stage.gateway.gateway.agencies.me("police").json["sends"]?.arrayValue ?? []
        let until = try #require(stage.gateway.house.inForce.beside?.until)
        for message in taken {
            let isNew = message["type"]?.stringValue?.hasSuffix(".v2") == true
            #expect(message["taken-until"]?.stringValue == (isNew ? nil : until.description))
        }
        #expect(taken.contains { $0["taken-until"] != nil } && taken.contains { $0["taken-until"] == nil })
        let reopened = try await stage.reopened()
        let accepted = await reopened.send(referral("m-2", "r-2"))
        #expect(accepted.status == 202)
        stage.clock.advance(.seconds(86_400))
        let refused = await reopened.send(referral("m-3", "r-3"))
        #expect(refused.code == "message.unknown-type")
        #expect(refused.json["detail"]?.stringValue?.contains("`test.referral.v2`") == true)
        // What was answered stays answered, whatever the text knows by now.
        let again = await reopened.send(referral("m-2", "r-2"))
        #expect(again.status == 202 && again.body == accepted.body)
        #expect(await reopened.send(referral("m-2", "r-9")).code == "idempotency.conflict")
    }
}
