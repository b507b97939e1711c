import ConcordatDecision
import ConcordatTerms

/// One way things can stand in a cell: facts, consents, and the capacities of sender and recipient.
struct Assignment: Sendable, Hashable {
    var facts: [Condition.Source: Set<String>] = [:]
    /// The consents that are there.
    var consents: Set<ConsentKey> = []
    var sender: Set<Capacity> = []
    var recipient: Set<Capacity> = []
    /// The recipient has no capacity the message asks for, and only break glass reaches it.
    var onlyByGlass = false

    /// A consent, as permits ask for it.
    struct ConsentKey: Hashable, Sendable {
        let level: ConsentNeed.Level
        let of: Set<Role>
        var kinds: Set<ConsentKind> = []

        /// How the author writes it.
        var text: String {
            let whose = of.isEmpty ? "" : " of \(of.sorted().map(\.rawValue).joined(separator: ", "))"
            let kind = kinds.isEmpty ? "" : " (\(kinds.map(\.rawValue).sorted().joined(separator: ", ")))"
            return level.rawValue + whose + kind
        }
    }
}

/// Every assignment that the rules matching in one cell can tell apart.
///
/// Over-approximates: capacities and consents are free of each other, so it may hold assignments that cannot come about,
/// and it leaves out none that can.
struct CellSpace {
    // Bound: assignments in one cell, as the design promises.
    static let assignmentsMax = 4_096

    /// The sets of values of each source that a condition names; only some of them where there are too many to list.
    private(set) var sources: [(source: Condition.Source, sets: [Set<String>])] = []
    private(set) var consents: [Assignment.ConsentKey] = []
    private(set) var sender: [Capacity] = []
    private(set) var recipient: [Capacity] = []
    private let flow: Flow
    /// One of these the recipient holds, and one of those the sender, or the message would not go; empty when any will do.
    private let needed: Set<Capacity>
    private let asked: Set<Capacity>
    /// Whether the space tells recipients apart that hold none of ``needed``, and senders that hold none of ``asked``.
    private let mayBeUnconcerned: Bool
    private let mayBeStranger: Bool
    private let ties: [FactClasses.Tie]
    /// How many assignments there are, impossible ones included; nil when over ``assignmentsMax``.
    let count: Int?

    /// `asking` is a condition beside those of the rules, whose facts must be told apart as well.
    init(
        flow: Flow, rules: [CompiledRule], extraRecipientCapacities: Set<Capacity>, asking: Condition? = nil,
        map: FlowMap
    ) {
        self.flow = flow
        let classes = FactClasses(compiled: map.compiled)
        needed = flow.message.toCapacity.filter { map.canHold([$0], flow.to) }
        asked = flow.message.opensCase ? [] : flow.message.fromCapacity.filter { map.canHold([$0], flow.from) }
        var mentions: [Condition.Source: Set<String>] = [:]
        var numeric: Set<Condition.Source> = []
        var keys: Set<Assignment.ConsentKey> = []
        var (senders, recipients) = (Set<Capacity>(), extraRecipientCapacities)
        for when in [asking].compactMap({ $0 }) {
            mentions.merge(when.mentions) { $0.union($1) }
            numeric.formUnion(when.numberTested)
        }
        for rule in rules {
            if let when = rule.when {
                mentions.merge(when.mentions) { $0.union($1) }
                numeric.formUnion(when.numberTested)
            }
            if case .permit(_, let need) = rule.effect, need.level != .none {
                keys.insert(Assignment.ConsentKey(level: need.level, of: need.of, kinds: need.kinds))
            }
            senders.formUnion(rule.fromCapacity ?? [])
            recipients.formUnion(rule.toCapacity ?? [])
        }
        classes.unify(&mentions, numeric: &numeric, in: flow.message)
        var total: Int? = 1
        for source in mentions.keys.sorted(by: { $0.text < $1.text }) {
            let sets = classes.sets(
                of: source, in: flow, mentioned: mentions[source] ?? [], isNumeric: numeric.contains(source))
            sources.append((source, sets ?? FactClasses.someSets(of: mentions[source] ?? [])))
            total = Self.product(total, sets?.count)
        }
        ties = classes.ties(among: sources.map(\.source), in: flow.message)
        consents = keys.sorted { $0.text < $1.text }
        sender = senders.filter { map.canHold([$0], flow.from) }.sorted()
        recipient = recipients.filter { map.canHold([$0], flow.to) }.sorted()
        mayBeUnconcerned = !needed.isEmpty && needed.isSubset(of: recipient)
        mayBeStranger =
            !flow.message.opensCase && !flow.message.fromCapacity.isEmpty && asked.isSubset(of: sender)
        for count in [consents.count, sender.count, recipient.count] {
            total = Self.product(total, count < 13 ? 1 << count : nil)
        }
        count = total
    }

    /// Calls `visit` with every assignment that can be, until it answers false. Only for a space with a ``count``.
    func forEach(_ visit: (Assignment) -> Bool) {
        guard let count else { return }
        for number in 0..<count {
            guard let assignment = assignment(number) else { continue }
            if !visit(assignment) { return }
        }
    }

    private func assignment(_ number: Int) -> Assignment? {
        var rest = number
        var result = Assignment()
        for (source, sets) in sources {
            result.facts[source] = sets[rest % sets.count]
            rest /= sets.count
        }
        for key in consents {
            if rest & 1 == 1 { result.consents.insert(key) }
            rest >>= 1
        }
        for capacity in sender {
            if rest & 1 == 1 { result.sender.insert(capacity) }
            rest >>= 1
        }
        for capacity in recipient {
            if rest & 1 == 1 { result.recipient.insert(capacity) }
            rest >>= 1
        }
        return completed(result)
    }

    /// The assignment with what follows from it; nil when it cannot be. Every variable of the space must be settled.
    func completed(_ assignment: Assignment) -> Assignment? {
        guard ties.allSatisfy({ $0.holds(assignment.facts) }), isConsistent(assignment.consents) else { return nil }
        var result = assignment
        // The recipient surely has none of the capacities that the message asks for, or the sender none of its own.
        result.onlyByGlass =
            mayBeUnconcerned && needed.isDisjoint(with: assignment.recipient)
            || mayBeStranger && asked.isDisjoint(with: assignment.sender)
        // Break glass reaches recipients, and is open to senders, without a capacity in the case.
        return result.onlyByGlass && (assignment.facts[.ground] ?? []).isEmpty ? nil : result
    }

    private func isConsistent(_ given: Set<Assignment.ConsentKey>) -> Bool {
        // What was given has not been objected to.
        for key in given where key.level == .given {
            let weaker = Assignment.ConsentKey(level: .notObjected, of: key.of)
            if consents.contains(weaker), !given.contains(weaker) { return false }
            // A consent of one kind is also a consent of some kind.
            for other in consents where other.level == .given && other.of == key.of {
                let isWider = other.kinds.isEmpty || !key.kinds.isEmpty && other.kinds.isSuperset(of: key.kinds)
                if isWider, !given.contains(other) { return false }
            }
        }
        return true
    }

    private static func product(_ left: Int?, _ right: Int?) -> Int? {
        guard let left, let right, left * right <= assignmentsMax else { return nil }
        return left * right
    }
}
