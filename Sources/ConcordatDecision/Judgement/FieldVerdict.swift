import ConcordatPayload
import ConcordatTerms

/// What the permits let one role have: the rules by action, and those that did not apply.
struct RolePermission {
    private(set) var whole: [Int] = []
    private(set) var transforms: [(action: FieldAction, place: Int)] = []
    private(set) var missed: [(place: Int, lack: MissedPermit.Lack)] = []

    mutating func allow(_ action: FieldAction, by place: Int) {
        if action == .keep { whole.append(place) } else if action.isTransform { transforms.append((action, place)) }
    }

    mutating func miss(_ place: Int, _ lack: MissedPermit.Lack) { missed.append((place, lack)) }

    /// Whether any rule permits it, be it that two of them contradict each other.
    var isPermitted: Bool { !whole.isEmpty || !transforms.isEmpty }

    /// Whole beats transforms; one kind of transform is it; two kinds are a contradiction, and the field is dropped.
    var action: FieldAction {
        guard whole.isEmpty else { return .keep }
        guard let first = transforms.first?.action, transforms.allSatisfy({ $0.action == first }) else { return .drop }
        return first
    }

    /// The rules that made ``action``.
    var deciding: [Int] { whole.isEmpty ? transforms.map(\.place) : whole }
}

/// What happens to a field, and why.
struct FieldVerdict {
    var action = FieldAction.drop
    var rules: [RuleID] = []
    var missed: [MissedPermit] = []
    /// Whether the recipient is not to learn that it was dropped or transformed, or could have been there.
    var isSilent = false
    /// The permit that would apply if consent were there, when nothing but consent is lacking.
    var consentLacking: RuleID?
    /// Break-glass clauses without which some role would not have let the field pass.
    var brokenGlass: [RuleID] = []
    /// Whether a prohibition decided.
    var isProhibited = false

    /// The clause a sender is told: a prohibition, or the first permit that came near.
    var clause: RuleID? { consentLacking ?? (isProhibited ? rules.first : missed.first?.rule) }

    static func prohibited(by places: [Int], in text: [JudgeIndex.Rule]) -> FieldVerdict {
        FieldVerdict(
            rules: places.map { text[$0].text.id }, isSilent: places.contains { text[$0].text.silent },
            isProhibited: true)
    }

    /// What is left when each role alone must let the field pass. Without any role nothing is.
    static func intersection(of roles: [RolePermission], in text: [JudgeIndex.Rule]) -> FieldVerdict {
        guard let first = roles.first else { return FieldVerdict() }
        let lacking = roles.filter { !$0.isPermitted }
        guard lacking.isEmpty else { return missing(lacking, of: roles, in: text) }
        let deciding = roles.count == 1 ? first.deciding : Set(roles.flatMap(\.deciding)).sorted()
        let byGlass = roles.filter { role in role.deciding.allSatisfy { text[$0].text.isBreakGlass } }
        return FieldVerdict(
            action: roles.dropFirst().reduce(first.action) { $0.intersected(with: $1.action) },
            rules: deciding.map { text[$0].text.id }, isSilent: deciding.contains { text[$0].text.silent },
            brokenGlass: byGlass.flatMap(\.deciding).map { text[$0].text.id })
    }

    /// A drop for want of a permit for some roles.
    private static func missing(
        _ lacking: [RolePermission], of roles: [RolePermission], in text: [JudgeIndex.Rule]
    ) -> FieldVerdict {
        var seen: Set<Int> = []
        // One permit lacks the same thing for each role, since what it asks is not about the role.
        let missed = lacking.flatMap(\.missed).filter { seen.insert($0.place).inserted }.sorted { $0.place < $1.place }
        var verdict = FieldVerdict(
            missed: missed.map { MissedPermit(rule: text[$0.place].text.id, lack: $0.lack) },
            isSilent: missed.contains { text[$0.place].text.silent })
        let pending = lacking.compactMap { role in role.missed.first { $0.lack == .consent }?.place }
        let restPasses = roles.allSatisfy { !$0.isPermitted || $0.action != .drop }
        if pending.count == lacking.count, restPasses {
            verdict.consentLacking = pending.min().map { text[$0].text.id }
        }
        return verdict
    }
}
