import ConcordatLog
import Testing

@Suite struct TileTests {
    @Test(arguments: [
        (TilePath.hashes(level: 0, index: 1_234_067, width: 256), "tile/0/x001/x234/067"),
        (.hashes(level: 0, index: 0, width: 256), "tile/0/000"),
        (.hashes(level: 7, index: 5, width: 1), "tile/7/005.p/1"),
        (.entries(index: 999, width: 255), "tile/entries/999.p/255"),
        (.entries(index: 1000, width: 256), "tile/entries/x001/000"),
        (.entries(index: 1_000_000, width: 9), "tile/entries/x001/x000/000.p/9"),
    ])
    func namesTiles(path: TilePath, text: String) {
        #expect(path.path == text)
        #expect(TilePath(text) == path)
    }

    @Test(arguments: [
        "", "tile", "tile/0", "tile/0/", "tile/0/00", "tile/0/0000", "tile/0/x000/000", "tile/0/000/000", "tile/8/000",
        "tile/00/000", "tile/-1/000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p",
        "/tile/0/000",
        "tile/0/000/", "tile/0/x00a/000", "tile/entries/x001", "tile/.p/5", "tiles/0/000", "tile/0/000.p/5/6",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
    ])
    func refusesOtherSpellings(text: String) { #expect(TilePath(text) == nil) }

    @Test func aTreeHasExactlyTheTilesOfItsSize() {
        func paths(_ size: UInt64) -> [String] { TileLayout(size: size).paths.map(\.path) }
        #expect(paths(0) == [])
        #expect(paths(1) == ["tile/entries/000.p/1", "tile/0/000.p/1"])
        #expect(paths(256) == ["tile/entries/000", "tile/0/000", "tile/1/000.p/1"])
        #expect(
            paths(513) == [
                "tile/entries/000", "tile/entries/001", "tile/entries/002.p/1", "tile/0/000", "tile/0/001",
                "tile/0/002.p/1", "tile/1/000.p/2",
            ])
        #expect(paths(65_536).suffix(2) == ["tile/1/000", "tile/2/000.p/1"])
        let layout = TileLayout(size: 300)
        #expect(layout.contains(.entries(index: 1, width: 44)))
        #expect(!layout.contains(.entries(index: 1, width: 43)))
        #expect(!layout.contains(.entries(index: 2, width: 1)))
        #expect(!layout.contains(.hashes(level: 2, index: 0, width: 1)))
        #expect(!TileLayout(size: 1 << 62).contains(.hashes(level: 0, index: .max, width: 256)))
    }

    @Test func pagesRefuseToBeCutOrToGoOn() throws {
        let entries: [[UInt8]] = [[], [1], [UInt8](repeating: 7, count: 65_535)]
        let page = try EntryPage.encode(entries)
        #expect(page.prefix(5) == [0, 0, 0, 1, 1])
        #expect(try EntryPage.decode(page, width: 3) == entries)
        #expect(throws: LogError.malformedEntries(entry: 3)) { try EntryPage.decode(page + [0], width: 3) }
        #expect(throws: LogError.malformedEntries(entry: 3)) { try EntryPage.decode(page, width: 4) }
        #expect(throws: LogError.malformedEntries(entry: 2)) { try EntryPage.decode(Array(page.dropLast()), width: 3) }
        #expect(throws: LogError.malformedEntries(entry: 2)) { try EntryPage.decode(Array(page.prefix(6)), width: 3) }
        #expect(throws: LogError.malformedEntries(entry: 0)) {
            try EntryPage.encode([[UInt8](repeating: 0, count: 65_536)])
        }
        #expect(throws: LogError.malformedTile) { try HashTile.decode([UInt8](repeating: 0, count: 63), width: 2) }
        #expect(throws: LogError.malformedTile) { try HashTile.decode([], width: 0) }
    }

    @Test func proofsFromTilesAreThoseOfTheTree() throws {
        let size: UInt64 = 256 * 5 + 77
        let tree = StoredTree((0..<size).map { [UInt8(truncatingIfNeeded: $0), UInt8(truncatingIfNeeded: $0 >> 8)] })
        let reader = TileHashReader(size: size) { path throws(LogError) in
            guard let tile = tree.tile(path) else { throw .unreadable(path: path.path) }
            return tile
        }
        for index in stride(from: 0, to: size, by: 41) {
            let proof = try MerkleTree.inclusionProof(of: index, in: size, reading: reader.hashes(at:))
            #expect(proof == MerkleTree.inclusionProof(of: index, in: size, reading: tree.read))
        }
        for old: UInt64 in [1, 255, 256, 257, 700, 1279, 1280, 1281, size] {
            let proof = try MerkleTree.consistencyProof(from: old, to: size, reading: reader.hashes(at:))
            #expect(proof == MerkleTree.consistencyProof(from: old, to: size, reading: tree.read))
        }
        #expect(throws: LogError.malformedTile) { try reader.hashes(at: [SubtreeAddress(level: 0, index: size)]) }
        let short = TileHashReader(size: size) { _ in [0] }
        #expect(throws: LogError.malformedTile) { try short.hashes(at: [SubtreeAddress(level: 3, index: 0)]) }
    }

    /// In a tree of equal leaves all subtrees of one level are equal, so that a great one is known without building it.
    @Test func provesLeavesOfATreeOfMillions() throws {
        let size: UInt64 = 16_777_216 * 3 + 65_536 * 2 + 256 * 7 + 5
        var levels = [MerkleHash.leaf([1])]
        for _ in 0..<40 { levels.append(.node(levels[levels.count - 1], levels[levels.count - 1])) }
        var reads: Set<TilePath> = []
        let reader = TileHashReader(size: size) { path throws(LogError) in
            reads.insert(path)
            guard case .hashes(let level, _, let width) = path else { throw .unreadable(path: path.path) }
            return HashTile.encode(Array(repeating: levels[8 * level], count: width))
        }
        let peaks = (0..<63).reversed().filter { size >> UInt64($0) & 1 == 1 }.map { levels[$0] }
        let root = peaks.dropLast().reversed().reduce(peaks[peaks.count - 1]) { .node($1, $0) }
        for index: UInt64 in [0, 65_535, 65_536, 40_000_000, size - 6, size - 1] {
            let proof = try MerkleTree.inclusionProof(of: index, in: size, reading: reader.hashes(at:))
            #expect(
                MerkleTree.verifyInclusion(of: levels[0], at: index, in: size, proof: try #require(proof), root: root))
        }
        #expect(reads.contains(.hashes(level: 3, index: 0, width: 3)))
        #expect(reads.contains(.hashes(level: 2, index: 3, width: 2)))
        #expect(reads.allSatisfy { TileLayout(size: size).contains($0) })
        #expect(reads.count < 20)
    }
}
