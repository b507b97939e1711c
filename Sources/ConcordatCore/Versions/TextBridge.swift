import ConcordatDecision
import ConcordatPayload
import ConcordatTerms

/// Judges by one text what was read by the schema of another.
///
/// Fields are the same when path, category and whom they can be about are. What the judging text does not know, the message or a path of it, does
/// not pass: it was never agreed to there.
struct TextBridge {
    /// The message as it was read.
    let read: CompiledMessage
    /// The text that judges.
    let text: CompiledProtocol

    /// The answer over the fields as they were read.
    func judge(_ input: JudgeInput, without stopped: Set<Category>) -> Decision {
        guard let message = text.messages[read.name] else {
            return Decision(answer: .withhold(Refusal(code: "message.unknown-type")))
        }
        var crossing = Crossing(from: read.schema, to: message.schema)
        var theirs = input
        theirs.facts.fields = [:]
        theirs.facts.absent = []
        for (field, count) in input.facts.fields {
            if let there = crossing.there(field) { theirs.facts.fields[there] = count }
        }
        for field in input.facts.absent {
            if let there = crossing.there(field) { theirs.facts.absent.insert(there) }
        }
        return back(text.judge(theirs, without: stopped), facts: input.facts, &crossing)
    }

    private func back(_ decision: Decision, facts: MessageFacts, _ crossing: inout Crossing) -> Decision {
        var result = decision
        switch decision.answer {
        case .share(let plan): result.answer = .share(self.plan(plan, facts, &crossing))
        case .hold(let plan, let hold): result.answer = .hold(self.plan(plan, facts, &crossing), hold)
        case .withhold, .refuse: return decision
        }
        let grounds = Dictionary(decision.grounds.map { ($0.field, $0) }, uniquingKeysWith: { first, _ in first })
        result.grounds = fields(of: facts).map { field, count in
            let ground = crossing.there(field).flatMap { grounds[$0] }
            return FieldGround(
                field: field, category: read.schema.category(of: field.node), action: ground?.action ?? .drop,
                rules: ground?.rules ?? [], missed: ground?.missed ?? [], count: count)
        }
        result.brokenGlass = result.brokenGlassLeft
        return result
    }

    /// What the judging text would move in the case for these recipients; nothing where it does not know the message.
    func moves(of input: JudgeInput, acceptedRecipients: [PartyID]) -> CaseMoves {
        // Facts and parties go by their paths, which either text may have or not; fields move nothing.
        text.moves(of: input, acceptedRecipients: acceptedRecipients)
    }

    private func plan(_ theirs: FieldPlan, _ facts: MessageFacts, _ crossing: inout Crossing) -> FieldPlan {
        var plan = FieldPlan()
        let silent = theirs.silent
        for (field, _) in fields(of: facts) {
            guard let there = crossing.there(field) else {
                plan.set(.drop, for: field)
                continue
            }
            let action = theirs.action(for: there)
            let isAble = action == .keep || action == .drop || read.schema.allowsTransform(action, at: field.node)
            plan.set(isAble ? action : .drop, for: field, silent: silent.contains(there))
        }
        return plan
    }

    /// Every field that is there or was left out, in the order of a decision's grounds.
    private func fields(of facts: MessageFacts) -> [(FieldOccurrence, Int)] {
        let absent = facts.absent.filter { facts.fields[$0] == nil }.map { ($0, 0) }
        return (facts.fields.map { ($0.key, $0.value) } + absent).sorted { left, right in
            let (leftPath, rightPath) = (read.schema.path(of: left.0.node), read.schema.path(of: right.0.node))
            return leftPath == rightPath ? left.0.subject < right.0.subject : leftPath < rightPath
        }
    }

    /// Which node of one schema is which of another.
    private struct Crossing {
        let from: MessageSchema
        let to: MessageSchema
        private var known: [NodeIndex: NodeIndex?] = [:]

        init(from: MessageSchema, to: MessageSchema) { (self.from, self.to) = (from, to) }

        mutating func there(_ field: FieldOccurrence) -> FieldOccurrence? {
            if known[field.node] == nil { known.updateValue(find(field.node), forKey: field.node) }
            return (known[field.node] ?? nil).map { FieldOccurrence(node: $0, subject: field.subject) }
        }

        private func find(_ node: NodeIndex) -> NodeIndex? {
            guard let found = to.node(at: from.path(of: node)), to.isField(found),
                to.isContainer(found) == from.isContainer(node), to.category(of: found) == from.category(of: node),
                isAboutTheSame(to.possibleSubjects(of: found), from.possibleSubjects(of: node))
            else { return nil }
            return found
        }

        /// The roles of people come with the message; only what the schema itself says must agree.
        private func isAboutTheSame(_ left: SubjectKind, _ right: SubjectKind) -> Bool {
            if case .person = left, case .person = right { return true }
            return left == right
        }
    }
}

extension Decision {
    /// What both let pass, field by field: of two transforms that differ, neither.
    ///
    /// Both are over the same fields. The rules stay those of this one, but for what the other takes away.
    func met(by other: Decision) -> Decision {
        let (ours, theirs): (FieldPlan, FieldPlan)
        switch (answer, other.answer) {
        case (.share(let left), .share(let right)), (.share(let left), .hold(let right, _)),
            (.hold(let left, _), .share(let right)), (.hold(let left, _), .hold(let right, _)):
            (ours, theirs) = (left, right)
        case (.withhold, _), (.refuse, _): return self
        case (_, .withhold), (_, .refuse): return other
        }
        let cut = FieldPlanCut(ours) { field, action in
            let limit = theirs.action(for: field)
            return action == limit || limit == .keep ? action : action == .keep ? limit : .drop
        }
        var result = self
        switch (answer, other.answer) {
        case (.hold(_, let hold), _), (_, .hold(_, let hold)): result.answer = .hold(cut.plan, hold)
        default: result.answer = .share(cut.plan)
        }
        let grounds = Dictionary(other.grounds.map { ($0.field, $0) }, uniquingKeysWith: { first, _ in first })
        result.grounds = self.grounds.map { ground in
            let action = cut.plan.action(for: ground.field)
            guard action != ground.action else { return ground }
            return FieldGround(
                field: ground.field, category: ground.category, action: action,
                rules: grounds[ground.field]?.rules ?? [], missed: ground.missed, count: ground.count)
        }
        result.brokenGlass = Set(brokenGlass + other.brokenGlass).sorted()
        result.brokenGlass = result.brokenGlassLeft
        return result
    }
}

extension CaseMoves {
    /// What a message of the version before moves beside the one in force: capacities that both grant, and the ends and flags
    /// of either. What it asks for and answers is of its own text.
    func met(by other: CaseMoves) -> CaseMoves {
        var result = self
        result.grants = grants.filter { one in
            other.grants.contains { $0.party == one.party && $0.capacity == one.capacity }
        }
        // Whose capacity would only have passed to somebody who does not get it keeps it.
        let refused = Set(grants.map(\.capacity)).subtracting(result.grants.map(\.capacity))
        result.ends = Set(ends.filter { !refused.contains($0.capacity) } + other.ends).sorted()
        for (flag, values) in other.flags { result.flags[flag, default: []].formUnion(values) }
        return result
    }
}
