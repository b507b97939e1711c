import ConcordatDecision
import ConcordatJSON
import ConcordatPayload
import ConcordatTerms
import ConcordatTestSupport
import Testing

@testable import ConcordatCore

/// Somebody of whom nothing is left in a copy is still somebody the message was about.
@Suite struct HandOverPeopleTests {
    /// A telephone number goes to the police where the harmer is of age; of the harmer they get nothing.
    private func text(_ when: Condition) throws -> CompiledProtocol {
        var text = try TestProtocol.text { schema in
            schema.replacing(
                "\"name\": {\"type\": \"string\", \"maxLength\": 100, \"x-category\": \"identity\"},",
                with:
                    "\"name\": {\"type\": \"string\", \"format\": \"date\", \"x-category\": \"identity\", \"x-fact\": \"age\"},"
            )
        }
        text.rules.removeAll { $0.id == "P1" }
        text.rules.append(
            CompiledRule(
                id: "P9", title: "", effect: .permit(.keep, ConsentNeed(level: .none)), categories: ["contact"],
                about: [.role("harmed")], messages: ["update"], from: nil, fromCapacity: nil, to: ["police"],
                toCapacity: nil, purposes: nil, when: when, silent: false, tell: []))
        return text
    }

    @Test func anAgeThatTheCopyDoesNotTellCountsAtHandOverAsItDidBefore() async throws {
        let gateway = try await TestGateway.inMemory(
            text: try text(.test(.age("harmer"), .number(min: 18, max: nil))))
        let opened = await gateway.send(
            TestMessage(
                "referral", "m-open", from: "police", to: ["hub"], subject: "ref-1",
                people: [.init("a1", ["harmed"]), .init("b1", ["harmer"])]))
        let id = try #require(opened.json["case"]?.stringValue)
        let message = TestMessage(
            "update", "m-2", from: "hub", to: ["police"], subject: id,
            people: [
                .init(opened.json["persons"]?["a1"]?.stringValue ?? "", phone: "0123"),
                .init(opened.json["persons"]?["b1"]?.stringValue ?? "", ["harmer"], name: "1980-01-01"),
            ])
        #expect(await gateway.send(message).status == 202)
        let got = try #require(await gateway.pull("police").first)
        #expect(got.text.contains("0123"))
        #expect(!got.text.contains("1980"))
        await gateway.close()
    }
}
