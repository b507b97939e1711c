/// Writes an uncompressed ustar archive piece by piece; the caller keeps or sends each piece.
package enum TarWriter {
    /// What ends an archive: two blocks of zeros.
    package static let trailer = [UInt8](repeating: 0, count: 2 * Int(TarHeader.blockBytes))

    /// One file: its header, its bytes and the padding. Refuses a path longer than 100 bytes.
    package static func file(_ path: String, _ bytes: [UInt8]) throws(LogError) -> [UInt8] {
        guard let header = TarHeader(path: path, byteCount: UInt64(bytes.count)).block else {
            throw .malformedArchive(at: 0)
        }
        let padding = TarHeader.padded(UInt64(bytes.count)) - UInt64(bytes.count)
        return header + bytes + [UInt8](repeating: 0, count: Int(padding))
    }
}
