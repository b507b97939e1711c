/// Numbers for the names that a text uses, so that a judgement looks each name up once and compares numbers after that.
struct Numbering<Name: Hashable & Comparable & Sendable>: Sendable {
    /// By number.
    let names: [Name]
    private let numbers: [Name: Int]
    // Bound: names that are compared one by one; hashing one name takes as long as comparing about so many.
    private static var compared: Int { 8 }

    /// Numbers these names in their order.
    init(_ names: Set<Name>) {
        self.names = names.sorted()
        numbers = Dictionary(uniqueKeysWithValues: self.names.enumerated().map { ($1, $0) })
    }

    /// The number of every name that the text does not use.
    var other: Int { names.count }

    /// How many numbers there are, that of other names included.
    var count: Int { names.count + 1 }

    /// Nil when the text does not use the name.
    func known(_ name: Name) -> Int? {
        guard names.count <= Self.compared else { return numbers[name] }
        for number in names.indices where names[number] == name { return number }
        return nil
    }

    subscript(name: Name) -> Int { known(name) ?? other }

    /// The numbers of these.
    func set(_ names: some Sequence<Name>) -> NumberSet { NumberSet(names.lazy.map { self[$0] }) }
}
