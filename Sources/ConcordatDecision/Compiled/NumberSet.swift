/// A set of small numbers, 0 and up. Those below 64 stand in one word, so that a usual set needs no memory of its own.
struct NumberSet: Sendable {
    private var low: UInt64 = 0
    /// The words of 64 and up.
    private var high: [UInt64] = []

    init() {}

    init(_ numbers: some Sequence<Int>) {
        for number in numbers { insert(number) }
    }

    var isEmpty: Bool { low == 0 && high.allSatisfy { $0 == 0 } }

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
        return !zip(high, other.high).contains { $0 & $1 != 0 }
    }
}

extension NumberSet: Sequence {
    /// From the smallest.
    struct Iterator: IteratorProtocol {
        fileprivate var word: UInt64
        fileprivate var base = 0
        fileprivate var rest: ArraySlice<UInt64>

        mutating func next() -> Int? {
            while word == 0 {
                guard let following = rest.popFirst() else { return nil }
                (word, base) = (following, base + 64)
            }
            let bit = word.trailingZeroBitCount
            word &= word - 1
            return base + bit
        }
    }

    func makeIterator() -> Iterator { Iterator(word: low, rest: high[...]) }
}
