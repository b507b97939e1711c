/// Which tiles a tree of one size consists of.
public struct TileLayout: Equatable, Sendable {
    /// The number of leaves.
    public let size: UInt64

    /// The layout of the tree with so many leaves.
    public init(size: UInt64) { self.size = size }

    /// How many pages of entries there are; as many tiles of level 0.
    public var pages: UInt64 { pages(level: 0) }

    /// The page of entries with this number, or nil when it would be empty.
    public func entries(page index: UInt64) -> TilePath? {
        width(level: 0, index: index).map { .entries(index: index, width: $0) }
    }

    /// The tile of hashes with this level and number, or nil when it would be empty.
    public func hashes(level: Int, index: UInt64) -> TilePath? {
        width(level: level, index: index).map { .hashes(level: level, index: index, width: $0) }
    }

    /// Whether the tree has exactly this tile, at this width.
    public func contains(_ path: TilePath) -> Bool {
        switch path {
        case .hashes(let level, let index, let width): self.width(level: level, index: index) == width
        case .entries(let index, let width): self.width(level: 0, index: index) == width
        }
    }

    /// Every tile of the tree: pages of entries, then hashes from level 0 up.
    package var paths: [TilePath] {
        let entries = (0..<pages).compactMap { self.entries(page: $0) }
        return entries
            + (0...TilePath.levelMax).flatMap { level in
                (0..<pages(level: level)).compactMap { hashes(level: level, index: $0) }
            }
    }

    private func count(level: Int) -> UInt64 { level > TilePath.levelMax ? 0 : size >> UInt64(8 * level) }

    private func pages(level: Int) -> UInt64 {
        let count = count(level: level)
        return count / 256 + (count % 256 == 0 ? 0 : 1)
    }

    private func width(level: Int, index: UInt64) -> Int? {
        let count = count(level: level)
        guard level >= 0, index <= count / 256 else { return nil }
        let width = min(count - index * 256, 256)
        return width == 0 ? nil : Int(width)
    }
}
