import ConcordatCrypto
import ConcordatLog

/// The definitions of RFC 6962 section 2.1, word for word and recursive: slow, and plainly right.
final class NaiveTree {
    private let entries: [[UInt8]]
    /// Roots that were asked for before; only to make all pairs of sizes bearable.
    private var known: [Range<Int>: [UInt8]] = [:]

    init(_ entries: [[UInt8]]) { self.entries = entries }

    /// MTH(D[range]).
    func root(_ range: Range<Int>) -> [UInt8] {
        if let root = known[range] { return root }
        let root: [UInt8]
        switch range.count {
        case 0: root = Digest.sha256([])
        case 1: root = Digest.sha256([0] + entries[range.lowerBound])
        default:
            let k = split(range)
            root = Digest.sha256([1] + self.root(range.lowerBound..<k) + self.root(k..<range.upperBound))
        }
        known[range] = root
        return root
    }

    /// PATH(m, D[range]).
    func path(_ index: Int, _ range: Range<Int>) -> [[UInt8]] {
        guard range.count > 1 else { return [] }
        let k = split(range)
        return index < k
            ? path(index, range.lowerBound..<k) + [root(k..<range.upperBound)]
            : path(index, k..<range.upperBound) + [root(range.lowerBound..<k)]
    }

    /// PROOF(m, D[0:size]).
    func consistency(_ oldSize: Int, _ size: Int) -> [[UInt8]] { subproof(oldSize, 0..<size, isWhole: true) }

    private func subproof(_ end: Int, _ range: Range<Int>, isWhole: Bool) -> [[UInt8]] {
        if end == range.upperBound { return isWhole ? [] : [root(range)] }
        let k = split(range)
        return end <= k
            ? subproof(end, range.lowerBound..<k, isWhole: isWhole) + [root(k..<range.upperBound)]
            : subproof(end, k..<range.upperBound, isWhole: false) + [root(range.lowerBound..<k)]
    }

    private func split(_ range: Range<Int>) -> Int {
        var k = 1
        while k * 2 < range.count { k *= 2 }
        return range.lowerBound + k
    }
}

/// SplitMix64: the same numbers from the same seed.
struct SeededNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A tree in memory that answers like a store: hashes of complete subtrees by address.
struct StoredTree {
    private(set) var frontier = TreeFrontier()
    private(set) var hashes: [SubtreeAddress: MerkleHash] = [:]

    init(_ entries: [[UInt8]] = []) { for entry in entries { append(entry) } }

    mutating func append(_ entry: [UInt8]) {
        frontier.append(.leaf(entry)) { address, hash in hashes[address] = hash }
    }

    func read(_ addresses: [SubtreeAddress]) -> [MerkleHash] { addresses.compactMap { hashes[$0] } }

    /// The tree's tiles of hashes by path.
    func tile(_ path: TilePath) -> [UInt8]? {
        guard case .hashes(let level, let index, let width) = path else { return nil }
        let found = (0..<UInt64(width)).compactMap { hashes[SubtreeAddress(level: 8 * level, index: index * 256 + $0)] }
        return found.count == width ? HashTile.encode(found) : nil
    }
}
