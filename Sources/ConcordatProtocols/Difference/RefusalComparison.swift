import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// Where one text refuses a message as a whole and the other does not.
struct RefusalComparison {
    let pair: SharingDifference.FlowPair
    let old: FlowMap
    let new: FlowMap

    /// The difference; nil when both refuse the same, or only one knows the flow.
    func change() -> SharingChange? {
        guard let was = pair.old, let flow = pair.new else { return nil }
        let oldRules = refusals(of: was, old)
        let newRules = refusals(of: flow, new)
        let (oldCores, newCores) = (oldRules.map(CellMeaning.core), newRules.map(CellMeaning.core))
        let dropped = oldRules.filter { !newCores.contains(CellMeaning.core($0)) }
        let added = newRules.filter { !oldCores.contains(CellMeaning.core($0)) }
        guard !dropped.isEmpty || !added.isEmpty else { return nil }
        // What both refuse in the same words need not be told apart, unless there is nothing beside it.
        let ids = Set((dropped + added).map(\.id))
        guard let change = compare(dropped, added, ids) else { return nil }
        guard oldRules.count > dropped.count else { return change }
        guard let whole = compare(oldRules, newRules, ids) else { return nil }
        return whole.kind == .unclear || whole.isGain == change.isGain ? change : whole
    }

    private func refusals(of flow: Flow, _ map: FlowMap) -> [CompiledRule] {
        map.compiled.rules.filter { CellMeaning.isWholeRefusal($0) && map.covers($0, flow) }
    }

    private func compare(_ before: [CompiledRule], _ now: [CompiledRule], _ ids: Set<RuleID>) -> SharingChange? {
        let together = before + now
        let was = CellMeaning(flow: pair.old, map: old, rules: before).assignments(toldApartBy: together)?
            .map(CellMeaning.key)
        let gives = CellMeaning(flow: pair.new, map: new, rules: now).assignments(toldApartBy: together)?
            .map(CellMeaning.key)
        guard let was, let gives else { return change(.unclear, isGain: true, now: "", before: "", ids) }
        let oldRefused = refused(was, before)
        let newRefused = refused(gives, now)
        let all = Set(was).intersection(gives)
        let gains = all.contains { oldRefused.contains($0) && !newRefused.contains($0) }
        let losses = all.contains { !oldRefused.contains($0) && newRefused.contains($0) }
        guard gains || losses else { return nil }
        let atoms = MeaningAtoms(gives + was)
        return change(
            !losses ? .weaker : !gains ? .stronger : .otherwise, isGain: gains,
            now: terms(gives, newRefused, atoms), before: terms(was, oldRefused, atoms), ids)
    }

    private func refused(_ assignments: [Assignment], _ rules: [CompiledRule]) -> Set<Assignment> {
        let judgement = CellJudgement(rules: rules)
        return Set(assignments.filter { assignment in rules.contains { judgement.applies($0, assignment) } })
    }

    private func terms(_ all: [Assignment], _ refused: Set<Assignment>, _ atoms: MeaningAtoms) -> String {
        let region = all.filter(refused.contains).map(atoms.code)
        guard !region.isEmpty else { return "never" }
        let outside = all.filter { !refused.contains($0) }.map(atoms.code)
        let boxes = MeaningBox.cover(region: region, outside: outside, atoms: atoms)
        return RegionWords(atoms: atoms).terms([(.keep, boxes)])
    }

    private func change(
        _ kind: SharingChange.Kind, isGain: Bool, now: String, before: String, _ ids: Set<RuleID>
    ) -> SharingChange {
        SharingChange(
            kind: kind, isGain: isGain, messages: [pair.key.message], fields: [], categories: [], about: [],
            from: [pair.key.from], to: [pair.key.to], purposes: [pair.key.purpose], now: now, before: before,
            rules: ids)
    }
}
