import ConcordatCrypto
import ConcordatDecision
import ConcordatProtocols
import ConcordatTerms
import Testing

/// Sign-off files of two copies of a directory, made one.
@Suite struct SignoffJoinTests {
    private static func signoff(_ stage: SignoffStage) -> [String: [UInt8]] {
        stage.files.contents.filter { $0.key.hasPrefix("signoff/") }
    }

    private static func join(
        _ kept: [String: [UInt8]], with brought: [String: [UInt8]], over stage: SignoffStage
    ) throws -> SignoffJoin {
        SignoffJoin(
            kept, with: brought, of: try stage.loaded(),
            files: ProtocolFiles(stage.files.contents.filter { !$0.key.hasPrefix("signoff/") }),
            trust: try stage.workshop.trust(), now: SignoffStage.day + .seconds(1_000), gainsNothing: { _, _ in false })
    }

    private static func signed(_ files: [String: [UInt8]], over stage: SignoffStage) throws -> Set<PartyID> {
        var whole = stage
        whole.files.contents = stage.files.contents.filter { !$0.key.hasPrefix("signoff/") }
        for (path, bytes) in files { whole.files[path] = bytes }
        return try whole.status(now: SignoffStage.day + .seconds(1_000)).signed
    }

    @Test func aSignatureThatDoesNotVerifyTakesNobodysPlaceAndIsNamed() throws {
        var stage = try SignoffStage()
        try stage.signAll("the-hub")
        let kept = Self.signoff(stage)
        for path in [
            SignoffPath.signatory("the-hub"), SignoffPath.adviceSignature("the-hub"),
            SignoffPath.entrySignature("the-hub"),
        ] {
            var brought = kept
            brought[path] = Array("-----BEGIN CMS-----\nAAAA\n-----END CMS-----\n".utf8)
            let join = try Self.join(kept, with: brought, over: stage)
            #expect(join.files == kept)
            #expect(join.faults.count == 1 && join.faults.allSatisfy { $0.hasPrefix("the-hub: ") }, "\(join.faults)")
        }
    }

    @Test func whatAnotherPersonSignedIsNamedAndJoinsNothing() throws {
        var stage = try SignoffStage()
        try stage.signAll("the-hub")
        let kept = Self.signoff(stage)
        var other = stage
        try other.signText("the-hub", as: "some-police.chief")
        let join = try Self.join(kept, with: Self.signoff(other), over: stage)
        #expect(join.files == kept)
        #expect(join.faults == ["the-hub: text: \(SignoffFault.otherParty)"])
    }

    @Test func whatACopyLacksIsKept() throws {
        var (one, two) = (try SignoffStage(), try SignoffStage())
        try one.signAll("the-hub")
        try two.signAll("some-police")
        for (kept, brought) in [(one, two), (two, one)] {
            let join = try Self.join(Self.signoff(kept), with: Self.signoff(brought), over: one)
            #expect(try Self.signed(join.files, over: one) == ["the-hub", "some-police"])
            #expect(join.faults.isEmpty)
        }
        let none = try Self.join(Self.signoff(one), with: [:], over: one)
        #expect(none.files == Self.signoff(one))
    }

    @Test func ofTwoThatVerifyTheLaterStaysWhicheverIsBrought() throws {
        var (early, late) = (try SignoffStage(), try SignoffStage())
        try early.signAll("the-hub")
        try late.advise("the-hub", .opposes, at: SignoffStage.day + .seconds(50))
        try late.signText("the-hub", at: SignoffStage.day + .seconds(60))
        try late.signEntry("the-hub")
        for (kept, brought) in [(early, late), (late, early)] {
            let join = try Self.join(Self.signoff(kept), with: Self.signoff(brought), over: early)
            for path in [SignoffPath.signatory("the-hub"), SignoffPath.advice("the-hub")] {
                #expect(join.files[path] == late.files[path], "\(path)")
            }
            #expect(try Self.signed(join.files, over: early) == ["the-hub"])
        }
    }

    @Test func aLaterAdviceWithoutASignatureAfterItPutsNobodyOutOfForce() throws {
        var (stage, late) = (try SignoffStage(), try SignoffStage())
        try stage.signAll("the-hub")
        try late.advise("the-hub", .opposes, at: SignoffStage.day + .seconds(50))
        let join = try Self.join(Self.signoff(stage), with: Self.signoff(late), over: stage)
        #expect(join.files == Self.signoff(stage))
        #expect(try Self.signed(join.files, over: stage) == ["the-hub"])
    }

    @Test func aChangedEntryIsReportedByTheStatusAndIsNoForgery() throws {
        var stage = try SignoffStage()
        try stage.signAll("the-hub")
        stage.files["parties/the-hub.yaml"]? += Array("\n".utf8)
        let join = try Self.join([:], with: Self.signoff(stage), over: stage)
        #expect(join.faults.isEmpty && join.files == Self.signoff(stage))
        #expect(try Self.signed(join.files, over: stage).isEmpty)
    }

    @Test func everyTextThatWasSignedStaysUnderItsDigest() throws {
        var old = try SignoffStage()
        let before = try old.loaded().text
        old.files[SignoffPath.text] = before.bytes
        var new = try SignoffStage()
        try new.changeText()
        let present = try new.loaded().text
        let brought = [SignoffPath.text: present.bytes]
        let join = try Self.join(Self.signoff(old), with: brought, over: new)
        #expect(join.files[SignoffPath.text] == present.bytes)
        #expect(join.files[SignoffPath.olderText(before.digest)] == before.bytes)
        let turned = try Self.join(brought, with: Self.signoff(old), over: new)
        #expect(turned.files == join.files)
        let liar = [SignoffPath.olderText(before.digest): present.bytes]
        #expect(try Self.join(join.files, with: liar, over: new).files == join.files)
    }
}
