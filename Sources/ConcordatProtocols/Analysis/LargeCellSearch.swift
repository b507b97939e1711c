import ConcordatDecision
import ConcordatTerms

/// Looks for one assignment in a cell too large to try: settles one variable after another, and leaves a branch as soon
/// as something surely stops the field in it, or no permit can let it pass any more.
///
/// Finds most ways there are; finding none proves nothing.
struct LargeCellSearch {
    enum Outcome { case found, notFound }

    // Bound: branches entered in one cell.
    private static let branchesMax = 20_000

    private let space: CellSpace
    private let subjects: [CompiledRule.Subject]
    /// For each subject, the rules that cover it.
    private let covering: [[CompiledRule]]
    private let variables: [Variable]
    /// Assignments that were settled in full.
    private(set) var tried = 0
    private var branches = 0

    private enum Variable {
        case source(Condition.Source, [Set<String>])
        case consent(Assignment.ConsentKey)
        case sender(Capacity)
        case recipient(Capacity)
    }

    /// An assignment of which some variables are still open.
    private struct Partial {
        var settled = Assignment()
        var consents: Set<Assignment.ConsentKey>
        var sender: Set<Capacity>
        var recipient: Set<Capacity>
    }

    init(space: CellSpace, rules: [CompiledRule], subjects: [CompiledRule.Subject]) {
        (self.space, self.subjects) = (space, subjects)
        covering = subjects.map { subject in rules.filter { $0.covers(subject) } }
        let permitted = rules.filter(\.isPermit).reduce(into: Set<Condition.Source>()) { sources, rule in
            sources.formUnion(rule.when?.mentions.keys.map { $0 } ?? [])
        }
        // What permits ask comes first: most branches end with the last permit.
        let ordered =
            space.sources.filter { permitted.contains($0.source) }
            + space.sources.filter { !permitted.contains($0.source) }
        variables =
            space.sender.map(Variable.sender) + space.recipient.map(Variable.recipient)
            + space.consents.map(Variable.consent) + ordered.map { .source($0.source, $0.sets) }
    }

    /// Asks `isWanted` about assignments that can be until it says yes or the bound is met.
    mutating func run(_ isWanted: (Assignment) -> Bool) -> Outcome {
        let open = Partial(
            consents: Set(space.consents), sender: Set(space.sender), recipient: Set(space.recipient))
        return settle(0, open, isWanted) ? .found : .notFound
    }

    private mutating func settle(_ place: Int, _ partial: Partial, _ isWanted: (Assignment) -> Bool) -> Bool {
        branches += 1
        guard branches <= Self.branchesMax, canPass(partial) else { return false }
        guard place < variables.count else {
            guard let assignment = space.completed(partial.settled) else { return false }
            tried += 1
            return isWanted(assignment)
        }
        for choice in Self.choices(variables[place], partial) where settle(place + 1, choice, isWanted) { return true }
        return false
    }

    private static func choices(_ variable: Variable, _ partial: Partial) -> [Partial] {
        var without = partial
        switch variable {
        case .source(let source, let sets):
            return sets.map { set in
                var choice = partial
                choice.settled.facts[source] = set
                return choice
            }
        case .consent(let key): without.consents.remove(key)
        case .sender(let capacity): without.sender.remove(capacity)
        case .recipient(let capacity): without.recipient.remove(capacity)
        }
        var with = without
        switch variable {
        case .source: break
        case .consent(let key): with.settled.consents.insert(key)
        case .sender(let capacity): with.settled.sender.insert(capacity)
        case .recipient(let capacity): with.settled.recipient.insert(capacity)
        }
        return [without, with]
    }

    /// Whether the field could still pass for every role.
    private func canPass(_ partial: Partial) -> Bool {
        covering.allSatisfy { rules in
            var isPermitted = false
            for rule in rules {
                switch applies(rule, partial) {
                case true where rule.isStopping: return false
                case false: continue
                default: isPermitted = isPermitted || rule.isPermit
                }
            }
            return isPermitted
        }
    }

    /// Whether a rule applies; nil while that is open.
    private func applies(_ rule: CompiledRule, _ partial: Partial) -> Bool? {
        guard rule.fromParties == nil else { return false }
        var answers = [
            rule.when?.settled(partial.settled.facts) ?? (rule.when == nil ? true : nil),
            Self.holdsOne(rule.fromCapacity, partial.settled.sender, open: partial.sender),
            Self.holdsOne(rule.toCapacity, partial.settled.recipient, open: partial.recipient),
        ]
        if case .permit(_, let need) = rule.effect, need.level != .none {
            let key = Assignment.ConsentKey(level: need.level, of: need.of, kinds: need.kinds)
            answers.append(Self.holdsOne([key], partial.settled.consents, open: partial.consents))
        }
        return answers.contains(false) ? false : answers.contains(nil) ? nil : true
    }

    private static func holdsOne<Value: Hashable>(
        _ asked: Set<Value>?, _ held: Set<Value>, open: Set<Value>
    ) -> Bool? {
        guard let asked, asked.isDisjoint(with: held) else { return true }
        return asked.isDisjoint(with: open) ? false : nil
    }
}

extension Condition {
    /// Whether the condition holds with the sources settled so far; nil while that is open.
    fileprivate func settled(_ values: [Source: Set<String>]) -> Bool? {
        switch self {
        case .all(let parts):
            let answers = parts.map { $0.settled(values) }
            return answers.contains(false) ? false : answers.contains(nil) ? nil : true
        case .any(let parts):
            let answers = parts.map { $0.settled(values) }
            return answers.contains(true) ? true : answers.contains(nil) ? nil : false
        case .not(let part): return part.settled(values).map { !$0 }
        case .test(let source, let test): return values[source].map(test.holds)
        }
    }
}
