import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// Walks the cells of two texts side by side and says where they share differently.
struct SharingDifference {
    private let old: FlowMap
    private let new: FlowMap

    init(old: CompiledProtocol, new: CompiledProtocol) { self.init(old: FlowMap(old), new: FlowMap(new)) }

    init(old: FlowMap, new: FlowMap) { (self.old, self.new) = (old, new) }

    /// Whether both share alike in every flow in which one of `rules` has a say. Where that cannot be told, they do not.
    func isNone(concerning rules: [CompiledRule]) -> Bool {
        func concerns(_ pair: FlowPair) -> Bool {
            rules.contains { rule in
                pair.old.map { old.covers(rule, $0) } ?? false || pair.new.map { new.covers(rule, $0) } ?? false
            }
        }
        var known: [CellKey: CellComparison.Outcome?] = [:]
        for pair in flowPairs() where concerns(pair) {
            var cells: [SharingChange] = []
            guard RefusalComparison(pair: pair, old: old, new: new).change() == nil else { return false }
            compare(pair, &cells, &known)
            guard cells.isEmpty else { return false }
        }
        return true
    }

    /// The differences, told together as far as they are alike; sorted.
    func changes() -> [SharingChange] {
        var cells: [SharingChange] = []
        var known: [CellKey: CellComparison.Outcome?] = [:]
        for pair in flowPairs() {
            cells += RefusalComparison(pair: pair, old: old, new: new).change().map { [$0] } ?? []
            compare(pair, &cells, &known)
        }
        return SharingGroups.merged(cells)
    }

    struct FlowKey: Hashable {
        let message: MessageName
        let from: PartyKind
        let to: PartyKind
        let purpose: PurposeID
    }

    struct FlowPair {
        let key: FlowKey
        let old: Flow?
        let new: Flow?
    }

    /// What an outcome can depend on: who talks to whom in which message, and the rules that apply.
    private struct CellKey: Hashable {
        let message: MessageName
        let from: PartyKind
        let to: PartyKind
        let subject: CompiledRule.Subject
        let old: [RuleID]?
        let new: [RuleID]?
    }

    /// Fields that fall into the same class in each of the texts.
    private struct ClassPair: Hashable {
        let old: ClassKey?
        let new: ClassKey?
    }

    private struct ClassKey: Hashable {
        let category: Category
        let about: SubjectKind
        let statesRole: Bool
    }

    private func flowPairs() -> [FlowPair] {
        func keyed(_ map: FlowMap) -> [FlowKey: Flow] {
            Dictionary(
                map.flows.map {
                    (FlowKey(message: $0.message.name, from: $0.from, to: $0.to, purpose: $0.purpose), $0)
                },
                uniquingKeysWith: { first, _ in first })
        }
        let (before, now) = (keyed(old), keyed(new))
        return Set(before.keys).union(now.keys).map { FlowPair(key: $0, old: before[$0], new: now[$0]) }
            .sorted {
                ($0.key.message, $0.key.from, $0.key.to, $0.key.purpose) < (
                    $1.key.message, $1.key.from, $1.key.to, $1.key.purpose
                )
            }
    }

    private func compare(
        _ pair: FlowPair, _ cells: inout [SharingChange], _ known: inout [CellKey: CellComparison.Outcome?]
    ) {
        let oldRules = pair.old.map { flow in old.compiled.rules.filter { old.covers($0, flow) } } ?? []
        let newRules = pair.new.map { flow in new.compiled.rules.filter { new.covers($0, flow) } } ?? []
        let isSameFrame = isSameFrame(pair)
        for (classes, paths) in classPairs(pair) {
            let subjects = Set(classes.old.map { old.subjects(of: $0.about, statesRole: $0.statesRole) } ?? [])
                .union(classes.new.map { new.subjects(of: $0.about, statesRole: $0.statesRole) } ?? [])
            for subject in subjects {
                let before = meaning(pair.old, classes.old, subject, oldRules, old)
                let now = meaning(pair.new, classes.new, subject, newRules, new)
                if isSameFrame, before.flow != nil, now.flow != nil, Self.sameRules(before.rules, now.rules) {
                    continue
                }
                let key = CellKey(
                    message: pair.key.message, from: pair.key.from, to: pair.key.to, subject: subject,
                    old: before.flow.map { _ in (before.rules + before.refusals).map(\.id) },
                    new: now.flow.map { _ in (now.rules + now.refusals).map(\.id) })
                let outcome =
                    known[key] ?? CellComparison(old: before, new: now, subject: subject).outcome()
                known[key] = .some(outcome)
                guard let outcome else { continue }
                cells.append(Self.change(outcome, pair.key, classes, paths, subject))
            }
        }
    }

    private static func change(
        _ outcome: CellComparison.Outcome, _ key: FlowKey, _ classes: ClassPair, _ paths: Set<String>,
        _ subject: CompiledRule.Subject
    ) -> SharingChange {
        let category = outcome.kind == .noLonger ? classes.old?.category : classes.new?.category
        return SharingChange(
            kind: outcome.kind, isGain: outcome.isGain, messages: [key.message], fields: paths,
            categories: Set([category].compactMap { $0 }), about: [subject.text], from: [key.from], to: [key.to],
            purposes: [key.purpose], now: outcome.now, before: outcome.before, rules: outcome.rules)
    }

    private func meaning(
        _ flow: Flow?, _ fields: ClassKey?, _ subject: CompiledRule.Subject, _ rules: [CompiledRule], _ map: FlowMap
    ) -> CellMeaning {
        guard let flow, let fields, map.subjects(of: fields.about, statesRole: fields.statesRole).contains(subject)
        else {
            return CellMeaning(flow: nil, map: map, rules: [])
        }
        let relevant = rules.filter { rule in
            CellMeaning.isAboutFields(rule) && rule.covers(subject)
                && (rule.categories.isEmpty || rule.covers(fields.category))
        }
        return CellMeaning(
            flow: flow, map: map, rules: relevant, refusals: rules.filter(CellMeaning.isWholeRefusal))
    }

    /// The data paths of the message by the class they have in each text.
    private func classPairs(_ pair: FlowPair) -> [(ClassPair, Set<String>)] {
        func keys(_ flow: Flow?, _ map: FlowMap) -> [String: ClassKey] {
            guard let flow else { return [:] }
            var keys: [String: ClassKey] = [:]
            for field in map.classes[flow.message.name] ?? [] {
                for node in field.nodes {
                    keys[flow.message.schema.path(of: node)] = ClassKey(
                        category: field.category, about: field.about, statesRole: field.statesRole)
                }
            }
            return keys
        }
        let (before, now) = (keys(pair.old, old), keys(pair.new, new))
        var pairs: [ClassPair: Set<String>] = [:]
        for path in Set(before.keys).union(now.keys) {
            pairs[ClassPair(old: before[path], new: now[path]), default: []].insert(path)
        }
        return Array(pairs)
    }

    /// Whether facts, flags and capacities have the same room to differ in both texts, so that only rules matter.
    private func isSameFrame(_ pair: FlowPair) -> Bool {
        guard let before = pair.old, let now = pair.new else { return false }
        let capacities = Set(old.compiled.capacities.keys).union(new.compiled.capacities.keys)
        let sameHolders = capacities.allSatisfy { capacity in
            [before.from, before.to].allSatisfy { old.canHold([capacity], $0) == new.canHold([capacity], $0) }
        }
        return sameHolders && before.message.schema.factPaths == now.message.schema.factPaths
            && before.message.fromCapacity == now.message.fromCapacity
            && before.message.toCapacity == now.message.toCapacity
            && before.message.opensCase == now.message.opensCase && old.compiled.flags == new.compiled.flags
    }

    private static func sameRules(_ old: [CompiledRule], _ new: [CompiledRule]) -> Bool {
        let (before, now) = (old.map(CellMeaning.core), new.map(CellMeaning.core))
        return before.allSatisfy(now.contains) && now.allSatisfy(before.contains)
    }
}
