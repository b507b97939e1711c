package import ConcordatDecision
import ConcordatPayload
package import ConcordatTerms

/// The protocol's meaning a second time: plain and slow, rule by rule, sharing no logic with the judge it checks.
package struct NaiveJudge {
    let text: CompiledProtocol
    let input: JudgeInput
    var looks: Set<ConsentLook> = []
    /// Everyone is taken to have consented.
    var everyoneConsents = false
    /// The recipient has nothing to do with the case.
    var isByGlass = false

    /// Nothing is judged yet.
    package init(_ text: CompiledProtocol, _ input: JudgeInput) { (self.text, self.input) = (text, input) }

    /// The decision, as the judge would make it.
    package mutating func decide() -> Decision {
        if let code = wholeMessageFault() { return Decision(answer: .refuse(Refusal(code: code))) }
        let message = text.messages[input.message]!
        let sender = text.parties[input.sender]!
        func withhold(_ code: String) -> Decision {
            Decision(answer: .withhold(Refusal(code: code)), consents: sorted())
        }
        guard let recipient = text.parties[input.recipient] else { return withhold("recipient.unknown") }
        if text.purposes[input.purpose]!.basis[recipient.kind] == nil { return withhold("purpose.no-basis") }
        if !message.to.contains(recipient.kind) { return withhold("message.not-to-them") }
        let theirs = capacities(recipient.id)
        let areSigned = text.signed == nil || text.signed!.contains(sender.id) && text.signed!.contains(recipient.id)
        if !areSigned { isByGlass = true }
        let isStranger = input.acceptedWith == nil && !input.isNewCase && isOutsider(message)
        if isStranger { isByGlass = true }
        if !message.toCapacity.isEmpty && message.toCapacity.intersection(theirs).isEmpty {
            isByGlass = true
        }
        let here = Way(name: input.message, from: sender, to: recipient, fields: input.facts.facts)
        if isByGlass, !text.rules.contains(where: { $0.isBreakGlass && lack($0, here) == .nothing }) {
            return withhold(!areSigned ? "party.not-signed" : isStranger ? "case.not-yours" : "recipient.no-capacity")
        }
        let refusing = text.rules.filter { $0.effect == .refuseMessage && lack($0, here) == .nothing && mentioned($0) }
        if let first = refusing.first {
            var tell: [String] = []
            for one in refusing.flatMap(\.tell) where !tell.contains(one) { tell.append(one) }
            return Decision(answer: .refuse(Refusal(code: "rule.refused", clause: first.id, tell: tell)))
        }
        if !input.facts.asked.isEmpty, let refusal = asking(message, sender, recipient) {
            return Decision(answer: .refuse(refusal), consents: sorted())
        }
        if (message.answers != nil || input.claimsReply) && !repliesProperly(message) {
            return withhold("request.unknown")
        }
        return waiting(fields(here, message, isReply: message.answers != nil), here, message)
    }

    /// Rules that let a message wait, asked last.
    func waiting(_ decision: Decision, _ way: Way, _ message: CompiledMessage) -> Decision {
        if input.acceptedWith != nil && input.heldSince == nil { return decision }
        var result = decision
        var waits: [Hold] = []
        for rule in text.rules {
            guard case .hold(let terms) = rule.effect, lack(rule, way) == .nothing, mentioned(rule) else { continue }
            if terms.until == .consent && !wantsConsent(way, message, isReply: message.answers != nil) { continue }
            if terms.until == .officer && input.isReleased { continue }
            let since = input.heldSince ?? input.now
            waits.append(Hold(clause: rule.id, terms: terms, deadline: since + terms.atMost))
        }
        for wait in waits where wait.deadline <= input.now && wait.terms.then == .withhold {
            result.answer = .withhold(Refusal(code: "hold.expired", clause: wait.clause))
            return result
        }
        waits.removeAll { $0.deadline <= input.now }
        guard var chosen = waits.first else { return decision }
        for wait in waits.reversed() where wait.terms.until == .officer { chosen = wait }
        var widest = decision
        if waits.contains(where: { $0.terms.until == .consent }) {
            var generous = self
            generous.everyoneConsents = true
            widest = generous.fields(way, message, isReply: message.answers != nil)
        }
        var plans: [FieldPlan] = []
        for case .share(let plan) in [widest.answer, decision.answer] { plans.append(plan) }
        if plans.isEmpty { return result }
        var either = plans[0]
        for field in Set(input.facts.fields.keys).union(input.facts.absent) {
            let passing = plans.first { $0.action(for: field) != .drop }
            guard let passing, passing != plans[0] else { continue }
            either.set(passing.action(for: field), for: field, silent: passing.silent.contains(field))
        }
        result.answer = .hold(either, chosen)
        return result
    }

    /// Whether the sender may claim the ground it claims.
    var claimsWell: Bool {
        guard let ground = input.breakGlass, text.breakGlass?.grounds[ground] != nil,
            let sender = text.parties[input.sender]
        else { return false }
        return text.rules.contains { rule in
            guard rule.isBreakGlass, case .all(let parts) = rule.when else { return false }
            return parts.contains { part in
                if case .test(.ground, .containsAny(let grounds)) = part { grounds.contains(ground) } else { false }
            } && (rule.messages == nil || rule.messages!.contains(input.message))
                && (rule.from == nil || rule.from!.contains(sender.kind))
                && (rule.purposes == nil || rule.purposes!.contains(input.purpose))
        }
    }

    /// Period, message, purpose, basis, kind, case, capacities given: in the order of the contract.
    func wholeMessageFault() -> String? {
        let claimsWell = claimsWell
        if !claimsWell && input.now.date < text.period.from { return "protocol.not-yet" }
        if !claimsWell && input.now.date > text.period.until { return "protocol.lapsed" }
        if !claimsWell, let signed = text.signed, !signed.contains(input.sender) { return "party.not-signed" }
        guard let message = text.messages[input.message] else { return "message.unknown-type" }
        guard let purpose = text.purposes[input.purpose] else { return "purpose.unknown" }
        if !message.purposes.contains(input.purpose) { return "purpose.no-basis" }
        guard let sender = text.parties[input.sender] else { return "message.not-from-you" }
        if purpose.basis[sender.kind] == nil { return "purpose.no-basis" }
        if !message.from.contains(sender.kind) { return "message.not-from-you" }
        if input.breakGlass != nil && !claimsWell { return "break-glass.not-permitted" }
        if input.acceptedWith != nil { return nil }
        if input.isNewCase {
            if !message.opensCase { return "case.not-yours" }
        } else {
            // Who names a case may break glass into it.
            if isOutsider(message) && (!claimsWell || input.caseFacts.id == nil) { return "case.not-yours" }
        }
        return capacityFault(message)
    }

    /// Whether the sender has nothing in the case that lets it send such a message.
    func isOutsider(_ message: CompiledMessage) -> Bool {
        let held = text.capacities.keys.filter { holds(input.sender, $0) }
        return held.isEmpty || !message.fromCapacity.isEmpty && message.fromCapacity.intersection(held).isEmpty
    }

    func capacityFault(_ message: CompiledMessage) -> String? {
        let reachable = Set(input.recipients + [input.recipient]).filter { party in
            text.parties[party] != nil && message.to.contains(text.parties[party]!.kind)
        }
        for (name, capacity) in text.capacities.sorted(by: { $0.key < $1.key }) {
            for grant in capacity.grants where grant.message == input.message {
                guard case .field(let path) = grant.holder, reachable.contains(where: { met(grant.when, $0) })
                else { continue }
                let named = input.facts.parties[path] ?? []
                if named.contains(input.sender) && !holds(input.sender, name) { return "capacity.self-granted" }
                if named.contains(where: { !mayHold($0, name) }) { return "capacity.not-a-party" }
            }
        }
        for (name, capacity) in text.capacities where capacity.exclusive {
            if Set(reachable.flatMap { granted(name, recipient: $0) }).count > 1 { return "capacity.exclusive" }
        }
        return nil
    }

    // MARK: Capacities

    func holds(_ party: PartyID, _ capacity: Capacity) -> Bool {
        input.caseFacts.capacities.contains { holding in
            holding.party == party && holding.capacity == capacity && holding.from <= input.now
                && (holding.until == nil || holding.until! > input.now)
        }
    }

    func mayHold(_ party: PartyID, _ name: Capacity) -> Bool {
        guard let roster = text.parties[party] else { return false }
        return text.capacities[name]!.kinds.isEmpty || text.capacities[name]!.kinds.contains(roster.kind)
    }

    func granted(_ name: Capacity, recipient: PartyID) -> Set<PartyID> {
        var parties: Set<PartyID> = []
        for grant in text.capacities[name]!.grants where grant.message == input.message && met(grant.when, recipient) {
            switch grant.holder {
            case .sender: parties.insert(input.sender)
            case .recipient: parties.insert(recipient)
            case .everyone: break
            case .field(let path): parties.formUnion(input.facts.parties[path] ?? [])
            }
        }
        return parties.filter { mayHold($0, name) }
    }

    /// What a party holds, with what the message gives it.
    package func capacities(_ party: PartyID) -> Set<Capacity> {
        Set(
            text.capacities.keys.filter { name in
                if holds(party, name) { return true }
                if let moves = input.acceptedWith {
                    return moves.ends.contains { $0.party == party && $0.capacity == name }
                }
                return granted(name, recipient: input.recipient).contains(party)
            })
    }

    // MARK: Rules

    struct Way {
        let name: MessageName, from: RosterParty, to: RosterParty, fields: [String: Set<String>]
        var isAnswer = false
    }
    enum Lack { case nothing, elsewhere, capacity, condition }

    func lack(_ rule: CompiledRule, _ way: Way) -> Lack {
        if let messages = rule.messages, !messages.contains(way.name) { return .elsewhere }
        if let from = rule.from, !from.contains(way.from.kind) { return .elsewhere }
        if let senders = rule.fromParties, !senders.contains(way.from.id) { return .elsewhere }
        if let to = rule.to, !to.contains(way.to.kind) { return .elsewhere }
        if let purposes = rule.purposes, !purposes.contains(input.purpose) { return .elsewhere }
        if rule.isBreakGlass && (way.isAnswer || input.breakGlass == nil) { return .elsewhere }
        if let needed = rule.fromCapacity, needed.intersection(capacities(way.from.id)).isEmpty { return .capacity }
        if let needed = rule.toCapacity, needed.intersection(capacities(way.to.id)).isEmpty { return .capacity }
        if let when = rule.when, !holds(when, way) { return .condition }
        return .nothing
    }

    /// Whether a condition holds when the message goes to that recipient.
    package func met(_ when: Condition?, _ recipient: PartyID) -> Bool {
        guard let when else { return true }
        let nobody = RosterParty(id: recipient, title: "", kind: "k0", specialities: [])
        let way = Way(
            name: input.message, from: text.parties[input.sender]!, to: text.parties[recipient] ?? nobody,
            fields: input.facts.facts)
        return holds(when, way)
    }

    func holds(_ condition: Condition, _ way: Way) -> Bool {
        switch condition {
        case .all(let parts): return !parts.contains { !holds($0, way) }
        case .any(let parts): return parts.contains { holds($0, way) }
        case .not(let part): return !holds(part, way)
        case .test(let source, let test):
            var values: Set<String> = []
            switch source {
            case .field(let path): values = way.fields[path] ?? []
            case .recipientSpeciality: values = way.to.specialities
            case .senderSpeciality: values = way.from.specialities
            case .recipientKind: values = [way.to.kind.rawValue]
            case .senderKind: values = [way.from.kind.rawValue]
            case .ground: values = way.isAnswer ? [] : Set([input.breakGlass].compactMap { $0 })
            case .count(let role):
                let people = (input.people + input.casePeople).filter { $0.roles.contains(role) }
                values = ["\(people.count)"]
            case .age(let role):
                for person in input.people where !way.isAnswer && person.roles.contains(role) {
                    guard let born = person.born?.reveal() else { continue }
                    var years = 0
                    while let birthday = anniversary(of: born, after: years + 1), birthday <= input.now.date {
                        years += 1
                    }
                    // Not born yet counts backwards.
                    if born > input.now.date { years = born.wholeYears(until: input.now.date) }
                    values.insert("\(years)")
                }
            case .days(let path):
                for value in way.fields[path] ?? [] {
                    guard let day = CivilDate(value) else { continue }
                    values.insert("\(day.daysSinceEpoch - input.now.date.daysSinceEpoch)")
                }
            case .flag(let flag):
                values = input.caseFacts.flags[flag] ?? []
                for path in text.flags[flag]?.fields[input.message] ?? [] {
                    for value in input.facts.facts[path] ?? [] { values.insert(value) }
                }
            }
            switch test {
            case .contains(let value): return values.contains(value)
            case .lacks(let value): return values.count > 0 && !values.contains(value)
            case .containsAny(let list): return list.contains { values.contains($0) }
            case .only(let list): return values.count > 0 && values.allSatisfy { list.contains($0) }
            case .present(let wanted): return wanted ? values.count > 0 : values.count == 0
            case .number(let low, let high):
                return values.compactMap { Int($0) }.contains { $0 >= (low ?? .min) && $0 <= (high ?? .max) }
            }
        }
    }

    /// The birthday on which somebody is so many years old; 1 March where there is no 29 February.
    func anniversary(of born: CivilDate, after years: Int) -> CivilDate? {
        CivilDate(year: born.year + years, month: born.month, day: born.day)
            ?? CivilDate(year: born.year + years, month: 3, day: 1)
    }

    func mentioned(_ rule: CompiledRule) -> Bool {
        guard let about = rule.about else { return true }
        let subjects = input.facts.fields.keys.map(\.subject) + input.facts.asked.map(\.subject)
        if subjects.contains(.nobody) && about.contains(.nobody) { return true }
        return text.roles.contains { role in
            about.contains(.role(role))
                && (subjects.contains(.role(role)) || input.people.contains { $0.roles.contains(role) })
        }
    }

    // MARK: Fields

    struct Outcome {
        var action = FieldAction.drop
        var rules: [RuleID] = []
        var missed: [MissedPermit] = []
        var silent = false
        var consentWanting: RuleID?
        var prohibited = false
        var glass: Set<RuleID> = []
    }

    func roles(of subject: FieldSubject) -> [CompiledRule.Subject] {
        switch subject {
        case .nobody: [.nobody]
        case .role(let role): [.role(role)]
        case .person(let index): input.people[index].roles.sorted().map { .role($0) }
        }
    }

    /// The permits that let one role have it, and those that come near.
    mutating func permits(
        _ category: Category, _ subject: FieldSubject, _ role: CompiledRule.Subject, _ way: Way, isReply: Bool
    ) -> (permits: [(FieldAction, RuleID)], missed: [MissedPermit]) {
        var permits: [(FieldAction, RuleID)] = []
        var missed: [MissedPermit] = []
        for rule in text.rules where rule.categories.contains(category) && rule.about?.contains(role) ?? true {
            guard case .permit(let action, let need) = rule.effect else { continue }
            switch lack(rule, way) {
            case .elsewhere: break
            case .capacity: missed.append(MissedPermit(rule: rule.id, lack: .capacity))
            case .condition: missed.append(MissedPermit(rule: rule.id, lack: .condition))
            case .nothing:
                if isByGlass && !way.isAnswer && !rule.isBreakGlass {
                    missed.append(MissedPermit(rule: rule.id, lack: .capacity))
                } else if isReply && !requested(category, subject) {
                    missed.append(MissedPermit(rule: rule.id, lack: .request))
                } else if consents(need, category, subject, way.to) {
                    permits.append((action, rule.id))
                } else {
                    missed.append(MissedPermit(rule: rule.id, lack: .consent))
                }
            }
        }
        return (permits, missed)
    }

    mutating func judge(_ category: Category, _ subject: FieldSubject, _ way: Way, isReply: Bool) -> Outcome {
        var outcome = Outcome()
        let roles = roles(of: subject)
        let prohibiting = text.rules.filter { rule in
            rule.effect == .prohibit && rule.categories.contains(category) && lack(rule, way) == .nothing
                && (rule.about == nil || roles.contains { rule.about!.contains($0) })
        }
        if !prohibiting.isEmpty {
            outcome.prohibited = true
            outcome.rules = prohibiting.map(\.id)
            outcome.silent = prohibiting.contains { $0.silent }
            return outcome
        }
        var perRole: [(action: FieldAction, rules: [RuleID], missed: [MissedPermit])] = []
        for role in roles {
            let (permits, missed) = permits(category, subject, role, way, isReply: isReply)
            let kinds = Set(permits.map(\.0))
            let action: FieldAction = kinds.contains(.keep) ? .keep : kinds.count == 1 ? kinds.first! : .drop
            let deciding = permits.filter { action == .drop || $0.0 == action }.map(\.1)
            perRole.append((action, deciding, missed))
        }
        let order = text.rules.map(\.id)
        if perRole.isEmpty { return outcome }
        let wanting = perRole.filter { $0.rules.isEmpty }
        if wanting.isEmpty {
            let changes = Set(perRole.map(\.action)).subtracting([.keep])
            outcome.action = changes.isEmpty ? .keep : changes.count == 1 ? changes.first! : .drop
            outcome.rules = order.filter { id in perRole.contains { $0.rules.contains(id) } }
            outcome.silent = text.rules.contains { $0.silent && outcome.rules.contains($0.id) }
            for role in perRole {
                let broken = text.rules.filter { role.rules.contains($0.id) && $0.isBreakGlass }.map(\.id)
                if broken.count == role.rules.count { outcome.glass.formUnion(broken) }
            }
            return outcome
        }
        outcome.missed = order.compactMap { id in wanting.flatMap(\.missed).first { $0.rule == id } }
        outcome.silent = text.rules.contains { rule in rule.silent && outcome.missed.contains { $0.rule == rule.id } }
        let clashing = perRole.contains { !$0.rules.isEmpty && $0.action == .drop }
        if !clashing && wanting.allSatisfy({ $0.missed.contains { $0.lack == .consent } }) {
            outcome.consentWanting = outcome.missed.first { $0.lack == .consent }!.rule
        }
        return outcome
    }

    func requested(_ category: Category, _ subject: FieldSubject) -> Bool {
        input.repliesTo!.items.contains { item in
            guard within(category, item.category) else { return false }
            switch subject {
            case .nobody: return item.person == nil && item.role == nil
            case .role(let role): return item.person == nil && item.role == role
            case .person(let index):
                if item.person != nil { return item.person == input.people[index].id }
                return item.role != nil && input.people[index].roles.contains(item.role!)
            }
        }
    }

    func within(_ category: Category, _ ancestor: Category) -> Bool {
        if category == ancestor { return true }
        guard case .some(.some(let parent)) = text.categories[category] else { return false }
        return within(parent, ancestor)
    }

    mutating func consents(_ need: ConsentNeed, _ category: Category, _ subject: FieldSubject, _ to: RosterParty)
        -> Bool
    {
        if need.level == .none || everyoneConsents { return true }
        let everyone = input.people + input.casePeople
        var whose: [JudgedPerson] = []
        if !need.of.isEmpty {
            whose = everyone.filter { !$0.roles.intersection(need.of).isEmpty }
        } else if case .person(let index) = subject {
            whose = [input.people[index]]
        } else if case .role(let role) = subject {
            whose = everyone.filter { $0.roles.contains(role) }
        }
        var answers: [ConsentState] = []
        for person in whose {
            let records = input.consents.filter { record in
                record.person == person.id && record.purpose == input.purpose
                    && (record.categories == nil || record.categories!.contains { within(category, $0) })
                    && (record.recipientKinds == nil || record.recipientKinds!.contains(to.kind)
                        || record.recipientParties.contains(to.id))
                    && (need.kinds.isEmpty || need.kinds.contains(record.kind)
                        || [.refused, .withdrawn, .revoked, .objected].contains(record.state))
            }.sorted { $0.id < $1.id }
            let live = records.filter { $0.from <= input.now && ($0.until == nil || $0.until! > input.now) }
            var look = ConsentLook(person: person.id!, consent: nil, state: .unknown)
            if let objection = records.first(where: { $0.state.objects }) {
                look = ConsentLook(person: person.id!, consent: objection.id, state: objection.state)
            } else if let given = live.first(where: { $0.state == .given || $0.state == .renewed }) {
                look = ConsentLook(person: person.id!, consent: given.id, state: given.state)
            } else if let other = records.first {
                let isConsent = other.state == .given || other.state == .renewed
                let isOver = other.until != nil && other.until! <= input.now
                let state = !isConsent ? other.state : isOver ? .expired : .unknown
                look = ConsentLook(person: person.id!, consent: other.id, state: state)
            }
            looks.insert(look)
            answers.append(look.state)
        }
        if need.level == .notObjected { return !answers.contains { $0.objects } }
        return !answers.isEmpty && answers.allSatisfy { $0 == .given || $0 == .renewed }
    }

    // MARK: Requests, replies, the whole document

    mutating func asking(_ message: CompiledMessage, _ asker: RosterParty, _ holder: RosterParty) -> Refusal? {
        func refused(_ clause: RuleID? = nil) -> Refusal {
            Refusal(
                code: "request.not-permitted", clause: clause, tell: text.rules.first { $0.id == clause }?.tell ?? [])
        }
        guard let name = message.answeredBy, let answer = text.messages[name] else { return refused() }
        let back = Way(name: name, from: holder, to: asker, fields: [:], isAnswer: true)
        let mine = capacities(holder.id)
        if !answer.purposes.contains(input.purpose) || !answer.from.contains(holder.kind) { return refused() }
        if mine.isEmpty || !answer.fromCapacity.isEmpty && answer.fromCapacity.intersection(mine).isEmpty {
            return refused()
        }
        if !answer.to.contains(asker.kind) { return refused() }
        if !answer.toCapacity.isEmpty && answer.toCapacity.intersection(capacities(asker.id)).isEmpty {
            return refused()
        }
        let refusing = text.rules.filter { $0.effect == .refuseMessage && lack($0, back) == .nothing && mentioned($0) }
        if let first = refusing.first {
            var tell: [String] = []
            for one in refusing.flatMap(\.tell) where !tell.contains(one) { tell.append(one) }
            return Refusal(code: "request.not-permitted", clause: first.id, tell: tell)
        }
        func place(_ item: AskedItem) -> (String, String) {
            switch item.subject {
            case .nobody: (item.category.rawValue, "0")
            case .person(let index): (item.category.rawValue, "1\(index)")
            case .role(let role): (item.category.rawValue, "2\(role)")
            }
        }
        var consentClauses: [RuleID] = []
        var otherwise: [RuleID?] = []
        for item in input.facts.asked.sorted(by: { place($0) < place($1) }) {
            let outcome = judge(item.category, item.subject, back, isReply: false)
            if outcome.action != .drop { continue }
            if let clause = outcome.consentWanting {
                consentClauses.append(clause)
            } else {
                otherwise.append(outcome.prohibited ? outcome.rules.first : outcome.missed.first?.rule)
            }
        }
        if let clause = otherwise.first { return refused(clause) }
        guard let clause = consentClauses.first else { return nil }
        return Refusal(code: "consent.required", clause: clause, tell: text.rules.first { $0.id == clause }!.tell)
    }

    func repliesProperly(_ message: CompiledMessage) -> Bool {
        guard message.answers != nil, input.claimsReply, let request = input.repliesTo else { return false }
        return request.holder == input.sender && request.asker == input.recipient && request.purpose == input.purpose
            && (request.expires > input.now || input.acceptedWith != nil)
    }

    /// Whether somebody's agreement is all that some role of some field lacks, whatever else keeps the field back.
    func wantsConsent(_ way: Way, _ message: CompiledMessage, isReply: Bool) -> Bool {
        // What is asked here is on no record.
        var asking = self
        return input.facts.fields.contains { field, count in
            let category = message.schema.category(of: field.node)
            return count > 0
                && roles(of: field.subject).contains { role in
                    let (permits, missed) = asking.permits(category, field.subject, role, way, isReply: isReply)
                    return permits.isEmpty && missed.contains { $0.lack == .consent }
                }
        }
    }

    mutating func fields(_ way: Way, _ message: CompiledMessage, isReply: Bool) -> Decision {
        var plan = FieldPlan()
        var grounds: [FieldGround] = []
        var shared = false
        var wanting: RuleID?
        var broken: Set<RuleID> = []
        let all = Set(input.facts.fields.keys).union(input.facts.absent)
        let inOrder = all.sorted { left, right in
            let (one, other) = (message.schema.path(of: left.node), message.schema.path(of: right.node))
            return one == other ? "\(left.subject)" < "\(right.subject)" : one < other
        }
        for field in inOrder {
            let category = message.schema.category(of: field.node)
            let outcome = judge(category, field.subject, way, isReply: isReply)
            let count = input.facts.fields[field] ?? 0
            plan.set(outcome.action, for: field, silent: outcome.silent)
            grounds.append(
                FieldGround(
                    field: field, category: category, action: outcome.action, rules: outcome.rules,
                    missed: outcome.missed, count: count))
            if count > 0 && outcome.action != .drop {
                shared = true
                broken.formUnion(outcome.glass)
            }
            if count > 0 && wanting == nil { wanting = outcome.consentWanting }
        }
        if shared {
            var decision = Decision(answer: .share(plan), grounds: grounds, consents: sorted())
            decision.brokenGlass = broken.sorted()
            return decision
        }
        let tell = text.rules.first { $0.id == wanting }?.tell ?? []
        let refusal = Refusal(
            code: wanting == nil ? "rule.nothing-shared" : "consent.required", clause: wanting, tell: tell)
        return Decision(answer: .withhold(refusal), grounds: grounds, consents: sorted())
    }

    func sorted() -> [ConsentLook] {
        looks.sorted { left, right in
            let one = [left.person.rawValue, left.consent?.rawValue ?? "", left.state.rawValue]
            let other = [right.person.rawValue, right.consent?.rawValue ?? "", right.state.rawValue]
            return one.lexicographicallyPrecedes(other)
        }
    }
}
