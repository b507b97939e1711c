import ConcordatJSON
import ConcordatTerms
import ConcordatWire
import Testing

@Suite struct StructuredEventTests {
    private static let envelope = Envelope(
        id: "m-1", source: "west-midlands-police", type: "uk.rj.referral.v1", subject: "20-417-26",
        time: UTCInstant("2026-11-02T09:30:00Z"), purpose: "rj-offer", recipients: ["rj-hub", "hmp-birmingham"],
        inReplyTo: "m-0",
        expires: UTCInstant("2026-11-16T08:30:00Z"), actor: "desk-7")

    @Test func readsEveryAttributeAndWhereDataLies() throws {
        let text = EventBody.whole.text
        let event = try read(text).get()
        #expect(event.envelope == Self.envelope)
        #expect(String(decoding: Array(text.utf8)[event.data], as: UTF8.self) == "{\"a\":[1,{\"b\":null}]}")
    }

    @Test func whatMayBeLeftOutMay() throws {
        var body = EventBody.whole
        for name in ["subject", "time", "datacontenttype", "inreplyto", "expires", "actor"] {
            body = body.without(name)
        }
        let envelope = try read(body.text).get().envelope
        #expect(
            envelope
                == Envelope(
                    id: "m-1", source: "west-midlands-police", type: "uk.rj.referral.v1", purpose: "rj-offer",
                    recipients: ["rj-hub", "hmp-birmingham"]))
    }

    @Test func readsMembersInEveryOrder() throws {
        var generator = SeededGenerator(state: 13)
        // Each member first once, data among them, then orders by the hundred.
        var orders = EventBody.whole.members.indices.map { first in
            [EventBody.whole.members[first]]
                + EventBody.whole.members.enumerated().filter { $0.offset != first }.map(\.element)
        }
        for _ in 0..<300 { orders.append(EventBody.whole.members.shuffled(using: &generator)) }
        for members in orders {
            let text = EventBody(members: members).text
            let event = try read(text).get()
            #expect(event.envelope == Self.envelope)
            #expect(String(decoding: Array(text.utf8)[event.data], as: UTF8.self) == "{\"a\":[1,{\"b\":null}]}")
        }
    }

    @Test func aFaultIsFoundInEveryOrder() {
        var generator = SeededGenerator(state: 14)
        let faulty = EventBody.whole.with("recipients", "\"a a\"")
        for _ in 0..<100 {
            #expect(
                read(EventBody(members: faulty.members.shuffled(using: &generator)).text).verdict
                    == "envelope.malformed at `/recipients`")
        }
    }

    @Test func nothingInsideDataIsTakenForAnAttribute() throws {
        let data = "{\"id\":\"x\",\"source\":\"y\",\"data\":{\"recipients\":\"z\"},\"}\":\"{\\\"id\\\":1}\"}"
        for text in [
            EventBody.whole.with("data", data).text,
            "{\"data\":\(data)," + EventBody.whole.without("data").text.dropFirst(),
        ] {
            let event = try read(text).get()
            #expect(event.envelope == Self.envelope)
            #expect(String(decoding: Array(text.utf8)[event.data], as: UTF8.self) == data)
        }
    }

    @Test func escapesAndSpaceAreRead() throws {
        let body = EventBody.whole.with("id", "\"m\\u002d1\"").with("data", "\n\t{ } ")
        let text = body.text.replacing("\"purpose\"", with: "\"\\u0070urpose\"")
        let event = try read(text).get()
        #expect(event.envelope == Self.envelope)
        #expect(String(decoding: Array(text.utf8)[event.data], as: UTF8.self) == "{ }")
    }

    @Test func theLongestOfEverythingIsTaken() throws {
        let id = String(repeating: "i", count: 64)
        let parties = (1...16).map { "p\($0)" }
        let type = String(repeating: "t", count: 128)
        let body = EventBody.whole.with("id", "\"\(id)\"").with("recipients", "\"\(parties.joined(separator: " "))\"")
            .with("type", "\"\(type)\"")
        let envelope = try read(body.text).get().envelope
        #expect(envelope.id.rawValue == id)
        #expect(envelope.recipients.map(\.rawValue) == parties)
        #expect(envelope.type == type)
    }

    @Test func headersAndMembersComeToTheSameEnvelope() throws {
        var attributes = EnvelopeAttributes()
        for (name, json) in EventBody.whole.members where name != "data" {
            try attributes.take(name, String(json.dropFirst().dropLast()))
        }
        #expect(try attributes.envelope() == Self.envelope)
    }
}
