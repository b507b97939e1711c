/// Goes through the entries of a bundle in order and builds the tree anew, comparing it with every tile on the way.
struct BundleWalk {
    private struct OpenTile {
        var path: TilePath
        var hashes: [MerkleHash]
    }

    private let source: BundleSource
    private let layout: TileLayout
    private var page: (cursor: EntryPage.Cursor, path: TilePath)?
    /// The tile of each level that the next hash belongs to.
    private var tiles: [Int: OpenTile] = [:]
    /// The tree over the entries so far.
    private(set) var frontier = TreeFrontier()

    init(source: BundleSource, size: UInt64) {
        self.source = source
        layout = TileLayout(size: size)
    }

    /// The next entry and its number, its hash compared with the tile's; nil after the last. Callers append it before asking
    /// for another.
    mutating func next() throws(BundleFault) -> (UInt64, [UInt8])? {
        let index = frontier.size
        if index % 256 == 0, index > 0 { try closePage(before: index) }
        guard index < layout.size else {
            if page != nil { try closePage(before: index) }
            return nil
        }
        if page == nil { page = try openPage(index / 256) }
        guard var open = page else { return nil }
        let entry: [UInt8]?
        do { entry = try open.cursor.next() } catch { throw .malformedPage(path: open.path.path, leaf: index) }
        page = open
        guard let entry else { throw .malformedPage(path: open.path.path, leaf: index) }
        guard try hash(level: 0, index: index) == .leaf(entry) else { throw .entryMismatch(leaf: index) }
        return (index, entry)
    }

    /// Adds the entry to the tree and compares every hash that it completes with the tile that should hold it.
    mutating func append(_ entry: [UInt8]) throws(BundleFault) {
        var completed: [(SubtreeAddress, MerkleHash)] = []
        frontier.append(.leaf(entry)) { address, hash in
            if address.level > 0, address.level % 8 == 0 { completed.append((address, hash)) }
        }
        for (address, hash) in completed {
            let level = address.level / 8
            guard try self.hash(level: level, index: address.index) == hash else {
                let first = address.index << UInt64(address.level)
                throw .tileMismatch(
                    path: layout.hashes(level: level, index: address.index / 256)?.path ?? "",
                    leaves: first...(first + (1 << UInt64(address.level)) - 1))
            }
        }
    }

    private func openPage(_ index: UInt64) throws(BundleFault) -> (cursor: EntryPage.Cursor, path: TilePath) {
        guard let path = layout.entries(page: index), case .entries(_, let width) = path else {
            preconditionFailure("page \(index) of a tree of \(layout.size) leaves")
        }
        guard let bytes = source.read(path.path) else { throw .missing(path: path.path, leaf: index * 256) }
        return (EntryPage.Cursor(bytes, width: width), path)
    }

    /// Bytes behind the last entry of a page are a fault of the leaf before them.
    private mutating func closePage(before index: UInt64) throws(BundleFault) {
        guard var open = page else { return }
        page = nil
        do {
            guard try open.cursor.next() == nil else { preconditionFailure("a page with entries left at \(index)") }
        } catch {
            throw .malformedPage(path: open.path.path, leaf: index - 1)
        }
    }

    /// The hash that the bundle's tile has for a complete subtree of 256^`level` leaves.
    private mutating func hash(level: Int, index: UInt64) throws(BundleFault) -> MerkleHash {
        guard let path = layout.hashes(level: level, index: index / 256), case .hashes(_, _, let width) = path else {
            preconditionFailure("tile \(level)/\(index / 256) of a tree of \(layout.size) leaves")
        }
        if let open = tiles[level], open.path == path { return open.hashes[Int(index % 256)] }
        let span = UInt64(1) << UInt64(8 * level)
        let first = index / 256 * 256 * span
        guard let bytes = source.read(path.path) else { throw .missing(path: path.path, leaf: first) }
        do {
            let hashes = try HashTile.decode(bytes, width: width)
            tiles[level] = OpenTile(path: path, hashes: hashes)
            return hashes[Int(index % 256)]
        } catch {
            throw .malformedTile(path: path.path, leaves: first...(first + UInt64(width) * span - 1))
        }
    }
}
