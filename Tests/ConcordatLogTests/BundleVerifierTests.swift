import ConcordatLog
import ConcordatTerms
import Testing

@Suite struct BundleVerifierTests {
    static let entries = LogFixture.entries(600)
    static let files = LogFixture.bundle(entries)

    /// The files with one byte changed.
    static func changed(_ path: String, at offset: Int) throws -> [String: [UInt8]] {
        var files = files
        try #require(files[path] != nil)
        files[path]?[offset] ^= 1
        return files
    }

    /// The export of other entries under the checkpoint of the first ones.
    static func resigned(_ entries: [[UInt8]], keeping kept: [String]) -> [String: [UInt8]] {
        var other = LogFixture.bundle(entries)
        for path in kept { other[path] = files[path] }
        return other
    }

    @Test func namesTheTamperedEntry() throws {
        // 300 is entry 44 of page 1; change a byte inside it.
        let before = Self.entries[256..<300].reduce(0) { $0 + $1.count + 2 }
        let report = LogFixture.report(try Self.changed("tile/entries/001", at: before + 20))
        #expect(report.fault == .entryMismatch(leaf: 300))
        #expect(report.fault?.firstLeaf == 300)
        #expect(report.leavesChecked == 300)
        #expect(!report.isSound)
    }

    @Test func namesTheFirstOfTwoSwappedLeaves() {
        var entries = Self.entries
        entries.swapAt(7, 9)
        var files = Self.files
        files["tile/entries/000"] = LogFixture.bundle(entries)["tile/entries/000"]
        #expect(LogFixture.report(files).fault == .entryMismatch(leaf: 7))
    }

    @Test func namesThePageWhenItsTileWasChangedToo() {
        var entries = Self.entries
        entries[300] = LogFixture.entry(number: 999, at: LogFixture.began + .seconds(300))
        let files = Self.resigned(entries, keeping: ["checkpoint", "tile/1/000.p/2"])
        #expect(LogFixture.report(files).fault == .tileMismatch(path: "tile/1/000.p/2", leaves: 256...511))
        // With all tiles made to fit, only the signed root is left to tell.
        let all = Self.resigned(entries, keeping: ["checkpoint"])
        #expect(LogFixture.report(all).fault == .rootMismatch(leaves: 0..<600))
    }

    @Test func anEarlierCheckpointNarrowsTheFault() throws {
        let old = LogFixture.checkpoint(StoredTree(Array(Self.entries[..<290])))
        let earlier = try VerifiedCheckpoint(old, logKey: LogFixture.signer.verifierKey)
        #expect(LogFixture.report(Self.files, since: earlier).isSound)
        var entries = Self.entries
        entries[300] = LogFixture.entry(number: 999, at: LogFixture.began + .seconds(300))
        let tampered = Self.resigned(entries, keeping: ["checkpoint"])
        #expect(LogFixture.report(tampered, since: earlier).fault == .rootMismatch(leaves: 290..<600))
        // A history rewritten and signed anew is found by whoever kept the old checkpoint, and only by them.
        entries[12] = LogFixture.entry(number: 999, at: LogFixture.began + .seconds(12))
        let forked = LogFixture.bundle(entries)
        #expect(LogFixture.report(forked, since: earlier).fault == .forked(earlierSize: 290))
        #expect(LogFixture.report(forked).isSound)
        #expect(
            LogFixture.report(LogFixture.bundle(LogFixture.entries(289)), since: earlier).fault
                == .shrunk(earlierSize: 290))
    }

    @Test func refusesCheckpointsThatAreNotTheLogs() throws {
        let strange = LogFixture.bundle(Self.entries, by: LogFixture.stranger)
        #expect(LogFixture.report(strange).fault == .checkpoint(.noKnownSignature))
        #expect(LogFixture.report(strange).checkpoint == nil)
        var files = Self.files
        files["key"] = Array(LogFixture.stranger.verifierKey.description.utf8)
        files["checkpoint"] = strange["checkpoint"]
        #expect(LogFixture.report(files).fault == .checkpoint(.noKnownSignature))
        files["checkpoint"] = nil
        #expect(LogFixture.report(files).fault == .noCheckpoint)
        let signed = try Self.changed("checkpoint", at: LogFixture.origin.utf8.count + 2)
        #expect(LogFixture.report(signed).fault == .checkpoint(.badSignature(keyName: LogFixture.origin)))
    }

    @Test func refusesACheckpointOfAnotherSize() {
        for (count, path, leaf) in [(599, "tile/entries/002.p/87", UInt64(512)), (601, "tile/entries/002.p/89", 512)] {
            var files = Self.files
            files["checkpoint"] = LogFixture.bundle(LogFixture.entries(count))["checkpoint"]
            let report = LogFixture.report(files)
            #expect(report.fault == .missing(path: path, leaf: leaf))
            #expect(report.leavesChecked == 512)
        }
    }

    @Test func refusesCutFilesAndMissingOnes() {
        for path in Self.files.keys where path != "checkpoint" {
            var files = Self.files
            files[path]?.removeLast()
            #expect(LogFixture.report(files).fault != nil, "\(path) cut")
            files[path] = (Self.files[path] ?? []) + [0]
            #expect(LogFixture.report(files).fault != nil, "\(path) longer")
            files[path] = nil
            #expect(LogFixture.report(files).fault?.firstLeaf != nil, "\(path) missing")
        }
        var files = Self.files
        files["tile/entries/001"]?.removeLast()
        #expect(LogFixture.report(files).fault == .malformedPage(path: "tile/entries/001", leaf: 511))
        files = Self.files
        files["tile/0/001"]?.removeLast()
        #expect(LogFixture.report(files).fault == .malformedTile(path: "tile/0/001", leaves: 256...511))
    }

    @Test func everyChangedByteIsFound() throws {
        let entries = LogFixture.entries(3)
        let files = LogFixture.bundle(entries)
        #expect(LogFixture.report(files).isSound)
        for (path, bytes) in files {
            for offset in bytes.indices {
                var changed = files
                changed[path]?[offset] ^= 0x20
                #expect(!LogFixture.report(changed).isSound, "\(path) at \(offset)")
            }
        }
    }

    @Test func refusesTimeThatGoesBack() {
        var entries = Self.entries
        entries[400] = LogFixture.entry(number: 400, at: LogFixture.began)
        #expect(LogFixture.report(LogFixture.bundle(entries)).fault == .timeBackwards(leaf: 400))
    }

    @Test func refusesEntriesThatAreNoLeaves() {
        var entries = Self.entries
        entries[5] = Array("{}".utf8)
        #expect(LogFixture.report(LogFixture.bundle(entries)).fault == .malformedLeaf(leaf: 5, .missing(member: "v")))
    }

    @Test func countsWhatIsNoPartOfTheLog() {
        var files = Self.files
        files["notes.txt"] = [1]
        files["tile/0/000.p/9"] = [1]
        files["tile/entries/003"] = [1]
        files["key"] = [1]
        let report = LogFixture.report(files)
        #expect(report.fault == nil)
        #expect(report.unexpected == ["notes.txt", "tile/0/000.p/9", "tile/entries/003"])
        #expect(!report.isSound)
    }

    @Test(arguments: [0, 1, 2, 255, 256, 257, 512, 600]) func findsNothingWrongWithAnHonestLog(size: Int) {
        let entries = LogFixture.entries(size)
        var heard: [[UInt8]] = []
        let report = BundleVerifier(logKey: LogFixture.signer.verifierKey)
            .verify(LogFixture.source(LogFixture.bundle(entries))) { index, entry in
                #expect(index == UInt64(heard.count))
                heard.append(entry)
            }
        #expect(report.isSound)
        #expect(report.fault == nil)
        #expect(heard == entries)
        #expect(report.leavesChecked == UInt64(size))
        #expect(report.checkpoint?.size == UInt64(size))
        #expect(report.lastTime == (size == 0 ? nil : LogFixture.began + .seconds(size - 1)))
    }

    @Test func tellsWhoCosigned() throws {
        let witness = LogFixture.witness
        var files = LogFixture.bundle(LogFixture.entries(3))
        var note = try SignedNote(parsing: try #require(files["checkpoint"]))
        note.add(try witness.cosignature(of: note.text, at: LogFixture.began))
        files["checkpoint"] = note.bytes
        let verifier = BundleVerifier(logKey: LogFixture.signer.verifierKey, witnesses: [witness.verifierKey])
        #expect(verifier.verify(LogFixture.source(files)).cosignatures.map(\.keyName) == ["witness.example.org"])
    }
}
