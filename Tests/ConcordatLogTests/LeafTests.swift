import ConcordatJSON
import ConcordatLog
import ConcordatTerms
import Testing

@Suite struct LeafTests {
    static let person = Pseudonym(bytes: [UInt8](repeating: 0xAB, count: 16))!
    static let time = UTCInstant(milliseconds: 1_775_034_000_007)

    static let bodies: [LeafBody] = [
        .decision(LogFixture.decision(recipient: "hub")),
        .decision(LogFixture.decision(recipient: "prison-a", answer: .withhold, code: "rule.none", clause: "R2")),
        .refusal(RefusalLeaf(sender: nil, code: "tls.unknown")),
        .refusal(RefusalLeaf(sender: "police-a", code: "case.not-yours", clause: "C2", message: "m", name: "referral")),
        .refusalSummary(
            RefusalSummaryLeaf(
                party: "police-a", from: time, until: time + .seconds(60),
                codes: [.init(code: "case.not-yours", count: 40), .init(code: "json.invalid", count: 2)])),
        .handOver(HandOverLeaf(delivery: "d-1", message: "m-1", recipient: "hub", attempt: 1, how: .push)),
        .handOverOutcome(HandOverOutcomeLeaf(delivery: "d-1", outcome: .failed, status: 503, code: "peer.busy")),
        .deliveryEnd(DeliveryEndLeaf(delivery: "d-1", end: .recalled)),
        .notice(
            NoticeLeaf(
                notice: "d-2", caseID: "c-1", recipient: "hub", event: .sent, reason: .recall, transfers: ["d-1"])),
        .notice(
            NoticeLeaf(
                notice: "d-2", caseID: "c-1", recipient: "hub", event: .answered, reason: .erasure, by: "police-a",
                transfers: ["d-1", "d-3"], done: .kept, basis: "legal-claim")),
        .consent(
            ConsentLeaf(
                consent: "k-1", person: person, caseID: "c-1", purpose: "rj-offer",
                categories: ["identity", "contact"],
                recipients: ["hub"], consentKind: .specialCategory, event: .given, recordedBy: "hub", role: "harmed")),
        .consent(
            ConsentLeaf(
                consent: "k-2", person: person, purpose: "rj-offer", categories: [], recipients: [],
                parties: ["hub-b", "unit"], consentKind: .basis, event: .given, recordedBy: "hub", role: nil)),
        .caseChange(CaseLeaf(caseID: "c-1", change: .opened)),
        .caseChange(
            CaseLeaf(
                caseID: "c-1", change: .capacityGranted, message: "m-1", party: "hub", capacity: "screener",
                person: person, flag: "sensitive", from: time, until: time)),
        .view(ViewLeaf(officer: "o-1", party: "hub", what: .transfer, message: "m-1", count: 1, isJustified: true)),
        .admin(AdminLeaf(who: "a-1", act: "party.suspend", object: "prison-a", from: "active", to: "suspended")),
        .protocolChange(ProtocolLeaf(name: "rj-west-midlands", version: "1.0.0", event: .inForce)),
        .signOff(
            SignOffLeaf(signed: [
                .init(
                    party: "police-a", advice: "supports-with-conditions",
                    signatures: [LeafDigest(bytes: [UInt8](repeating: 1, count: 32))!]),
                .init(party: "hub-unit", advice: nil, signatures: []),
            ])),
        .start(DaemonLeaf(version: "0.1.0")), .stop(DaemonLeaf(version: "0.1.0")),
        .clock(ClockLeaf(stepMilliseconds: -90_000, confirmedBy: "a-1")),
    ]

    static func text(_ body: LeafBody) throws -> String {
        String(decoding: try Leaf(time: time, body: body).encoded(), as: UTF8.self)
    }

    static func error(_ text: String) -> LeafError? {
        do throws(LeafError) {
            _ = try Leaf(parsing: Array(text.utf8))
            return nil
        } catch {
            return error
        }
    }

    @Test func refusesWhatIsNotALeaf() throws {
        let good = #"{"kind":"start","time":"2026-04-01T09:00:00.000Z","v":1,"version":"1"}"#
        #expect(Self.error(good) == nil)
        #expect(Self.error("") == .notALeaf)
        #expect(Self.error("[]") == .notALeaf)
        #expect(Self.error(good + " ") == .notCanonical)
        #expect(Self.error(good.replacing(#""v":1"#, with: #""v":1.0"#)) == .notCanonical)
        #expect(Self.error(good.replacing(#""v":1"#, with: #""v":1.5"#)) == .notALeaf)
        #expect(Self.error(good.replacing(#""v":1"#, with: #""v":null"#)) == .notALeaf)
        #expect(Self.error(good.replacing(#""v":1"#, with: #""v":2"#)) == .unknownVersion)
        #expect(Self.error(good.replacing(#""v":1,"#, with: "")) == .missing(member: "v"))
        #expect(Self.error(good.replacing("start", with: "begin")) == .unknownKind)
        #expect(Self.error(good.replacing(#""kind":"start","#, with: "")) == .missing(member: "kind"))
        #expect(Self.error(good.replacing(#""v":1"#, with: #""v":1,"v":1"#)) == .notALeaf)
        #expect(Self.error(good.replacing(#""v":1,"#, with: #""v":1,"value":"x","#)) == .unknownMember)
        #expect(Self.error(good.replacing(#""1""#, with: #""one two""#)) == .malformed(member: "version"))
        #expect(Self.error(good.replacing("09:00:00.000Z", with: "09:00:00Z")) == .malformed(member: "time"))
        #expect(Self.error(good.replacing("09:00:00.000Z", with: "09:00:00.000+00:00")) == .malformed(member: "time"))
        #expect(
            Self.error(good.replacing(#""start","#, with: #""start","protocol":"ab","#))
                == .malformed(member: "protocol"))
        // U+212A is the letter K to `String`, and escaping it does not help.
        let consent = try Self.text(try #require(Self.bodies.first { $0.kind == .consent }))
        #expect(Self.error(consent.replacing("consentKind", with: "consent\u{212A}ind")) == .notALeaf)
        #expect(Self.error(consent.replacing("consentKind", with: #"consent\u212aind"#)) == .notCanonical)
        let reordered = #"{"time":"2026-04-01T09:00:00.000Z","kind":"start","v":1,"version":"1"}"#
        #expect(Self.error(reordered) == .notCanonical)
    }

    @Test func readsBackEveryKind() throws {
        #expect(Set(Self.bodies.map(\.kind)) == Set(LeafKind.allCases))
        for body in Self.bodies {
            let leaf = Leaf(
                time: Self.time, deployment: "west-midlands",
                protocolDigest: LeafDigest(bytes: [UInt8](repeating: 9, count: 32)), body: body)
            let bytes = try leaf.encoded()
            #expect(try Leaf(parsing: bytes) == leaf)
            #expect(try JSONValue.parse(bytes).canonical(requiringExactNumbers: true) == bytes)
        }
    }

    @Test func missesEveryMemberThatIsNeededAndKnowsNoOther() throws {
        for body in Self.bodies {
            let text = try Self.text(body)
            #expect(Self.error(text.dropLast() + #","zz":1}"#) == .unknownMember)
        }
        let handOver = try Self.text(Self.bodies[5])
        for member in [#""attempt":1,"#, #""delivery":"d-1","#, #""how":"push","#, #""recipient":"hub","#] {
            #expect(handOver.contains(member))
            let name = String(member.split(separator: "\"")[0])
            #expect(Self.error(handOver.replacing(member, with: "")) == .missing(member: name))
        }
        #expect(
            Self.error(handOver.replacing(#""attempt":1"#, with: #""attempt":-1"#)) == .malformed(member: "attempt"))
        #expect(Self.error(handOver.replacing("push", with: "post")) == .malformed(member: "how"))
    }

    @Test func writesADecisionAsDocumented() throws {
        let digits = { (digit: String) in String(repeating: digit, count: 32) }
        let person = digits("ab").prefix(32)
        let expected =
            #"{"answer":"share","case":"c-1","consents":[{"consent":"none","person":"\#(person)","state":"not-in-force"},"#
            + #"{"consent":"k-1","person":"\#(person)","state":"in-force"}],"delivery":"d-1","#
            + #""digestIn":"\#(digits("01"))","digestOut":"\#(digits("02"))","dryRun":false,"fields":["#
            + #"{"action":"keep","count":2,"path":"/people/*/name","roles":["harmed"],"rules":["R1"]},"#
            + #"{"action":"drop","count":1,"path":"/people/*/address","roles":["harmed","harmer"],"rules":[]}],"#
            + #""kind":"decision","message":"m-1","name":"referral","persons":["\#(person)"],"purpose":"rj-offer","#
            + #""recipient":"hub","rules":["R1","R3"],"sender":"police-a","time":"2026-04-01T09:00:00.007Z","v":1}"#
        #expect(try Self.text(.decision(LogFixture.decision(recipient: "hub"))) == expected)
    }

    @Test func neverNamesAConsentThatWasNotInForce() throws {
        let text = try Self.text(.decision(LogFixture.decision(recipient: "hub")))
        let named = text.replacing(#""consent":"none""#, with: #""consent":"k-9""#)
        #expect(Self.error(named) == .malformed(member: "consent"))
        #expect(Self.error(text.replacing("not-in-force", with: "withdrawn")) == .malformed(member: "state"))
    }

    @Test func saysOnWhichGroundGlassWasBroken() throws {
        var decision = LogFixture.decision(recipient: "hub")
        let plain = try Self.text(.decision(decision))
        #expect(!plain.contains("brokenGlass"))
        (decision.ground, decision.brokenGlass) = ("life", ["B1"])
        let text = try Self.text(.decision(decision))
        #expect(try Leaf(parsing: Array(text.utf8)).body == .decision(decision))
        #expect(Leaf(time: Self.time, body: .decision(decision)).summary.hasSuffix("glass broken on life"))
        #expect(Self.error(text.replacing(#""brokenGlass":["B1"],"#, with: "")) == .missing(member: "brokenGlass"))
    }

    @Test func refusesALeafOverItsBound() throws {
        var decision = LogFixture.decision(recipient: "hub")
        let group = decision.fields[0]
        decision.fields = Array(repeating: group, count: 500)
        #expect(try Leaf(time: Self.time, body: .decision(decision)).encoded().count <= 49_152)
        decision.fields = Array(repeating: group, count: 600)
        #expect(throws: LeafError.tooLong(bytesMax: 49_152)) {
            try Leaf(time: Self.time, body: .decision(decision)).encoded()
        }
        #expect(Self.error(String(repeating: " ", count: 49_153)) == .tooLong(bytesMax: 49_152))
    }

    @Test(arguments: ["Joan Example", "12 Sample Street", "/people/0/na me", "/people/\u{E9}", "/a~2"])
    func hasNoPlaceForAValue(value: String) {
        #expect(SchemaPath(rawValue: value) == nil)
        #expect(LeafCode(rawValue: value) == nil)
        #expect(LeafToken(rawValue: value) == nil)
        #expect(Pseudonym(rawValue: value) == nil)
        #expect(LeafDigest(rawValue: value) == nil)
    }

    @Test func aSummaryIsOneLine() {
        for body in Self.bodies {
            let summary = Leaf(time: Self.time, body: body).summary
            #expect(summary.hasPrefix("2026-04-01T09:00:00.007Z \(body.kind.rawValue): "))
            #expect(!summary.contains("\n"))
        }
        let withheld = Leaf(time: Self.time, body: Self.bodies[1]).summary
        #expect(
            withheld == "2026-04-01T09:00:00.007Z decision: referral `m-1` from police-a to prison-a in case c-1 "
                + "for rj-offer: withhold (rule.none, R2); 2 kept, 0 changed, 1 cut")
    }
}
