/// Something that was true of every input until now. Says what; the input itself is kept as a file.
package struct Finding: Error, CustomStringConvertible {
    package let description: String
    init(_ description: String) { self.description = description }
}

/// One reader under the fuzzer: it makes inputs, and says what must hold for each.
package protocol FuzzTarget {
    /// The word on the command line, and the folder under `Tests/FailCases`.
    static var name: String { get }

    /// An input made from the target's seeds.
    mutating func input(_ dice: inout FuzzDice) -> [UInt8]

    /// Reads one input. All that is random about it must come from `dice`, which the input alone seeds.
    ///
    /// - Returns: whether the input was accepted, for the count.
    /// - Throws: ``Finding`` when something that must hold does not. A trap is a finding too.
    func check(_ input: [UInt8], _ dice: inout FuzzDice) throws(Finding) -> Bool
}

extension FuzzTarget {
    /// Checks one input with dice that its bytes alone seed, so that a kept input fails again without its seed.
    package func check(_ input: [UInt8]) throws(Finding) -> Bool {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in input { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        var dice = FuzzDice(seed: hash)
        return try check(input, &dice)
    }
}

/// Throws a finding unless the claim holds.
func claim(_ holds: Bool, _ otherwise: @autoclosure () -> String) throws(Finding) {
    guard holds else { throw Finding(otherwise()) }
}
