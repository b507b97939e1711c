import ConcordatJSON
import ConcordatPayload
import ConcordatTerms

/// Reads the members of one object by name, and knows whether it met one that nobody asked for.
struct RecordReader {
    private let members: [String: JSONValue]
    private var asked: Set<String> = []

    init(_ json: JSONValue) {
        members = Dictionary(
            (json.objectValue ?? []).map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }

    /// Whether every member was asked for.
    var isDone: Bool { asked.isSuperset(of: members.keys) }

    mutating func value(_ name: String) -> JSONValue? {
        asked.insert(name)
        return members[name]
    }

    mutating func text(_ name: String) -> String? { value(name)?.stringValue }
    mutating func truth(_ name: String) -> Bool? { value(name)?.boolValue }
    mutating func number(_ name: String) -> Int? { value(name)?.intValue }
    mutating func id<ID: Identifier>(_ name: String) -> ID? { text(name).flatMap { ID(rawValue: $0) } }

    mutating func list<Item>(_ name: String, _ make: (JSONValue) -> Item?) -> [Item]? {
        guard let items = value(name)?.arrayValue else { return nil }
        let made = items.compactMap(make)
        return made.count == items.count ? made : nil
    }

    mutating func ids<ID: Identifier>(_ name: String) -> Set<ID>? {
        list(name) { $0.stringValue.flatMap { ID(rawValue: $0) } }.map { Set($0) }
    }

    mutating func sets(_ name: String) -> [String: Set<String>]? {
        guard let members = value(name)?.objectValue else { return nil }
        var sets: [String: Set<String>] = [:]
        for member in members {
            guard let items = member.value.arrayValue else { return nil }
            let texts = items.compactMap(\.stringValue)
            guard texts.count == items.count else { return nil }
            sets[member.name] = Set(texts)
        }
        return sets
    }
}

extension JSONValue {
    static func int(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }

    static func names(_ names: some Sequence<String>) -> JSONValue { .array(names.sorted().map { .string($0) }) }

    static func sets(_ sets: [String: Set<String>]) -> JSONValue {
        .object(sets.sorted { $0.key < $1.key }.map { JSONMember($0.key, .names($0.value)) })
    }

    /// Null for nobody, the place of a person, the name of a role.
    static func subject(_ subject: FieldSubject) -> JSONValue {
        switch subject {
        case .nobody: .null
        case .person(let place): .int(place)
        case .role(let role): .string(role.rawValue)
        }
    }
}

extension FieldSubject {
    init?(recorded json: JSONValue) {
        if json.isNull {
            self = .nobody
        } else if let place = json.intValue, place >= 0 {
            self = .person(place)
        } else if let role = json.stringValue.flatMap({ Role($0) }) {
            self = .role(role)
        } else {
            return nil
        }
    }

    /// Whether it names one of so many persons, or none.
    func isWithin(_ count: Int) -> Bool {
        switch self {
        case .nobody, .role: true
        case .person(let place): place < count
        }
    }
}

extension AskedItem {
    init?(recorded json: JSONValue) {
        guard let parts = json.arrayValue, parts.count == 2,
            let category = parts[0].stringValue.flatMap({ Category($0) }),
            let subject = FieldSubject(recorded: parts[1])
        else { return nil }
        self.init(category: category, subject: subject)
    }
}
