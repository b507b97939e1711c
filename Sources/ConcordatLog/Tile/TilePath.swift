/// The name of a file in the C2SP tlog-tiles layout that depends on the tree's size: a tile of hashes or a page of entries.
public enum TilePath: Hashable, Sendable {
    /// Up to 256 hashes of complete subtrees of 256^`level` leaves, from number 256 · `index`.
    case hashes(level: Int, index: UInt64, width: Int)
    /// Up to 256 entries, from number 256 · `index`.
    case entries(index: UInt64, width: Int)

    /// How many hashes or entries a full tile holds.
    public static let widthMax = 256
    /// The highest level that a tree can need.
    public static let levelMax = 7

    /// The path, relative to the log's prefix: `tile/0/x001/x234/067`, or with `.p/<width>` when the tile is not full.
    public var path: String {
        switch self {
        case .hashes(let level, let index, let width): "tile/\(level)/\(Self.grouped(index))\(Self.partial(width))"
        case .entries(let index, let width): "tile/entries/\(Self.grouped(index))\(Self.partial(width))"
        }
    }

    /// Reads a path in its one canonical spelling. Nil for anything else.
    public init?(_ path: String) {
        var parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { Array($0) }
        guard (3...12).contains(parts.count), parts[0] == Array("tile".utf8) else { return nil }
        var width = Self.widthMax
        if parts[parts.count - 2].suffix(2) == Array(".p".utf8)[...] {
            guard let number = NoteText.decimal(parts.removeLast()), (1..<UInt64(Self.widthMax)).contains(number)
            else { return nil }
            width = Int(number)
            parts[parts.count - 1].removeLast(2)
        }
        guard parts.count > 2, let index = Self.number(parts[2...]) else { return nil }
        if parts[1] == Array("entries".utf8) {
            self = .entries(index: index, width: width)
        } else if let level = NoteText.decimal(parts[1]), level <= UInt64(Self.levelMax) {
            self = .hashes(level: Int(level), index: index, width: width)
        } else {
            return nil
        }
    }

    /// Groups of three digits, all but the last with an `x` before them.
    private static func grouped(_ index: UInt64) -> String {
        var groups: [String] = []
        var rest = index
        repeat {
            let digits = String(rest % 1000)
            let group = String(repeating: "0", count: 3 - digits.count) + digits
            groups.append(groups.isEmpty ? group : "x" + group)
            rest /= 1000
        } while rest > 0
        return groups.reversed().joined(separator: "/")
    }

    private static func partial(_ width: Int) -> String { width == widthMax ? "" : ".p/\(width)" }

    private static func number(_ groups: ArraySlice<[UInt8]>) -> UInt64? {
        var digits: [UInt8] = []
        for (offset, group) in groups.enumerated() {
            let isLast = offset == groups.count - 1
            guard group.count == (isLast ? 3 : 4), isLast || group.first == UInt8(ascii: "x") else { return nil }
            digits += group.suffix(3)
        }
        // An index below 1000 has one group; a longer one does not begin with a group of zeros.
        if groups.count > 1, digits.starts(with: Array("000".utf8)) { return nil }
        let significant = digits.drop { $0 == UInt8(ascii: "0") }
        return significant.isEmpty ? 0 : NoteText.decimal(significant)
    }
}
