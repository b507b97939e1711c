import ConcordatJSON

/// Where two signed texts differ, by their canonical documents: what may be so, and everything else.
package struct TextChanges: Sendable, Equatable {
    /// What differs and may, as far as words tell; whether permits give more is for ``ProtocolDifference`` to say.
    package private(set) var harmless: Set<HarmlessChange> = []
    /// The sections that differ in anything else, sorted: `agreement`, `messages/referral.json`, `rules`.
    package private(set) var others: [String] = []

    /// Nil when one of the two is no text of a protocol.
    package init?(from older: SignedText, to newer: SignedText) {
        guard let before = older.document, let now = newer.document, Self.names(before) == Self.parts,
            Self.names(now) == Self.parts, let old = before["protocol"], let new = now["protocol"],
            let oldSchemas = before["messages"], let newSchemas = now["messages"]
        else { return nil }
        var others: Set<String> = []
        for name in Self.names(old).union(Self.names(new)) where old[name] != new[name] {
            if !compare(name, old[name] ?? .null, new[name] ?? .null) { others.insert(name) }
        }
        for name in Self.names(oldSchemas).union(Self.names(newSchemas)) where oldSchemas[name] != newSchemas[name] {
            others.insert(name)
        }
        self.others = others.sorted()
    }

    private static let parts: Set<String> = ["messages", "protocol"]

    /// Whether a section differs in harmless things only, which are noted.
    private mutating func compare(_ section: String, _ old: JSONValue, _ new: JSONValue) -> Bool {
        switch section {
        case "version":
            harmless.insert(.version)
            return true
        case "title":
            harmless.insert(.titles)
            return true
        case "party-kinds", "roles", "categories", "flags", "capacities", "messages":
            guard Self.untitled(old) == Self.untitled(new) else { return false }
            harmless.insert(.titles)
            return true
        case "guarantees":
            guard let (gone, added) = lists(old, new), gone.isEmpty else { return false }
            if !added.isEmpty { harmless.insert(.guarantees) }
            return true
        case "rules": return compareRules(old, new)
        default: return false
        }
    }

    /// The items of each list that the other lacks, names aside; nil when one is no list.
    private mutating func lists(_ old: JSONValue, _ new: JSONValue) -> (gone: [JSONValue], added: [JSONValue])? {
        guard let before = old.arrayValue, let now = new.arrayValue else { return nil }
        let (was, are) = (before.map { Self.without(["title"], $0) }, now.map { Self.without(["title"], $0) })
        if before != was || now != are, Self.missing(was, in: are).isEmpty { harmless.insert(.titles) }
        let (oldCores, newCores) = (was.map { Self.without(["id"], $0) }, are.map { Self.without(["id"], $0) })
        let (gone, added) = (Self.missing(oldCores, in: newCores), Self.missing(newCores, in: oldCores))
        if gone.isEmpty, added.isEmpty, was != are { harmless.insert(.order) }
        return (gone, added)
    }

    private mutating func compareRules(_ old: JSONValue, _ new: JSONValue) -> Bool {
        guard let (gone, added) = lists(old, new), let now = new.arrayValue else { return false }
        for rule in gone where rule["permit"] == nil {
            // A prohibition is a promise: it goes only where a wider one says all of it.
            guard rule["prohibit"] != nil || rule["refuse"] != nil,
                now.contains(where: { Self.isWider($0, than: rule) })
            else { return false }
        }
        for rule in added {
            guard rule["silent"] == nil, rule["tell"] == nil else { return false }
            if rule["permit"] != nil {
                harmless.insert(.permits)
            } else if rule["prohibit"] != nil {
                harmless.insert(.prohibitions)
            } else if rule["refuse"] != nil {
                harmless.insert(.refusals)
            } else {
                return false
            }
        }
        if gone.contains(where: { $0["permit"] != nil }) { harmless.insert(.permits) }
        return true
    }

    /// The keys whose list confines a rule; without one it is not confined.
    private static let scopes: Set<String> = [
        "about", "messages", "from", "from-capacity", "to", "to-capacity", "for",
    ]

    /// Whether a prohibition or refusal holds wherever another does.
    private static func isWider(_ rule: JSONValue, than other: JSONValue) -> Bool {
        let (wide, narrow) = (without(["id", "title"], rule), without(["id", "title"], other))
        guard wide["silent"] == nil, wide["tell"] == nil else { return false }
        for key in names(wide).union(names(narrow)) where wide[key] != narrow[key] {
            if key == "prohibit", wide[key] == .string("all"), narrow[key] != nil { continue }
            if scopes.contains(key), wide[key] == nil { continue }
            guard key == "prohibit" || scopes.contains(key), let more = wide[key]?.arrayValue,
                let few = narrow[key]?.arrayValue, !few.isEmpty, few.allSatisfy(more.contains)
            else { return false }
        }
        return true
    }

    // MARK: documents

    private static func names(_ value: JSONValue) -> Set<String> { Set((value.objectValue ?? []).map(\.name)) }

    private static func without(_ names: Set<String>, _ value: JSONValue) -> JSONValue {
        guard let members = value.objectValue else { return value }
        return .object(members.filter { !names.contains($0.name) })
    }

    private static func untitled(_ section: JSONValue) -> JSONValue {
        guard let members = section.objectValue else { return section }
        return .object(members.map { JSONMember($0.name, without(["title"], $0.value)) })
    }

    /// What of a list is not in another, each as often as it is there more often.
    private static func missing(_ list: [JSONValue], in other: [JSONValue]) -> [JSONValue] {
        var rest = other
        return list.filter { item in
            guard let place = rest.firstIndex(of: item) else { return true }
            rest.remove(at: place)
            return false
        }
    }
}
