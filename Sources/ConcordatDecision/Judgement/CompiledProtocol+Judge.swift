import ConcordatPayload
import ConcordatTerms

/// Floor 4, ConcordatDecision: from a compiled protocol and facts to a decision with its grounds; pure and total.
extension CompiledProtocol {
    /// The answer for one recipient, with the grounds of every field. Pure and total; includes ``admit(_:)``.
    ///
    /// Need to know comes first: a recipient without the capacity a message asks for is turned away before any consent
    /// is looked at. What no rule permits is dropped, and a prohibition beats every permission.
    package func judge(_ input: JudgeInput) -> Decision {
        let admitted: AdmittedMessage
        switch admission(of: input) {
        case .refused(let refusal): return Decision(answer: .refuse(refusal))
        case .granted(let message): admitted = message
        }
        let (table, sender) = (admitted.table, admitted.sender)
        guard let recipient = roster[input.recipient] else {
            return Decision(answer: .withhold(Refusal(code: "recipient.unknown")))
        }
        var values = ConditionValues(table.conditions, from: sender, to: recipient)
        let senders = capacities(of: sender, holding: admitted.held.sender, in: input, table, &values)
        let recipients = capacities(of: recipient, holding: admitted.held.recipient, in: input, table, &values)
        var flow = Flow(
            table, from: sender, senders, to: recipient, recipients, for: admitted.purpose,
            claimsGround: input.breakGlass != nil, values)
        if let refusal = receiving(flow) { return Decision(answer: .withhold(refusal)) }
        let areSigned = isSigned(by: input.sender) && isSigned(by: input.recipient)
        guard areSigned || reachesByGlass(&flow, input) else {
            return Decision(answer: .withhold(Refusal(code: "party.not-signed")))
        }
        // Where one of them has not signed or is nothing in the case, a claimed ground carries what its clauses name and
        // nothing else.
        let isStranger = entersByGlass(input)
        let isConcerned = areSigned && !isStranger && hasNeededCapacity(flow)
        guard isConcerned || reachesByGlass(&flow, input) else {
            return Decision(answer: .withhold(Refusal(code: isStranger ? "case.not-yours" : "recipient.no-capacity")))
        }
        if let refusal = refusalByRule(&flow, input) {
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
        let judge = FieldJudge(
            index, flow.recipientTable, people: input.people,
            fieldCount: input.facts.fields.count + input.facts.absent.count,
            cutTo: request, onlyByGlass: !isConcerned)
        var decision = judgeFields(judge, &flow, input)
        if !asking.looks.isEmpty { decision.consents = (decision.consents + asking.looks).sortedOnce() }
        if flow.recipientTable.holds.isEmpty { return decision }
        return held(decision, &flow, input, cutTo: request, onlyByGlass: !isConcerned)
    }

    /// Why the message may not go to this recipient at all: its basis, its kind.
    private func receiving(_ flow: borrowing Flow) -> Refusal? {
        guard index.bases[flow.purpose]?.contains(flow.to.kind) ?? false else {
            return Refusal(code: "purpose.no-basis")
        }
        guard flow.table.to.contains(flow.to.kind) else { return Refusal(code: "message.not-to-them") }
        return nil
    }

    private func hasNeededCapacity(_ flow: borrowing Flow) -> Bool {
        flow.table.toCapacity.isEmpty || !flow.table.toCapacity.isDisjoint(with: flow.toCapacities)
    }

    /// Whether a claimed ground lets something go to a recipient without any capacity in the case.
    private func reachesByGlass(_ flow: inout Flow, _ input: JudgeInput) -> Bool {
        let glass = flow.recipientTable.glass
        return input.breakGlass != nil && flow.meets(anyOf: glass, input)
    }

    /// The first rule that refuses the message; everyone that any such rule wants told is told.
    private func refusalByRule(_ flow: inout Flow, _ input: JudgeInput) -> Refusal? {
        let table = flow.recipientTable
        var clause: RuleID?
        var tell: [String] = []
        for rules in table.refusals {
            for bit in BitPlaces(flow.standing(of: rules, input).applying) {
                let rule = table.rules[rules.word * 64 + bit]
                guard speaks(rule, of: input) else { continue }
                clause = clause ?? rule.text.id
                for one in rule.text.tell where !tell.contains(one) { tell.append(one) }
            }
        }
        return clause.map { Refusal(code: "rule.refused", clause: $0, tell: tell) }
    }

    /// Whether a rule about a whole message is about someone it speaks of: in fields, in what it asks for, or by mentioning
    /// them.
    func speaks(_ rule: IndexedRule, of input: JudgeInput) -> Bool {
        guard let about = rule.about else { return true }
        func isMeant(_ subject: FieldSubject) -> Bool {
            switch subject {
            case .nobody: about.contains(SubjectNumbers.nobody)
            case .role(let role): about.contains(index.subjects[role])
            case .person: false
            }
        }
        return input.people.contains { $0.roles.contains { about.contains(index.subjects[$0]) } }
            || input.facts.fields.keys.contains { isMeant($0.subject) }
            || input.facts.asked.contains { isMeant($0.subject) }
    }

    /// Asking is judged as receiving: each item as a field of the answer, on its way from the holder back to the asker.
    private func judgeAsking(
        _ flow: borrowing Flow, _ input: JudgeInput
    ) -> (refusal: Refusal?, looks: [ConsentLook]) {
        guard !input.facts.asked.isEmpty else { return (nil, []) }
        guard let answer = flow.table.message.answeredBy.flatMap({ index.messages[$0] }) else {
            return (Refusal(code: "request.not-permitted"), [])
        }
        // Nobody claims a ground for an answer that is not written yet.
        var back = Flow(
            answer, from: flow.to, flow.toCapacities, to: flow.from, flow.fromCapacities, for: flow.purpose,
            claimsGround: false,
            ConditionValues(answer.conditions, from: flow.to, to: flow.from, isAnswer: true))
        guard mayAnswer(back) else { return (Refusal(code: "request.not-permitted"), []) }
        if let refused = refusalByRule(&back, input) {
            return (Refusal(code: "request.not-permitted", clause: refused.clause, tell: refused.tell), [])
        }
        var judge = FieldJudge(
            index, back.recipientTable, people: input.people, fieldCount: input.facts.asked.count, cutTo: nil)
        var failing: [FieldVerdict] = []
        for item in input.facts.asked.sorted(by: { ($0.category, $0.subject) < ($1.category, $1.subject) }) {
            // No rule speaks of a category that the text does not know.
            guard let category = index.categories.known(item.category) else { failing.append(FieldVerdict()); continue }
            let verdict = judge.verdicts[judge.verdict(on: category, about: item.subject, &back, input)]
            if verdict.action == .drop { failing.append(verdict) }
        }
        let looks = judge.consents.looks(input)
        guard let first = failing.first else { return (nil, looks) }
        if let hopeless = failing.first(where: { $0.consentLacking == nil }) {
            return (back.recipientTable.refusal("request.not-permitted", clause: hopeless.clause), looks)
        }
        return (back.recipientTable.refusal("consent.required", clause: first.clause), looks)
    }

    /// Whether the answer to a request could be sent at all, from its holder to its asker.
    private func mayAnswer(_ back: borrowing Flow) -> Bool {
        let answer = back.table
        guard answer.purposes.contains(back.purpose), answer.from.contains(back.from.kind),
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

    /// The decision over the fields.
    func judgeFields(_ judge: consuming FieldJudge, _ flow: inout Flow, _ input: JudgeInput) -> Decision {
        var order = FieldOrder(input.facts.fields, absent: input.facts.absent, flow.table)
        for number in 0..<order.count {
            let place = order.place(number)
            order.fields[place].verdict = judge.verdict(
                on: order.fields[place].category, about: order.fields[place].occurrence.subject, &flow, input)
        }
        // Verdicts first: then the lists that the grounds are parts of are whole.
        let found = FieldFindings(order, judge.verdicts, judge.lists, index)
        let answer: Decision.Answer
        if found.sharesAny {
            order.sortByNode()
            answer = .share(FieldFindings.plan(order, judge.verdicts))
        } else if let lacking = found.consentLacking {
            answer = .withhold(flow.recipientTable.refusal("consent.required", clause: lacking))
        } else {
            answer = .withhold(Refusal(code: "rule.nothing-shared"))
        }
        var decision = Decision(answer: answer, grounds: found.grounds, consents: judge.consents.looks(input))
        if !found.brokenGlass.isEmpty { decision.brokenGlass = found.brokenGlass.sorted() }
        return decision
    }
}

/// What the verdicts on the fields of a message come to.
private struct FieldFindings {
    private(set) var grounds: [FieldGround] = []
    private(set) var brokenGlass: Set<RuleID> = []
    private(set) var sharesAny = false
    /// The first permit that only consent is lacking for, by place.
    private(set) var consentLacking: Int32?

    init(_ order: FieldOrder, _ verdicts: [FieldVerdict], _ lists: VerdictLists, _ index: JudgeIndex) {
        grounds.reserveCapacity(order.count)
        for number in 0..<order.count {
            let place = order.place(number)
            let count = order.fields[place].count
            let verdict = verdicts[order.fields[place].verdict]
            grounds.append(
                FieldGround(
                    field: order.fields[place].occurrence,
                    category: index.categories.names[order.fields[place].category],
                    action: verdict.action, rules: lists.rules[verdict.rules.range],
                    missed: lists.missed[verdict.missed.range],
                    count: count))
            guard count > 0 else { continue }
            if verdict.action != .drop {
                sharesAny = true
                let clauses = verdict.brokenGlass.range
                if !clauses.isEmpty { brokenGlass.formUnion(lists.brokenGlass[clauses]) }
            }
            if consentLacking == nil { consentLacking = verdict.consentLacking }
        }
    }

    static func plan(_ order: FieldOrder, _ verdicts: [FieldVerdict]) -> FieldPlan {
        var entries: [FieldPlan.Entry] = []
        entries.reserveCapacity(order.count)
        for number in 0..<order.count {
            let place = order.place(number)
            let verdict = verdicts[order.fields[place].verdict]
            entries.append(
                FieldPlan.Entry(
                    field: order.fields[place].occurrence, action: verdict.action, isSilent: verdict.isSilent))
        }
        return FieldPlan(entries)
    }
}

extension ConsentLook: Comparable {
    package static func < (left: ConsentLook, right: ConsentLook) -> Bool {
        if left.person != right.person { return left.person < right.person }
        if left.consent != right.consent { return (left.consent?.rawValue ?? "") < (right.consent?.rawValue ?? "") }
        return left.state.rawValue < right.state.rawValue
    }
}
