/// Numbers for the names that a text uses, so that a judgement hashes each name once and compares numbers after that.
struct Numbering<Name: Hashable & Comparable & Sendable>: Sendable {
    private let numbers: [Name: Int]
    /// The number of every name that the text does not use.
    let other: Int

    /// Numbers these names in their order.
    init(_ names: Set<Name>) {
        numbers = Dictionary(uniqueKeysWithValues: names.sorted().enumerated().map { ($1, $0) })
        other = names.count
    }

    /// How many numbers there are, that of other names included.
    var count: Int { other + 1 }

    /// Nil when the text does not use the name.
    func known(_ name: Name) -> Int? { numbers[name] }

    subscript(name: Name) -> Int { numbers[name] ?? other }

    /// The numbers of these.
    func set(_ names: Set<Name>) -> NumberSet { NumberSet(names.lazy.map { self[$0] }) }
}
