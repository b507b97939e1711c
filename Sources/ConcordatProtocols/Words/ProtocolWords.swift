package import ConcordatDecision
package import ConcordatTerms

/// What a protocol's terms are called before people, and how sets of them are put in words.
///
/// Declared terms stand in quotes, as defined terms do in an agreement: “Police force”. A term is its title where that is
/// short, else the name the text gives it, in plain words; ``ProtocolTitles`` has what each means.
package struct ProtocolWords: Sendable {
    let compiled: CompiledProtocol
    let titles: ProtocolTitles
    private let kindTerms: [PartyKind: String]
    private let roleTerms: [Role: String]
    private let categoryTerms: [Category: String]

    /// The words of a protocol that has passed every check.
    package init(_ loaded: LoadedProtocol) {
        (compiled, titles) = (loaded.compiled, loaded.titles)
        kindTerms = Self.terms(loaded.titles.partyKinds)
        roleTerms = Self.terms(loaded.titles.roles)
        categoryTerms = Self.terms(loaded.titles.categories)
    }

    // MARK: single terms

    /// The term for a kind of party.
    package func kind(_ kind: PartyKind) -> String { kindTerms[kind] ?? Self.plain(kind.rawValue) }
    /// The term for a role.
    package func role(_ role: Role) -> String { roleTerms[role] ?? Self.plain(role.rawValue) }
    /// The term for a category.
    package func category(_ category: Category) -> String { categoryTerms[category] ?? Self.plain(category.rawValue) }
    /// The term for a capacity: its name, since its title says what its holder does.
    package func capacity(_ name: Capacity) -> String { Self.plain(name.rawValue) }
    /// The title of a purpose.
    package func purpose(_ name: PurposeID) -> String { Self.title(compiled.purposes[name]?.title, name.rawValue) }
    /// The title of a message.
    package func message(_ name: MessageName) -> String { Self.title(compiled.messages[name]?.title, name.rawValue) }
    /// The title of a flag.
    package func flag(_ name: String) -> String { Self.title(titles.flags[name], name) }
    /// The title of a calendar of working days.
    package func calendar(_ name: String) -> String { Self.title(titles.calendars[name], name) }
    /// The title of a party of the roster.
    package func party(_ id: PartyID) -> String { Self.title(compiled.parties[id]?.title, id.rawValue) }
    /// A party or kind of party by its declared name.
    package func partyOrKind(_ name: String) -> String {
        if let id = PartyID(name), let party = compiled.parties[id] { return Self.title(party.title, name) }
        return PartyKind(name).map(kind) ?? Self.plain(name)
    }

    // MARK: sets

    /// Roles, and nobody in particular.
    package func subjects(_ subjects: Set<CompiledRule.Subject>, _ joint: String = "or") -> String {
        let named = subjects.compactMap { if case .role(let role) = $0 { role } else { nil } }
        let others = compiled.roles.subtracting(named)
        var roles = named.map { Self.quoted(role($0)) }.sorted()
        if named.count > Self.listedMax, others.count <= Self.exceptedMax {
            roles = [others.isEmpty ? "anybody" : "anybody but " + names(others.map(role), "and")]
        }
        return Self.list(roles + (subjects.contains(.nobody) ? ["nobody in particular"] : []), joint)
    }

    /// Kinds of party, or all but a few of them.
    package func kinds(_ kinds: Set<PartyKind>, _ joint: String = "and") -> String {
        let others = compiled.partyKinds.subtracting(kinds)
        let every = joint == "or" ? "any kind of party" : "every kind of party"
        if others.isEmpty, kinds.count > 1 { return every }
        if kinds.count > Self.listedMax, others.count <= Self.exceptedMax {
            return every + " but " + names(others.map(kind), "and")
        }
        return names(kinds.map(kind), joint)
    }

    /// Capacities, in any of which somebody may act.
    package func capacities(_ capacities: Set<Capacity>) -> String { names(capacities.map(capacity), "or") }
    /// Purposes, after `for`.
    package func purposes(_ purposes: Set<PurposeID>) -> String {
        let others = Set(compiled.purposes.keys).subtracting(purposes)
        if purposes.count > Self.listedMax / 2, !others.isEmpty, others.count <= Self.exceptedMax / 2 {
            return "any purpose but " + names(others.map(purpose), "and")
        }
        return "the purpose " + names(purposes.map(purpose), "or")
    }
    /// Messages.
    package func messages(_ messages: Set<MessageName>, _ joint: String = "or") -> String {
        names(messages.map(message), joint)
    }

    /// Categories, each with all that lies within it unless taken out.
    package func categories(_ categories: Set<Category>) -> String {
        let all = Set(compiled.categories.keys)
        let missing = all.subtracting(categories)
        if missing.isEmpty { return "anything at all" }
        if categories.count > Self.listedMax, tops(of: missing).count <= Self.exceptedMax, isClosed(missing) {
            return "anything but " + names(tops(of: missing).map(category), "and")
        }
        let parts = tops(of: categories).map { top -> String in
            let lacking = missing.filter { compiled.category($0, isWithin: top) }
            guard !lacking.isEmpty else { return Self.quoted(category(top)) }
            return Self.quoted(category(top)) + " (without " + names(tops(of: lacking).map(category), "and") + ")"
        }
        return Self.list(parts.sorted(), "and")
    }

    // Bound: sets of more than so many are told by what is not in them, when that is no more than so many.
    private static let listedMax = 6
    private static let exceptedMax = 4

    /// Those whose parent is not in the set.
    private func tops(of categories: Set<Category>) -> [Category] {
        categories.filter { category in
            guard let parent = compiled.categories[category] ?? nil else { return true }
            return !categories.contains(parent)
        }.sorted()
    }

    /// Whether all that lies within members of the set is in the set.
    private func isClosed(_ categories: Set<Category>) -> Bool {
        categories.allSatisfy { compiled.categories(within: $0).isSubset(of: categories) }
    }

    /// Titles in quotes, sorted and joined.
    func names(_ titles: some Sequence<String>, _ joint: String) -> String {
        Self.list(titles.map(Self.quoted).sorted(), joint)
    }

    // MARK: plain language

    static func quoted(_ text: String) -> String { "“\(text)”" }

    /// `a, b and c`.
    package static func list(_ parts: [String], _ joint: String = "and") -> String {
        guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
        return parts.dropLast().joined(separator: ", ") + " \(joint) " + last
    }

    /// A code or name as words: `not-known` is “not known”.
    package static func plain(_ code: String) -> String {
        let letters = Array(code)
        return String(
            letters.indices.map { place in
                guard letters[place] == "-" || letters[place] == "_" else { return letters[place] }
                // `10-17` is a range and stays one.
                let isRange =
                    place > 0 && place + 1 < letters.count && letters[place - 1].isNumber && letters[place + 1].isNumber
                return isRange ? letters[place] : " "
            })
    }

    /// A data path as words: `/people/*/date-of-birth` is `people, date of birth`.
    package static func path(_ path: String) -> String {
        path.split(separator: "/").filter { $0 != "*" }.map { plain(String($0)) }.joined(separator: ", ")
    }

    /// A text with a capital first letter.
    package static func sentence(_ text: String) -> String {
        guard let first = text.first else { return text }
        return first.uppercased() + text.dropFirst()
    }

    /// A term for each, in one style: where nearly all titles are short enough, a title's first part, else every name; never
    /// one term for two. All begin with a capital, as defined terms do.
    private static func terms<ID: Identifier>(_ titles: [ID: String]) -> [ID: String] where ID.RawValue == String {
        let short = titles.reduce(into: [ID: String]()) { short, entry in
            // What stands behind a colon explains the term; any other sign makes a title a sentence.
            let term = String(entry.value.prefix { $0 != ":" }).trimmed
            let isTerm = !term.isEmpty && term.count <= termMax && !term.contains { ",;(".contains($0) }
            if isTerm, entry.value != entry.key.rawValue { short[entry.key] = term }
        }
        let counts = Dictionary(short.values.map { ($0.lowercased(), 1) }, uniquingKeysWith: +)
        let isByTitle = short.count * 4 >= titles.count * 3
        return Dictionary(
            uniqueKeysWithValues: titles.keys.map { id in
                let term = isByTitle ? short[id] : nil
                let isOne = term.map { counts[$0.lowercased()] == 1 } ?? false
                return (id, sentence(isOne ? term ?? "" : plain(id.rawValue)))
            })
    }

    // Bound: a title of more characters than this is no term.
    private static let termMax = 28

    private static func title(_ title: String?, _ name: String) -> String {
        guard let title, !title.isEmpty, title != name else { return plain(name) }
        return title
    }
}

extension String {
    /// Without spaces at its ends.
    fileprivate var trimmed: String {
        var text = self[...]
        while text.first == " " { text.removeFirst() }
        while text.last == " " { text.removeLast() }
        return String(text)
    }
}
