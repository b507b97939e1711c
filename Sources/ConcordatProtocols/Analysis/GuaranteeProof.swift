import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// Proves every guarantee over one hop by trying everything the rules can tell apart.
///
/// A cell is a message, a field class, a set of one or two roles, the kinds of sender and recipient, and a purpose. In it
/// every class of facts, consents and capacities is tried with ``CellJudgement``, which decides as the judge does but
/// over classes; it over-approximates, so a guarantee that passes holds, and a counterexample is a possible one.
///
/// Two roles are enough: what passes about somebody passes about every set of fewer of their roles, so a way to break a
/// guarantee by three is one by two of them, as long as the two could stand alone; ``RoleSets`` has all that could.
struct GuaranteeProof {
    // Bound: counterexamples told for one guarantee.
    private static let examplesMax = 5

    private let map: FlowMap
    private let guarantees: [Guarantee]
    /// With it, only cells that this rule covers are looked at.
    private let concerned: CompiledRule?
    /// Whether one broken guarantee is all there is to know.
    private let stopsAtFirst: Bool
    private let roleSets: RoleSets
    private var broken: [GuaranteeID: Set<[RuleID]>] = [:]
    private var tooLarge: [GuaranteeFindings.LargeCell] = []
    /// What was found in a cell: cells that only differ in what no rule tells apart are tried once.
    private var found: [CellKey: Outcome] = [:]
    /// Whether one refusal stops all that a guarantee is about.
    private var stopped: [CellKey: Bool] = [:]
    /// Of each guarantee the first that rules out the same.
    private let meanings: [GuaranteeID: Int]
    private var findings = GuaranteeFindings()

    /// All that a search in a cell depends on; the category and the purpose only choose the rules.
    private struct CellKey: Hashable {
        let message: MessageName
        let from: PartyKind
        let to: PartyKind
        /// Places in the protocol's rules.
        let rules: [Int]
        let meaning: Int
        let subjects: [CompiledRule.Subject]
    }

    private enum Outcome {
        case none, tooLarge
        case example(Example)

        var example: Example? { if case .example(let example) = self { example } else { nil } }
    }

    /// What is known in one cell about single subjects, for one guarantee.
    private struct Alone {
        /// Nothing about them passes, or nothing that the guarantee rules out.
        var proven: Set<CompiledRule.Subject>
        /// Tried, and there is a way.
        var open: Set<CompiledRule.Subject> = []
    }

    /// A field class of a message, for one guarantee.
    private struct MeantKey: Hashable {
        let message: MessageName
        let field: Int
        let guarantee: GuaranteeID
    }

    init(map: FlowMap, guarantees: [Guarantee], concerning rule: CompiledRule? = nil, stopsAtFirst: Bool = false) {
        (self.map, self.guarantees, concerned, self.stopsAtFirst) = (map, guarantees, rule, stopsAtFirst)
        roleSets = RoleSets(roles: map.compiled.roles)
        meanings = Dictionary(
            guarantees.map { guarantee in
                (guarantee.id, guarantees.firstIndex { $0.rulesOutTheSame(as: guarantee) } ?? guarantees.endIndex)
            }, uniquingKeysWith: { first, _ in first })
    }

    /// Tries all guarantees.
    mutating func run() -> GuaranteeFindings {
        let rules = map.compiled.rules
        let roleSets = roleSets
        let sets = map.classes.mapValues { fields in fields.map { roleSets.sets(of: $0) } }
        var meant: [MeantKey: [[CompiledRule.Subject]]] = [:]
        var closedAmong: [[Int]: Set<CompiledRule.Subject>] = [:]
        for flow in map.flows where concerned.map({ map.covers($0, flow) }) ?? true {
            let guarantees = guarantees.filter { guarantee in
                (guarantee.to?.contains(flow.to) ?? true) && (guarantee.from?.contains(flow.from) ?? true)
                    && (guarantee.messages?.contains(flow.message.name) ?? true)
                    && (guarantee.purposes?.contains(flow.purpose) ?? true)
            }
            guard !guarantees.isEmpty else { continue }
            let covering = rules.indices.filter { map.covers(rules[$0], flow) }
            var refused: [GuaranteeID: Bool] = [:]
            let fields = zip(map.classes[flow.message.name] ?? [], sets[flow.message.name] ?? [])
            for (place, (field, sets)) in fields.enumerated() {
                let promised = guarantees.filter { guarantee in
                    guard guarantee.categories.contains(field.category), isConcerned(field) else { return false }
                    let isRefused = refused[guarantee.id] ?? isRefused(guarantee, flow, covering)
                    refused[guarantee.id] = isRefused
                    return !isRefused
                }
                guard !promised.isEmpty else { continue }
                // What waits may go in the end, so a hold says nothing here.
                let inCategory = covering.filter {
                    rules[$0].effect == .refuseMessage || rules[$0].covers(field.category)
                }
                let closed = closedAmong[inCategory] ?? roleSets.closedSubjects(inCategory.map { rules[$0] })
                closedAmong[inCategory] = closed
                for guarantee in promised {
                    // The people a guarantee is about are the same in every flow of a message.
                    let key = MeantKey(message: flow.message.name, field: place, guarantee: guarantee.id)
                    let ours = meant[key] ?? sets.filter { guarantee.concerns($0) }
                    meant[key] = ours
                    prove(guarantee, flow, field, inCategory, closed, ours)
                    if stopsAtFirst, !findings.broken.isEmpty { return findings }
                }
            }
        }
        // Cells that a rule of a broken guarantee makes too large may be gone with it.
        let wrong = Set(broken.values.flatMap { $0 }.flatMap { $0 })
        findings.tooLarge = tooLarge.filter { !$0.rules.contains { wrong.contains($0.id) } }
        return findings
    }

    private func isConcerned(_ field: FieldClass) -> Bool {
        concerned.map { $0.isAboutMessages || $0.covers(field.category) } ?? true
    }

    /// Whether one refusal stops every message that a guarantee with a condition is about, so that no field of it is left
    /// to be tried. A guarantee of this sort mostly rests on one refusal, and all of them at once may be too many to try.
    private mutating func isRefused(_ guarantee: Guarantee, _ flow: Flow, _ covering: [Int]) -> Bool {
        guard guarantee.when != nil else { return false }
        return covering.contains { place in
            let rule = map.compiled.rules[place]
            guard rule.effect == .refuseMessage, rule.about == nil else { return false }
            let key = key(guarantee, flow, [place], [.nobody])
            let isStopped = stopped[key] ?? stopsAll(rule, guarantee, flow)
            stopped[key] = isStopped
            return isStopped
        }
    }

    private mutating func stopsAll(_ rule: CompiledRule, _ guarantee: Guarantee, _ flow: Flow) -> Bool {
        let space = CellSpace(
            flow: flow, rules: [rule], extraRecipientCapacities: guarantee.toCapacityNot, asking: guarantee.when,
            map: map)
        guard space.count != nil else { return false }
        let judgement = CellJudgement(rules: [rule])
        var stopsAll = true
        space.forEach { assignment in
            findings.size.assignments += 1
            stopsAll = !guarantee.means(assignment, [.nobody]) || judgement.applies(rule, assignment)
            return stopsAll
        }
        return stopsAll
    }

    private func key(
        _ guarantee: Guarantee, _ flow: Flow, _ rules: [Int], _ subjects: [CompiledRule.Subject]
    ) -> CellKey {
        CellKey(
            message: flow.message.name, from: flow.from, to: flow.to, rules: rules,
            meaning: meanings[guarantee.id] ?? 0, subjects: subjects)
    }

    private mutating func prove(
        _ guarantee: Guarantee, _ flow: Flow, _ field: FieldClass, _ rules: [Int],
        _ closed: Set<CompiledRule.Subject>, _ sets: [[CompiledRule.Subject]]
    ) {
        guard broken[guarantee.id]?.count ?? 0 < Self.examplesMax else { return }
        findings.size.cells += sets.count
        // Whoever a guarantee is about is one of the two, and if nothing passes about any of them nothing passes.
        if let about = guarantee.about, about.isSubset(of: closed) { return }
        var alone = Alone(proven: closed)
        for subjects in sets {
            if subjects.contains(where: alone.proven.contains) { continue }
            if isProvenAlone(subjects, guarantee, flow, rules, &alone) { continue }
            guard let example = search(guarantee, flow, rules, subjects) else { continue }
            if broken[guarantee.id, default: []].insert(example.permits).inserted {
                report(guarantee, flow, field, subjects, example)
            }
        }
    }

    /// Whether the guarantee holds about one of the roles alone, and so about all together: a field passes only if each
    /// role lets it, and what either role has to say for the guarantee is said about the two as well.
    private mutating func isProvenAlone(
        _ subjects: [CompiledRule.Subject], _ guarantee: Guarantee, _ flow: Flow, _ rules: [Int],
        _ alone: inout Alone
    ) -> Bool {
        for subject in subjects where guarantee.concerns([subject]) && !alone.open.contains(subject) {
            if search(guarantee, flow, rules, [subject]) == nil {
                alone.proven.insert(subject)
                return true
            }
            alone.open.insert(subject)
        }
        return false
    }

    private struct Example {
        let assignment: Assignment
        let permits: [RuleID]
    }

    private mutating func search(
        _ guarantee: Guarantee, _ flow: Flow, _ rules: [Int], _ subjects: [CompiledRule.Subject]
    ) -> Example? {
        let all = map.compiled.rules
        let relevant = rules.filter { place in subjects.contains { all[place].covers($0) } }
        // Refusals only take away: a cell that is proven without them is proven, and most are.
        let fields = relevant.filter { all[$0].effect != .refuseMessage }
        let example = search(guarantee, flow, among: fields, subjects)
        guard example != nil, fields.count < relevant.count else { return example }
        return search(guarantee, flow, among: relevant, subjects)
    }

    /// Nil when there is no way, or none was found in a cell too large to try: that is noted, and an error.
    private mutating func search(
        _ guarantee: Guarantee, _ flow: Flow, among rules: [Int], _ subjects: [CompiledRule.Subject]
    ) -> Example? {
        let key = key(guarantee, flow, rules, subjects)
        let outcome = found[key] ?? tried(guarantee, flow, rules.map { map.compiled.rules[$0] }, subjects)
        found[key] = outcome
        if case .tooLarge = outcome { findings.unproven.insert(guarantee.id) }
        return outcome.example
    }

    private mutating func tried(
        _ guarantee: Guarantee, _ flow: Flow, _ relevant: [CompiledRule], _ subjects: [CompiledRule.Subject]
    ) -> Outcome {
        let space = CellSpace(
            flow: flow, rules: relevant, extraRecipientCapacities: guarantee.toCapacityNot, asking: guarantee.when,
            map: map)
        let judgement = CellJudgement(rules: relevant)
        var outcome = Outcome.none
        func isExample(_ assignment: Assignment) -> Bool {
            guard guarantee.means(assignment, subjects) else { return false }
            let (action, permits) = judgement.action(subjects, assignment)
            guard action != .drop else { return false }
            outcome = .example(Example(assignment: assignment, permits: Set(permits).sorted()))
            return true
        }
        guard space.count != nil else {
            // A wrong permit may be what makes it so large: better to say what it breaks than that there is much of it.
            var search = LargeCellSearch(space: space, rules: relevant, subjects: subjects)
            if search.run(isExample) == .notFound {
                tooLarge.append(.init(rules: relevant, flow: flow))
                outcome = .tooLarge
            }
            findings.size.assignments += search.tried
            return outcome
        }
        var tried = 0
        space.forEach { assignment in
            tried += 1
            return !isExample(assignment)
        }
        findings.size.assignments += tried
        return outcome
    }

    private mutating func report(
        _ guarantee: Guarantee, _ flow: Flow, _ field: FieldClass, _ subjects: [CompiledRule.Subject],
        _ example: Example
    ) {
        let path = field.nodes.first.map { flow.message.schema.path(of: $0) } ?? ""
        findings.broken.append(
            .init(
                guarantee: guarantee.id, permits: example.permits, path: path, category: field.category, flow: flow,
                about: subjects.map(\.text).joined(separator: " and "), facts: example.assignment.text))
    }
}

extension Guarantee {
    /// Whether the guarantee speaks of someone with these roles.
    func concerns(_ subjects: [CompiledRule.Subject]) -> Bool {
        about.map { about in subjects.contains { about.contains($0) } } ?? true
    }

    /// Whether what the guarantee rules out is the same under every assignment.
    func rulesOutTheSame(as other: Guarantee) -> Bool {
        toCapacityNot == other.toCapacityNot && withoutConsent == other.withoutConsent
            && exceptGrounds == other.exceptGrounds && when == other.when
    }

    /// Whether sharing under this assignment is what the guarantee rules out.
    func means(_ assignment: Assignment, _ subjects: [CompiledRule.Subject]) -> Bool {
        guard toCapacityNot.isDisjoint(with: assignment.recipient) else { return false }
        guard when?.holds(assignment.facts) ?? true else { return false }
        guard exceptGrounds.isDisjoint(with: assignment.facts[.ground] ?? []) else { return false }
        guard withoutConsent else { return true }
        return !assignment.consents.contains { key in
            guard key.level == .given else { return false }
            // The person's own consent, or that of everyone with a role the person has. About nobody: anyone's.
            return subjects == [.nobody] || key.of.isEmpty
                || subjects.contains { subject in
                    if case .role(let role) = subject { key.of.contains(role) } else { false }
                }
        }
    }
}

extension CompiledRule.Subject {
    var text: String {
        switch self {
        case .nobody: TermTable.nobody
        case .role(let role): role.rawValue
        }
    }
}

extension Assignment {
    /// The assignment in words, to stand after a comma-free sentence; empty when nothing is asked of it.
    var text: String {
        var parts: [String] = []
        if !sender.isEmpty { parts.append("sender is \(sender.sorted().map(\.rawValue).joined(separator: ", "))") }
        if !recipient.isEmpty {
            parts.append("recipient is \(recipient.sorted().map(\.rawValue).joined(separator: ", "))")
        }
        for key in consents.sorted(by: { $0.text < $1.text }) { parts.append("consent \(key.text)") }
        for (source, values) in facts.sorted(by: { $0.key.text < $1.key.text }) {
            let value = values.isEmpty ? "missing" : values.sorted().joined(separator: ", ")
            parts.append("\(source.text) = \(value)")
        }
        return parts.isEmpty ? "" : " when " + parts.joined(separator: "; ")
    }
}
