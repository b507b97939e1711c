/// The member names of all objects open now, so that a second use of a name is found in linear time.
///
/// Names lie in one stack, the innermost object's on top, chained by hash in one table. A name is compared only with names
/// of its own object that have its hash: a chain lists the newest first, and the walk ends at the first name below
/// `base`, which belongs to an object further out.
///
/// The hash is NH (Black and others, UMAC, 1999) under keys drawn once per process. Two different names, whoever chose
/// them, have the same 128-bit sum with a chance of at most 2^-64, as long as their author does not know the keys; so a
/// sender cannot make the chains long.
struct NameTable: Sendable {
    /// One name: where it stands, and the next older one in its chain.
    private struct Entry: Sendable {
        let slice: JSONSlice
        let hash: UInt32
        let older: Int32
    }

    private var entries: [Entry] = []
    // The newest name of each chain, or -1; a power of two of them, at least as many as names.
    private var newest: [Int32]
    private var shift: UInt32
    private let keys: [UInt64]
    /// Chain steps taken since the beginning; the measure of work in tests.
    private(set) var steps = 0

    init() {
        keys = NameHash.keys
        entries.reserveCapacity(1 << Int(Self.initialBits))
        newest = Array(repeating: -1, count: 1 << Self.initialBits)
        shift = 32 - Self.initialBits
    }

    /// The names held.
    var count: Int { entries.count }

    /// The name at a place in the stack.
    func slice(at index: Int) -> JSONSlice { entries[index].slice }

    /// Adds a name to the object whose names begin at `base`; false, and nothing added, when it is there already.
    mutating func insert(_ slice: JSONSlice, base: Int, in document: RawSpan) -> Bool {
        let hash = NameHash.hash(slice, in: document, keys: keys)
        if entries.count == newest.count { grow() }
        let bucket = Int(hash &>> shift)
        var index = Int(newest[bucket])
        while index >= base {
            steps += 1
            let entry = entries[index]
            if entry.hash == hash, Self.equal(entry.slice, slice, in: document) { return false }
            index = Int(entry.older)
        }
        entries.append(Entry(slice: slice, hash: hash, older: newest[bucket]))
        newest[bucket] = Int32(entries.count - 1)
        return true
    }

    /// Forgets the names of the innermost object.
    mutating func remove(from base: Int) {
        // Order matters: newest first, so that each is the head of its chain when it goes.
        while entries.count > base {
            let entry = entries.removeLast()
            newest[Int(entry.hash &>> shift)] = entry.older
        }
    }

    private mutating func grow() {
        shift -= 2
        newest = Array(repeating: -1, count: newest.count * 4)
        for index in entries.indices {
            let entry = entries[index]
            let bucket = Int(entry.hash &>> shift)
            entries[index] = Entry(slice: entry.slice, hash: entry.hash, older: newest[bucket])
            newest[bucket] = Int32(index)
        }
    }

    private static func equal(_ left: JSONSlice, _ right: JSONSlice, in document: RawSpan) -> Bool {
        guard left.hasEscapes || right.hasEscapes else {
            return document.equal(left.start..<left.end, right.start..<right.end)
        }
        var first = UnescapedBytes(left)
        var second = UnescapedBytes(right)
        while true {
            let byte = first.next(in: document)
            guard byte == second.next(in: document) else { return false }
            if byte == nil { return true }
        }
    }

    // Bound: 64 names before the table first grows; the clamped limits keep it under 2^30.
    private static let initialBits: UInt32 = 6
}

/// The keyed hash of ``NameTable``.
enum NameHash {
    /// Random words, the same for the life of the process; `Hasher` is seeded from the system when the process starts.
    static let keys: [UInt64] = (0..<JSONLimits.nameBytesCeiling / 8 + 2).map { index in
        var hasher = Hasher()
        hasher.combine(index)
        return UInt64(truncatingIfNeeded: hasher.finalize())
    }

    /// The hash of the text of a slice with its escapes resolved.
    @inline(__always)
    static func hash(_ slice: JSONSlice, in document: RawSpan, keys: [UInt64]) -> UInt32 {
        let (start, count) = (slice.start, slice.byteCount)
        // Nearly every name is short, not at the end of the bytes, and holds no escape.
        guard count <= 16, start + 16 <= document.byteCount, !slice.hasEscapes else {
            return slice.hasEscapes
                ? escaped(slice, in: document, keys: keys) : plain(slice, in: document, keys: keys)
        }
        var first = document.word(at: start)
        var second = document.word(at: start + 8)
        if count < 8 {
            (first, second) = (first & lowBytes(count), 0)
        } else if count < 16 {
            second &= lowBytes(count - 8)
        }
        return fold(product(first, second, key: 0, keys) &+ UInt128(truncatingIfNeeded: count), keys)
    }

    @inline(never)
    private static func plain(_ slice: JSONSlice, in document: RawSpan, keys: [UInt64]) -> UInt32 {
        var sum = UInt128(slice.byteCount)
        var index = slice.start
        var key = 0
        repeat {
            let second = index + 8 < slice.end ? word(index + 8, slice.end, document) : 0
            sum &+= product(word(index, slice.end, document), second, key: key, keys)
            index += 16
            key += 2
        } while index < slice.end
        return fold(sum, keys)
    }

    @inline(never)
    private static func escaped(_ slice: JSONSlice, in document: RawSpan, keys: [UInt64]) -> UInt32 {
        var bytes = UnescapedBytes(slice)
        var (first, second, count) = (UInt64(0), UInt64(0), 0)
        var sum: UInt128 = 0
        while let byte = bytes.next(in: document) {
            let place = UInt64(count & 7) * 8
            if count & 8 == 0 { first |= UInt64(byte) << place } else { second |= UInt64(byte) << place }
            count += 1
            if count & 15 == 0 {
                sum &+= product(first, second, key: count / 8 - 2, keys)
                (first, second) = (0, 0)
            }
        }
        if count & 15 != 0 || count == 0 { sum &+= product(first, second, key: count / 16 * 2, keys) }
        return fold(sum &+ UInt128(count), keys)
    }

    @inline(__always)
    private static func product(_ first: UInt64, _ second: UInt64, key: Int, _ keys: [UInt64]) -> UInt128 {
        UInt128(first &+ keys[key]) &* UInt128(second &+ keys[key + 1])
    }

    /// Up to eight bytes before `end`, the missing ones zero.
    private static func word(_ index: Int, _ end: Int, _ document: RawSpan) -> UInt64 {
        if end - index >= 8 { return document.word(at: index) }
        var word: UInt64 = 0
        for place in 0..<end - index { word |= UInt64(document.byte(at: index + place)) << UInt64(place * 8) }
        return word
    }

    /// A mask for the first 0 to 7 bytes of a word.
    @inline(__always)
    private static func lowBytes(_ count: Int) -> UInt64 { ~(~0 &<< UInt64(truncatingIfNeeded: count &* 8)) }

    /// Multiply-shift: the high bits of the result choose the chain.
    @inline(__always)
    private static func fold(_ sum: UInt128, _ keys: [UInt64]) -> UInt32 {
        let low = UInt64(truncatingIfNeeded: sum) &* (keys[keys.count - 1] | 1)
        let high = UInt64(truncatingIfNeeded: sum >> 64) &* (keys[keys.count - 2] | 1)
        return UInt32(truncatingIfNeeded: (low &+ high) >> 32)
    }
}
