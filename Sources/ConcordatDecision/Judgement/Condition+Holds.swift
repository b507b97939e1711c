import ConcordatTerms

/// The coded facts a condition may look at, for one message from one party to another.
struct ConditionFacts {
    /// `x-fact` values of the message by data path.
    var fields: [String: Set<String>]
    /// Values of each flag: those of the case with those of the message.
    var flags: [String: Set<String>]
    var senderSpecialities: Set<String>
    var recipientSpecialities: Set<String>
    var senderKind = ""
    var recipientKind = ""
    /// Ages in whole years by role, as decimal text.
    var ages: [Role: Set<String>] = [:]
    /// How many people have a role.
    var counts: [Role: Int] = [:]
    /// The break-glass ground claimed.
    var ground: String?
    var today = CivilDate(daysSinceEpoch: 0)

    /// Every source is a set of strings; one that is not declared, or not there, is empty.
    func values(of source: Condition.Source) -> Set<String> {
        switch source {
        case .field(let path): fields[path] ?? []
        case .flag(let name): flags[name] ?? []
        case .recipientSpeciality: recipientSpecialities
        case .senderSpeciality: senderSpecialities
        case .recipientKind: [recipientKind]
        case .senderKind: [senderKind]
        case .days(let path): Set((fields[path] ?? []).compactMap(days))
        case .age(let role): ages[role] ?? []
        case .count(let role): [String(counts[role] ?? 0)]
        case .ground: ground.map { [$0] } ?? []
        }
    }

    /// Whole days from today to a date.
    private func days(to text: String) -> String? {
        CivilDate(text).map { String($0.daysSinceEpoch - today.daysSinceEpoch) }
    }
}

extension Condition {
    /// Whether the condition holds. Total: a fact that is missing is an empty set, and no test fails.
    func holds(for facts: ConditionFacts) -> Bool {
        switch self {
        case .all(let parts): parts.allSatisfy { $0.holds(for: facts) }
        case .any(let parts): parts.contains { $0.holds(for: facts) }
        case .not(let part): !part.holds(for: facts)
        case .test(let source, let test): test.holds(of: facts.values(of: source))
        }
    }
}

extension Condition.Test {
    fileprivate func holds(of values: Set<String>) -> Bool {
        switch self {
        case .contains(let value): values.contains(value)
        // Not known is not the same as not so: an empty set lacks nothing.
        case .lacks(let value): !values.isEmpty && !values.contains(value)
        case .containsAny(let some): !values.isDisjoint(with: some)
        case .only(let allowed): !values.isEmpty && values.isSubset(of: allowed)
        case .present(let expected): !values.isEmpty == expected
        case .number(let min, let max):
            values.contains { text in
                guard let value = Int(text) else { return false }
                return min.map { $0 <= value } ?? true && max.map { value <= $0 } ?? true
            }
        }
    }
}
