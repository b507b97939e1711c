/// The fuzzer's own chance: the same seed gives the same run, on every machine (SplitMix64).
package struct FuzzDice: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// Dice that fall as `seed` says.
    package init(seed: UInt64) { state = seed }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number from 0 to `count - 1`; 0 when `count` is not positive.
    package mutating func below(_ count: Int) -> Int { count > 1 ? Int(next() % UInt64(count)) : 0 }

    /// True once in `count` throws.
    package mutating func oneIn(_ count: Int) -> Bool { below(count) == 0 }

    /// One of `choices`, which must not be empty.
    package mutating func pick<Choices: RandomAccessCollection>(_ choices: Choices) -> Choices.Element {
        choices[choices.index(choices.startIndex, offsetBy: below(choices.count))]
    }
}
