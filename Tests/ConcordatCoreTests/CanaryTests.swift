import ConcordatCore
import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatStore
import ConcordatTerms
import ConcordatTestSupport
import Foundation
import Testing

/// Marked values go in at every door, and are looked for wherever they must not be.
@Suite struct CanaryTests {
    private static let marks = ["CanaryName", "CanaryPhone", "CanaryHome", "canary-ref", "canary-case"]

    private func check(_ text: String, _ place: String) {
        for mark in Self.marks { #expect(!text.contains(mark), "\(mark) in \(place)") }
    }

    private func check(_ data: Data, _ place: String) {
        for mark in Self.marks { #expect(data.range(of: Data(mark.utf8)) == nil, "\(mark) in \(place)") }
    }

    private func checkFiles(_ folder: TestFolder, _ when: String) throws {
        for name in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            check(FileManager.default.contents(atPath: folder.path + "/" + name) ?? Data(), "\(name) \(when)")
        }
    }

    private func referral(_ id: MessageID, to recipients: [PartyID] = ["hub"], offence: String = "theft") -> TestMessage
    {
        TestMessage(
            "referral", id, from: "police", to: recipients, subject: "canary-case",
            people: [.init("canary-ref", name: "CanaryName", phone: "CanaryPhone", home: "CanaryHome")],
            offence: offence)
    }

    @Test func noMarkedValueIsWhereItMustNotBe() async throws {
        let folder = try TestFolder()
        let (ledger, keyring) = try TestGateway.store(in: folder.path)
        let gateway = try await TestGateway(driver: ledger, keyring: keyring)
        let reply = await gateway.send(referral("m-1"))
        #expect(reply.status == 202)
        let id = try #require(reply.json["case"]?.stringValue)
        let person = try #require(reply.json["persons"]?["canary-ref"]?.stringValue)
        try checkFiles(folder, "while it waits")
        _ = await gateway.consent("k-1", .given, case: id, person: person)
        _ = await gateway.consent("k-2", .withdrawn, case: "canary-case", person: "canary-ref", by: "police")
        _ = await gateway.consent("k-3", .given, case: "canary-case", person: "canary-ref", by: "unit")
        await refusals(gateway)
        let pulled = await gateway.pull("hub")
        #expect(pulled.first?.text.contains("CanaryName") == true)
        for mark in ["CanaryHome", "CanaryPhone", "canary-ref", "canary-case"] {
            #expect(pulled.first?.text.contains(mark) == false)
        }
        _ = await gateway.gateway.inbox.acknowledge(pulled[0].id, by: "hub")
        for delivery in await gateway.pull("lead") {
            check(delivery.text, "a notice")
            _ = await gateway.gateway.inbox.acknowledge(delivery.id, by: "lead")
        }
        check(gateway.gateway.agencies.tracking("m-1", of: "police").text, "the tracking")
        for entry in try ledger.entries(from: 0, count: 1_000) {
            check(String(decoding: entry, as: UTF8.self), "a leaf")
        }
        await gateway.close()
        try ledger.close()
        try checkFiles(folder, "after delivery")
        for line in gateway.logs.lines { check(line, "the log") }
    }

    private func refusals(_ gateway: TestGateway) async {
        let broken = [
            #"{"specversion":"1.0","CanaryName Smith":"x"}"#,
            #"{"specversion":"1.0","id":"canary-case CanaryName"}"#,
            #"{"CanaryName "#,
            String(decoding: referral("m-9").body, as: UTF8.self).replacingOccurrences(
                of: #""theft""#, with: #""CanaryName""#),
            String(decoding: referral("m-9").body, as: UTF8.self)
                .replacingOccurrences(of: #""offence""#, with: #""CanaryName is here""#),
            String(decoding: referral("m-9").body, as: UTF8.self)
                .replacingOccurrences(of: #""canary-ref""#, with: #""canary-ref CanaryName""#),
        ]
        for body in broken {
            let reply = await gateway.send(Array(body.utf8), by: "police")
            #expect(reply.status >= 400)
            check(reply.text, "the answer to \(body.prefix(40))")
        }
        let refused = await gateway.send(referral("m-2", offence: "sensitive"))
        #expect(refused.code == "rule.refused")
        check(refused.text, "a refusal")
        let conflict = await gateway.send(referral("m-1", to: ["hub", "lead"]))
        #expect(conflict.code == "idempotency.conflict")
        check(conflict.text, "a conflict")
        let bad = #"{"id":"k-9","case":"canary-case","person":"CanaryName Smith"}"#
        check(await gateway.gateway.consents.record(Array(bad.utf8), by: "hub").text, "a consent refused")
        let stranger = #"{"id":"k-9","CanaryName Smith":"x"}"#
        check(await gateway.gateway.consents.record(Array(stranger.utf8), by: "hub").text, "a consent refused")
    }
}
