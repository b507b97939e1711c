package import ConcordatTerms

extension JSONValue {
    /// The value of the member with this name; nil for another name, or when this is no object.
    package subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members.first { $0.name.isSameJSON(as: name) }?.value
    }

    /// The item at this index; nil outside the array, or when this is none.
    package subscript(index: Int) -> JSONValue? {
        guard case .array(let items) = self, items.indices.contains(index) else { return nil }
        return items[index]
    }

    /// The text of a string; nil for anything else.
    package var stringValue: String? { if case .string(let text) = self { text } else { nil } }
    /// The items of an array; nil for anything else.
    package var arrayValue: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
    /// The members of an object, in order; nil for anything else.
    package var objectValue: [JSONMember]? { if case .object(let members) = self { members } else { nil } }
    /// A number; nil for anything else.
    package var numberValue: JSONNumber? { if case .number(let number) = self { number } else { nil } }
    /// The exact whole number, also of `1.0` and `1e2`; nil for anything else.
    package var intValue: Int? { numberValue?.intValue }
    /// `true` or `false`; nil for anything else.
    package var boolValue: Bool? { if case .bool(let bool) = self { bool } else { nil } }
    /// Whether this is `null`.
    package var isNull: Bool { if case .null = self { true } else { false } }

    /// The value at this place; nil when there is none. Item indexes are as in RFC 6901: no sign, no leading zero.
    package func at(_ pointer: JSONPointer) -> JSONValue? {
        var value = self
        for token in pointer.tokens {
            let inner: JSONValue?
            switch value {
            case .object: inner = value[token]
            case .array: inner = Self.index(token).flatMap { value[$0] }
            case .string, .number, .bool, .null: inner = nil
            }
            guard let inner else { return nil }
            value = inner
        }
        return value
    }

    private static func index(_ token: String) -> Int? {
        guard let index = Int(token), String(index).isSameJSON(as: token), index >= 0 else { return nil }
        return index
    }
}

extension JSONValue {
    /// Compact bytes, members in their order, numbers as written.
    package func serialized() -> [UInt8] {
        var writer = JSONWriter()
        writer.value(self)
        return writer.bytes
    }

    /// Text for people: two spaces an indent, a line feed at the end, members in their order, numbers as written.
    package func pretty() -> String {
        var text = ""
        pretty(into: &text, indent: "\n")
        return text + "\n"
    }

    private func pretty(into text: inout String, indent: String) {
        let deeper = indent + "  "
        switch self {
        case .object(let members) where !members.isEmpty:
            var lead = "{"
            for member in members {
                text += lead + deeper + Self.string(member.name).compactText + ": "
                member.value.pretty(into: &text, indent: deeper)
                lead = ","
            }
            text += indent + "}"
        case .array(let items) where !items.isEmpty:
            var lead = "["
            for item in items {
                text += lead + deeper
                item.pretty(into: &text, indent: deeper)
                lead = ","
            }
            text += indent + "]"
        case .object, .array, .string, .number, .bool, .null: text += compactText
        }
    }

    private var compactText: String { String(decoding: serialized(), as: UTF8.self) }
}
