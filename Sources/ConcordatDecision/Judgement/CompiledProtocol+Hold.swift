import ConcordatPayload
import ConcordatTerms

/// Waits: what a rule puts before a decision.
extension CompiledProtocol {
    /// The decision, or the wait that a rule puts before it. What was accepted without a wait does not begin one.
    func held(
        _ decision: Decision, _ flow: inout Flow, _ input: JudgeInput, cutTo request: OpenRequest?, onlyByGlass: Bool
    ) -> Decision {
        guard input.acceptedWith == nil || input.heldSince != nil else { return decision }
        let table = flow.recipientTable
        func judge(takingConsentAsGiven: Bool) -> FieldJudge {
            FieldJudge(
                index, table, people: input.people,
                fieldCount: input.facts.fields.count + input.facts.absent.count, cutTo: request,
                onlyByGlass: onlyByGlass, takesConsentAsGiven: takingConsentAsGiven)
        }
        let waits = waits(&flow, input, judge(takingConsentAsGiven: false))
        var result = decision
        if let ended = waits.first(where: { $0.deadline <= input.now && $0.terms.then == .withhold }) {
            result.answer = .withhold(Refusal(code: "hold.expired", clause: ended.clause))
            return result
        }
        let running = waits.filter { input.now < $0.deadline }
        guard let hold = running.first(where: { $0.terms.until == .officer }) ?? running.first else { return decision }
        var wide = decision
        if running.contains(where: { $0.terms.until == .consent }) {
            // The state of a consent must not show in whether something waits, so each is taken as if it could come.
            wide = judgeFields(judge(takingConsentAsGiven: true), &flow, input)
        }
        guard let plan = Self.plan(of: wide, or: decision) else { return decision }
        result.answer = .hold(plan, hold)
        return result
    }

    /// What passes by either; nil when nothing does. A consent can make two permits contradict each other, and then there is
    /// less with it than without.
    private static func plan(of wide: Decision, or narrow: Decision) -> FieldPlan? {
        guard case .share(var plan) = wide.answer else {
            if case .share(let plan) = narrow.answer { return plan }
            return nil
        }
        guard case .share(let own) = narrow.answer else { return plan }
        own.forEach { entry in
            guard entry.action != .drop, plan.action(for: entry.field) == .drop else { return }
            plan.set(entry.action, for: entry.field, silent: entry.isSilent)
        }
        return plan
    }

    /// The waits that rules ask for, those that are over included.
    private func waits(_ flow: inout Flow, _ input: JudgeInput, _ judge: consuming FieldJudge) -> [Hold] {
        let table = flow.recipientTable
        var waits: [Hold] = []
        var wantsConsent: Bool?
        for rules in table.holds {
            for bit in BitPlaces(flow.standing(of: rules, input).applying) {
                let rule = table.rules[rules.word * 64 + bit]
                guard case .hold(let terms) = rule.text.effect, speaks(rule, of: input) else { continue }
                switch terms.until {
                case .consent:
                    let wants = wantsConsent ?? Self.wantsConsent(&judge, &flow, input)
                    wantsConsent = wants
                    guard wants else { continue }
                case .officer: guard !input.isReleased else { continue }
                }
                let deadline = (input.heldSince ?? input.now) + terms.atMost
                waits.append(Hold(clause: rule.text.id, terms: terms, deadline: deadline))
            }
        }
        return waits
    }

    /// Whether somebody's agreement is all that some role of some field lacks.
    ///
    /// Whatever else keeps that field back: whoever adds a prohibition, or another role, must not end a wait by it. What is
    /// looked at here decides no field, and is on no record.
    private static func wantsConsent(_ judge: inout FieldJudge, _ flow: inout Flow, _ input: JudgeInput) -> Bool {
        for (field, count) in input.facts.fields where count > 0 {
            guard let category = flow.table.node(field.node)?.category else { continue }
            if judge.wantsConsent(JudgedField(category: category, subject: field.subject), &flow, input) { return true }
        }
        return false
    }
}
