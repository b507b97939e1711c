/// The content of a page of entries: up to 256 times a length of two bytes, big-endian, and so many bytes.
public enum EntryPage {
    // Bound: the longest entry that the length can say.
    /// The longest entry, in bytes.
    public static let entryBytesMax = 65_535
    /// The longest page, in bytes.
    public static let bytesMax = TilePath.widthMax * (entryBytesMax + 2)

    /// The page of these entries. Refuses more than 256, and an entry over the bound.
    package static func encode(_ entries: [[UInt8]]) throws(LogError) -> [UInt8] {
        guard entries.count <= TilePath.widthMax else { throw .malformedEntries(entry: TilePath.widthMax) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(entries.reduce(0) { $0 + $1.count + 2 })
        for (index, entry) in entries.enumerated() {
            guard entry.count <= entryBytesMax else { throw .malformedEntries(entry: index) }
            bytes.append(UInt8(entry.count >> 8))
            bytes.append(UInt8(entry.count & 0xFF))
            bytes += entry
        }
        return bytes
    }

    /// The entries of a page of this width. Refuses a page that ends early or goes on.
    public static func decode(_ bytes: [UInt8], width: Int) throws(LogError) -> [[UInt8]] {
        var cursor = Cursor(bytes, width: width)
        var entries: [[UInt8]] = []
        while let entry = try cursor.next() { entries.append(entry) }
        return entries
    }

    /// Reads a page entry by entry, so that the entries before a fault can be looked at first.
    struct Cursor {
        private let bytes: [UInt8]
        private let width: Int
        private var offset = 0
        private(set) var entry = 0

        init(_ bytes: [UInt8], width: Int) {
            self.bytes = bytes
            self.width = width
        }

        /// The next entry, or nil after the last one, when the page ends there.
        mutating func next() throws(LogError) -> [UInt8]? {
            guard entry < width else {
                guard offset == bytes.count else { throw .malformedEntries(entry: entry) }
                return nil
            }
            guard bytes.count - offset >= 2 else { throw .malformedEntries(entry: entry) }
            let start = offset + 2
            let count = Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
            guard bytes.count - start >= count else { throw .malformedEntries(entry: entry) }
            offset = start + count
            entry += 1
            return Array(bytes[start..<offset])
        }
    }
}
