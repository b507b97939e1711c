import ConcordatTerms

/// The members of one object of a leaf, being written or being read.
///
/// Reading takes members out; what is left over at the end is an unknown member, and that is an error.
/// Text goes in and out only through types with a grammar of their own.
struct LeafMembers {
    /// What was written, or is still to be read. A kind has about a dozen at most, so that looking through them is cheap.
    private var members: [LeafMember] = []

    init() { members.reserveCapacity(8) }

    init(_ value: LeafValue) throws(LeafError) {
        guard case .object(let members) = value else { throw .notALeaf }
        self.members = members
    }

    /// The object of these members.
    var object: LeafValue { .object(members) }

    /// Refuses members that were not taken.
    func finish() throws(LeafError) {
        guard members.isEmpty else { throw .unknownMember }
    }

    private mutating func put(_ name: String, _ value: LeafValue) {
        members.append(LeafMember(name: name, value: value))
    }

    private mutating func take(_ name: String) -> LeafValue? {
        guard let index = members.firstIndex(where: { $0.name == name }) else { return nil }
        return members.remove(at: index).value
    }

    // MARK: - Writing

    /// A term, or no member when there is none.
    mutating func set<Term: RawRepresentable>(_ name: String, _ term: Term?) where Term.RawValue == String {
        if let term { put(name, .string(term.rawValue)) }
    }

    /// Terms in the order given.
    mutating func set<Term: RawRepresentable>(_ name: String, _ terms: [Term]) where Term.RawValue == String {
        put(name, .array(terms.map { .string($0.rawValue) }))
    }

    mutating func set(_ name: String, _ number: Int?) {
        if let number { put(name, .integer(number)) }
    }

    mutating func set(_ name: String, _ flag: Bool) { put(name, .boolean(flag)) }

    mutating func set(_ name: String, _ time: UTCInstant?) {
        if let time { put(name, .string(LeafTime.text(time))) }
    }

    /// One object for each item.
    mutating func set<Item>(_ name: String, _ items: [Item], write: (Item, inout LeafMembers) -> Void) {
        let objects = items.map { item in
            var inner = LeafMembers()
            write(item, &inner)
            return inner.object
        }
        put(name, .array(objects))
    }

    // MARK: - Reading

    mutating func term<Term: RawRepresentable>(_ name: String) throws(LeafError) -> Term where Term.RawValue == String {
        guard let term: Term = try optionalTerm(name) else { throw .missing(member: name) }
        return term
    }

    mutating func optionalTerm<Term: RawRepresentable>(_ name: String) throws(LeafError) -> Term?
    where Term.RawValue == String {
        guard let value = take(name) else { return nil }
        guard case .string(let text) = value, let term = Term(rawValue: text) else { throw .malformed(member: name) }
        return term
    }

    /// Terms that leaves of earlier versions do not have.
    mutating func optionalTerms<Term: RawRepresentable>(_ name: String) throws(LeafError) -> [Term]?
    where Term.RawValue == String {
        guard members.contains(where: { $0.name == name }) else { return nil }
        return try terms(name)
    }

    mutating func terms<Term: RawRepresentable>(_ name: String) throws(LeafError) -> [Term]
    where Term.RawValue == String {
        var terms: [Term] = []
        for value in try array(name) {
            guard case .string(let text) = value, let term = Term(rawValue: text) else {
                throw .malformed(member: name)
            }
            terms.append(term)
        }
        return terms
    }

    /// A number from 0.
    mutating func count(_ name: String) throws(LeafError) -> Int {
        guard let count = try optionalCount(name) else { throw .missing(member: name) }
        return count
    }

    mutating func optionalCount(_ name: String) throws(LeafError) -> Int? {
        guard let number = try optionalInteger(name) else { return nil }
        guard number >= 0 else { throw .malformed(member: name) }
        return number
    }

    /// A number of either sign.
    mutating func optionalInteger(_ name: String) throws(LeafError) -> Int? {
        guard let value = take(name) else { return nil }
        guard case .integer(let number) = value else { throw .malformed(member: name) }
        return number
    }

    mutating func flag(_ name: String) throws(LeafError) -> Bool {
        guard let value = take(name) else { throw .missing(member: name) }
        guard case .boolean(let flag) = value else { throw .malformed(member: name) }
        return flag
    }

    mutating func time(_ name: String) throws(LeafError) -> UTCInstant {
        guard let time = try optionalTime(name) else { throw .missing(member: name) }
        return time
    }

    mutating func optionalTime(_ name: String) throws(LeafError) -> UTCInstant? {
        guard let value = take(name) else { return nil }
        guard case .string(let text) = value, let time = LeafTime.read(text) else { throw .malformed(member: name) }
        return time
    }

    mutating func objects<Item>(
        _ name: String, read: (inout LeafMembers) throws(LeafError) -> Item
    ) throws(LeafError) -> [Item] {
        var items: [Item] = []
        for value in try array(name) {
            var inner = try LeafMembers(value)
            items.append(try read(&inner))
            try inner.finish()
        }
        return items
    }

    private mutating func array(_ name: String) throws(LeafError) -> [LeafValue] {
        guard let value = take(name) else { throw .missing(member: name) }
        guard case .array(let items) = value else { throw .malformed(member: name) }
        return items
    }
}

/// The one spelling of a time in a leaf: RFC 3339 in UTC with `Z` and always three digits of a second.
enum LeafTime {
    static func text(_ time: UTCInstant) -> String {
        let text = time.description
        return time.milliseconds % 1000 == 0 ? "\(text.dropLast()).000Z" : text
    }

    static func read(_ text: String) -> UTCInstant? {
        guard let time = UTCInstant(text), self.text(time) == text else { return nil }
        return time
    }
}
