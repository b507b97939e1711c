import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatTestSupport
import Testing

@testable import ConcordatCore

/// A role that a later message tells counts against consents that are there already.
@Suite struct ConsentRoleTests {
    private struct Scene {
        let gateway: TestGateway
        let id: String
        let persons: [String: String]

        func update(_ id: MessageID, to recipient: PartyID) -> TestMessage {
            TestMessage(
                "update", id, from: "hub", to: [recipient], subject: self.id,
                people: [.init(persons["ada"] ?? "", name: "Ada", phone: "0123")], offence: nil)
        }

        /// A message that says what somebody is beside what they were known to be.
        func tell(_ name: String, is role: String) async -> Reply {
            await gateway.send(
                TestMessage(
                    "update", "m-role", from: "hub", to: ["police"], subject: id,
                    people: [.init(persons[name] ?? "", [role])]))
        }

        func consent(_ id: String, by party: PartyID, _ members: String) async -> Reply {
            let body = """
                {"id":"\(id)","case":"\(self.id)","person":"\(persons["ada"] ?? "")","kind":"participation",\
                "purpose":"rj","state":"given","told-right-to-withdraw":true\(members)}
                """
            return await gateway.gateway.consents.record(Array(body.utf8), by: party)
        }

        func has(_ party: PartyID) async -> Bool {
            let got = await gateway.pull(party)
            for one in got { _ = await gateway.gateway.inbox.acknowledge(one.id, by: party) }
            return got.contains { $0.text.contains("0123") }
        }

        /// Who was told to stop using what they have.
        func told() async throws -> [PartyID] {
            _ = await RecallService(house: gateway.house).send()
            return try gateway.leaves().compactMap { leaf in
                if case .notice(let notice) = leaf.body, notice.reason == .recall { notice.recipient } else { nil }
            }
        }
    }

    private func scene() async throws -> Scene {
        var text = try TestProtocol.text()
        text.consents = [
            ConsentClause(
                id: "C1", about: ["harmed"], kinds: [.participation], recordedBy: ["hub", "police"], neverBy: [],
                toldRightToWithdraw: true, givenBy: [.person, .guardian], competentFrom: 13,
                guardianRoles: ["guardian"], neverGuardian: ["harmer"]),
            ConsentClause(
                id: "C2", about: ["harmer"], kinds: [.participation], recordedBy: ["hub"], neverBy: ["police"],
                toldRightToWithdraw: true, givenBy: [.person, .guardian], guardianRoles: ["guardian"]),
        ]
        let gateway = try await TestGateway.inMemory(text: text)
        let reply = await gateway.send(
            TestMessage(
                "referral", "m-open", from: "police", to: ["hub"], subject: "ref-1",
                people: [.init("ada", ["harmed"], name: "Ada"), .init("cleo", ["guardian"], name: "Cleo")]))
        var persons: [String: String] = [:]
        for name in ["ada", "cleo"] { persons[name] = reply.json["persons"]?[name]?.stringValue }
        return Scene(gateway: gateway, id: reply.json["case"]?.stringValue ?? "", persons: persons)
    }

    @Test func aGuardianWhoTurnsOutToHaveCausedTheHarmSpeaksForNobody() async throws {
        let scene = try await scene()
        let cleo = scene.persons["cleo"] ?? ""
        let guardian =
            ",\"given-by\":\"guardian\",\"relation\":\"parent\",\"giver\":\"\(cleo)\",\"age-band\":\"under-10\""
        #expect(await scene.consent("k-1", by: "hub", guardian).status == 201)
        #expect(await scene.gateway.send(scene.update("m-2", to: "unit")).status == 202)
        #expect(await scene.has("unit"))
        // This one still waits when it comes to light.
        #expect(await scene.gateway.send(scene.update("m-3", to: "unit-b")).status == 202)
        scene.gateway.clock.advance(.seconds(1))
        #expect(await scene.tell("cleo", is: "harmer").status == 202)
        #expect(await !scene.has("unit-b"))
        #expect(await scene.gateway.send(scene.update("m-4", to: "unit")).status == 202)
        #expect(await !scene.has("unit"))
        #expect(try await scene.told() == ["unit"])
        // The child is asked, or somebody else who may speak: that counts.
        #expect(
            await scene.consent(
                "k-2", by: "hub", ",\"age-band\":\"16-17\",\"competent\":true,\"competence-assessed-by\":\"w-1\""
            ).status == 201)
        #expect(await scene.gateway.send(scene.update("m-5", to: "unit")).status == 202)
        #expect(await scene.has("unit"))
        await scene.gateway.close()
    }

    @Test func whoMayNotRecordForTheRoleThatCameLaterHasRecordedNothing() async throws {
        for recorder in ["police", "hub"] as [PartyID] {
            let scene = try await scene()
            #expect(await scene.consent("k-1", by: recorder, ",\"age-band\":\"18-plus\"").status == 201)
            #expect(await scene.gateway.send(scene.update("m-2", to: "unit")).status == 202)
            scene.gateway.clock.advance(.seconds(1))
            #expect(await scene.tell("ada", is: "harmer").status == 202)
            #expect(await scene.has("unit") == (recorder == "hub"))
            await scene.gateway.close()
        }
    }

    @Test func anObjectionStandsWhateverItsGiverTurnsOutToBe() async throws {
        let scene = try await scene()
        let person = scene.persons["ada"] ?? ""
        let refusal = """
            {"id":"k-1","case":"\(scene.id)","person":"\(person)","kind":"participation","purpose":"rj",\
            "state":"objected","given-by":"guardian","giver":"\(scene.persons["cleo"] ?? "")"}
            """
        #expect(await scene.gateway.gateway.consents.record(Array(refusal.utf8), by: "hub").status == 202)
        #expect(await scene.tell("cleo", is: "harmer").status == 202)
        // The hub took it, so it is told that it still stands.
        #expect(await scene.consent("k-2", by: "hub", ",\"age-band\":\"18-plus\"").code == "consent.objected")
        #expect(await scene.gateway.send(scene.update("m-2", to: "unit")).status == 202)
        #expect(await !scene.has("unit"))
        await scene.gateway.close()
    }
}
