import ConcordatJSON

/// Changes a document as a document, so that most of what comes out is still of the schema.
enum TreeMutator {
    /// A copy of `tree` with one value changed; now and then with a piece of `donor`.
    static func mutate(_ tree: JSONValue, donor: JSONValue, _ dice: inout FuzzDice) -> JSONValue {
        var steps = dice.below(count(of: tree))
        let piece = piece(dice.below(count(of: donor)), of: donor)
        return change(tree, &steps, piece, &dice)
    }

    /// Walks to the value with the number `steps` and changes it.
    private static func change(
        _ value: JSONValue, _ steps: inout Int, _ piece: JSONValue, _ dice: inout FuzzDice
    ) -> JSONValue {
        steps -= 1
        if steps == -1 { return changed(value, piece, &dice) }
        switch value {
        case .object(let members):
            return .object(members.map { JSONMember($0.name, change($0.value, &steps, piece, &dice)) })
        case .array(let items): return .array(items.map { change($0, &steps, piece, &dice) })
        case .string, .number, .bool, .null: return value
        }
    }

    private static func changed(_ value: JSONValue, _ piece: JSONValue, _ dice: inout FuzzDice) -> JSONValue {
        switch value {
        case .object(var members) where !members.isEmpty:
            let at = dice.below(members.count)
            switch dice.below(3) {
            case 0: members.remove(at: at)
            case 1: members.shuffle(using: &dice)
            default:
                // A member of another message, unless its name is taken.
                if let other = piece.objectValue?.randomElement(using: &dice),
                    !members.contains(where: { $0.name.utf8.elementsEqual(other.name.utf8) })
                {
                    members.insert(other, at: at)
                }
            }
            return .object(members)
        case .array(var items) where !items.isEmpty:
            let at = dice.below(items.count)
            switch dice.below(4) {
            case 0: items.remove(at: at)
            case 1: items.insert(items[at], at: dice.below(items.count + 1))
            case 2: items.shuffle(using: &dice)
            default: items.append(piece)
            }
            return .array(items)
        case .string(let text):
            return dice.oneIn(3) ? .string(text + dice.pick(texts)) : dice.oneIn(2) ? .string(dice.pick(texts)) : piece
        case .number: return dice.oneIn(2) ? .number(JSONNumber(dice.below(3_000) - 100)) : piece
        case .bool(let truth): return dice.oneIn(3) ? piece : .bool(!truth)
        case .object, .array, .null: return piece
        }
    }

    private static func count(of value: JSONValue) -> Int {
        switch value {
        case .object(let members): members.reduce(1) { $0 + count(of: $1.value) }
        case .array(let items): items.reduce(1) { $0 + count(of: $1) }
        case .string, .number, .bool, .null: 1
        }
    }

    /// The value with that number, counted as the walk meets them.
    private static func piece(_ number: Int, of value: JSONValue) -> JSONValue {
        var left = number
        func find(_ value: JSONValue) -> JSONValue? {
            if left == 0 { return value }
            left -= 1
            let inside: [JSONValue]
            switch value {
            case .object(let members): inside = members.map(\.value)
            case .array(let items): inside = items
            case .string, .number, .bool, .null: return nil
            }
            for item in inside { if let found = find(item) { return found } }
            return nil
        }
        return find(value) ?? value
    }

    private static let texts = [
        "", " ", "\"", "\\", "\u{0}", "é", "e\u{301}", "\u{1F600}", "A B", "1990-02-29", "1990-02-28", "B15 2TT",
        "b152tt",
        "2026-06-15T16:20:00Z", "a@b.example", "https://a.example/x", "not-known", "yes", "no", "harmed", "harmer",
        "third-party", "V-301", "S-118", "ref-harmed", "x", "{}", "</script>", "hmp-birmingham", "level-3", "18-24",
    ]
}
