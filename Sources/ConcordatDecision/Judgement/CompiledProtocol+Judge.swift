import ConcordatPayload
import ConcordatTerms

/// Floor 4, ConcordatDecision: from a compiled protocol and facts to a decision with its grounds; pure and total.
extension CompiledProtocol {
    /// The answer for one recipient, with the grounds of every field. Pure and total; includes ``admit(_:)``.
    ///
    /// Need to know comes first: a recipient without the capacity a message asks for is turned away before any consent
    /// is looked at. What no rule permits is dropped, and a prohibition beats every permission.
    package func judge(_ input: JudgeInput) -> Decision {
        if let refusal = admit(input) { return Decision(answer: .refuse(refusal)) }
        guard let table = index.messages[input.message], let sender = parties[input.sender] else {
            preconditionFailure("admitted a message or sender that the protocol does not know")
        }
        guard let recipient = parties[input.recipient] else {
            return Decision(answer: .withhold(Refusal(code: "recipient.unknown")))
        }
        let facts = ConditionFacts(of: input, from: sender, to: recipient, flags)
        let flow = Flow(
            table, from: sender, capacities(of: sender.id, in: input, table, facts), to: recipient,
            capacities(of: recipient.id, in: input, table, facts), for: input.purpose, facts, in: index)
        if let refusal = receiving(flow) { return Decision(answer: .withhold(refusal)) }
        let areSigned = isSigned(by: sender.id) && isSigned(by: recipient.id)
        guard areSigned || reachesByGlass(flow) else {
            return Decision(answer: .withhold(Refusal(code: "party.not-signed")))
        }
        // Where one of them has not signed or is nothing in the case, a claimed ground carries what its clauses name and
        // nothing else.
        let isStranger = entersByGlass(input)
        let isConcerned = areSigned && !isStranger && hasNeededCapacity(flow)
        guard isConcerned || reachesByGlass(flow) else {
            return Decision(answer: .withhold(Refusal(code: isStranger ? "case.not-yours" : "recipient.no-capacity")))
        }
        if let refusal = refusalByRule(flow, input) {
            return Decision(answer: .refuse(refusal))
        }
        let asking = judgeAsking(flow, input)
        if let refusal = asking.refusal {
            return Decision(answer: .refuse(refusal), consents: asking.looks)
        }
        var request: OpenRequest?
        if table.message.answers != nil || input.claimsReply {
            request = answered(by: input, table.message)
            guard request != nil else {
                return Decision(answer: .withhold(Refusal(code: "request.unknown")), consents: asking.looks)
            }
        }
        let judged = judgeFields(
            FieldJudge(index, flow: flow, input: input, cutTo: request, onlyByGlass: !isConcerned), input, table)
        var decision = judged.decision
        if !asking.looks.isEmpty { decision.consents = (decision.consents + asking.looks).sortedOnce() }
        return held(decision, lacking: judged.lacking, flow, input, cutTo: request, onlyByGlass: !isConcerned)
    }

    /// Why the message may not go to this recipient at all: its basis, its kind.
    private func receiving(_ flow: Flow) -> Refusal? {
        guard purposes[flow.purpose]?.basis[flow.to.kind] != nil else { return Refusal(code: "purpose.no-basis") }
        guard flow.table.message.to.contains(flow.to.kind) else { return Refusal(code: "message.not-to-them") }
        return nil
    }

    private func hasNeededCapacity(_ flow: Flow) -> Bool {
        flow.table.toCapacity.isEmpty || !flow.table.toCapacity.isDisjoint(with: flow.toCapacities)
    }

    /// Whether a claimed ground lets something go to a recipient without any capacity in the case.
    private func reachesByGlass(_ flow: Flow) -> Bool {
        flow.facts.ground != nil && flow.recipientTable.glass.contains(where: flow.meets)
    }

    /// The first rule that refuses the message; everyone that any such rule wants told is told.
    private func refusalByRule(_ flow: Flow, _ input: JudgeInput) -> Refusal? {
        var clause: RuleID?
        var tell: [String] = []
        for place in flow.recipientTable.refusals {
            let rule = flow.recipientTable.rules[place]
            guard flow.meets(place), speaks(rule, of: input) else { continue }
            clause = clause ?? rule.text.id
            for one in rule.text.tell where !tell.contains(one) { tell.append(one) }
        }
        return clause.map { Refusal(code: "rule.refused", clause: $0, tell: tell) }
    }

    /// Whether a rule about a whole message is about someone it speaks of: in fields, in what it asks for, or by mentioning
    /// them.
    private func speaks(_ rule: IndexedRule, of input: JudgeInput) -> Bool {
        guard let about = rule.text.about else { return true }
        func isMeant(_ subject: FieldSubject) -> Bool {
            switch subject {
            case .nobody: about.contains(.nobody)
            case .role(let role): about.contains(.role(role))
            case .person: false
            }
        }
        return input.people.contains { $0.roles.contains { about.contains(.role($0)) } }
            || input.facts.fields.keys.contains { isMeant($0.subject) }
            || input.facts.asked.contains { isMeant($0.subject) }
    }

    /// Asking is judged as receiving: each item as a field of the answer, on its way from the holder back to the asker.
    private func judgeAsking(_ flow: Flow, _ input: JudgeInput) -> (refusal: Refusal?, looks: [ConsentLook]) {
        guard !input.facts.asked.isEmpty else { return (nil, []) }
        guard let answer = flow.table.message.answeredBy.flatMap({ index.messages[$0] }) else {
            return (Refusal(code: "request.not-permitted"), [])
        }
        let back = Flow(
            answer, from: flow.to, flow.toCapacities, to: flow.from, flow.fromCapacities, for: flow.purpose,
            ConditionFacts(ofAnswerTo: flow.facts), in: index)
        guard mayAnswer(back) else { return (Refusal(code: "request.not-permitted"), []) }
        let asked = input.facts.asked.sorted { ($0.category, $0.subject) < ($1.category, $1.subject) }
        if let refused = refusalByRule(back, input) {
            return (Refusal(code: "request.not-permitted", clause: refused.clause, tell: refused.tell), [])
        }
        var judge = FieldJudge(index, flow: back, input: input, cutTo: nil)
        let failing = asked.map { judge.verdict(on: $0.category, about: $0.subject) }.filter { $0.action == .drop }
        guard let first = failing.first else { return (nil, judge.looks) }
        if let hopeless = failing.first(where: { $0.consentLacking == nil }) {
            return (refusal("request.not-permitted", clause: hopeless.clause), judge.looks)
        }
        return (refusal("consent.required", clause: first.clause), judge.looks)
    }

    /// Whether the answer to a request could be sent at all, from its holder to its asker.
    private func mayAnswer(_ back: Flow) -> Bool {
        let answer = back.table
        guard answer.message.purposes.contains(back.purpose), answer.message.from.contains(back.from.kind),
            answer.fromCapacity.isEmpty
                ? !back.fromCapacities.isEmpty : !answer.fromCapacity.isDisjoint(with: back.fromCapacities)
        else { return false }
        return receiving(back) == nil && hasNeededCapacity(back)
    }

    /// The open request this message answers; nil when there is none that its sender holds for this recipient.
    func answered(by input: JudgeInput, _ message: CompiledMessage) -> OpenRequest? {
        guard message.answers != nil, input.claimsReply, let request = input.repliesTo,
            request.holder == input.sender, request.asker == input.recipient, request.purpose == input.purpose,
            input.acceptedWith != nil || input.now < request.expires
        else { return nil }
        return request
    }

    /// The decision over the fields, and the first permit that only consent is lacking for.
    private func judgeFields(
        _ judge: consuming FieldJudge, _ input: JudgeInput, _ table: MessageTable
    ) -> (decision: Decision, lacking: RuleID?) {
        var broken: Set<RuleID> = []
        var grounds: [FieldGround] = []
        var sharesAny = false
        var lacking: RuleID?
        let order = FieldOrder(input.facts, table)
        var plan = FieldPlan(capacity: order.fields.count)
        grounds.reserveCapacity(order.fields.count)
        for place in order.places {
            let (field, count) = order.fields[place]
            guard let node = table.node(field.node) else { continue }
            let verdict = judge.verdict(onNumber: node.number, about: field.subject)
            plan.set(verdict.action, for: field, silent: verdict.isSilent)
            grounds.append(verdict.ground(for: field, category: node.category, count: count))
            guard count > 0 else { continue }
            if verdict.action != .drop {
                sharesAny = true
                if !verdict.brokenGlass.isEmpty { broken.formUnion(verdict.brokenGlass) }
            }
            if lacking == nil { lacking = verdict.consentLacking }
        }
        let answer: Decision.Answer
        if sharesAny {
            answer = .share(plan)
        } else if let lacking {
            answer = .withhold(refusal("consent.required", clause: lacking))
        } else {
            answer = .withhold(Refusal(code: "rule.nothing-shared"))
        }
        var decision = Decision(answer: answer, grounds: grounds, consents: judge.looks)
        decision.brokenGlass = broken.sorted()
        return (decision, lacking)
    }

    /// The decision, or the wait that a rule puts before it. What was accepted without a wait does not begin one.
    private func held(
        _ decision: Decision, lacking: RuleID?, _ flow: Flow, _ input: JudgeInput, cutTo request: OpenRequest?,
        onlyByGlass: Bool
    ) -> Decision {
        guard input.acceptedWith == nil || input.heldSince != nil else { return decision }
        let places = flow.recipientTable.holds
        guard !places.isEmpty else { return decision }
        let waits = places.compactMap { place -> Hold? in
            let rule = flow.recipientTable.rules[place]
            guard case .hold(let terms) = rule.text.effect, flow.meets(place), speaks(rule, of: input) else {
                return nil
            }
            switch terms.until {
            case .consent: guard lacking != nil else { return nil }
            case .officer: guard !input.isReleased else { return nil }
            }
            return Hold(clause: rule.text.id, terms: terms, deadline: (input.heldSince ?? input.now) + terms.atMost)
        }
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
            wide =
                judgeFields(
                    FieldJudge(
                        index, flow: flow, input: input, cutTo: request, onlyByGlass: onlyByGlass,
                        takesConsentAsGiven: true), input, flow.table
                ).decision
        }
        guard case .share(let plan) = wide.answer else { return decision }
        result.answer = .hold(plan, hold)
        return result
    }

    private func refusal(_ code: String, clause: RuleID?) -> Refusal {
        Refusal(code: code, clause: clause, tell: rules.first { $0.id == clause }?.tell ?? [])
    }
}

extension FieldVerdict {
    fileprivate func ground(for field: FieldOccurrence, category: Category, count: Int) -> FieldGround {
        FieldGround(field: field, category: category, action: action, rules: rules, missed: missed, count: count)
    }
}

extension ConsentLook: Comparable {
    package static func < (left: ConsentLook, right: ConsentLook) -> Bool {
        (left.person, left.consent?.rawValue ?? "", left.state.rawValue)
            < (right.person, right.consent?.rawValue ?? "", right.state.rawValue)
    }
}
