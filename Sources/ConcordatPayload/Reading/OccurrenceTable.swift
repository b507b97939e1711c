/// Counts pairs of small numbers: the field nodes of a message and the scopes they stand in.
///
/// Open addressing over flat arrays. The pairs are indexes the walk makes itself, so no document can choose its collisions.
struct OccurrenceTable {
    private var keys: [UInt64] = []
    private var counts: [Int32] = []
    private var shift: UInt64 = 64
    private(set) var count = 0

    /// Counts one more of the pair; `scope` is at least -1.
    @inline(__always)
    mutating func add(_ item: Int, _ scope: Int32) {
        if count * 2 >= keys.count { grow() }
        // Zero marks an empty slot.
        let key = (UInt64(item) << 32 | UInt64(UInt32(bitPattern: scope))) &+ 1
        let slot = slot(of: key)
        if keys[slot] == 0 {
            keys[slot] = key
            count += 1
        }
        counts[slot] += 1
    }

    /// All pairs with their counts, in no order.
    func forEach(_ body: (_ item: Int, _ scope: Int, _ count: Int) -> Void) {
        for (slot, key) in keys.enumerated() where key != 0 {
            let pair = key &- 1
            body(Int(pair >> 32), Int(Int32(truncatingIfNeeded: pair)), Int(counts[slot]))
        }
    }

    @inline(__always)
    private func slot(of key: UInt64) -> Int {
        var slot = Int((key &* 0x9E37_79B9_7F4A_7C15) >> shift)
        while keys[slot] != 0, keys[slot] != key { slot = (slot + 1) & (keys.count - 1) }
        return slot
    }

    private mutating func grow() {
        let old = (keys, counts)
        let size = max(256, keys.count * 2)
        keys = Array(repeating: 0, count: size)
        counts = Array(repeating: 0, count: size)
        shift = UInt64(64 - size.trailingZeroBitCount)
        for (index, key) in old.0.enumerated() where key != 0 {
            let slot = slot(of: key)
            keys[slot] = key
            counts[slot] = old.1[index]
        }
    }
}
