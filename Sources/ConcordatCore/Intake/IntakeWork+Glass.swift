import ConcordatDecision
import ConcordatPayload
import ConcordatTerms
import ConcordatWire

extension IntakeWork {
    /// Whether a claimed ground can be heard at all, before it is judged. Returns true when nothing but broken glass may
    /// go: the sender is suspended, or no text is in force.
    func checkGlass(standing: Standing, at now: UTCInstant) throws(IntakeRefusal) -> Bool {
        let party = message.submission.party
        let isSuspended = standing.suspended.contains(party)
        guard let claim = message.envelope.breakGlass else {
            guard !isSuspended else { throw refusal("party.suspended") }
            return false
        }
        // A ground that the protocol does not know may be anything, and goes on no record. A message of the version before is
        // heard by what both ask.
        let texts = [inForce.text] + (inForce.narrowedBy.map { [$0] } ?? [])
        let glasses = texts.compactMap(\.breakGlass).filter { $0.grounds[claim.ground] != nil }
        guard glasses.count == texts.count, let reasonMin = glasses.map(\.reasonMin).max() else {
            throw refusal("break-glass.not-permitted")
        }
        // Counted, and kept for the officer; it goes no further.
        guard Self.written(in: claim.reason.reveal()) >= reasonMin else {
            throw refusal(
                "break-glass.reason-too-short",
                detail: "write at least \(reasonMin) letters and digits in breakglassreason")
        }
        if glasses.contains(where: \.closesWhenUnreviewed) {
            let isOverdue = house.registers.glassCases(unreviewed: true).contains { record in
                record.glass.contains { $0.sender == party && $0.state(at: now) == .overdue }
            }
            guard !isOverdue else { throw refusal("break-glass.review-overdue") }
        }
        return isSuspended || !inForce.isInForce(at: now)
    }

    /// How much of a reason is written: its letters and digits, of a run of the same one no more than two.
    static func written(in reason: String) -> Int {
        var count = 0
        var run = 0
        var last: Character?
        for character in reason {
            run = character == last ? run + 1 : 1
            last = character
            if run <= 2, character.isLetter || character.isNumber { count += 1 }
        }
        return count
    }

    /// Withholds from each recipient for whom no glass had to be broken: a ground is no way round a suspension.
    static func keepOnlyBrokenGlass(_ outcomes: inout [RecipientOutcome]) {
        for index in outcomes.indices where outcomes[index].isShared && outcomes[index].decision.brokenGlass.isEmpty {
            outcomes[index].decision.answer = .withhold(Refusal(code: "break-glass.not-needed"))
            outcomes[index].cut = nil
        }
    }
}

extension Decision {
    /// The decision with every clause that gave way to the claimed ground: a prohibition, a refusal or a wait without which
    /// something passed is broken glass too, whichever permit let it pass.
    ///
    /// - Parameter judge: judges the same without the ground.
    func marked(of input: JudgeInput, under text: CompiledProtocol, judge: (JudgeInput) -> Decision) -> Decision {
        guard input.breakGlass != nil, case .share = answer else { return self }
        var unclaimed = input
        unclaimed.breakGlass = nil
        var result = self
        let permits = text.rules.filter { if case .permit = $0.effect { true } else { false } }.map(\.id)
        let yielded = yielded(against: judge(unclaimed)).subtracting(permits)
        result.brokenGlass = Set(brokenGlass).union(yielded).sorted()
        return result
    }

    /// The decision with what no break-glass clause lets pass taken away: what a suspended sender or a lapsed text may still
    /// do is what the clauses name, and nothing else.
    ///
    /// No ordinary permit counts then, so the clauses are needed also for what such a permit would let pass beside them.
    func carriedByGlass(of text: CompiledProtocol) -> Decision {
        guard case .share(let plan) = answer else { return self }
        let clauses = Set(text.rules.lazy.filter(\.isBreakGlass).map(\.id))
        let named = grounds.filter { $0.action != .drop && !clauses.isDisjoint(with: $0.rules) }
        guard named.contains(where: { $0.count > 0 }) else { return self }
        let carried = Set(named.map(\.field))
        let cut = FieldPlanCut(plan) { field, action in carried.contains(field) ? action : .drop }
        var result = self
        result.answer = .share(cut.plan)
        let needed = named.lazy.filter { $0.count > 0 }.flatMap(\.rules).filter(clauses.contains)
        result.brokenGlass = Set(brokenGlass).union(needed).sorted()
        result.grounds = grounds.map { ground in
            guard cut.dropped.contains(ground.field) else { return ground }
            return FieldGround(
                field: ground.field, category: ground.category, action: .drop, rules: [], missed: ground.missed,
                count: ground.count)
        }
        return result
    }

    /// The clauses that this decision passed and another of the same message, without the ground, did not.
    fileprivate func yielded(against unclaimed: Decision) -> Set<RuleID> {
        switch unclaimed.answer {
        case .hold(_, let hold): return [hold.clause]
        case .refuse(let refusal): return Set([refusal.clause].compactMap { $0 })
        case .share, .withhold: break
        }
        let passing = Set(grounds.lazy.filter { $0.action != .drop && $0.count > 0 }.map(\.field))
        return unclaimed.grounds.lazy.filter { $0.action == .drop && passing.contains($0.field) }
            .reduce(into: []) { $0.formUnion($1.rules) }
    }

    /// The break-glass clauses by which something still passes, once some of what passed was taken away.
    var brokenGlassLeft: [RuleID] {
        guard !brokenGlass.isEmpty else { return [] }
        let passing = Set(grounds.lazy.filter { $0.action != .drop && $0.count > 0 }.flatMap(\.rules))
        return brokenGlass.filter(passing.contains)
    }
}

extension JudgedMessage {
    /// The use of break glass that this message is; nil when nothing of it needed one.
    func glassUse() -> GlassUse? {
        let broken = outcomes.filter { $0.isShared && !$0.decision.brokenGlass.isEmpty }
        let glasses = [work.inForce.text.breakGlass, work.inForce.narrowedBy?.breakGlass].compactMap { $0 }
        guard let claim = work.message.envelope.breakGlass, let within = glasses.map(\.reviewWithin).min(),
            !broken.isEmpty
        else { return nil }
        return GlassUse(
            message: work.message.envelope.id, name: work.text.name, sender: work.message.envelope.source,
            recipients: broken.map(\.recipient).sorted(), ground: claim.ground,
            clauses: Set(broken.flatMap(\.decision.brokenGlass)).sorted(), reason: claim.reason, at: now,
            reviewBy: now + within)
    }
}
