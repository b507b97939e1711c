/// A set of small numbers, 0 and up. Those below 64 stand in one word, so that a usual set needs no memory of its own.
struct NumberSet: Sendable {
    private var low: UInt64 = 0
    /// The words of 64 and up.
    private var high: [UInt64] = []

    init() {}

    init(_ numbers: some Sequence<Int>) {
        for number in numbers { insert(number) }
    }

    var isEmpty: Bool { low == 0 && (high.isEmpty || high.allSatisfy { $0 == 0 }) }

    func contains(_ number: Int) -> Bool {
        let bit = UInt64(1) << UInt64(number % 64)
        guard number >= 64 else { return low & bit != 0 }
        return number / 64 <= high.count && high[number / 64 - 1] & bit != 0
    }

    mutating func insert(_ number: Int) {
        let bit = UInt64(1) << UInt64(number % 64)
        guard number >= 64 else { low |= bit; return }
        while high.count < number / 64 { high.append(0) }
        high[number / 64 - 1] |= bit
    }

    mutating func formUnion(_ other: NumberSet) {
        low |= other.low
        while high.count < other.high.count { high.append(0) }
        for place in other.high.indices { high[place] |= other.high[place] }
    }

    func isDisjoint(with other: NumberSet) -> Bool {
        guard low & other.low == 0 else { return false }
        if high.isEmpty || other.high.isEmpty { return true }
        return !zip(high, other.high).contains { $0 & $1 != 0 }
    }
}

extension NumberSet: Sequence {
    /// From the smallest.
    struct Iterator: IteratorProtocol {
        private var places: BitPlaces
        private var base = 0
        private let high: [UInt64]

        fileprivate init(_ set: NumberSet) { (places, high) = (BitPlaces(set.low), set.high) }

        mutating func next() -> Int? {
            while true {
                if let place = places.next() { return base + place }
                guard base / 64 < high.count else { return nil }
                places = BitPlaces(high[base / 64])
                base += 64
            }
        }
    }

    func makeIterator() -> Iterator { Iterator(self) }
}

/// The places of the bits of a word that are set, from the lowest.
struct BitPlaces: Sequence, IteratorProtocol {
    private var word: UInt64

    @inline(__always)
    init(_ word: UInt64) { self.word = word }

    @inline(__always)
    mutating func next() -> Int? {
        guard word != 0 else { return nil }
        let place = word.trailingZeroBitCount
        word &= word - 1
        return place
    }
}

extension Array where Element: FixedWidthInteger {
    /// So many zeros. `Array(repeating:count:)` looks up its type at run time, which takes longer than filling a short list.
    static func zeros(_ count: Int) -> [Element] {
        var zeros: [Element] = []
        zeros.reserveCapacity(count)
        for _ in 0..<count { zeros.append(0) }
        return zeros
    }
}
