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
        let fields = DecisionLeaf.groups(
            of: outcome.decision.grounds, people: people, schema: work.text.schema, cut: outcome.cut)
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
            persons: Set(personIDs).compactMap(after.pseudonym).sorted(),
            consents: after.lookedAt(outcome.decision.consents),
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
}
