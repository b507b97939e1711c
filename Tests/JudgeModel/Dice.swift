/// A seeded source of chance (SplitMix64): the same seed makes the same cases on every machine.
package struct Dice: RandomNumberGenerator {
    private var state: UInt64

    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// True in so many of a hundred throws.
    package mutating func chance(_ percent: Int) -> Bool { Int(next() % 100) < percent }

    /// A number of the range.
    package mutating func number(_ range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.count))
    }

    /// One of these. There must be one.
    package mutating func pick<Value>(_ values: [Value]) -> Value { values[number(0...values.count - 1)] }

    /// Each of these with so many chances of a hundred.
    package mutating func some<Value>(_ values: [Value], _ percent: Int) -> [Value] {
        values.filter { _ in chance(percent) }
    }

    /// At least one of these.
    package mutating func atLeastOne<Value>(_ values: [Value], _ percent: Int) -> [Value] {
        let chosen = some(values, percent)
        return chosen.isEmpty ? [pick(values)] : chosen
    }
}
