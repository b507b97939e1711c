/// Texts of a schema, each under the node or list that owns it, found by the bytes of a document without making a string.
///
/// One flat open-addressing table. Its texts come from the schema, so no document can make its chains longer.
struct ByteTable: Sendable {
    private struct Entry: Sendable {
        let owner: Int32
        let start: Int32
        let count: Int32
        let value: Int32
    }

    private var entries: [Entry] = []
    private var bytes: [UInt8] = []
    private var slots: [Int32] = []
    private var mask = 0

    /// Adds a text; the same owner and text must not be added twice.
    mutating func add(_ text: String, owner: Int, value: Int) {
        let utf8 = Array(text.utf8)
        entries.append(
            Entry(owner: Int32(owner), start: Int32(bytes.count), count: Int32(utf8.count), value: Int32(value)))
        bytes += utf8
    }

    /// Builds the slots; to be called once, after the last text.
    mutating func seal() {
        var size = 16
        while size < entries.count * 3 { size *= 2 }
        mask = size - 1
        var slots = Array(repeating: Int32(-1), count: size)
        for (index, entry) in entries.enumerated() {
            var slot = Self.hash(bytes.span, Int(entry.start), Int(entry.start + entry.count), entry.owner) & mask
            while slots[slot] >= 0 { slot = (slot + 1) & mask }
            slots[slot] = Int32(index)
        }
        self.slots = slots
    }

    /// The value of the text `start..<end` of `document` under `owner`; -1 when there is none.
    func value(owner: Int, _ document: Span<UInt8>, _ start: Int, _ end: Int) -> Int {
        let owner = Int32(truncatingIfNeeded: owner)
        var slot = Self.hash(document, start, end, owner) & mask
        while slots[slot] >= 0 {
            let entry = entries[Int(slots[slot])]
            if entry.owner == owner, entry.count == end - start, matches(entry, document, start) {
                return Int(entry.value)
            }
            slot = (slot + 1) & mask
        }
        return -1
    }

    private func matches(_ entry: Entry, _ document: Span<UInt8>, _ start: Int) -> Bool {
        var index = Int(entry.start)
        var other = start
        let end = index + Int(entry.count)
        while index < end {
            if bytes[index] != document[other] { return false }
            index += 1
            other += 1
        }
        return true
    }

    /// A hash of the length, the first byte, the last four and two in the middle: enough to tell names of a schema apart.
    @inline(__always)
    private static func hash(_ document: Span<UInt8>, _ start: Int, _ end: Int, _ owner: Int32) -> Int {
        let count = end - start
        var hash = UInt64(UInt32(bitPattern: owner)) << 32 | UInt64(truncatingIfNeeded: count)
        if count > 0 {
            hash ^= UInt64(document[start]) << 8 ^ UInt64(document[end - 1]) << 16
            hash ^= UInt64(document[start + count / 2]) << 24 ^ UInt64(document[start + count / 3]) << 40
            if count >= 4 {
                hash ^= UInt64(document[end - 2]) << 32 ^ UInt64(document[end - 3]) << 48
                hash ^= UInt64(document[end - 4]) << 56
            }
        }
        hash = (hash ^ hash >> 29) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: hash >> 33)
    }
}
