import ConcordatPayload
import ConcordatTerms

/// What became of one permit that speaks of a field, for one role of its subject.
struct TriedPermit {
    enum Outcome {
        case allows(FieldAction)
        case lacks(MissedPermit.Lack)
    }

    let place: Int
    let outcome: Outcome

    /// Nil when it did not apply.
    var action: FieldAction? {
        switch outcome {
        case .allows(let action): action
        case .lacks: nil
        }
    }

    /// Nil when it applies.
    var lack: MissedPermit.Lack? {
        switch outcome {
        case .allows: nil
        case .lacks(let lack): lack
        }
    }
}

/// What the permits let one role have, judged alone.
struct RolePermission {
    /// Where in the list of tried permits those of this role stand.
    let range: Range<Int>
    /// Whether any rule permits it, be it that two of them contradict each other.
    let isPermitted: Bool
    let action: FieldAction

    /// Whole beats transforms; one kind of transform is it; two kinds are a contradiction, and the field is dropped.
    init(_ range: Range<Int>, of tried: [TriedPermit]) {
        self.range = range
        var action: FieldAction?
        for place in range {
            guard let allowed = tried[place].action else { continue }
            if case .keep = allowed { action = .keep; break }
            action = (action ?? allowed) == allowed ? allowed : .drop
        }
        isPermitted = action != nil
        self.action = action ?? .drop
    }

    /// The only permit that made ``action``; nil when there are several.
    func sole(of tried: [TriedPermit]) -> Int? {
        var sole: Int?
        for place in range where isMade(by: tried[place]) {
            if sole != nil { return nil }
            sole = tried[place].place
        }
        return sole
    }

    /// Whether a permit is one of those that made ``action``: of whole ones where there is one, else of all that allow.
    func isMade(by permit: TriedPermit) -> Bool {
        guard let allowed = permit.action else { return false }
        if case .keep = allowed { return true }
        if case .keep = action { return false }
        return true
    }
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

    /// A drop because of these prohibitions, each once and in the text's order.
    static func prohibited(by places: [Int], in text: [IndexedRule]) -> FieldVerdict {
        FieldVerdict(
            rules: ids(of: places, in: text), isSilent: places.contains { text[$0].text.silent }, isProhibited: true)
    }

    /// What is left when each role alone must let the field pass. Without any role nothing is.
    static func intersection(of roles: [RolePermission], _ tried: [TriedPermit], in text: [IndexedRule]) -> FieldVerdict
    {
        guard let first = roles.first else { return FieldVerdict() }
        guard roles.allSatisfy(\.isPermitted) else { return missing(roles, tried, in: text) }
        var verdict = FieldVerdict(action: first.action)
        var deciding: [Int] = []
        for role in roles {
            verdict.action = verdict.action.intersected(with: role.action)
            if let sole = role.sole(of: tried) {
                // The usual case, for which there are lists already.
                if text[sole].text.isBreakGlass { verdict.brokenGlass += text[sole].named }
                if roles.count == 1 {
                    (verdict.rules, verdict.isSilent) = (text[sole].named, text[sole].text.silent)
                    return verdict
                }
            }
            let start = deciding.count
            for permit in tried[role.range] where role.isMade(by: permit) { deciding.append(permit.place) }
            let own = deciding[start...]
            if own.count > 1, own.allSatisfy({ text[$0].text.isBreakGlass }) {
                verdict.brokenGlass += own.map { text[$0].text.id }
            }
        }
        if roles.count > 1 { deciding.sortAndDropRepeated() }
        verdict.isSilent = deciding.contains { text[$0].text.silent }
        verdict.rules = ids(of: deciding, in: text)
        return verdict
    }

    /// A drop for want of a permit for some roles.
    private static func missing(
        _ roles: [RolePermission], _ tried: [TriedPermit], in text: [IndexedRule]
    ) -> FieldVerdict {
        var verdict = FieldVerdict()
        /// The first permit of each role that only consent is lacking for; nil as soon as one role has none.
        var pending: Int? = .max
        for role in roles where !role.isPermitted {
            let first = tried[role.range].first { $0.lack == .consent }?.place
            pending = pending.flatMap { known in first.map { min($0, known) } }
        }
        let restPasses = roles.allSatisfy { !$0.isPermitted || $0.action != .drop }
        if let pending, restPasses { verdict.consentLacking = text[pending].text.id }
        if roles.count == 1 {
            note(tried, as: &verdict, in: text)
        } else {
            // One permit lacks the same thing for each role, since what it asks is not about the role.
            var missed = roles.filter { !$0.isPermitted }.flatMap { tried[$0.range] }
            missed.sort { $0.place < $1.place }
            missed = missed.indices.filter { $0 == 0 || missed[$0 - 1].place != missed[$0].place }.map { missed[$0] }
            note(missed, as: &verdict, in: text)
        }
        return verdict
    }

    /// Notes permits none of which applies, each once and in the text's order.
    private static func note(_ missed: [TriedPermit], as verdict: inout FieldVerdict, in text: [IndexedRule]) {
        if missed.count == 1, let lack = missed[0].lack {
            verdict.missed = text[missed[0].place].missed(for: lack)
        } else {
            verdict.missed.reserveCapacity(missed.count)
            for permit in missed {
                guard let lack = permit.lack else { continue }
                verdict.missed.append(MissedPermit(rule: text[permit.place].text.id, lack: lack))
            }
        }
        verdict.isSilent = missed.contains { text[$0.place].text.silent }
    }

    /// The list of a single rule is there already, and asks for no memory.
    private static func ids(of places: [Int], in text: [IndexedRule]) -> [RuleID] {
        places.count == 1 ? text[places[0]].named : places.map { text[$0].text.id }
    }
}

extension [Int] {
    /// Ascending, each once.
    mutating func sortAndDropRepeated() {
        sort()
        var kept = 0
        for place in indices where kept == 0 || self[kept - 1] != self[place] {
            self[kept] = self[place]
            kept += 1
        }
        removeLast(count - kept)
    }
}
