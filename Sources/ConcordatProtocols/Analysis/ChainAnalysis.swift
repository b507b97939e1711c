package import ConcordatDecision
import ConcordatPayload
package import ConcordatTerms

/// What kinds of party can learn by the gateway over every chain of messages: the least fixed point over kind, category
/// and role.
///
/// A chain begins with a message that carries the thing in a structured field. From there on any free text that goes whole
/// may repeat whatever its sender has learnt, within the message's `may-restate`. What a sender knows by other ways, and
/// what goes under a broken glass, is not in it: ``residual`` lists the free texts where it could stand.
package struct ChainAnalysis {
    /// One message of a chain.
    package struct Step: Sendable, Hashable {
        package let message: MessageName
        package let from: PartyKind
        package let to: PartyKind
        /// The permits that let it pass.
        package let rules: [RuleID]
        package let isFreeText: Bool

        /// How people read it: `police → hub by referral (R3)`.
        package var text: String {
            let names = rules.map(\.rawValue).joined(separator: ", ")
            return "\(from) → \(to) by \(message)\(isFreeText ? ", free text" : "") (\(names))"
        }
    }

    /// A way for one category about one role to reach a kind of party.
    package struct Chain: Sendable {
        package let category: Category
        package let about: CompiledRule.Subject
        /// At least one; the first carries it in a structured field.
        package let steps: [Step]

        package var text: String { steps.map(\.text).joined(separator: ", then ") }
    }

    private struct Knowledge: Hashable {
        let kind: PartyKind
        let category: Category
        let about: CompiledRule.Subject
    }

    private struct Link {
        let step: Step
        /// Nil: anything its sender has learnt.
        let mayRestate: Set<Category>?
    }

    private let compiled: CompiledProtocol
    private let links: [Link]
    /// The last step to each, and what its sender knew before it.
    private var learnt: [Knowledge: (step: Step, before: Knowledge?)] = [:]

    /// Works out all that can be learnt. Bounded by kinds × categories × roles.
    package init(_ compiled: CompiledProtocol) { self.init(FlowMap(compiled)) }

    init(_ map: FlowMap) {
        compiled = map.compiled
        var shares = ShareSearch(map)
        links = Self.links(map, &shares)
        var fresh = originate(map, &shares)
        while let known = fresh.popLast() {
            for link in links where link.step.from == known.kind {
                guard link.mayRestate?.contains(known.category) ?? true else { continue }
                let next = Knowledge(kind: link.step.to, category: known.category, about: known.about)
                guard learnt[next] == nil else { continue }
                learnt[next] = (link.step, known)
                fresh.append(next)
            }
        }
    }

    /// Every way, one for each category and role, in which these categories about these people reach a kind of party.
    ///
    /// `about` nil means anyone and nobody.
    package func chains(
        of categories: Set<Category>, about: Set<CompiledRule.Subject>?, to kind: PartyKind
    ) -> [Chain] {
        learnt.keys.filter { known in
            known.kind == kind && categories.contains(known.category) && about?.contains(known.about) ?? true
        }
        .sorted { ($0.category, $0.about.text) < ($1.category, $1.about.text) }
        .map { Chain(category: $0.category, about: $0.about, steps: steps(to: $0)) }
    }

    /// The free texts that go whole: what a sender writes there of its own knowledge nobody can prove anything about.
    package var residual: [Step] {
        Array(Set(links.map(\.step))).sorted { ($0.message, $0.from, $0.to) < ($1.message, $1.from, $1.to) }
    }

    private func steps(to end: Knowledge) -> [Step] {
        var steps: [Step] = []
        var here: Knowledge? = end
        // Bound: each step was the first to its end, so none stands twice.
        while let known = here, let last = learnt[known] {
            steps.append(last.step)
            here = last.before
        }
        return steps.reversed()
    }

    /// What structured fields tell, at once and without any chain.
    private mutating func originate(_ map: FlowMap, _ shares: inout ShareSearch) -> [Knowledge] {
        for flow in map.flows {
            for field in map.classes[flow.message.name] ?? []
            where field.nodes.contains(where: { !flow.message.schema.isFreeText($0) }) {
                for about in map.subjects(of: field) {
                    let known = Knowledge(kind: flow.to, category: field.category, about: about)
                    guard learnt[known] == nil,
                        let rules = shares.permits(field, about, flow, isWholeOnly: false)
                    else { continue }
                    let step = Step(
                        message: flow.message.name, from: flow.from, to: flow.to, rules: rules, isFreeText: false)
                    learnt[known] = (step, nil)
                }
            }
        }
        return learnt.keys.sorted { ($0.kind, $0.category, $0.about.text) < ($1.kind, $1.category, $1.about.text) }
    }

    private static func links(_ map: FlowMap, _ shares: inout ShareSearch) -> [Link] {
        var links: [Step: Link] = [:]
        for flow in map.flows {
            for field in map.classes[flow.message.name] ?? []
            where field.nodes.contains(where: { flow.message.schema.isFreeText($0) }) {
                for about in map.subjects(of: field) {
                    guard let rules = shares.permits(field, about, flow, isWholeOnly: true) else { continue }
                    let step = Step(
                        message: flow.message.name, from: flow.from, to: flow.to, rules: rules, isFreeText: true)
                    let wide = flow.message.mayRestate.map { named in
                        named.reduce(into: Set<Category>()) { $0.formUnion(map.compiled.categories(within: $1)) }
                    }
                    links[step] = Link(step: step, mayRestate: wide)
                }
            }
        }
        return links.values.sorted { $0.step.text < $1.step.text }
    }
}

/// Finds under which permits a field can pass at all, and remembers it for rules that meet again.
private struct ShareSearch {
    private struct Key: Hashable {
        let message: MessageName
        let from: PartyKind
        let to: PartyKind
        let rules: [RuleID]
        let about: CompiledRule.Subject
        let isWholeOnly: Bool
    }

    private let map: FlowMap
    private var known: [Key: [RuleID]?] = [:]

    init(_ map: FlowMap) { self.map = map }

    /// The permits of one way in which the field passes; nil when it never does.
    mutating func permits(
        _ field: FieldClass, _ about: CompiledRule.Subject, _ flow: Flow, isWholeOnly: Bool
    ) -> [RuleID]? {
        let relevant = map.compiled.rules.filter { rule in
            !rule.isBreakGlass && (rule.effect == .refuseMessage || rule.covers(field.category)) && rule.covers(about)
                && map.covers(rule, flow)
        }
        guard relevant.contains(where: \.isPermit),
            !relevant.contains(where: { $0.isStopping && $0.isUnconditional })
        else { return nil }
        let key = Key(
            message: flow.message.name, from: flow.from, to: flow.to, rules: relevant.map(\.id), about: about,
            isWholeOnly: isWholeOnly)
        if let found = known[key] { return found }
        let found = search(relevant, about, flow, isWholeOnly: isWholeOnly)
        known[key] = .some(found)
        return found
    }

    private func search(
        _ rules: [CompiledRule], _ about: CompiledRule.Subject, _ flow: Flow, isWholeOnly: Bool
    ) -> [RuleID]? {
        let space = CellSpace(flow: flow, rules: rules, extraRecipientCapacities: [], map: map)
        // Too many to try: taken as shared, by any permit that could.
        guard space.count != nil else { return rules.filter(\.isPermit).map(\.id) }
        let judgement = CellJudgement(rules: rules)
        var found: [RuleID]?
        space.forEach { assignment in
            let (action, permits) = judgement.action([about], assignment)
            if action == .keep || (action != .drop && !isWholeOnly) { found = Set(permits).sorted() }
            return found == nil
        }
        return found
    }
}
