import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// What the rules of a protocol mean together: none that can match nothing, none that is dead, none that contradicts
/// another, none that opens when a fact is missing; and every guarantee proven.
struct ProtocolAnalysis {
    let checked: CheckedProtocol
    let syntax: ProtocolSyntax
    let log: ProblemLog
    let map: FlowMap
    let spans: [RuleID: RuleSyntax]

    init(checked: CheckedProtocol, syntax: ProtocolSyntax, log: ProblemLog) {
        (self.checked, self.syntax, self.log) = (checked, syntax, log)
        map = FlowMap(checked.compiled)
        spans = Dictionary(
            (syntax.rules + syntax.routes.map(\.rule) + (syntax.breakGlass?.clauses ?? [])).map {
                (RuleID(unchecked: $0.id.value), $0)
            }, uniquingKeysWith: { first, _ in first })
    }

    /// Everything; the size of the proof for the report.
    func run() -> ProofSize {
        for message in checked.compiled.messages.values.sorted(by: { $0.name < $1.name }) {
            checkMessage(message)
        }
        for rule in checked.compiled.rules {
            let flows = map.flows.filter { map.covers(rule, $0) }
            guard checkReach(rule, flows) else { continue }
            checkTransform(rule, flows)
            checkMissingFacts(rule, flows)
            if rule.isPermit { checkDead(rule, flows) }
        }
        AmbiguityCheck(analysis: self).run()
        GlassCheck(analysis: self).run()
        var proof = GuaranteeProof(map: map, guarantees: checked.guarantees)
        let findings = proof.run()
        findings.tell(self)
        return findings.size
    }

    /// Where to show a finding about a rule.
    func span(_ rule: RuleID) -> SourceSpan { spans[rule]?.id.span ?? .start(of: ProtocolDirectory.textName) }

    /// A message that no party could ever send to any other.
    private func checkMessage(_ message: CompiledMessage) {
        guard !map.flows.contains(where: { $0.message.name == message.name }),
            let text = syntax.messages.first(where: { $0.name.value == message.name.rawValue })
        else { return }
        log.error(
            text.name.span, "message `\(message.name)` can never be sent",
            "no kind of sender and recipient has a basis for one of its purposes and may hold the capacity it asks for")
    }

    /// Whether the rule can match anything; if not, the first thing it says that rules everything out.
    private func checkReach(_ rule: CompiledRule, _ covered: [Flow]) -> Bool {
        if let reason = unreachable(rule, covered) {
            log.error(span(rule.id), "rule `\(rule.id)` can match nothing: \(reason)", "correct it, or take it out")
            return false
        }
        guard let when = rule.when, rule.messages == nil || !covered.isEmpty else { return true }
        let names = Set(covered.map(\.message.name))
        for flow in covered where names.contains(flow.message.name) {
            if satisfiable(when, flow, rule) { return true }
        }
        log.error(
            span(rule.id), "rule `\(rule.id)` can match nothing: its condition never holds",
            "no message it covers can have these values together")
        return false
    }

    private func satisfiable(_ when: Condition, _ flow: Flow, _ rule: CompiledRule) -> Bool {
        let space = CellSpace(flow: flow, rules: [rule], extraRecipientCapacities: [], map: map)
        // Too many to try: taken as possible here; the guarantees report cells that are too large.
        guard space.count != nil else { return true }
        var found = false
        space.forEach { assignment in
            found = when.holds(assignment.facts)
            return !found
        }
        return found
    }

    private func unreachable(_ rule: CompiledRule, _ covered: [Flow]) -> String? {
        if covered.isEmpty { return noFlow(rule) }
        guard !rule.isAboutMessages else { return nil }
        let classes = Set(covered.map(\.message.name)).flatMap { map.classes[$0] ?? [] }
        let inCategory = classes.filter { rule.covers($0.category) }
        if rule.categories.isEmpty { return "its exceptions leave no category" }
        if inCategory.isEmpty { return "no message it covers carries these categories" }
        let about = inCategory.contains { field in map.subjects(of: field).contains { rule.covers($0) } }
        return about ? nil : "no field of these categories is about the people it names"
    }

    /// The first of the rule's own words after which no flow is left.
    private func noFlow(_ rule: CompiledRule) -> String {
        var flows = map.flows
        func left(_ keep: (Flow) -> Bool) -> Bool {
            flows = flows.filter(keep)
            return !flows.isEmpty
        }
        guard left({ rule.messages?.contains($0.message.name) ?? true }) else {
            return "no message it covers can be sent"
        }
        guard left({ rule.from?.contains($0.from) ?? true }) else {
            return "no message it covers is sent by these kinds"
        }
        guard left({ rule.to?.contains($0.to) ?? true }) else { return "no message it covers goes to these kinds" }
        guard left({ rule.purposes?.contains($0.purpose) ?? true }) else {
            return "no message it covers goes between these kinds for these purposes"
        }
        guard left({ flow in rule.fromCapacity.map { map.canHold($0, flow.from) } ?? true }) else {
            return "no sender it covers may hold these capacities"
        }
        return "no recipient it covers may hold these capacities"
    }

    /// A transform that no covered field takes would only ever drop.
    private func checkTransform(_ rule: CompiledRule, _ flows: [Flow]) {
        guard case .permit(let action, _) = rule.effect, action.isTransform else { return }
        let messages = Dictionary(flows.map { ($0.message.name, $0.message) }, uniquingKeysWith: { first, _ in first })
        let fits = messages.values.contains { message in
            (map.classes[message.name] ?? []).contains { field in
                rule.covers(field.category) && map.subjects(of: field).contains { rule.covers($0) }
                    && field.nodes.contains { message.schema.allowsTransform(action, at: $0) }
            }
        }
        guard !fits else { return }
        log.error(
            spans[rule.id]?.action?.span ?? span(rule.id),
            "no field that rule `\(rule.id)` covers can become `\(action.rawValue)`",
            "year and age-band need a date, outward-code and initials a plain string, pseudonym a string that is no enum"
        )
    }

    /// A permit is dead when an unconditional prohibition stands against it wherever it could apply.
    private func checkDead(_ rule: CompiledRule, _ flows: [Flow]) {
        let prohibitions = checked.compiled.rules.filter { $0.isProhibition && $0.when == nil }
        var against: Set<RuleID> = []
        for flow in flows {
            let standing = prohibitions.filter { map.covers($0, flow) && Self.capacities(of: $0, cover: rule) }
            for field in map.classes[flow.message.name] ?? [] where rule.covers(field.category) {
                for subject in map.subjects(of: field) where rule.covers(subject) {
                    guard let first = standing.first(where: { $0.covers(field.category) && $0.covers(subject) })
                    else { return }
                    against.insert(first.id)
                }
            }
        }
        let names = against.sorted().map { "`\($0)`" }.joined(separator: ", ")
        log.error(
            span(rule.id), "permit `\(rule.id)` is dead: \(names) prohibits all of it",
            "take it out, or make an exception in the prohibition")
    }

    private static func capacities(of prohibition: CompiledRule, cover permit: CompiledRule) -> Bool {
        func covers(_ wide: Set<Capacity>?, _ narrow: Set<Capacity>?) -> Bool {
            guard let wide else { return true }
            return narrow?.isSubset(of: wide) ?? false
        }
        return covers(prohibition.fromCapacity, permit.fromCapacity)
            && covers(prohibition.toCapacity, permit.toCapacity)
    }
}
