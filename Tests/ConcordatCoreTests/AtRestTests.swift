import ConcordatDecision
import ConcordatPayload
import ConcordatTerms
import ConcordatTestSupport
import Testing

@testable import ConcordatCore

@Suite struct AtRestTests {
    private let key = [UInt8](repeating: 5, count: 32)
    private let nonce = [UInt8](repeating: 6, count: 12)
    private let now = TestClock.start

    /// A case with something in every field.
    private var record: CaseRecord {
        var consent = ConsentRecord(
            fact: ConsentFact(
                id: "k-1", person: "p-1", kind: .specialCategory, purpose: "rj", categories: ["contact", "identity"],
                recipientKinds: ["hub"], recipientParties: ["unit"], state: .given, from: now, until: now + .seconds(9)),
            recordedBy: "hub",
            giving: ConsentRecord.Giving(
                by: .guardian, giver: "p-2", relation: .parent, ageBand: .from10, isCompetent: false,
                assessedBy: "officer-2"),
            taking: ConsentRecord.Taking(
                notice: "notice-3", language: "cy", channel: .letter, expression: .explicit,
                review: CivilDate("2027-03-31")), takenBy: "officer-1", evidence: "file-1", toldRightToWithdraw: true,
            events: [])
        consent.requestID = "request-1"
        consent.note(.given, at: now, by: "hub")
        consent.note(.withdrawn, at: now + .milliseconds(1), by: "unit")
        let everything = ConsentRecord(
            fact: ConsentFact(
                id: "k-2", person: "p-2", kind: .basis, purpose: "rj", categories: nil, recipientKinds: nil,
                state: .objected, from: now, until: nil),
            recordedBy: "police", giving: ConsentRecord.Giving(), takenBy: nil, evidence: nil,
            toldRightToWithdraw: false,
            events: [ConsentRecord.Event(state: .objected, at: now, by: "police")])
        return CaseRecord(
            id: "c-1", epoch: 7, opened: now,
            facts: CaseFacts(
                id: "c-1",
                capacities: [
                    CapacityHolding(party: "hub", capacity: "screener", from: now),
                    CapacityHolding(party: "police", capacity: "referrer", from: now, until: now + .seconds(1)),
                ], roles: ["p-1": ["harmed", "harmer"], "p-2": []],
                flags: ["kind": ["theft", "\u{e9}\"\\"], "empty": []],
                requests: [
                    OpenRequest(
                        message: "q-1", asker: "hub", holder: "police", purpose: "rj",
                        items: [
                            RequestedItem(category: "contact", person: "p-1", role: nil),
                            RequestedItem(category: "identity", person: nil, role: "harmed"),
                            RequestedItem(category: "offence", person: nil, role: nil),
                        ], expires: now)
                ]), consents: [consent, everything], references: ["police": ["ref-1", "ref-2"], "hub": []],
            personReferences: ["police": ["a1": "p-1"], "hub": [:]], personKeys: ["p-1": key, "p-2": nonce])
    }

    @Test func aCaseComesBackWhole() throws {
        let record = record
        #expect(try CaseRecord(id: "c-1", sealed: record.sealed(key: key, nonce: nonce), key: key) == record)
        let bare = CaseRecord(id: "c-2", opened: now)
        #expect(try CaseRecord(id: "c-2", sealed: bare.sealed(key: key, nonce: nonce), key: key).references.isEmpty)
    }

    @Test func aCaseUnderAnotherNameKeyOrByteDoesNotOpen() throws {
        let sealed = try record.sealed(key: key, nonce: nonce)
        #expect(throws: (any Error).self) { try CaseRecord(id: "c-2", sealed: sealed, key: key) }
        #expect(throws: (any Error).self) {
            try CaseRecord(id: "c-1", sealed: sealed, key: [UInt8](repeating: 9, count: 32))
        }
        for index in [0, 12, sealed.count / 2, sealed.count - 1] {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: (any Error).self) { try CaseRecord(id: "c-1", sealed: changed, key: key) }
        }
        #expect(throws: (any Error).self) { try CaseRecord(id: "c-1", sealed: [], key: key) }
    }

    private var copy: DeliveryCopy {
        DeliveryCopy(
            context: DeliveryCopy.Context(
                message: "m-1", name: "update", type: "test.update.v1", sender: "hub", recipient: "unit",
                recipients: ["unit", "police"], caseID: "c-1", purpose: "rj", time: now, inReplyTo: "q-1",
                expires: now + .seconds(1), protocolText: "test@1", isTraining: true, salt: key),
            cut: CutDocument(
                bytes: Array("{\"a\":1}".utf8), withheld: [JSONPointer(tokens: ["a", "b"])],
                masked: [JSONPointer(tokens: ["c"])], notSupplied: [JSONPointer(tokens: ["d"])], isEmpty: false,
                applied: [
                    AppliedField(path: "/a", subject: .nobody, action: .keep, count: 1),
                    AppliedField(path: "/b", subject: .person("p-1"), action: .year, count: 2),
                    AppliedField(path: "/c", subject: .role("harmed"), action: .drop, count: 3),
                ]), facts: ["/x": ["y"], "/z": []], parties: ["/p": ["hub"]],
            persons: [JudgedPerson(id: "p-1", roles: ["harmed"])],
            repliesTo: OpenRequest(
                message: "q-1", asker: "unit", holder: "hub", purpose: "rj", items: [], expires: now),
            senderCapacities: ["screener"],
            moves: CaseMoves(
                grants: [CapacityHolding(party: "unit", capacity: "case-holder", from: now)],
                ends: [CaseMoves.End(party: "hub", capacity: "screener")]))
    }

    @Test func aCopyComesBackWhole() throws {
        let (copy, back) = (copy, try #require(DeliveryCopy(bytes: copy.bytes)))
        #expect(back.context == copy.context)
        #expect(back.cut == copy.cut)
        #expect(back.facts == copy.facts)
        #expect(back.parties == copy.parties)
        #expect(back.persons == copy.persons)
        #expect(back.repliesTo == copy.repliesTo)
        #expect(back.senderCapacities == copy.senderCapacities)
        #expect(back.moves == copy.moves)
        #expect(back.bytes == copy.bytes)
    }

    @Test func bytesThatAreNoCopyAreNone() {
        #expect(DeliveryCopy(bytes: []) == nil)
        #expect(DeliveryCopy(bytes: [255, 255, 255, 255, 1]) == nil)
        #expect(DeliveryCopy(bytes: [0, 0, 0, 2] + Array("{}".utf8)) == nil)
    }

    @Test func aSealOpensForItsOwnDeliveryRecipientAndDayOnly() throws {
        let day = DayKey(id: "2026-06-15", key: key)
        let sealed = try CopySeal.seal([1, 2, 3], delivery: "d-1", recipient: "hub", dayKey: day)
        #expect(try CopySeal.open(sealed, delivery: "d-1", recipient: "hub", dayKey: day) == [1, 2, 3])
        #expect(try CopySeal.seal([1, 2, 3], delivery: "d-1", recipient: "hub", dayKey: day) != sealed)
        #expect(throws: (any Error).self) { try CopySeal.open(sealed, delivery: "d-2", recipient: "hub", dayKey: day) }
        #expect(throws: (any Error).self) { try CopySeal.open(sealed, delivery: "d-1", recipient: "unit", dayKey: day) }
        let other = DayKey(id: "2026-06-16", key: [UInt8](repeating: 8, count: 32))
        #expect(throws: (any Error).self) {
            try CopySeal.open(sealed, delivery: "d-1", recipient: "hub", dayKey: other)
        }
        #expect(throws: (any Error).self) { try CopySeal.open([], delivery: "d-1", recipient: "hub", dayKey: day) }
    }

    @Test func aStandingComesBackWhole() {
        let standing = Standing(epoch: 3, suspended: ["hub"], stoppedMessages: ["update"])
        #expect(Standing(bytes: standing.bytes) == standing)
        #expect(Standing(bytes: [1]) == nil)
    }
}
