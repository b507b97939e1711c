/// Serves the hashes of complete subtrees from tiles, for the proofs of ``MerkleTree``.
///
/// Tiles hold every eighth level; the levels between are hashed up from at most 128 hashes. Reads each tile once a call.
package struct TileHashReader {
    private let layout: TileLayout
    private let readTile: (TilePath) throws(LogError) -> [UInt8]

    /// A reader of the tree with so many leaves.
    ///
    /// `readTile` gets the tile at its width for this size and answers its bytes. A reader over stored full or wider tiles
    /// MUST cut them to the width asked for.
    package init(size: UInt64, readTile: @escaping (TilePath) throws(LogError) -> [UInt8]) {
        layout = TileLayout(size: size)
        self.readTile = readTile
    }

    /// The hashes at these addresses, in their order. Refuses an address outside the tree, and a tile of another length.
    package func hashes(at addresses: [SubtreeAddress]) throws(LogError) -> [MerkleHash] {
        var tiles: [TilePath: [MerkleHash]] = [:]
        var found: [MerkleHash] = []
        found.reserveCapacity(addresses.count)
        for address in addresses {
            let above = address.level % 8
            let first = address.index << UInt64(above)
            guard let path = layout.hashes(level: address.level / 8, index: first / 256),
                case .hashes(_, _, let width) = path
            else { throw .malformedTile }
            let tile: [MerkleHash]
            if let known = tiles[path] {
                tile = known
            } else {
                tile = try HashTile.decode(readTile(path), width: width)
                tiles[path] = tile
            }
            let start = Int(first % 256)
            let end = start + 1 << above
            guard end <= tile.count else { throw .malformedTile }
            found.append(MerkleTree.root(of: Array(tile[start..<end])))
        }
        return found
    }
}
