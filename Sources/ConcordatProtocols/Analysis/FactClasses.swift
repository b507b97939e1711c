import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// The sets of values a source can have in one message, one representative for each class the conditions can tell apart.
struct FactClasses {
    /// Stands for any value that no condition mentions.
    static let other = "(any other)"
    // Bound: values of one many-valued source; 2 to this power classes.
    private static let valuesMax = 12

    let compiled: CompiledProtocol

    /// The classes of `source` in `message`, given the values mentioned. Nil when there are too many to list.
    ///
    /// `isNumeric` when a test for numbers asks it: the values mentioned then stand on both sides of each bound.
    func sets(
        of source: Condition.Source, in flow: Flow, mentioned: Set<String>, isNumeric: Bool = false
    ) -> [Set<String>]? {
        let message = flow.message
        switch source {
        case .field(let path):
            guard let domain = message.schema.factPaths[path] else { return [[]] }
            if domain.isDate || domain.values == .births { return [[], [Self.other]] }
            let values = representatives(mentioned, isNumeric: isNumeric, of: [domain])
            if path.contains("/*") { return Self.subsets(values) }
            let singles = values.map { Set([$0]) }
            return domain.isAlwaysPresent ? singles : [[]] + singles
        case .flag(let name):
            let domains = compiled.flags[name].map(domains) ?? []
            return Self.subsets(representatives(mentioned, isNumeric: isNumeric, of: domains))
        case .recipientSpeciality, .senderSpeciality:
            // A party may join with any speciality, so one that nobody mentions is always possible.
            return Self.subsets(mentioned.sorted() + [Self.other])
        case .recipientKind: return [[flow.to.rawValue]]
        case .senderKind: return [[flow.from.rawValue]]
        case .days(let path):
            guard let domain = message.schema.factPaths[path], domain.isDate else { return [[]] }
            let values = Self.numbers(mentioned)
            if path.contains("/*") { return Self.subsets(values) }
            let singles = values.map { Set([$0]) }
            return domain.isAlwaysPresent ? singles : [[]] + singles
        case .age: return Self.subsets(Self.numbers(mentioned))
        // Nobody is always possible, even where a bound lies below zero.
        case .count:
            return Self.numbers(mentioned.union(["0"])).filter { Int($0).map { $0 >= 0 } ?? false }.map { [$0] }
        // One message claims one ground or none.
        case .ground: return [[]] + mentioned.sorted().map { [$0] }
        }
    }

    /// Sets of a source that has too many to list: none, another value, one or two of those mentioned, all, all but one.
    static func someSets(of mentioned: Set<String>) -> [Set<String>] {
        // Bound: of very many values the first are as good as any.
        let values = mentioned.sorted().prefix(40)
        var sets: [Set<String>] = [[], [other], mentioned]
        for (place, value) in values.enumerated() {
            sets.append([value])
            for second in values.prefix(place) { sets.append([value, second]) }
        }
        return sets + values.map { mentioned.subtracting([$0]) }
    }

    /// The values the flag and its fields share must be the same, or a field could not be found in its flag.
    func unify(
        _ mentions: inout [Condition.Source: Set<String>], numeric: inout Set<Condition.Source>,
        in message: CompiledMessage
    ) {
        for case (.flag(let name), let values) in mentions {
            var union = values
            let paths = (compiled.flags[name]?.fields[message.name] ?? []).filter { mentions[.field($0)] != nil }
            for path in paths { union.formUnion(mentions[.field(path)] ?? []) }
            mentions[.flag(name)] = union
            for path in paths { mentions[.field(path)] = union }
            let together = Set(paths.map { Condition.Source.field($0) }).union([.flag(name)])
            if !numeric.isDisjoint(with: together) { numeric.formUnion(together) }
        }
    }

    /// What ties the values of a flag to those of the fields of its message.
    struct Tie {
        let flag: Condition.Source
        /// The fields of the flag that are sources as well.
        let fields: [Condition.Source]
        /// The message always states one of the flag's fields.
        let isStated: Bool

        /// A flag holds what its fields of this message hold, and is not empty where one of them is always stated.
        func holds(_ values: [Condition.Source: Set<String>]) -> Bool {
            let inFlag = values[flag] ?? []
            if isStated, inFlag.isEmpty { return false }
            return fields.allSatisfy { values[$0]?.isSubset(of: inFlag) ?? true }
        }
    }

    /// The ties among these sources in `message`.
    func ties(among sources: [Condition.Source], in message: CompiledMessage) -> [Tie] {
        sources.compactMap { source in
            guard case .flag(let name) = source else { return nil }
            let paths = compiled.flags[name]?.fields[message.name] ?? []
            let isStated = paths.contains { path in
                !path.contains("/*") && message.schema.factPaths[path]?.isAlwaysPresent ?? false
            }
            let fields = paths.map(Condition.Source.field).filter(sources.contains)
            return isStated || !fields.isEmpty ? Tie(flag: source, fields: fields, isStated: isStated) : nil
        }
    }

    private func domains(_ flag: CompiledFlag) -> [FactDomain] {
        flag.fields.flatMap { name, paths in
            paths.compactMap { compiled.messages[name]?.schema.factPaths[$0] }
        }
    }

    private func representatives(_ mentioned: Set<String>, isNumeric: Bool, of domains: [FactDomain]) -> [String] {
        func admits(_ value: String) -> Bool { domains.contains { $0.admits(value) } }
        // Every whole number lies in a stretch that one of these stands for, so there is no other.
        if isNumeric {
            let near = Self.neighbours(of: mentioned).filter(admits)
            return Set(domains.flatMap(Self.ends)).union(near).sorted()
        }
        let all = Set(domains.flatMap(\.shortTexts))
        let inside = mentioned.filter(admits).sorted()
        // No list of values: too many to list, so there is surely another one.
        let hasOther = all.isEmpty || !all.isSubset(of: mentioned)
        return inside + (hasOther ? [Self.other] : [])
    }

    /// Values beside those near a bound: the ends of a range, since the bound may lie outside it; of a list each.
    private static func ends(of domain: FactDomain) -> [String] {
        if case .integers(let range) = domain.values { return [String(range.lowerBound), String(range.upperBound)] }
        return domain.texts
    }

    /// The numbers mentioned with those beside them, so that every stretch between two of them has one that stands for it.
    private static func numbers(_ mentioned: Set<String>) -> [String] {
        neighbours(of: mentioned.isEmpty ? ["0"] : mentioned).compactMap { Int($0) }.sorted().map { String($0) }
    }

    private static func neighbours(of mentioned: Set<String>) -> Set<String> {
        let numbers = Set(mentioned.compactMap { Int($0) })
        return Set(numbers.flatMap { [$0 - 1, $0, $0 + 1] }.map { String($0) }).union(mentioned)
    }

    private static func subsets(_ values: [String]) -> [Set<String>]? {
        guard values.count <= valuesMax else { return nil }
        return (0..<(1 << values.count)).map { bits in
            Set(values.indices.filter { bits >> $0 & 1 == 1 }.map { values[$0] })
        }
    }
}
