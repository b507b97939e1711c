import ConcordatJSON

/// Marks in the texts of a document, to be looked for in what comes out.
enum Marks {
    /// Puts a mark of its own into every text of words whose data path (`/people/*/name`) is one of those wanted.
    ///
    /// Codes, dates and references are no words: they have no space, or no letters.
    static func put(into tree: JSONValue, at isWanted: (String) -> Bool) -> JSONValue {
        var number = 0
        return put(into: tree, "", &number, isWanted)
    }

    private static func put(
        into value: JSONValue, _ path: String, _ number: inout Int, _ isWanted: (String) -> Bool
    ) -> JSONValue {
        switch value {
        case .object(let members):
            return .object(
                members.map { JSONMember($0.name, put(into: $0.value, "\(path)/\($0.name)", &number, isWanted)) })
        case .array(let items): return .array(items.map { put(into: $0, "\(path)/*", &number, isWanted) })
        case .string(let text):
            guard isWords(text), isWanted(path) else { return value }
            number += 1
            return .string("\(text) \(first)\(number)\(last)")
        case .number, .bool, .null: return value
        }
    }

    private static func isWords(_ text: String) -> Bool {
        text.utf8.contains(UInt8(ascii: " ")) && text.utf8.contains { $0 > UInt8(ascii: "9") } && mark(in: text) == nil
    }

    /// Every mark of a text of its own, with the data path of that text (`/people/*/name`).
    static func places(in tree: JSONValue) -> [(mark: String, path: String)] {
        var found: [(mark: String, path: String)] = []
        func walk(_ value: JSONValue, _ path: String) {
            switch value {
            case .object(let members): for member in members { walk(member.value, "\(path)/\(member.name)") }
            case .array(let items): for item in items { walk(item, "\(path)/*") }
            case .string(let text): if let mark = mark(in: text) { found.append((mark, path)) }
            case .number, .bool, .null: break
            }
        }
        walk(tree, "")
        return found
    }

    /// The mark at the end of a text; nil when there is none.
    private static func mark(in text: String) -> String? {
        guard text.hasSuffix(last), let start = text.range(of: first) else { return nil }
        return String(text[start...])
    }

    private static let first = "Zq"
    private static let last = "qZ"
}

extension String {
    /// Where a word begins for the last time; nil when it stands nowhere.
    fileprivate func range(of word: String) -> Index? {
        var at = endIndex
        while at > startIndex {
            at = index(before: at)
            if self[at...].hasPrefix(word) { return at }
        }
        return nil
    }
}
