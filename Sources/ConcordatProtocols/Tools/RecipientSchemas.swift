package import ConcordatDecision
package import ConcordatJSON
import ConcordatPayload
package import ConcordatTerms

/// The schema of what a kind of party can receive: `protocol schema` and `GET /v1/schemas/{message}?as=recipient`.
package enum RecipientSchemas {
    /// The schema (2020-12) that every copy of the message cut for a party of that kind is valid against.
    ///
    /// Nil when the protocol has no such message. Where no party of the kind ever receives it, nothing is left in it.
    package static func schema(of name: MessageName, for kind: PartyKind, in compiled: CompiledProtocol) -> JSONValue? {
        guard let message = compiled.messages[name] else { return nil }
        let actions = PossibleActions(compiled, message: message, to: kind)
        return message.schema.recipientSchema { actions.actions(at: $0) }
    }

    /// The same for one party of the roster; nil for a party that is not on it.
    package static func schema(of name: MessageName, for party: PartyID, in compiled: CompiledProtocol) -> JSONValue? {
        compiled.parties[party].flatMap { schema(of: name, for: $0.kind, in: compiled) }
    }
}

/// The actions that a plan can have for each field, over all senders, cases and facts. May name too many, never too few.
struct PossibleActions {
    private let map: FlowMap
    private let message: CompiledMessage
    private let flows: [(flow: Flow, rules: [CompiledRule])]

    init(_ compiled: CompiledProtocol, message: CompiledMessage, to kind: PartyKind) {
        let map = FlowMap(compiled)
        (self.map, self.message) = (map, message)
        flows = map.flows.filter { $0.message.name == message.name && $0.to == kind }.map { flow in
            (flow, compiled.rules.filter { map.covers($0, flow) })
        }
    }

    func actions(at node: NodeIndex) -> Set<FieldAction> {
        let category = message.schema.category(of: node)
        let subjects = subjects(of: message.schema.possibleSubjects(of: node))
        var actions: Set<FieldAction> = []
        // An answer is cut to its request, so anything of it may be dropped; and about a person of no known role all is.
        var canDrop = flows.isEmpty || message.answers != nil || isReachedByGlass || mayLackRole(node)
        for (_, rules) in flows {
            let covering = rules.filter { $0.covers(category) }
            for subject in subjects {
                let about = covering.filter { $0.covers(subject) }
                if about.contains(where: { $0.isProhibition && $0.isUnconditional }) { canDrop = true; continue }
                for case .permit(let action, _) in about.map(\.effect) { actions.insert(action) }
                if !Self.isCertain(about) { canDrop = true }
            }
        }
        // A value that a transform cannot read is dropped.
        if canDrop || actions.contains(where: \.isTransform) { actions.insert(.drop) }
        return actions
    }

    /// A recipient without the capacity asked for, that a claimed ground reaches, gets what the ground lets pass and no more.
    private var isReachedByGlass: Bool {
        !message.toCapacity.isEmpty && flows.contains { $0.rules.contains(where: \.isBreakGlass) }
    }

    private func mayLackRole(_ node: NodeIndex) -> Bool {
        guard case .person = message.schema.possibleSubjects(of: node) else { return false }
        return !message.schema.alwaysStatesRole(of: node)
    }

    /// A person may have any role: the case remembers more than a message states.
    private func subjects(of about: SubjectKind) -> [CompiledRule.Subject] {
        switch about {
        case .nobody: [.nobody]
        case .role(let role): [.role(role)]
        case .person: map.compiled.roles.sorted().map { .role($0) }
        }
    }

    /// Whether these rules keep the field whatever the facts: a whole permit that asks nothing, and nothing against it.
    private static func isCertain(_ rules: [CompiledRule]) -> Bool {
        guard !rules.contains(where: \.isProhibition) else { return false }
        return rules.contains { rule in
            guard case .permit(.keep, let need) = rule.effect else { return false }
            return need.level == .none && rule.isUnconditional
        }
    }
}
