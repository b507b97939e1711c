import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// What one text says in one cell: a flow of it, about one subject, in one category. Nil parts mean that there is none.
struct CellMeaning {
    /// Nil when the text has no such flow, no such field in it, or the field is never about the subject.
    let flow: Flow?
    let map: FlowMap
    /// The permits and prohibitions that cover flow, category and subject, and refusals about the subject.
    let rules: [CompiledRule]
    /// The refusals of the whole message, whomever it is about.
    var refusals: [CompiledRule] = []

    /// Every assignment that can be under this text, told apart by all of `rules`; nil when there are too many.
    ///
    /// Nobody has no consent to give and nobody to object: the judge then finds the first missing and the second there.
    func assignments(
        toldApartBy rules: [CompiledRule], about subject: CompiledRule.Subject? = nil
    ) -> [Assignment]? {
        guard let flow else { return [] }
        let space = CellSpace(flow: flow, rules: rules, extraRecipientCapacities: [], map: map)
        guard space.count != nil else { return nil }
        var all: [Assignment] = []
        space.forEach {
            all.append($0)
            return true
        }
        guard subject == .nobody else { return all }
        func own(_ assignment: Assignment, _ level: ConsentNeed.Level) -> Set<Assignment.ConsentKey> {
            assignment.consents.filter { $0.of.isEmpty && $0.level == level }
        }
        let open = all.reduce(into: Set<Assignment.ConsentKey>()) { $0.formUnion(own($1, .notObjected)) }
        return all.filter { own($0, .given).isEmpty && open.isSubset(of: $0.consents) }
    }

    /// The assignment without what only follows from it, so that it is the same under both texts.
    static func key(_ assignment: Assignment) -> Assignment {
        var key = assignment
        key.onlyByGlass = false
        return key
    }

    /// Whether a rule decides about fields, so that it counts in a cell.
    static func isAboutFields(_ rule: CompiledRule) -> Bool {
        switch rule.effect {
        case .permit, .prohibit: true
        // A refusal about somebody stops what is about them; one about anybody stops the message.
        case .refuseMessage: rule.about != nil
        // What waits may go in the end; waiting is compared apart.
        case .hold: false
        }
    }

    /// Whether a rule refuses the message, whomever it is about.
    static func isWholeRefusal(_ rule: CompiledRule) -> Bool { rule.effect == .refuseMessage && rule.about == nil }

    /// What a rule says, apart from its name, its place in the text and what the cell settles anyway.
    static func core(_ rule: CompiledRule) -> CompiledRule {
        var core = rule
        core.id = RuleID(unchecked: "any")
        (core.title, core.categories, core.tell, core.silent) = ("", [], [], false)
        (core.about, core.messages, core.from, core.to, core.purposes) = (nil, nil, nil, nil, nil)
        return core
    }
}

/// What is different in one cell between two texts.
struct CellComparison {
    /// The difference; nil when both mean the same.
    struct Outcome {
        let kind: SharingChange.Kind
        let isGain: Bool
        let now: String
        let before: String
        let rules: Set<RuleID>
    }

    let old: CellMeaning
    let new: CellMeaning
    let subject: CompiledRule.Subject

    /// Refusals of the whole message are told for the message: here they count only where nothing is left beside them.
    func outcome() -> Outcome? {
        guard old.rules.contains(where: \.isPermit) || new.rules.contains(where: \.isPermit),
            let outcome = compare(old.rules, new.rules)
        else { return nil }
        guard outcome.kind != .unclear, !(old.refusals.isEmpty && new.refusals.isEmpty) else { return outcome }
        guard let whole = compare(old.rules + old.refusals, new.rules + new.refusals) else { return nil }
        // Too much to tell apart with the refusals: what is different without them stands.
        return whole.kind == .unclear || whole.isGain == outcome.isGain ? outcome : whole
    }

    private func compare(_ oldRules: [CompiledRule], _ newRules: [CompiledRule]) -> Outcome? {
        let together = oldRules + newRules
        guard let oldAll = old.assignments(toldApartBy: together, about: subject),
            let newAll = new.assignments(toldApartBy: together, about: subject)
        else {
            return Outcome(
                kind: .unclear, isGain: true, now: "", before: "", rules: Set(newRules.filter(\.isPermit).map(\.id)))
        }
        var before: [Assignment: FieldAction] = [:]
        var now: [Assignment: FieldAction] = [:]
        var (was, gives) = (Set<RuleID>(), Set<RuleID>())
        let (oldJudge, newJudge) = (CellJudgement(rules: oldRules), CellJudgement(rules: newRules))
        for assignment in oldAll { before[CellMeaning.key(assignment)] = oldJudge.action([subject], assignment).0 }
        for assignment in newAll {
            let (action, permits) = newJudge.action([subject], assignment)
            now[CellMeaning.key(assignment)] = action
            if action != before[CellMeaning.key(assignment)] ?? .drop { gives.formUnion(permits) }
        }
        for assignment in oldAll where before[CellMeaning.key(assignment)] != now[CellMeaning.key(assignment)] ?? .drop
        {
            was.formUnion(oldJudge.action([subject], assignment).1)
        }
        var seen: Set<Assignment> = []
        let all = (newAll + oldAll).map(CellMeaning.key).filter { seen.insert($0).inserted }
        return classify(all, before, now, was, gives)
    }

    private func classify(
        _ all: [Assignment], _ before: [Assignment: FieldAction], _ now: [Assignment: FieldAction],
        _ was: Set<RuleID>, _ gives: Set<RuleID>
    ) -> Outcome? {
        var (gains, losses) = (false, false)
        var (sharedBefore, sharedNow, sameCases) = (false, false, true)
        for assignment in all {
            let (old, new) = (before[assignment] ?? .drop, now[assignment] ?? .drop)
            if old != .drop { sharedBefore = true }
            if new != .drop { sharedNow = true }
            if (old == .drop) != (new == .drop) { sameCases = false }
            if Self.isFuller(new, than: old) { gains = true }
            if Self.isFuller(old, than: new) { losses = true }
        }
        guard gains || losses else { return nil }
        let kind: SharingChange.Kind
        switch (sharedBefore, sharedNow) {
        case (false, _): kind = .newly
        case (true, false): kind = .noLonger
        case (true, true):
            if sameCases { kind = .otherForm } else { kind = !losses ? .weaker : !gains ? .stronger : .otherwise }
        }
        let atoms = MeaningAtoms(all)
        return Outcome(
            kind: kind, isGain: gains, now: Self.terms(all, now, atoms), before: Self.terms(all, before, atoms),
            rules: kind == .noLonger || kind == .stronger ? was : gives)
    }

    /// Whether the first form tells anything that the second does not.
    private static func isFuller(_ form: FieldAction, than other: FieldAction) -> Bool {
        guard form != other, form != .drop else { return false }
        return other != .keep
    }

    /// In words, when the field is shared and in which form; empty when never.
    private static func terms(
        _ all: [Assignment], _ actions: [Assignment: FieldAction], _ atoms: MeaningAtoms
    ) -> String {
        let possible = all.filter { actions[$0] != nil }
        let coded = possible.map { (atoms.code($0), actions[$0] ?? .drop) }
        let forms = FieldAction.allCases.filter { form in form != .drop && coded.contains { $0.1 == form } }
        return RegionWords(atoms: atoms).terms(
            forms.map { form in
                let region = coded.filter { $0.1 == form }.map(\.0)
                let outside = coded.filter { $0.1 != form }.map(\.0)
                return (form, MeaningBox.cover(region: region, outside: outside, atoms: atoms))
            })
    }
}
