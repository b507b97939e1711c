import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

// Whom and what a clause names: a permit that names one more, and what stands against sharing and names one less.
extension ClauseMutants {
    mutating func lists() {
        if isPermit { widen() } else { narrow() }
        for (key, list) in capacityLists where rule[keyPath: list] != nil {
            guard isPermit else { continue }
            add(.list, "without `\(key)`") { $0[keyPath: list] = nil }
        }
    }

    private typealias List<Element: Hashable> = WritableKeyPath<CompiledRule, Set<Element>?>

    private var kindLists: [(String, List<PartyKind>)] { [("from", \.from), ("to", \.to)] }
    private var capacityLists: [(String, List<Capacity>)] {
        [("from-capacity", \.fromCapacity), ("to-capacity", \.toCapacity)]
    }

    // MARK: what stands against sharing, with one less

    private mutating func narrow() {
        func named(_ effect: RuleSyntax.Effect) -> [Name]? {
            if case .prohibit(let names) = effect { names } else { nil }
        }
        if let names = named(syntax.effect), names.count > 1 {
            for name in names {
                rewrite(.list, "without the category `\(name.value)`") { written in
                    written.effect = .prohibit(names.filter { $0.value != name.value })
                }
            }
        }
        for (key, list) in kindLists { narrow(key, list) { $0.rawValue } }
        for (key, list) in capacityLists { narrow(key, list) { $0.rawValue } }
        narrow("about", \.about) { $0.text }
        narrow("messages", \.messages) { $0.rawValue }
        narrow("for", \.purposes) { $0.rawValue }
    }

    private mutating func narrow<Element: Hashable>(
        _ key: String, _ list: List<Element>, _ text: (Element) -> String
    ) {
        guard let named = rule[keyPath: list], named.count > 1 else { return }
        for element in named.sorted(by: { text($0) < text($1) }) {
            add(.list, "without `\(text(element))` in `\(key)`") { $0[keyPath: list] = named.subtracting([element]) }
        }
    }

    // MARK: a permit with one more

    private mutating func widen() {
        let compiled = maker.compiled
        let categories = compiled.categories.keys.sorted().filter { !rule.categories.contains($0) }
        var taken = 0
        for category in categories where maker.isExhaustive || taken == 0 {
            var altered = rule
            altered.categories.formUnion(compiled.categories(within: category))
            guard reaches(altered) else { continue }
            taken += 1
            add(.list, "with the category `\(category)`", altered, mayOpen: true)
        }
        let kinds = compiled.partyKinds.sorted()
        for (key, list) in kindLists { widen(key, list, by: kinds) { $0.rawValue } }
        for (key, list) in capacityLists { widen(key, list, by: compiled.capacities.keys.sorted()) { $0.rawValue } }
        let subjects = compiled.roles.sorted().map { CompiledRule.Subject.role($0) } + [.nobody]
        widen("about", \.about, by: subjects) { $0.text }
        widen("messages", \.messages, by: compiled.messages.keys.sorted()) { $0.rawValue }
        widen("for", \.purposes, by: compiled.purposes.keys.sorted()) { $0.rawValue }
    }

    private mutating func widen<Element: Hashable>(
        _ key: String, _ list: List<Element>, by all: [Element], _ text: (Element) -> String
    ) {
        guard let named = rule[keyPath: list] else { return }
        var taken = 0
        for element in all where !named.contains(element) && (maker.isExhaustive || taken == 0) {
            var altered = rule
            altered[keyPath: list] = named.union([element])
            guard reaches(altered) else { continue }
            taken += 1
            add(.list, "with `\(text(element))` in `\(key)`", altered, mayOpen: true)
        }
    }

    /// Whether the wider rule covers anything that the rule does not: a field about somebody, in a flow.
    private func reaches(_ wider: CompiledRule) -> Bool {
        let map = maker.map
        return map.flows.contains { flow in
            guard covers(wider, flow) else { return false }
            let wasCovered =
                covers(rule, flow) && wider.toCapacity == rule.toCapacity
                && wider.fromCapacity == rule.fromCapacity
            return (map.classes[flow.message.name] ?? []).contains { field in
                guard wider.covers(field.category) else { return false }
                return map.subjects(of: field).contains { subject in
                    wider.covers(subject)
                        && !(wasCovered && rule.covers(field.category) && rule.covers(subject))
                }
            }
        }
    }

    /// As the map does; of capacities only those count that the message asks for, since any other may be held beside one.
    private func covers(_ rule: CompiledRule, _ flow: Flow) -> Bool {
        guard maker.map.covers(rule, flow) else { return false }
        guard let capacities = rule.toCapacity, let old = self.rule.toCapacity, capacities != old else { return true }
        let added = capacities.subtracting(old)
        return maker.map.canHold(added, flow.to)
            && (flow.message.toCapacity.isEmpty || !flow.message.toCapacity.isDisjoint(with: added))
    }
}
