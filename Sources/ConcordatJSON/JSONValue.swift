/// One member of an object.
package struct JSONMember: Equatable, Sendable {
    /// The name, unescaped.
    package var name: String
    /// What it holds.
    package var value: JSONValue

    /// A member of this name and value.
    package init(_ name: String, _ value: JSONValue) { (self.name, self.value) = (name, value) }

    package static func == (left: JSONMember, right: JSONMember) -> Bool {
        left.name.isSameJSON(as: right.name) && left.value == right.value
    }
}

/// A document as a tree, for tools, configuration and API bodies; messages are streamed instead.
///
/// Equality is JSON's: the order of members does not matter, numbers compare as decimals, strings code point by code point
/// (Swift's own `==` takes a composed and a decomposed letter for the same).
///
/// A tree from ``parse(_:limits:)-(RawSpan,_)`` has no duplicate names and is no deeper than its limits; who builds one by
/// hand answers for both.
package enum JSONValue: Sendable {
    /// Members in the order of the document.
    case object([JSONMember])
    /// Items in order.
    case array([JSONValue])
    /// Text, unescaped.
    case string(String)
    /// A number as it was written.
    case number(JSONNumber)
    /// `true` or `false`.
    case bool(Bool)
    /// `null`.
    case null
}

extension JSONValue: Equatable {
    package static func == (left: JSONValue, right: JSONValue) -> Bool {
        switch (left, right) {
        case (.object(let first), .object(let second)): sameMembers(first, second)
        case (.array(let first), .array(let second)): first == second
        case (.string(let first), .string(let second)): first.isSameJSON(as: second)
        case (.number(let first), .number(let second)): first == second
        case (.bool(let first), .bool(let second)): first == second
        case (.null, .null): true
        case (.object, _), (.array, _), (.string, _), (.number, _), (.bool, _), (.null, _): false
        }
    }

    private static func sameMembers(_ left: [JSONMember], _ right: [JSONMember]) -> Bool {
        guard left.count == right.count else { return false }
        let sameOrder = zip(left, right).allSatisfy { $0.name.isSameJSON(as: $1.name) }
        return sameOrder ? left == right : byName(left) == byName(right)
    }

    private static func byName(_ members: [JSONMember]) -> [JSONMember] {
        members.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}

extension String {
    /// Whether both are the same code points: what JSON means by equal.
    func isSameJSON(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByNilLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    /// A string.
    package init(stringLiteral value: String) { self = .string(value) }
    /// A whole number.
    package init(integerLiteral value: Int) { self = .number(JSONNumber(value)) }
    /// `true` or `false`.
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    /// `null`.
    package init(nilLiteral: ()) { self = .null }
    /// An array.
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    /// An object, its members in the order written. The same name twice is a programmer error that nothing finds.
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(elements.map { JSONMember($0.0, $0.1) })
    }
}
