import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// One way a message can go: between these kinds of party, for this purpose. A reference, since an analysis hands each on
/// many thousand times.
final class Flow: Sendable {
    let message: CompiledMessage
    let from: PartyKind
    let to: PartyKind
    let purpose: PurposeID

    init(message: CompiledMessage, from: PartyKind, to: PartyKind, purpose: PurposeID) {
        (self.message, self.from, self.to, self.purpose) = (message, from, to, purpose)
    }
}

/// Fields of one message that no rule can tell apart: the same category, about the same people.
struct FieldClass: Sendable {
    let category: Category
    let about: SubjectKind
    /// Whether the message always states a role of the person they are about.
    let statesRole: Bool
    /// At least one, in the order of the schema.
    var nodes: [NodeIndex]
}

/// What a compiled protocol allows to happen, laid out for enumeration.
struct FlowMap: Sendable {
    let compiled: CompiledProtocol
    /// Every message, sender kind, recipient kind and purpose that the protocol admits, sorted.
    let flows: [Flow]
    /// The field classes of each message.
    let classes: [MessageName: [FieldClass]]
    /// What parties of each kind may hold: asked more often than anything else.
    private let holdable: [PartyKind: Set<Capacity>]

    init(_ compiled: CompiledProtocol) {
        self.compiled = compiled
        holdable = Dictionary(
            compiled.partyKinds.map { kind in
                (kind, Set(compiled.capacities.keys.filter { Self.canHold([$0], kind, in: compiled) }))
            }, uniquingKeysWith: { first, _ in first })
        let messages = compiled.messages.values.sorted { $0.name < $1.name }
        flows = messages.flatMap { Self.flows(of: $0, in: compiled) }
        classes = compiled.messages.mapValues { Self.classes(of: $0.schema) }
    }

    /// The same ways under other rules: those of `compiled`, which differs from the map's in rules alone.
    ///
    /// Only break-glass clauses open a way, so where they are the same the ways are.
    func under(_ compiled: CompiledProtocol) -> FlowMap {
        let clauses = (self.compiled.rules.filter(\.isBreakGlass), compiled.rules.filter(\.isBreakGlass))
        guard clauses.0 == clauses.1 else { return FlowMap(compiled) }
        return FlowMap(compiled: compiled, flows: flows, classes: classes, holdable: holdable)
    }

    private init(
        compiled: CompiledProtocol, flows: [Flow], classes: [MessageName: [FieldClass]],
        holdable: [PartyKind: Set<Capacity>]
    ) {
        (self.compiled, self.flows, self.classes, self.holdable) = (compiled, flows, classes, holdable)
    }

    /// Whether a party of that kind may hold one of these capacities.
    func canHold(_ capacities: Set<Capacity>, _ kind: PartyKind) -> Bool {
        holdable[kind].map { !capacities.isDisjoint(with: $0) } ?? false
    }

    /// Whether a rule covers a flow, whatever the field; conditions aside.
    func covers(_ rule: CompiledRule, _ flow: Flow) -> Bool {
        (rule.messages?.contains(flow.message.name) ?? true) && (rule.from?.contains(flow.from) ?? true)
            && (rule.to?.contains(flow.to) ?? true) && (rule.purposes?.contains(flow.purpose) ?? true)
            && (rule.fromCapacity.map { canHold($0, flow.from) } ?? true)
            && (rule.toCapacity.map { canHold($0, flow.to) } ?? true)
    }

    /// The subjects, one role at a time, that fields of a class may be about: the roles the message states, and where it
    /// may state none any role, since the case remembers them.
    func subjects(of field: FieldClass) -> [CompiledRule.Subject] {
        subjects(of: field.about, statesRole: field.statesRole)
    }

    func subjects(of about: SubjectKind, statesRole: Bool) -> [CompiledRule.Subject] {
        switch about {
        case .nobody: [.nobody]
        case .role(let role): [.role(role)]
        case .person(let stated): (statesRole ? stated : compiled.roles).sorted().map { .role($0) }
        }
    }

    private static func flows(of message: CompiledMessage, in compiled: CompiledProtocol) -> [Flow] {
        var flows: [Flow] = []
        for purpose in message.purposes.sorted() {
            guard let basis = compiled.purposes[purpose]?.basis else { continue }
            for from in message.from.sorted() where basis[from] != nil {
                let needsCapacity = !message.fromCapacity.isEmpty && !message.opensCase
                let isOrdinary = !needsCapacity || canHold(message.fromCapacity, from, in: compiled)
                for to in message.to.sorted() where basis[to] != nil {
                    let canReceive = message.toCapacity.isEmpty || canHold(message.toCapacity, to, in: compiled)
                    guard
                        isOrdinary && canReceive || reachesByGlass(message.name, from, to, purpose, in: compiled)
                    else { continue }
                    flows.append(Flow(message: message, from: from, to: to, purpose: purpose))
                }
            }
        }
        return flows
    }

    private static func reachesByGlass(
        _ message: MessageName, _ from: PartyKind, _ to: PartyKind, _ purpose: PurposeID, in compiled: CompiledProtocol
    ) -> Bool {
        compiled.rules.contains { rule in
            rule.isBreakGlass && (rule.messages?.contains(message) ?? true) && (rule.from?.contains(from) ?? true)
                && (rule.to?.contains(to) ?? true) && (rule.purposes?.contains(purpose) ?? true)
        }
    }

    private static func classes(of schema: MessageSchema) -> [FieldClass] {
        var order: [Key] = []
        var classes: [Key: FieldClass] = [:]
        for node in schema.fieldNodes {
            let key = Key(
                category: schema.category(of: node), about: schema.possibleSubjects(of: node),
                statesRole: schema.alwaysStatesRole(of: node))
            if classes[key] == nil {
                order.append(key)
                classes[key] = FieldClass(
                    category: key.category, about: key.about, statesRole: key.statesRole, nodes: [])
            }
            classes[key]?.nodes.append(node)
        }
        return order.compactMap { classes[$0] }
    }

    /// By its kind, and because some message can grant it to such a party: nothing else ever does.
    private static func canHold(_ capacities: Set<Capacity>, _ kind: PartyKind, in compiled: CompiledProtocol) -> Bool {
        capacities.contains { name in
            guard let capacity = compiled.capacities[name] else { return false }
            guard capacity.kinds.isEmpty || capacity.kinds.contains(kind) else { return false }
            return capacity.grants.contains { grant in
                switch grant.holder {
                case .sender: compiled.messages[grant.message]?.from.contains(kind) ?? false
                case .recipient: compiled.messages[grant.message]?.to.contains(kind) ?? false
                case .field: true
                case .everyone: false
                }
            }
        }
    }

    private struct Key: Hashable {
        let category: Category
        let about: SubjectKind
        let statesRole: Bool
    }
}

extension CompiledRule {
    func covers(_ category: Category) -> Bool { categories.contains(category) }
    func covers(_ subject: Subject) -> Bool { about?.contains(subject) ?? true }

    var isPermit: Bool { if case .permit = effect { true } else { false } }
    var isProhibition: Bool { effect == .prohibit }
    /// Decides about a message as a whole and not about a category of it.
    var isAboutMessages: Bool {
        switch effect {
        case .refuseMessage, .hold: true
        case .permit, .prohibit: false
        }
    }

    /// Holds always where it covers: no condition, no capacity, whoever of its kind the sender is.
    var isUnconditional: Bool { when == nil && fromCapacity == nil && toCapacity == nil && fromParties == nil }
}
