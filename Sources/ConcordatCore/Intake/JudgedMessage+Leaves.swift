import ConcordatCrypto
import ConcordatDecision
import ConcordatLog
import ConcordatPayload
import ConcordatTerms
import ConcordatWire

extension JudgedMessage {
    /// One leaf for each recipient, in the order of the envelope. What they say is kept for the receipt.
    mutating func decisionLeaves() -> [Leaf] {
        let digestIn = LeafDigest(
            bytes: MAC.hmacSHA256(key: salt, Array(work.message.submission.body[work.message.data])))
        decisions = outcomes.map { decision($0, digestIn: digestIn) }
        return decisions.map { leaf(.decision($0)) }
    }

    /// Leaves for a case that opened and for capacities that moved.
    func caseLeaves() -> [Leaf] {
        guard after.epoch != before?.epoch || isNewCase, isAccepted else { return [] }
        let message = work.message.envelope.id
        var leaves: [Leaf] = []
        if isNewCase {
            leaves.append(leaf(.caseChange(CaseLeaf(caseID: after.id, change: .opened, message: message))))
        }
        let old = Set(before?.facts.capacities ?? [])
        for holding in after.facts.capacities where !old.contains(holding) {
            let ended = holding.until != nil
            leaves.append(
                leaf(
                    .caseChange(
                        CaseLeaf(
                            caseID: after.id, change: ended ? .capacityEnded : .capacityGranted, message: message,
                            party: holding.party, capacity: holding.capacity, from: holding.from, until: holding.until))
                ))
        }
        return leaves
    }

    /// Leaves for consents that a role told by the message put out of force.
    func consentLeaves() throws -> [Leaf] {
        try after.consents.filter { view.conflicting.contains($0.fact.id) }.map { consent in
            guard let body = ConsentLeaf(consent, in: after, by: nil) else {
                throw work.refusal("store.unavailable")
            }
            return leaf(.consent(body))
        }
    }

    private func leaf(_ body: LeafBody) -> Leaf { work.house.leaf(body, at: now, under: work.inForce) }

    private func decision(_ outcome: RecipientOutcome, digestIn: LeafDigest?) -> DecisionLeaf {
        let envelope = work.message.envelope
        let refusal = outcome.refusal
        let fields = groups(of: outcome)
        let answer: LeafAnswer =
            switch outcome.decision.answer {
            case .share: .share
            case .hold: .hold
            case .withhold: .withhold
            case .refuse: .refuse
            }
        return DecisionLeaf(
            message: envelope.id, name: work.text.name, caseID: caseID,
            sender: envelope.source, recipient: outcome.recipient, purpose: envelope.purpose, answer: answer,
            code: outcome.hold == nil ? refusal.flatMap { LeafCode($0.code) } : "hold.waiting",
            clause: outcome.hold?.clause ?? refusal?.clause,
            rules: Array(Set(fields.flatMap(\.rules))).sorted(), fields: fields,
            persons: Set(personIDs).compactMap(pseudonym).sorted(), consents: consents(outcome.decision.consents),
            digestIn: digestIn,
            // Nothing goes out yet of what waits.
            digestOut: outcome.hold != nil
                ? nil : outcome.cut.flatMap { LeafDigest(bytes: MAC.hmacSHA256(key: outcome.salt, $0.bytes)) },
            delivery: outcome.delivery, ground: ground(of: outcome),
            brokenGlass: ground(of: outcome) == nil ? [] : outcome.decision.brokenGlass, isDryRun: isDryRun)
    }

    /// The ground it went on, when it would not have gone without.
    private func ground(of outcome: RecipientOutcome) -> LeafToken? {
        guard outcome.isShared, !outcome.decision.brokenGlass.isEmpty else { return nil }
        return work.message.envelope.breakGlass.flatMap { LeafToken($0.ground) }
    }

    private struct GroupKey: Hashable, Comparable {
        let path: String
        let roles: [Role]
        let action: FieldAction
        let rules: [RuleID]

        static func < (left: GroupKey, right: GroupKey) -> Bool {
            if left.path != right.path { return left.path < right.path }
            if left.action != right.action { return left.action.rawValue < right.action.rawValue }
            return left.roles != right.roles
                ? left.roles.lexicographicallyPrecedes(right.roles) : left.rules.lexicographicallyPrecedes(right.rules)
        }
    }

    /// What was done to the fields, grouped by schema path, roles, action and rules.
    private func groups(of outcome: RecipientOutcome) -> [FieldGroup] {
        var counts: [GroupKey: Int] = [:]
        for ground in outcome.decision.grounds where ground.count > 0 {
            let key = GroupKey(
                path: work.text.schema.path(of: ground.field.node), roles: roles(of: ground.field.subject),
                action: outcome.isShared ? ground.action : .drop, rules: ground.rules)
            counts[key, default: 0] += ground.count
        }
        return counts.sorted { $0.key < $1.key }.compactMap { key, count in
            SchemaPath(rawValue: key.path).map {
                FieldGroup(
                    path: $0, roles: key.roles, action: FieldGroup.Action(rawValue: key.action.rawValue) ?? .drop,
                    rules: key.rules, count: count)
            }
        }
    }

    private func roles(of subject: FieldSubject) -> [Role] {
        switch subject {
        case .nobody: []
        case .role(let role): [role]
        case .person(let index): people[index].roles.sorted()
        }
    }

    /// The pseudonym of a person; nil for one that a refused message named and the case does not know.
    private func pseudonym(_ id: PersonID) -> Pseudonym? {
        after.personKeys[id].flatMap { Pseudonym(bytes: DerivedKeys.pseudonym(personKey: $0)) }
    }

    /// What the leaf says of the consents looked at, each once and in one order.
    ///
    /// The sender gets this leaf: how many records lie behind a consent that is not in force must not show either.
    private func consents(_ looks: [ConsentLook]) -> [ConsentLookedAt] {
        var found: [String: ConsentLookedAt] = [:]
        for look in looks {
            guard let person = pseudonym(look.person) else { continue }
            if let consent = look.consent, look.state.allows {
                found["\(person.rawValue) \(consent)"] = .inForce(consent, person: person)
            } else {
                found["\(person.rawValue)"] = .notInForce(person: person)
            }
        }
        return found.sorted { $0.key < $1.key }.map(\.value)
    }
}
