import ConcordatLog
import Testing

@Suite struct TarTests {
    static func archive(_ files: [String: [UInt8]]) throws -> [UInt8] {
        var bytes: [UInt8] = []
        for (path, content) in files.sorted(by: { $0.key < $1.key }) { bytes += try TarWriter.file(path, content) }
        return bytes + TarWriter.trailer
    }

    /// A block with these bytes put in and its checksum made to fit.
    static func header(_ changes: [(Int, [UInt8])]) throws -> [UInt8] {
        var block = Array(try TarWriter.file("checkpoint", []).prefix(512))
        for (offset, bytes) in changes { block.replaceSubrange(offset..<offset + bytes.count, with: bytes) }
        block.replaceSubrange(148..<156, with: Array("        ".utf8))
        let digits = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
        block.replaceSubrange(
            148..<156, with: Array((String(repeating: "0", count: 6 - digits.count) + digits + "\u{0} ").utf8))
        return block
    }

    @Test func refusesWhatTwoProgramsCouldUnpackDifferently() throws {
        let good = try Self.header([])
        #expect(try TarReader(good + TarWriter.trailer).paths == ["checkpoint"])
        let names = ["/etc/passwd", "../up", "a/../b", "a//b", "./", "a/./b", "", "a b"]
        let bad: [[(Int, [UInt8])]] =
            names.map { [(0, [UInt8](repeating: 0, count: 100)), (0, Array($0.utf8))] }
            + "1234567xgLK".utf8.filter { $0 != UInt8(ascii: "5") }.map { [(156, [$0])] }
            + [[(257, Array("USTAR".utf8))], [(124, Array("-0000000001".utf8))], [(124, Array("00000000009".utf8))]]
            + [[(124, [0x80])], [(156, [UInt8(ascii: "5")]), (124, Array("00000000001".utf8))]]
        for changes in bad {
            let block = try Self.header(changes)
            #expect(throws: LogError.malformedArchive(at: 0), "\(changes)") { try TarReader(block + TarWriter.trailer) }
        }
        #expect(throws: LogError.malformedArchive(at: 512)) { try TarReader(good + good + TarWriter.trailer) }
        var unsummed = good
        unsummed[0] ^= 1
        #expect(throws: LogError.malformedArchive(at: 0)) { try TarReader(unsummed + TarWriter.trailer) }
    }

    @Test func refusesArchivesThatAreCut() throws {
        let bytes = try Self.archive(["checkpoint": [1, 2, 3], "key": []])
        for count in stride(from: 0, to: bytes.count - 1024 + 1, by: 256) {
            #expect(throws: LogError.self) { try TarReader(Array(bytes.prefix(count))) }
        }
        let huge = try Self.header([(124, Array("77777777777".utf8))])
        #expect(throws: LogError.malformedArchive(at: 0)) { try TarReader(huge + TarWriter.trailer) }
        #expect(throws: LogError.malformedArchive(at: 0)) {
            try TarWriter.file(String(repeating: "a", count: 101), [])
        }
    }

    @Test func readsWhatItWrites() throws {
        let files: [String: [UInt8]] = [
            "checkpoint": [1], "tile/0/000": [UInt8](repeating: 7, count: 512), "key": [],
            "tile/entries/x001/000": [UInt8](repeating: 8, count: 513),
        ]
        let bytes = try Self.archive(files)
        #expect(bytes.count % 512 == 0)
        let reader = try TarReader(bytes)
        #expect(reader.paths == files.keys.sorted())
        for (path, content) in files { #expect(reader.read(path) == content) }
        #expect(reader.read("tile/0/001") == nil)
    }

    @Test func verifiesABundleInOneFile() throws {
        var files = LogFixture.bundle(LogFixture.entries(300))
        let verifier = BundleVerifier(logKey: LogFixture.signer.verifierKey)
        #expect(verifier.verify(BundleSource(try TarReader(Self.archive(files)))).isSound)
        files["tile/entries/000"]?[100] ^= 1
        #expect(verifier.verify(BundleSource(try TarReader(Self.archive(files)))).fault == .entryMismatch(leaf: 0))
    }
}
