import ConcordatCore
import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import ConcordatTestSupport
import Testing

/// What a party learns of a case, person or consent that it is nothing to: the same as of one that does not exist.
@Suite struct SilenceTests {
    private static let minted = "c-aaaaaaaaaaaaaaaaaaaaaaaa"

    private func same(_ left: Reply, _ right: Reply) -> Bool {
        left.status == right.status && left.mediaType == right.mediaType
            && left.json.withoutLeaf == right.json.withoutLeaf
            && left.headers.map(\.name) == right.headers.map(\.name)
    }

    @Test func aCaseOfOthersAnswersLikeNoCase() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        for (name, sender, recipient) in [("update", "unit", "hub"), ("referral", "police-b", "hub")]
            as [(MessageName, PartyID, PartyID)]
        {
            func probe(_ id: MessageID, _ subject: String, _ person: String) async -> Reply {
                await gateway.send(
                    TestMessage(
                        name, id, from: sender, to: [recipient], subject: subject, people: [.init(person, name: "x")]))
            }
            let real = await probe("p-1", opened.id, opened.ada)
            let made = await probe("p-2", Self.minted, "p-aaaaaaaaaaaaaaaaaaaaaaaa")
            #expect(real.code == "case.not-yours")
            #expect(same(real, made), "\(name)")
        }
        #expect(gateway.house.registers.counts.cases == 1)
        await gateway.close()
    }

    @Test func aDryRunTellsNoMore() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        func probe(_ subject: String) async throws -> Receipt {
            let reply = await gateway.send(
                TestMessage(
                    "update", "p-1", from: "unit", to: ["hub"], subject: subject, people: [.init("x", name: "x")]),
                isDryRun: true)
            return try Receipt(parsing: reply.body)
        }
        let (real, made) = (try await probe(opened.id), try await probe(Self.minted))
        #expect(real.answers == made.answers)
        #expect(real.caseID == nil)
        #expect(made.caseID == nil)
        await gateway.close()
    }

    @Test func consentsAreListedToNobodyElse() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        _ = await gateway.consent("k-1", .given, case: opened.id, person: opened.ada)
        let consents = gateway.gateway.consents
        #expect(
            await consents.list(subject: opened.id, person: nil, by: "hub").json["consents"]?.arrayValue?.count == 1)
        let none = await consents.list(subject: "nowhere", person: nil, by: "unit")
        #expect(await consents.list(subject: opened.id, person: opened.ada, by: "unit") == none)
        #expect(await consents.list(subject: "ref-1", person: "a1", by: "police") == none)
        let unknown = await gateway.consent("k-2", .given, case: "nowhere", person: "x", by: "unit")
        #expect(same(await gateway.consent("k-3", .given, case: opened.id, person: opened.ada, by: "unit"), unknown))
        await gateway.close()
    }

    /// The phone of one person, which rests on a consent; in one case nobody spoke, in others they said no or took it back.
    @Test(arguments: [
        [ConsentState.refused], [.objected], [.given, .withdrawn], [.deferred], [.withdrawn, .objected],
    ])
    func aConsentThatIsNotInForceLeavesTheSameLeaf(states: [ConsentState]) async throws {
        func shape(_ states: [ConsentState]) async throws -> ([FieldGroup], Int, Receipt.Answer) {
            let gateway = try await TestGateway.inMemory()
            let opened = await gateway.openCase()
            for (step, state) in states.enumerated() {
                _ = await gateway.consent("k-\(step)", state, case: opened.id, person: opened.ada)
            }
            let reply = await gateway.send(
                TestMessage(
                    "update", "m-2", from: "hub", to: ["unit"], subject: opened.id,
                    people: [.init(opened.ada, name: "Ada", phone: "0123")]))
            let receipt = try Receipt(parsing: reply.body)
            guard case .decision(let leaf) = try Leaf(parsing: receipt.evidence[0].leaf).body else {
                throw NoDecision()
            }
            await gateway.close()
            #expect(leaf.consents.allSatisfy { if case .notInForce = $0 { true } else { false } })
            return (leaf.fields, leaf.consents.count, receipt.answers[0])
        }
        let (silent, spoken) = (try await shape([]), try await shape(states))
        #expect(silent == spoken)
    }

    struct NoDecision: Error {}

    @Test func whoWasRefusedAMessageDoesNotLearnOfIt() async throws {
        let gateway = try await TestGateway.inMemory()
        let opened = await gateway.openCase()
        let reply = await gateway.send(
            TestMessage(
                "news", "m-2", from: "hub", to: ["prison-b"], subject: opened.id,
                people: [.init(opened.ben, ["harmer"])]))
        #expect(reply.code == "recipient.no-capacity")
        let leaf = try #require(reply.json["leaf"]?.intValue)
        let officers = gateway.gateway.officers
        let officer = Officer(id: "o", party: "prison-b", isOfDeployment: false)
        let seen = await officers.transfers(
            for: officer, message: nil, caseID: nil, party: nil, before: nil, limit: 10, isJustified: true)
        #expect(seen.json["transfers"]?.arrayValue?.isEmpty == true)
        let none = await officers.transfer(999, for: officer, isJustified: true)
        #expect(await officers.transfer(UInt64(leaf), for: officer, isJustified: true) == none)
        #expect(
            gateway.gateway.agencies.proof(UInt64(leaf), for: "prison-b")
                == gateway.gateway.agencies.proof(9_999, for: "prison-b"))
        #expect(gateway.gateway.agencies.proof(UInt64(leaf), for: "hub").status == 200)
        let deployment = Officer(id: "d", party: "hub", isOfDeployment: true)
        #expect(await officers.transfer(UInt64(leaf), for: deployment, isJustified: true).status == 200)
        await gateway.close()
    }
}
