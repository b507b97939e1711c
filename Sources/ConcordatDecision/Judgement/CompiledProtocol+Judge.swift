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
        let flow = Flow(
            message: input.message, from: sender, fromCapacities: nominees.capacities(of: sender.id), to: recipient,
            toCapacities: nominees.capacities(of: recipient.id), purpose: input.purpose,
            facts: conditionFacts(of: input, to: recipient.id))
        if let refusal = receiving(flow, message) { return Decision(answer: .withhold(refusal)) }
        if let refusal = refusalByRule(flow, mentioning: subjects(of: input)) {
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
        return judgeFields(flow, input, cutTo: request, looks: asking.looks)
    }

    /// Why the message may not go to this recipient at all: its basis, its kind, its capacity.
    private func receiving(_ flow: Flow, _ message: CompiledMessage) -> Refusal? {
        guard purposes[flow.purpose]?.basis[flow.to.kind] != nil else { return Refusal(code: "purpose.no-basis") }
        guard message.to.contains(flow.to.kind) else { return Refusal(code: "message.not-to-them") }
        guard message.toCapacity.isEmpty || !message.toCapacity.isDisjoint(with: flow.toCapacities) else {
            return Refusal(code: "recipient.no-capacity")
        }
        return nil
    }

    /// The first rule that refuses the message; everyone that any such rule wants told is told.
    private func refusalByRule(_ flow: Flow, mentioning subjects: [CompiledRule.Subject]) -> Refusal? {
        let refusing = (index.messages[flow.message]?.refusals ?? []).lazy.map { rules[$0] }
            .filter { $0.speaks(ofAnyOf: subjects) && flow.meets($0) }
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
                recipientSpecialities: flow.facts.senderSpecialities))
        guard mayAnswer(back, answer) else { return (Refusal(code: "request.not-permitted"), []) }
        let asked = input.facts.asked.sorted { ($0.category, $0.subject) < ($1.category, $1.subject) }
        let subjects = subjects(of: input)
        if let refused = refusalByRule(back, mentioning: subjects) {
            return (Refusal(code: "request.not-permitted", clause: refused.clause, tell: refused.tell), [])
        }
        var judge = FieldJudge(self, flow: back, input: input, cutTo: nil)
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
        return receiving(back, answer) == nil
    }

    /// The open request this message answers; nil when there is none that its sender holds for this recipient.
    func answered(by input: JudgeInput, _ message: CompiledMessage) -> OpenRequest? {
        guard message.answers != nil, input.claimsReply, let request = input.repliesTo,
            request.holder == input.sender, request.asker == input.recipient, request.purpose == input.purpose,
            input.acceptedWith != nil || input.now < request.expires
        else { return nil }
        return request
    }

    private func judgeFields(
        _ flow: Flow, _ input: JudgeInput, cutTo request: OpenRequest?, looks: Set<ConsentLook>
    ) -> Decision {
        var judge = FieldJudge(self, flow: flow, input: input, cutTo: request)
        let nodes = index.messages[flow.message]?.nodes ?? [:]
        var plan = FieldPlan()
        var grounds: [(rank: Int, ground: FieldGround)] = []
        grounds.reserveCapacity(input.facts.fields.count + input.facts.absent.count)
        var sharesAny = false
        var lacking: (rank: Int, subject: FieldSubject, clause: RuleID)?
        func decide(_ field: FieldOccurrence, count: Int) {
            // A plan drops what it does not name, so a node that is no field of this schema cannot pass.
            guard let node = nodes[field.node] else { return }
            let verdict = judge.verdict(on: node.category, about: field.subject)
            plan.set(verdict.action, for: field, silent: verdict.isSilent)
            grounds.append((node.rank, verdict.ground(for: field, category: node.category, count: count)))
            guard count > 0 else { return }
            if verdict.action != .drop { sharesAny = true }
            if let clause = verdict.consentLacking,
                lacking.map({ (node.rank, field.subject) < ($0.rank, $0.subject) }) ?? true
            {
                lacking = (node.rank, field.subject, clause)
            }
        }
        for (field, count) in input.facts.fields { decide(field, count: count) }
        for field in input.facts.absent where input.facts.fields[field] == nil { decide(field, count: 0) }
        grounds.sort { ($0.rank, $0.ground.field.subject) < ($1.rank, $1.ground.field.subject) }
        let answer: Decision.Answer
        if sharesAny {
            answer = .share(plan)
        } else if let lacking {
            answer = .withhold(refusal("consent.required", clause: lacking.clause))
        } else {
            answer = .withhold(Refusal(code: "rule.nothing-shared"))
        }
        return Decision(
            answer: answer, grounds: grounds.map(\.ground), consents: judge.looks.union(looks).sorted())
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
