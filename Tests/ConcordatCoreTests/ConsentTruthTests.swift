import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatTestSupport
import Testing

@testable import ConcordatCore

/// What is answered and put on record about a consent is what is in force.
@Suite struct ConsentTruthTests {
    private func record(
        _ gateway: TestGateway, _ id: String, _ state: String, _ opened: OpenedCase, by party: PartyID = "hub",
        person: String? = nil, _ members: String = "\"told-right-to-withdraw\":true"
    ) async -> Reply {
        let body = """
            {"id":"\(id)","case":"\(opened.id)","person":"\(person ?? opened.ada)","kind":"participation",\
            "purpose":"rj","state":"\(state)",\(members)}
            """
        return await gateway.gateway.consents.record(Array(body.utf8), by: party)
    }

    private func phone(_ gateway: TestGateway, _ id: MessageID, _ opened: OpenedCase, to unit: PartyID) async -> Bool {
        _ = await gateway.send(
            TestMessage(
                "update", id, from: "hub", to: [unit], subject: opened.id,
                people: [.init(opened.ada, name: "Ada", phone: "0123")], offence: nil))
        return await gateway.pull(unit).contains { $0.message == id.rawValue && $0.text.contains("0123") }
    }

    private func leaves(_ gateway: TestGateway) throws -> [ConsentLeaf] {
        try gateway.leaves().compactMap { if case .consent(let leaf) = $0.body { leaf } else { nil } }
    }

    // MARK: Whom it covers, and until when

    @Test func whoNamesOneRecipientConsentsToThatOneAndTheLeafSaysSo() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        let members = "\"told-right-to-withdraw\":true,\"recipients\":[\"unit\"]"
        let reply = await record(gateway, "k-1", "given", opened, members)
        #expect(reply.status == 201)
        #expect(await record(gateway, "k-1", "given", opened, members) == reply)
        #expect(await !phone(gateway, "m-2", opened, to: "unit-b"))
        #expect(await phone(gateway, "m-3", opened, to: "unit"))
        let leaf = try #require(try leaves(gateway).first)
        #expect(leaf.parties == ["unit"])
        #expect(leaf.recipients.isEmpty)
        await gateway.close()
    }

    @Test(arguments: ["\"recipients\":[\"nobody\"]", "\"recipients\":[\"unit\",\"gateway\"]"])
    func aRecipientOfNoRosterIsRefused(member: String) async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        let reply = await record(gateway, "k-1", "given", opened, "\"told-right-to-withdraw\":true,\(member)")
        #expect(reply.code == "consent.malformed")
        #expect(reply.json["pointer"]?.stringValue == "/recipients")
        #expect(!reply.text.contains("nobody"))
        #expect(try leaves(gateway).isEmpty)
        await gateway.close()
    }

    @Test(arguments: ["given", "requested", "objected"]) func anEndThatIsOverIsRefused(state: String) async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        let members = "\"told-right-to-withdraw\":true,\"until\":\"2026-06-15T12:00:00Z\""
        let reply = await record(gateway, "k-1", state, opened, members)
        #expect(reply.code == "consent.malformed")
        #expect(reply.json["pointer"]?.stringValue == "/until")
        #expect(try leaves(gateway).isEmpty)
        await gateway.close()
    }

    @Test func aRepeatIsAnsweredAlsoAfterItsEnd() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        let members = "\"told-right-to-withdraw\":true,\"until\":\"2026-06-16T12:00:00Z\""
        let first = await record(gateway, "k-1", "given", opened, members)
        #expect(first.status == 201)
        gateway.clock.advance(.seconds(2 * 86_400))
        #expect(await record(gateway, "k-1", "given", opened, members) == first)
        await gateway.close()
    }

    // MARK: Over an objection

    @Test func aGivenThatAnObjectionCoversIsRefusedToWhoMaySeeItAndRenewedLiftsIt() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        #expect(await record(gateway, "k-1", "objected", opened).status == 202)
        #expect(await record(gateway, "k-2", "given", opened).code == "consent.objected")
        // Nor does a renewal of less than was objected to.
        let less = "\"told-right-to-withdraw\":true,\"categories\":[\"contact\"]"
        #expect(await record(gateway, "k-2", "renewed", opened, less).code == "consent.objected")
        #expect(try leaves(gateway).map(\.event) == [.objected])
        let renewed = await record(gateway, "k-3", "renewed", opened)
        #expect(renewed.status == 201)
        #expect(renewed.json["objections"]?.stringValue == "taken-back")
        #expect(await phone(gateway, "m-2", opened, to: "unit"))
        await gateway.close()
    }

    @Test func anObjectionStandsOutsideTheDatesOfWhatTookItBack() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        _ = await record(gateway, "k-1", "objected", opened)
        let day = 86_400
        let (begin, end) = (gateway.clock.now + .seconds(day), gateway.clock.now + .seconds(2 * day))
        let members = "\"told-right-to-withdraw\":true,\"from\":\"\(begin)\",\"until\":\"\(end)\""
        #expect(await record(gateway, "k-2", "renewed", opened, members).status == 201)
        // The hub gets the number unless somebody has objected.
        func hub(_ id: MessageID) async -> Bool {
            _ = await gateway.send(
                TestMessage(
                    "update", id, from: "police", to: ["hub"], subject: opened.id,
                    people: [.init(opened.ada, name: "Ada", phone: "0123")], offence: nil))
            let got = await gateway.pull("hub")
            for one in got { _ = await gateway.gateway.inbox.acknowledge(one.id, by: "hub") }
            return got.contains { $0.message == id.rawValue && $0.text.contains("0123") }
        }
        #expect(await !hub("m-2"))
        gateway.clock.advance(.seconds(day))
        #expect(await hub("m-3"))
        gateway.clock.advance(.seconds(day))
        #expect(await !hub("m-4"))
        // Who got it meanwhile is told that it may not be used any more.
        await gateway.gateway.consents.lapse()
        _ = await RecallService(house: gateway.house).send()
        let told = try gateway.leaves().compactMap { leaf -> NoticeLeaf? in
            if case .notice(let notice) = leaf.body, notice.reason == .recall { notice } else { nil }
        }
        #expect(told.map(\.recipient).contains("hub"))
        func states() async -> [String?] {
            let list = await gateway.gateway.consents.list(subject: opened.id, person: nil, by: "hub")
            return list.json["consents"]?.arrayValue?.map { $0["state"]?.stringValue } ?? []
        }
        #expect(await states() == ["objected", "expired"])
        #expect(await record(gateway, "k-given", "given", opened).code == "consent.objected")
        // Agreed to again for good.
        #expect(await record(gateway, "k-3", "renewed", opened).status == 201)
        #expect(await hub("m-5"))
        #expect(await states() == ["invalidated", "expired", "renewed"])
        await gateway.close()
    }

    @Test func whoMayNotSeeAnObjectionIsAnsweredAlikeWhetherThereIsOne() async throws {
        var answers: [String] = []
        for objects in [false, true] {
            let gateway = try await TestGateway.inMemory()
            let opened = await gateway.openCase()
            if objects {
                // By the police: the hub, which records, is not shown it.
                let objection = await gateway.consent("k-1", .objected, case: "ref-1", person: "a1", by: "police")
                #expect(objection.status == 202)
            }
            let reply = await record(gateway, "k-2", "given", opened)
            #expect(reply.status == 201)
            let id = try #require(reply.json["consent"]?.stringValue)
            answers.append(reply.text.replacing(id, with: "ID"))
            #expect(await phone(gateway, "m-2", opened, to: "unit") == !objects)
            await gateway.close()
        }
        #expect(answers[0] == answers[1])
        // What it does say is true of both.
        #expect(answers[0].contains(#""objections":"stand""#))
    }

    @Test func aGivenForMoreThanWasObjectedToIsTaken() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        _ = await record(gateway, "k-1", "objected", opened, "\"recipients\":[\"unit-b\"]")
        #expect(await record(gateway, "k-2", "given", opened).status == 201)
        #expect(await phone(gateway, "m-2", opened, to: "unit"))
        #expect(await !phone(gateway, "m-3", opened, to: "unit-b"))
        await gateway.close()
    }

    // MARK: Outside the period

    @Test func underALapsedTextNothingNewIsAllowedAndWhatNarrowsIsTaken() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        let given = try #require(await record(gateway, "k-1", "given", opened).json["consent"]?.stringValue)
        gateway.clock.advance(.seconds(400 * 86_400))
        for state in ["given", "renewed", "requested"] {
            let reply = await record(gateway, "k-2", state, opened, person: opened.ben)
            #expect(reply.code == "protocol.lapsed")
            #expect(reply.status == 503)
        }
        #expect(await record(gateway, "k-3", "objected", opened, person: opened.ben).status == 202)
        #expect(await gateway.gateway.consents.withdraw(ConsentID(unchecked: given), by: "hub").status == 200)
        #expect(try leaves(gateway).map(\.event) == [.given, .objected, .withdrawn])
        await gateway.close()
    }

    // MARK: Ages the gateway was told

    /// A gateway whose police said that Ada was born on that day.
    private func told(_ born: String, over ledger: MemoryLedger = MemoryLedger()) async throws
        -> (TestGateway, OpenedCase)
    {
        var text = try TestProtocol.text(schema: {
            $0.replacing(
                "\"phone\": {\"type\"",
                with: "\"born\": {\"type\": \"string\", \"format\": \"date\", \"x-fact\": \"age\", "
                    + "\"x-category\": \"identity\"}, \"phone\": {\"type\"")
        })
        text.consents[0].competentFrom = 13
        let gateway = try await TestGateway.inMemory(ledger, text: text)
        let referral = TestMessage(
            "referral", "m-open", from: "police", to: ["hub"], subject: "ref-1",
            people: [.init("a1", ["harmed"], name: "Ada"), .init("b1", ["harmer"], name: "Ben")])
        let body = String(decoding: referral.body, as: UTF8.self)
            .replacing("\"name\":\"Ada\"", with: "\"name\":\"Ada\",\"born\":\"\(born)\"")
        let reply = await gateway.send(Array(body.utf8), by: "police")
        return (
            gateway,
            OpenedCase(
                reply: reply, id: reply.json["case"]?.stringValue ?? "",
                ada: reply.json["persons"]?["a1"]?.stringValue ?? "",
                ben: reply.json["persons"]?["b1"]?.stringValue ?? "")
        )
    }

    private func band(_ band: String) -> String { "\"told-right-to-withdraw\":true,\"age-band\":\"\(band)\"" }

    private static let assessed = ",\"competent\":true,\"competence-assessed-by\":\"w-1\""

    @Test(arguments: [
        ("2008-12-01", ["18-plus", "13-15", "10-12", "under-10", "organisation"]),
        ("1987-03-14", ["16-17", "13-15", "under-10", "organisation"]),
        ("2008-06-16", ["18-plus"]),
    ])
    func anAgeThatAMessageContradictsIsRefused(born: String, bands: [String]) async throws {
        let (gateway, opened) = try await told(born)
        for claimed in bands {
            let reply = await record(gateway, "k-1", "given", opened, band(claimed) + Self.assessed)
            #expect(reply.code == "consent.age-contradicted")
            #expect(!reply.text.contains(born) && !reply.text.contains(claimed))
        }
        #expect(try leaves(gateway).isEmpty)
        for line in gateway.logs.lines { #expect(!line.contains(born)) }
        await gateway.close()
    }

    @Test func theAgeThatFitsIsTakenAlsoAfterARestartAndOnTheBirthday() async throws {
        let ledger = MemoryLedger()
        let (gateway, opened) = try await told("2008-06-17", over: ledger)
        #expect(await record(gateway, "k-1", "given", opened, band("16-17") + Self.assessed).status == 201)
        // Nothing was told of Ben, so the recorder's word stands.
        #expect(await record(gateway, "k-2", "given", opened, person: opened.ben, band("18-plus")).status == 201)
        let known = try #require(gateway.house.registers.record(of: CaseID(unchecked: opened.id)))
        await gateway.close()
        // The day before she comes of age, and the day itself.
        let again = try Gateway.registers(from: ledger.load(), keyring: MemoryKeyring())
        #expect(again.record(of: known.id)?.ages == known.ages)
        let age = try #require(known.ages[PersonID(unchecked: opened.ada)])
        #expect(age.fits(.from16, on: CivilDate(year: 2026, month: 6, day: 16)!))
        #expect(!age.fits(.adult, on: CivilDate(year: 2026, month: 6, day: 16)!))
        #expect(age.fits(.adult, on: CivilDate(year: 2026, month: 6, day: 17)!))
    }

    @Test func ofAnAdultNothingIsKeptButThat() {
        let today = CivilDate(year: 2026, month: 6, day: 15)!
        #expect(KnownAge(born: CivilDate(year: 1987, month: 3, day: 14)!, on: today) == .adult)
        #expect(KnownAge(born: CivilDate(year: 2008, month: 6, day: 15)!, on: today) == .adult)
        let leap = KnownAge(born: CivilDate(year: 2012, month: 2, day: 29)!, on: today)
        #expect(leap.fits(.from13, on: today))
        #expect(!leap.fits(.adult, on: CivilDate(year: 2030, month: 2, day: 28)!))
        #expect(leap.fits(.adult, on: CivilDate(year: 2030, month: 3, day: 1)!))
        for day in [leap, .adult] { #expect(KnownAge(json: day.json) == day) }
        #expect(KnownAge(json: .string("soon")) == nil)
    }
}
