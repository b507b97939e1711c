import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatTestSupport
import Testing

@testable import ConcordatCore

@Suite struct ConsentGiverTests {
    /// Ada was harmed; Ben caused it; Cleo is a guardian, Dora a guardian and a witness; Finn was harmed and caused harm.
    private struct Family {
        let gateway: TestGateway
        let id: String
        let persons: [String: String]

        func record(_ id: String, of person: String = "ada", _ members: String, by party: PartyID = "hub") async
            -> Reply
        {
            let body = """
                {"id":"\(id)","case":"\(self.id)","person":"\(persons[person] ?? person)","kind":"participation",\
                "purpose":"rj","state":"given","told-right-to-withdraw":true,\(members)}
                """
            return await gateway.gateway.consents.record(Array(body.utf8), by: party)
        }

        func guardian(_ name: String) -> String {
            "\"given-by\":\"guardian\",\"relation\":\"parent\",\"giver\":\"\(persons[name] ?? name)\""
        }

        var consents: [ConsentRecord] { gateway.house.registers.record(of: CaseID(unchecked: id))?.consents ?? [] }
    }

    private func family(_ change: (inout CompiledProtocol) -> Void = { _ in }) async throws -> Family {
        var text = try TestProtocol.text()
        text.consents = [
            ConsentClause(
                id: "C1", about: ["harmed"], kinds: [.participation], recordedBy: ["hub", "police"],
                neverBy: ["prison"], toldRightToWithdraw: true, givenBy: [.person, .guardian, .attorney],
                competentFrom: 13, guardianRoles: ["guardian"], neverGuardian: ["harmer", "witness"]),
            ConsentClause(
                id: "C2", about: ["harmer"], kinds: [.participation], recordedBy: ["hub"], neverBy: ["police"],
                toldRightToWithdraw: false),
        ]
        change(&text)
        let gateway = try await TestGateway(driver: MemoryLedger(), keyring: MemoryKeyring(), text: text)
        let reply = await gateway.send(
            TestMessage(
                "referral", "m-open", from: "police", to: ["hub"], subject: "ref-1",
                people: [
                    .init("ada", ["harmed"], name: "Ada"), .init("ben", ["harmer"], name: "Ben"),
                    .init("cleo", ["guardian"], name: "Cleo"), .init("dora", ["guardian", "witness"], name: "Dora"),
                    .init("finn", ["harmed", "harmer"], name: "Finn"),
                ]))
        var persons: [String: String] = [:]
        for name in ["ada", "ben", "cleo", "dora", "finn"] { persons[name] = reply.json["persons"]?[name]?.stringValue }
        return Family(gateway: gateway, id: reply.json["case"]?.stringValue ?? "", persons: persons)
    }

    @Test func aGuardianWithAConflictingRoleIsRefused() async throws {
        let family = try await family()
        for name in ["ben", "dora"] {
            let reply = await family.record("k-1", "\(family.guardian(name)),\"age-band\":\"under-10\"")
            #expect(reply.code == "consent.guardian-conflict")
            #expect(reply.json["clause"]?.stringValue == "C1")
        }
        #expect(family.consents.isEmpty)
        await family.gateway.close()
    }

    @Test(arguments: [
        // Nobody, the person themself, somebody the case does not know, one without a guardian's role.
        (#""given-by":"guardian","relation":"parent","age-band":"under-10""#, "consent.malformed"),
        (#""given-by":"guardian","relation":"parent","giver":"PERSON","age-band":"under-10""#, "consent.malformed"),
        (#""given-by":"guardian","relation":"parent","giver":"nobody","age-band":"under-10""#, "consent.malformed"),
        (#""given-by":"guardian","giver":"cleo","age-band":"under-10""#, "consent.malformed"),
        (
            #""given-by":"guardian","relation":"parent","giver":"FINN","age-band":"under-10""#,
            "consent.guardian-conflict"
        ),
        (#""given-by":"self","giver":"CLEO","age-band":"18-plus""#, "consent.malformed"),
    ])
    func whoSpokeMustBeAnotherPersonOfTheCaseWhoMay(members: String, code: String) async throws {
        let family = try await family()
        let written = members.replacing("PERSON", with: family.persons["ada"] ?? "")
            .replacing("FINN", with: family.persons["finn"] ?? "").replacing("CLEO", with: family.persons["cleo"] ?? "")
        #expect(await family.record("k-1", written).code == code)
        #expect(family.consents.isEmpty)
        await family.gateway.close()
    }

    @Test(arguments: [
        ("\"age-band\":\"13-15\"", "consent.not-competent"),
        ("\"age-band\":\"13-15\",\"competent\":false,\"competence-assessed-by\":\"w-1\"", "consent.not-competent"),
        ("\"age-band\":\"10-12\",\"competent\":true,\"competence-assessed-by\":\"w-1\"", "consent.not-competent"),
        ("\"age-band\":\"13-15\",\"competent\":true", "consent.malformed"),
        ("\"age-band\":\"18-plus\",\"competent\":false,\"competence-assessed-by\":\"w-1\"", "consent.not-competent"),
        (
            "\"age-band\":\"organisation\",\"competent\":false,\"competence-assessed-by\":\"w-1\"",
            "consent.not-competent"
        ),
        ("\"given-by\":\"self\"", "consent.malformed"),
    ])
    func whoIsNotFoundCompetentDoesNotDecideAlone(members: String, code: String) async throws {
        let family = try await family()
        #expect(await family.record("k-1", members).code == code)
        #expect(family.consents.isEmpty)
        await family.gateway.close()
    }

    @Test(arguments: [
        ("\"age-band\":\"13-15\"", "consent.person-decides"),
        ("\"age-band\":\"16-17\",\"competent\":true,\"competence-assessed-by\":\"w-1\"", "consent.person-decides"),
        ("\"age-band\":\"18-plus\"", "consent.giver-not-allowed"),
        ("\"age-band\":\"organisation\"", "consent.giver-not-allowed"),
    ])
    func aGuardianDoesNotDecideForWhoDecidesAlone(members: String, code: String) async throws {
        let family = try await family()
        #expect(await family.record("k-1", "\(family.guardian("cleo")),\(members)").code == code)
        #expect(family.consents.isEmpty)
        await family.gateway.close()
    }

    @Test func whoMaySpeakForAnOrganisationSpeaksWithoutAnAge() async throws {
        let family = try await family()
        #expect(await family.record("k-1", "\"age-band\":\"organisation\"").status == 201)
        #expect(family.consents.map(\.giving.ageBand) == [.organisation])
        await family.gateway.close()
    }

    @Test func aCompetentUnder18DecidesAndAGuardianForWhoCannot() async throws {
        let family = try await family()
        let own = "\"age-band\":\"13-15\",\"competent\":true,\"competence-assessed-by\":\"w-1\""
        let spoken = family.guardian("cleo")
        let first = await family.record("k-1", own)
        #expect(first.status == 201)
        #expect(await family.record("k-1", own) == first)
        #expect(await family.record("k-1", own.replacing("w-1", with: "w-2")).code == "idempotency.conflict")
        #expect(await family.record("k-2", "\(spoken),\"age-band\":\"under-10\"").status == 201)
        let unable = "\(spoken),\"age-band\":\"16-17\",\"competent\":false,\"competence-assessed-by\":\"w-1\""
        let second = await family.record("k-3", unable)
        #expect(second.status == 201)
        #expect(await family.record("k-3", unable) == second)
        let given = family.consents.map(\.giving)
        #expect(given.map(\.by) == [.person, .guardian, .guardian])
        #expect(given[1].giver?.rawValue == family.persons["cleo"])
        #expect(given[2].assessedBy == "w-1")
        // Nobody's name or reference stands in the log.
        #expect(
            try family.gateway.leaves().allSatisfy {
                !String(decoding: try $0.encoded(), as: UTF8.self).contains("cleo")
            })
        await family.gateway.close()
    }

    @Test func anAttorneySpeaksOnlyForAnAdultWhoCannotDecide() async throws {
        let family = try await family()
        let attorney = "\"given-by\":\"attorney\",\"giver\":\"\(family.persons["cleo"] ?? "")\""
        #expect(await family.record("k-1", "\(attorney),\"age-band\":\"18-plus\"").code == "consent.person-decides")
        #expect(await family.record("k-1", "\(attorney),\"age-band\":\"16-17\"").code == "consent.giver-not-allowed")
        let assessed = "\"competent\":false,\"competence-assessed-by\":\"w-1\""
        #expect(await family.record("k-1", "\(attorney),\"age-band\":\"18-plus\",\(assessed)").status == 201)
        await family.gateway.close()
    }

    @Test func whoHasTwoRolesGetsTheStricterRule() async throws {
        let family = try await family()
        let adult = "\"age-band\":\"18-plus\""
        // Police may record for the harmed, and never for a harmer: what one clause forbids is forbidden.
        let bySender = Family(gateway: family.gateway, id: "ref-1", persons: ["ada": "ada", "finn": "finn"])
        #expect(await bySender.record("k-1", of: "finn", adult, by: "police").code == "consent.not-recordable")
        #expect(await bySender.record("k-1", of: "ada", adult, by: "police").status == 201)
        // Nobody speaks for a harmer, so nobody speaks for one who was harmed too.
        let spoken = "\(family.guardian("cleo")),\"age-band\":\"under-10\""
        #expect(await family.record("k-2", of: "finn", spoken).code == "consent.giver-not-allowed")
        #expect(await family.record("k-2", of: "finn", adult).status == 201)
        await family.gateway.close()
    }

    @Test func anObjectionIsTakenFromAnyoneWhoeverSpoke() async throws {
        let family = try await family()
        #expect(await family.record("k-1", "\"age-band\":\"18-plus\"").status == 201)
        let objection = """
            {"id":"k-2","case":"\(family.id)","person":"\(family.persons["ada"] ?? "")","kind":"participation",\
            "purpose":"rj","state":"objected","given-by":"guardian","giver":"\(family.persons["dora"] ?? "")"}
            """
        let reply = await family.gateway.gateway.consents.record(Array(objection.utf8), by: "prison-b")
        #expect(reply.status == 202)
        #expect(family.consents.allSatisfy { $0.fact.state == .objected })
        await family.gateway.close()
    }

    @Test func theLeafOfAnObjectionThatGivesWaySaysSo() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        _ = await gateway.consent("k-1", .objected, case: opened.id, person: opened.ada)
        let renewal = """
            {"id":"k-2","case":"\(opened.id)","person":"\(opened.ada)","kind":"participation","purpose":"rj",\
            "state":"renewed","from":"2026-06-20T00:00:00Z","until":"2026-07-20T00:00:00Z",\
            "told-right-to-withdraw":true}
            """
        #expect(await gateway.gateway.consents.record(Array(renewal.utf8), by: "hub").status == 201)
        let events = try gateway.leaves().compactMap { if case .consent(let leaf) = $0.body { leaf } else { nil } }
        #expect(events.map(\.event) == [.objected, .renewed, .invalidated])
        let records = try #require(gateway.house.registers.record(of: CaseID(unchecked: opened.id))).consents
        #expect(records.map(\.fact.id) == [events[0].consent, events[1].consent])
        #expect(events[2].consent == events[0].consent)
        // Agreed to again, from then and until then: not before, and not after.
        let phone = TestMessage(
            "update", "m-2", from: "hub", to: ["unit"], subject: opened.id,
            people: [.init(opened.ada, name: "Ada", phone: "0123")], offence: nil)
        _ = await gateway.send(phone)
        #expect(await gateway.pull("unit").first?.text.contains("0123") == false)
        for (days, isThere) in [(6, true), (40, false)] {
            gateway.clock.advance(.seconds(86_400 * days))
            var later = phone
            later.id = MessageID(unchecked: "m-\(days)")
            _ = await gateway.send(later)
            let got = await gateway.pull("unit")
            #expect(got.last?.message == "m-\(days)")
            #expect(got.last?.text.contains("0123") == isThere)
            for delivery in got { _ = await gateway.gateway.inbox.acknowledge(delivery.id, by: "unit") }
        }
        await gateway.close()
    }
}
