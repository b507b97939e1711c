import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatTestSupport
import Testing

@testable import ConcordatCore

/// Who has signed a text while it is proposed, in force and opened again, in a live deployment over a store in memory.
@Suite struct SignoffChangeTests {
    private struct Stage {
        let gateway: TestGateway
        let library: TestLibrary
        let ledger: MemoryLedger
        let clock: TestClock
        var protocols: ProtocolChanges { gateway.gateway.protocols }
        var signed: Set<PartyID>? { gateway.house.inForce.text.signed }

        /// A gateway whose directory holds `one`, signed by these.
        init(signedBy parties: [String]) async throws {
            var two = try TestProtocol.text()
            (two.version, two.digest) = ("2.0.0", String(repeating: "b", count: 64))
            library = TestLibrary(["one": try TestProtocol.text(), "two": two], isLive: true)
            (ledger, clock) = (MemoryLedger(), TestClock())
            gateway = try await TestGateway(
                driver: ledger, keyring: MemoryKeyring(), clock: clock, library: library,
                first: try Self.archive("one", signedBy: parties))
        }

        static func archive(
            _ name: String, signedBy parties: [String], forgedBy forgers: [String] = [], cases: String? = nil
        ) throws -> ProtocolArchive {
            var files = ["text": Array(name.utf8)]
            for party in parties { files["signoff/\(party)"] = Array(party.utf8) }
            for party in forgers { files["signoff/\(party)"] = TestLibrary.forged }
            if let cases { files["cases-failed"] = Array(cases.utf8) }
            return try ProtocolArchive(files: files)
        }

        func propose(
            _ name: String, signedBy parties: [String], forgedBy forgers: [String] = [], by admin: OfficerID = "ann"
        ) async throws -> Reply {
            await protocols.propose(
                try Self.archive(name, signedBy: parties, forgedBy: forgers).bytes, by: admin)
        }

        /// Stops it and opens it again with a directory that these have signed.
        func reopened(signedBy parties: [String]) async throws -> TestGateway {
            await gateway.close()
            return try await TestGateway(
                driver: ledger, keyring: MemoryKeyring(), clock: clock, library: library,
                first: try Self.archive("one", signedBy: parties))
        }
    }

    // MARK: refusals

    @Test func aSignatureThatDoesNotVerifyIsTurnedAwayAndNothingChanges() async throws {
        let stage = try await Stage(signedBy: ["police"])
        let before = stage.gateway.house.registers.version(try Stage.archive("one", signedBy: []).id)
        for text in ["one", "two"] {
            let reply = try await stage.propose(text, signedBy: ["hub"], forgedBy: ["unit"])
            #expect(reply.status == 422 && reply.code == "protocol.bad-signature", "\(text): \(reply.text)")
            #expect(reply.json["detail"]?.stringValue == "signoff/unit")
        }
        #expect(stage.gateway.house.registers.versions.count == 1)
        #expect(stage.gateway.house.registers.version(try #require(before?.id)) == before)
        #expect(stage.signed == ["police"])
    }

    @Test func aTextWhoseWorkedCasesFailIsTurnedAwayByNameAndThatIsOnRecord() async throws {
        let stage = try await Stage(signedBy: ["police"])
        let archive = try Stage.archive("two", signedBy: ["police"], cases: "no-address-to-prison")
        let reply = await stage.protocols.propose(archive.bytes, by: "ann")
        #expect(reply.status == 422 && reply.code == "protocol.cases-failed")
        #expect(
            reply.json["detail"]?.stringValue == "case `no-address-to-prison` does not come out as it expects")
        #expect(stage.gateway.house.registers.version(archive.id) == nil)
        let act = try #require(try stage.gateway.leaves().last)
        #expect(act.body.summary.contains("protocol.propose") && act.body.summary.contains("to refused"))
    }

    @Test func noAdminsCopyPutsAPartyOutOfForceByWhatItLacks() async throws {
        let stage = try await Stage(signedBy: ["police", "hub"])
        let less = try await stage.propose("one", signedBy: ["hub"])
        #expect(less.status == 409 && less.code == "version.exists")
        #expect(stage.signed == ["police", "hub"])
        #expect(try await stage.propose("one", signedBy: ["unit"], by: "bob").status == 200)
        #expect(stage.signed == ["police", "hub", "unit"])
    }

    // MARK: what happens

    @Test func whoAccededIsInForceAfterARestartWithAnOlderDirectory() async throws {
        let stage = try await Stage(signedBy: ["hub"])
        #expect(try await stage.propose("one", signedBy: ["hub", "police"]).status == 200)
        #expect(stage.signed == ["hub", "police"])
        let leaves = try stage.gateway.leaves().count
        let gateway = try await stage.reopened(signedBy: ["hub"])
        #expect(gateway.house.inForce.text.signed == ["hub", "police"])
        let after = try gateway.leaves().dropFirst(leaves).contains { $0.body.summary.contains("protocol.signoff") }
        #expect(!after)
    }

    @Test func whatIsNewInTheDirectoryJoinsWhatIsKeptAtTheNextStart() async throws {
        let stage = try await Stage(signedBy: ["hub"])
        #expect(try await stage.propose("one", signedBy: ["police"]).status == 200)
        let gateway = try await stage.reopened(signedBy: ["unit"])
        #expect(gateway.house.inForce.text.signed == ["hub", "police", "unit"])
        #expect(try gateway.leaves().contains { $0.body.summary.contains("protocol.signoff") })
        await gateway.close()
        let again = try await TestGateway(
            driver: stage.ledger, keyring: MemoryKeyring(), clock: stage.clock, library: stage.library)
        #expect(again.house.inForce.text.signed == ["hub", "police", "unit"])
    }

    @Test func adminsAreToldWhoFallsOutOfForce() async throws {
        let stage = try await Stage(signedBy: ["hub", "police"])
        let reply = try await stage.propose("two", signedBy: ["hub"])
        #expect(reply.status == 201 && reply.json["falls-out"] == ["police"])
        let id = try #require(reply.json["id"]?.stringValue.flatMap { VersionID(digest: $0) })
        let shown = stage.protocols.show(id).json["report"]?["signoff"]
        #expect(shown?["falls-out"] == ["police"] && shown?["status"]?.stringValue == "1 signed")
        _ = try await stage.propose("two", signedBy: ["unit"])
        #expect(stage.protocols.show(id).json["report"]?["signoff"]?["status"]?.stringValue == "2 signed")
        _ = await stage.protocols.approve(id, by: "bob")
        let active = await stage.protocols.activate(id, at: nil, beside: nil, by: "bob")
        #expect(active.status == 200 && active.json["falls-out"] == ["police"])
    }

    @Test func aTextProposedAnewKeepsItsSignatures() async throws {
        let stage = try await Stage(signedBy: ["hub"])
        let id = try Stage.archive("two", signedBy: []).id
        #expect(try await stage.propose("two", signedBy: ["hub"]).status == 201)
        #expect(await stage.protocols.reject(id, by: "bob").status == 200)
        #expect(try await stage.propose("two", signedBy: ["police"]).status == 201)
        _ = await stage.protocols.approve(id, by: "bob")
        _ = await stage.protocols.activate(id, at: nil, beside: nil, by: "bob")
        #expect(stage.signed == ["hub", "police"])
    }

    @Test func ownFilesAreOnRecordWhenTheyChangeAndOnlyThen() async throws {
        func starts(_ owns: [ProtocolArchive?]) async throws -> [String] {
            let (ledger, clock) = (MemoryLedger(), TestClock())
            let library = TestLibrary(["one": try TestProtocol.text()])
            var acts: [String] = []
            for own in owns {
                let gateway = try await TestGateway(
                    driver: ledger, keyring: MemoryKeyring(), clock: clock, library: library,
                    first: try Stage.archive("one", signedBy: []), own: own)
                await gateway.close()
                acts = try gateway.leaves().compactMap { leaf in
                    guard case .admin(let act) = leaf.body, "\(act.act)" == "protocol.own" else { return nil }
                    return "\(act.from?.rawValue.prefix(4) ?? "-") \(act.to?.rawValue.prefix(4) ?? "-")"
                }
                if let own { #expect(try ledger.archive(own.id) == own.bytes) }
            }
            return acts
        }
        let (one, two) = (
            try ProtocolArchive(files: ["prohibitions/police.yaml": [1]]),
            try ProtocolArchive(files: ["prohibitions/police.yaml": [2]])
        )
        func short(_ archive: ProtocolArchive) -> String { String(archive.id.rawValue.prefix(4)) }
        #expect(try await starts([nil, nil]).isEmpty)
        #expect(
            try await starts([one, one, two, nil]) == [
                "- \(short(one))", "\(short(one)) \(short(two))", "\(short(two)) -",
            ])
    }
}
