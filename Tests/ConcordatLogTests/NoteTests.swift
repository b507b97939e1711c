import ConcordatCrypto
import ConcordatLog
import ConcordatTerms
import Testing

@Suite struct NoteTests {
    static let knownKey = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
    static let knownNote = """
        This is an example message.

        — example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=

        """

    @Test func verifiesTheKnownNote() throws {
        let note = try SignedNote(parsing: Array(Self.knownNote.utf8))
        let key = try NoteVerifierKey(parsing: Self.knownKey)
        #expect(note.text == "This is an example message.\n")
        #expect(try note.verify(with: [key]).map(\.keyName) == ["example.com/foo"])
        #expect(note.bytes == Array(Self.knownNote.utf8))
        #expect(key.description == Self.knownKey)
    }

    @Test func refusesTheKnownNoteWithOneChangedByte() throws {
        let key = try NoteVerifierKey(parsing: Self.knownKey)
        let changed = Self.knownNote.replacing("example message", with: "Example message")
        let note = try SignedNote(parsing: Array(changed.utf8))
        #expect(throws: LogError.badSignature(keyName: "example.com/foo")) { try note.verify(with: [key]) }
    }

    @Test(arguments: [
        "", "example.com/foo", "example.com/foo+530d903a", "+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903b+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530D903A+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/bar+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AukyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
        "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2",
        "example com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k",
    ])
    func refusesVerifierKeysThatDoNotFit(text: String) {
        #expect(throws: LogError.malformedVerifierKey) { try NoteVerifierKey(parsing: text) }
    }

    @Test(arguments: [
        "", "\n", "text\n", "text\n\n", "text\n\n— a\n", "text\n\n— a AAAAAA==\n— a AAAA", "text\n\n— a AAAAAA==",
        "text\n\n- a AAAAAAAA\n", "text\n\n—  AAAAAAAA\n", "text\n\n— a AAAAAA\n", "text\n\n— a  AAAAAAAA\n",
        "text\n\n— a AAAAAA==\n", "te\u{0}xt\n\n— a AAAAAAAA\n", "te\rxt\n\n— a AAAAAAAA\n", "te\txt\n\n— a AAAAAAAA\n",
        "text\n\n— a AAAAAAAA\r\n", "text\n\n— a+b AAAAAAAA\n", "text\n— a AAAAAAAA\n",
    ])
    func refusesMalformedNotes(text: String) {
        #expect(throws: LogError.malformedNote) { try SignedNote(parsing: Array(text.utf8)) }
    }

    @Test func refusesTextThatIsNotUTF8() {
        let bytes = [0xC3, 0x28] + Array("\n\n— a AAAAAAAA\n".utf8)
        #expect(throws: LogError.malformedNote) { try SignedNote(parsing: bytes) }
    }

    @Test func partsAtTheLastBlankLine() throws {
        let signer = LogFixture.signer
        let note = try signer.note(of: "first\n\n— a AAAAAAAA\n\nlast\n")
        let read = try SignedNote(parsing: note.bytes)
        #expect(read.text == "first\n\n— a AAAAAAAA\n\nlast\n")
        #expect(try read.verify(with: [signer.verifierKey]).count == 1)
    }

    @Test func ignoresUnknownLinesAndNeedsAKnownOne() throws {
        let signer = LogFixture.signer
        var note = try signer.note(of: "text\n")
        note.add(try #require(try LogFixture.makeSigner("other", .ed25519, seed: 9).note(of: "x\n").signatures.first))
        #expect(try SignedNote(parsing: note.bytes).verify(with: [signer.verifierKey]).count == 1)
        // The same name under another key is another key.
        #expect(throws: LogError.noKnownSignature) { try note.verify(with: [LogFixture.stranger.verifierKey]) }
        #expect(throws: LogError.noKnownSignature) { try note.verify(with: []) }
    }

    @Test func oneFailingKnownLineSpoilsTheNote() throws {
        let (signer, other) = (LogFixture.signer, LogFixture.makeSigner("other", .ed25519, seed: 9))
        var note = try signer.note(of: "text\n")
        note.add(try #require(try other.note(of: "another text\n").signatures.first))
        #expect(throws: LogError.badSignature(keyName: "other")) {
            try note.verify(with: [signer.verifierKey, other.verifierKey])
        }
        // Also when a line of the same key verifies beside it.
        let twice = Array(note.bytes) + Array(try signer.note(of: "more\n").signatures[0].line.utf8)
        #expect(throws: LogError.badSignature(keyName: LogFixture.origin)) {
            try SignedNote(parsing: twice).verify(with: [signer.verifierKey])
        }
    }

    @Test func takes64LinesAndNoMore() throws {
        let signer = LogFixture.signer
        let note = try signer.note(of: "text\n").bytes
        let padding = (0..<63).map { "— other-\($0) AAAAAAAA\n" }.joined()
        #expect(try SignedNote(parsing: note + Array(padding.utf8)).verify(with: [signer.verifierKey]).count == 1)
        #expect(throws: LogError.tooManySignatures(signaturesMax: 64)) {
            try SignedNote(parsing: note + Array(padding.utf8) + Array("— last AAAAAAAA\n".utf8))
        }
        let long = [UInt8](repeating: UInt8(ascii: "a"), count: SignedNote.bytesMax) + note
        #expect(throws: LogError.noteTooLong(bytesMax: 65_536)) { try SignedNote(parsing: long) }
    }

    @Test func doesNotTakeTwoSpellingsOfANameForOne() throws {
        // U+00E9, and e with U+0301: equal to `String`, different as bytes.
        let composed = LogFixture.makeSigner("log-\u{E9}", .ed25519, seed: 4)
        let decomposed = LogFixture.makeSigner("log-e\u{301}", .ed25519, seed: 4)
        let note = try composed.note(of: "text\n")
        #expect(composed.verifierKey != decomposed.verifierKey)
        #expect(throws: LogError.noKnownSignature) { try note.verify(with: [decomposed.verifierKey]) }
    }
}

@Suite struct CheckpointTests {
    static let root = "5dnaeacGWamtVZy3Ad7Zoqudgj"  // not a whole hash

    @Test(arguments: [
        "", "log\n", "log\n1\n", "log\n1\n\(root)\n", "log\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "log\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "log\n+1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "log\n9223372036854775808\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "log\n99999999999999999999\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
        "\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=",
        "log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nextension\n",
        "log\n0\nbjQLnP+zepicpUTmu3gKLHiQHT+zNzh2hRGjBhevoB0=\n",
        "lo g\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
    ])
    func refusesTextThatIsNotExactlyACheckpoint(text: String) {
        #expect(throws: LogError.malformedCheckpoint) { try Checkpoint(parsing: text) }
    }

    @Test func readsWhatItWrites() throws {
        let checkpoint = try Checkpoint(origin: "log", size: 12, root: .leaf([1]))
        #expect(try Checkpoint(parsing: checkpoint.text) == checkpoint)
        #expect(checkpoint.text == "log\n12\n\(MerkleHash.leaf([1]).base64)\n")
        #expect(try Checkpoint(parsing: "log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n").root == .empty)
    }

    @Test func refusesAnotherOriginAndAnotherKey() throws {
        let note = LogFixture.checkpoint(StoredTree([[1]]))
        #expect(throws: LogError.noKnownSignature) {
            try VerifiedCheckpoint(note, logKey: LogFixture.stranger.verifierKey)
        }
        // Signed by the right key, but speaking for another log.
        let foreign = try Checkpoint(origin: "another.example.org", size: 1, root: .leaf([1]))
        #expect(throws: LogError.originMismatch) { try foreign.signed(by: LogFixture.signer) }
        let forged = try LogFixture.signer.note(of: foreign.text)
        #expect(throws: LogError.originMismatch) {
            try VerifiedCheckpoint(forged, logKey: LogFixture.signer.verifierKey)
        }
    }

    @Test func aWitnessVouchesForATimeAndNeverStandsInForTheLog() throws {
        let (signer, witness) = (LogFixture.signer, LogFixture.witness)
        var note = LogFixture.checkpoint(StoredTree([[1]]))
        let line = try witness.cosignature(of: note.text, at: LogFixture.began + .milliseconds(700))
        note.add(line)
        let verified = try VerifiedCheckpoint(
            parsing: note.bytes, logKey: signer.verifierKey, witnesses: [witness.verifierKey])
        #expect(verified.cosignatures.map(\.time) == [LogFixture.began])
        #expect(line.payload.count == 72)
        let alone = try SignedNote(text: note.text, signatures: [line])
        #expect(throws: LogError.noKnownSignature) {
            try VerifiedCheckpoint(alone, logKey: signer.verifierKey, witnesses: [witness.verifierKey])
        }
        #expect(throws: LogError.malformedVerifierKey) {
            try VerifiedCheckpoint(alone, logKey: witness.verifierKey, witnesses: [])
        }
    }

    @Test func refusesACosignatureOfAnotherCheckpointOrTime() throws {
        let (signer, witness) = (LogFixture.signer, LogFixture.witness)
        var note = LogFixture.checkpoint(StoredTree([[1]]))
        note.add(try witness.cosignature(of: LogFixture.checkpoint(StoredTree([[2]])).text, at: LogFixture.began))
        #expect(throws: LogError.badSignature(keyName: "witness.example.org")) {
            try VerifiedCheckpoint(note, logKey: signer.verifierKey, witnesses: [witness.verifierKey])
        }
        // Unknown to whoever does not ask about this witness.
        #expect(try VerifiedCheckpoint(note, logKey: signer.verifierKey).cosignatures.isEmpty)
    }
}
