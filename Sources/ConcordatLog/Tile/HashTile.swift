/// The content of a tile of hashes: up to 256 hashes, one after another.
public enum HashTile {
    /// How long a full tile is, in bytes.
    public static let bytesMax = TilePath.widthMax * MerkleHash.byteCount

    /// The tile's bytes. At most 256 hashes.
    package static func encode(_ hashes: some Collection<MerkleHash>) -> [UInt8] {
        precondition(hashes.count <= TilePath.widthMax, "a tile of \(hashes.count) hashes")
        var bytes: [UInt8] = []
        bytes.reserveCapacity(hashes.count * MerkleHash.byteCount)
        for hash in hashes { hash.append(to: &bytes) }
        return bytes
    }

    /// The hashes in a tile of this width. Refuses any other number of bytes.
    public static func decode(_ bytes: [UInt8], width: Int) throws(LogError) -> [MerkleHash] {
        guard (1...TilePath.widthMax).contains(width), bytes.count == width * MerkleHash.byteCount else {
            throw .malformedTile
        }
        return stride(from: 0, to: bytes.count, by: MerkleHash.byteCount).compactMap { start in
            MerkleHash(bytes[start..<start + MerkleHash.byteCount])
        }
    }
}
