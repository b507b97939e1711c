extension JSONValue {
    /// The tree of a whole document; the same rules and errors as ``JSONReader``. Nesting uses no call stack.
    package static func parse(_ bytes: [UInt8], limits: JSONLimits = .init()) throws(JSONError) -> JSONValue {
        try parse(bytes.span.bytes, limits: limits)
    }

    /// The tree of a whole document; the same rules and errors as ``JSONReader``. Nesting uses no call stack.
    package static func parse(_ document: RawSpan, limits: JSONLimits = .init()) throws(JSONError) -> JSONValue {
        var reader = JSONReader(limits: limits)
        var builder = TreeBuilder()
        while true {
            switch try reader.next(in: document, isComplete: true) {
            case .beginObject: builder.open(.object([]))
            case .beginArray: builder.open(.array([]))
            case .endObject, .endArray: builder.close()
            case .name(let slice): builder.name(slice.text(in: document))
            case .string(let slice): builder.add(.string(slice.text(in: document)))
            case .number(let slice): builder.add(.number(JSONNumber(validated: slice.text(in: document))))
            case .bool(let bool): builder.add(.bool(bool))
            case .null: builder.add(.null)
            case .incomplete: preconditionFailure("a complete document is incomplete at \(reader.offset)")
            case .end: return builder.root
            }
        }
    }
}

/// Puts the steps of a document together again.
private struct TreeBuilder {
    private struct Open {
        var isObject: Bool
        var members: [JSONMember] = []
        var items: [JSONValue] = []
        var name = ""
    }

    /// The tree, once everything is closed.
    private(set) var root = JSONValue.null
    private var open: [Open] = []

    mutating func open(_ empty: JSONValue) { open.append(Open(isObject: empty.objectValue != nil)) }

    mutating func name(_ text: String) { open[open.count - 1].name = text }

    mutating func close() {
        let closed = open.removeLast()
        add(closed.isObject ? .object(closed.members) : .array(closed.items))
    }

    mutating func add(_ value: JSONValue) {
        guard let last = open.indices.last else { root = value; return }
        if open[last].isObject {
            open[last].members.append(JSONMember(open[last].name, value))
        } else {
            open[last].items.append(value)
        }
    }
}
