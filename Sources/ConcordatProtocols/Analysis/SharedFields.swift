import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// Which fields of a message can be shared at all: with somebody, about somebody, on some facts.
///
/// Over-approximates as the prover does, so a field it leaves out is never shared with anyone by this text.
struct SharedFields {
    private let map: FlowMap
    private let rules: [CompiledRule]

    init(_ compiled: CompiledProtocol) { (map, rules) = (FlowMap(compiled), compiled.rules) }

    /// The data paths no rule can ever share, in the order of the schema.
    func neverShared(in message: CompiledMessage) -> [String] {
        let flows = map.flows.filter { $0.message.name == message.name }.map { flow in
            (flow: flow, rules: rules.filter { map.covers($0, flow) })
        }
        let closed = (map.classes[message.name] ?? []).filter { field in
            !flows.contains { flow, covering in
                map.subjects(of: field).contains { isShared(field, about: $0, on: flow, covering) }
            }
        }
        let nodes = Set(closed.flatMap(\.nodes))
        return message.schema.fieldNodes.filter(nodes.contains).map { message.schema.path(of: $0) }
    }

    private func isShared(
        _ field: FieldClass, about subject: CompiledRule.Subject, on flow: Flow, _ covering: [CompiledRule]
    ) -> Bool {
        let relevant = covering.filter { rule in
            (rule.isAboutMessages || rule.covers(field.category)) && rule.covers(subject)
        }
        guard relevant.contains(where: \.isPermit),
            !relevant.contains(where: { $0.isStopping && $0.isUnconditional })
        else { return false }
        let space = CellSpace(flow: flow, rules: relevant, extraRecipientCapacities: [], map: map)
        // Too many to try: taken as shared, which leaves the field out of the list.
        guard space.count != nil else { return true }
        let judgement = CellJudgement(rules: relevant)
        var isShared = false
        space.forEach { assignment in
            isShared = judgement.action([subject], assignment).0 != .drop
            return !isShared
        }
        return isShared
    }
}
