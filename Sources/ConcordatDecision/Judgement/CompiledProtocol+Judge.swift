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
        guard let message = messages[input.message], let sender = parties[input.sender] else {
            preconditionFailure("admitted a message or sender that the protocol does not know")
        }
        guard let recipient = parties[input.recipient] else {
            return Decision(answer: .withhold(Refusal(code: "recipient.unknown")))
        }
        let nominees = CapacityNominees(text: self, input: input)
        let named = nominees.byCapacity(for: [recipient.id])
        let flow = Flow(
            message: input.message, from: sender, fromCapacities: nominees.capacities(of: sender.id, named),
            to: recipient,
            toCapacities: nominees.capacities(of: recipient.id, named), purpose: input.purpose,
            facts: conditionFacts(of: input, to: recipient.id))
        if let refusal = receiving(flow, message) { return Decision(answer: .withhold(refusal)) }
        let areSigned = isSigned(by: sender.id) && isSigned(by: recipient.id)
        guard areSigned || reachesByGlass(flow) else {
            return Decision(answer: .withhold(Refusal(code: "party.not-signed")))
        }
        // Where one of them has not signed, a claimed ground carries what its clauses name and nothing else.
        let isConcerned = areSigned && hasNeededCapacity(flow, message)
        guard isConcerned || reachesByGlass(flow) else {
            return Decision(answer: .withhold(Refusal(code: "recipient.no-capacity")))
        }
        if let refusal = refusalByRule(flow, input) {
            return Decision(answer: .refuse(refusal))
        }
        let asking = judgeAsking(flow, message, input)
        if let refusal = asking.refusal {
            return Decision(answer: .refuse(refusal), consents: asking.looks.sorted())
        }
        var request: OpenRequest?
        if message.answers != nil || input.claimsReply {
            request = answered(by: input, message)
            guard request != nil else {
                return Decision(
                    answer: .withhold(Refusal(code: "request.unknown")), consents: asking.looks.sorted())
            }
        }
        let judged = judgeFields(
            FieldJudge(index, flow: flow, input: input, cutTo: request, onlyByGlass: !isConcerned), input)
        var decision = judged.decision
        decision.consents = Set(decision.consents).union(asking.looks).sorted()
        return held(decision, lacking: judged.lacking, flow, input, cutTo: request)
    }

    /// Why the message may not go to this recipient at all: its basis, its kind.
    private func receiving(_ flow: Flow, _ message: CompiledMessage) -> Refusal? {
        guard purposes[flow.purpose]?.basis[flow.to.kind] != nil else { return Refusal(code: "purpose.no-basis") }
        guard message.to.contains(flow.to.kind) else { return Refusal(code: "message.not-to-them") }
        return nil
    }

    private func hasNeededCapacity(_ flow: Flow, _ message: CompiledMessage) -> Bool {
        message.toCapacity.isEmpty || !message.toCapacity.isDisjoint(with: flow.toCapacities)
    }

    /// Whether a claimed ground lets something go to a recipient without any capacity in the case.
    private func reachesByGlass(_ flow: Flow) -> Bool {
        flow.facts.ground != nil && rules.contains { $0.isBreakGlass && flow.meets($0) }
    }

    /// The first rule that refuses the message; everyone that any such rule wants told is told.
    private func refusalByRule(_ flow: Flow, _ input: JudgeInput) -> Refusal? {
        let places = index.messages[flow.message]?.refusals ?? []
        guard !places.isEmpty else { return nil }
        let rules = index.rules
        let subjects = subjects(of: input)
        let refusing = places.map { rules[$0].text }.filter { $0.speaks(ofAnyOf: subjects) && flow.meets($0) }
        guard let first = refusing.first else { return nil }
        var told: Set<String> = []
        return Refusal(
            code: "rule.refused", clause: first.id, tell: refusing.flatMap(\.tell).filter { told.insert($0).inserted })
    }

    /// Whom a message speaks of, in fields, in what it asks for, or by mentioning them.
    private func subjects(of input: JudgeInput) -> [CompiledRule.Subject] {
        var subjects: Set<CompiledRule.Subject> = []
        func add(_ subject: FieldSubject) {
            switch subject {
            case .nobody: subjects.insert(.nobody)
            case .role(let role): subjects.insert(.role(role))
            case .person: break
            }
        }
        for field in input.facts.fields.keys { add(field.subject) }
        for item in input.facts.asked { add(item.subject) }
        for person in input.people { subjects.formUnion(person.roles.map { .role($0) }) }
        return Array(subjects)
    }

    /// Asking is judged as receiving: each item as a field of the answer, on its way from the holder back to the asker.
    private func judgeAsking(
        _ flow: Flow, _ message: CompiledMessage, _ input: JudgeInput
    ) -> (refusal: Refusal?, looks: Set<ConsentLook>) {
        guard !input.facts.asked.isEmpty else { return (nil, []) }
        guard let answer = message.answeredBy.flatMap({ messages[$0] }) else {
            return (Refusal(code: "request.not-permitted"), [])
        }
        let back = Flow(
            message: answer.name, from: flow.to, fromCapacities: flow.toCapacities, to: flow.from,
            toCapacities: flow.fromCapacities, purpose: flow.purpose,
            // What the answer will say is not known yet, and the request's own facts are not the answer's.
            facts: ConditionFacts(
                fields: [:], flags: flow.facts.flags, senderSpecialities: flow.facts.recipientSpecialities,
                recipientSpecialities: flow.facts.senderSpecialities, senderKind: flow.facts.recipientKind,
                recipientKind: flow.facts.senderKind, counts: flow.facts.counts, today: flow.facts.today))
        guard mayAnswer(back, answer) else { return (Refusal(code: "request.not-permitted"), []) }
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
    private func mayAnswer(_ back: Flow, _ answer: CompiledMessage) -> Bool {
        guard answer.purposes.contains(back.purpose), answer.from.contains(back.from.kind),
            answer.fromCapacity.isEmpty
                ? !back.fromCapacities.isEmpty : !answer.fromCapacity.isDisjoint(with: back.fromCapacities)
        else { return false }
        return receiving(back, answer) == nil && hasNeededCapacity(back, answer)
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
    private func judgeFields(_ judge: FieldJudge, _ input: JudgeInput) -> (decision: Decision, lacking: RuleID?) {
        var judge = judge
        var plan = FieldPlan()
        var broken: Set<RuleID> = []
        var grounds: [FieldGround] = []
        var sharesAny = false
        var lacking: RuleID?
        let fields = fieldsInOrder(of: input)
        grounds.reserveCapacity(fields.count)
        for (node, field, count) in fields {
            let verdict = judge.verdict(onNumber: node.number, about: field.subject)
            plan.set(verdict.action, for: field, silent: verdict.isSilent)
            grounds.append(verdict.ground(for: field, category: node.category, count: count))
            guard count > 0 else { continue }
            if verdict.action != .drop {
                sharesAny = true
                broken.formUnion(verdict.brokenGlass)
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
        var decision = Decision(answer: answer, grounds: grounds, consents: judge.looks.sorted())
        decision.brokenGlass = broken.sorted()
        return (decision, lacking)
    }

    /// The decision, or the wait that a rule puts before it. What was accepted without a wait does not begin one.
    private func held(
        _ decision: Decision, lacking: RuleID?, _ flow: Flow, _ input: JudgeInput, cutTo request: OpenRequest?
    ) -> Decision {
        guard input.acceptedWith == nil || input.heldSince != nil else { return decision }
        let places = index.messages[flow.message]?.holds ?? []
        guard !places.isEmpty else { return decision }
        let subjects = subjects(of: input)
        let waits = places.compactMap { place -> Hold? in
            let rule = index.rules[place].text
            guard case .hold(let terms) = rule.effect, rule.speaks(ofAnyOf: subjects), flow.meets(rule) else {
                return nil
            }
            switch terms.until {
            case .consent: guard lacking != nil else { return nil }
            case .officer: guard !input.isReleased else { return nil }
            }
            return Hold(clause: rule.id, terms: terms, deadline: (input.heldSince ?? input.now) + terms.atMost)
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
                    FieldJudge(index, flow: flow, input: input, cutTo: request, takesConsentAsGiven: true), input
                ).decision
        }
        guard case .share(let plan) = wide.answer else { return decision }
        result.answer = .hold(plan, hold)
        return result
    }

    /// The fields that are there, and those left out with a count of 0, by data path and subject.
    ///
    /// A node that is no field of the message's schema is not among them: a plan drops what it does not name.
    private func fieldsInOrder(of input: JudgeInput) -> [(node: JudgeIndex.Node, field: FieldOccurrence, count: Int)] {
        let nodes = index.messages[input.message]?.nodes ?? [:]
        var fields: [(node: JudgeIndex.Node, field: FieldOccurrence, count: Int)] = []
        fields.reserveCapacity(input.facts.fields.count + input.facts.absent.count)
        for (field, count) in input.facts.fields {
            if let node = nodes[field.node] { fields.append((node, field, count)) }
        }
        for field in input.facts.absent where input.facts.fields[field] == nil {
            if let node = nodes[field.node] { fields.append((node, field, 0)) }
        }
        fields.sort { left, right in
            left.node.rank == right.node.rank
                ? left.field.subject < right.field.subject : left.node.rank < right.node.rank
        }
        return fields
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
