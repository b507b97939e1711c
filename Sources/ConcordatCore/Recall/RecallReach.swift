import ConcordatDecision
import ConcordatLog
import ConcordatTerms

/// Whether fields that were handed over rested on a consent that has ended since.
struct RecallReach {
    let record: CaseRecord
    let pending: PendingRecall
    /// The text they were judged by.
    let text: CompiledProtocol
    let recipient: PartyID
    let kind: PartyKind
    /// When the recipient was handed them.
    let handed: UTCInstant
    let now: UTCInstant

    /// Whether every rule that let these fields pass for one of the roles asked for what is no longer there.
    func ended(_ group: FieldGroup, category: ConcordatTerms.Category) -> Bool {
        let ids = Set(group.rules)
        let permits = text.rules.filter { ids.contains($0.id) }
        let look = look(at: category)
        return Self.subjects(of: group).contains { subject in
            // A permit about one role alone lets a person of two roles have nothing: each role stands for itself.
            let speaking = permits.filter { $0.about?.contains(subject) ?? true }
            return !speaking.isEmpty && speaking.allSatisfy { ended($0, group, look) }
        }
    }

    /// The same for fields that were dropped when the message began to wait: whether a permit may have let them pass by the
    /// time it went, and asked for what is no longer there. Which one did is not on record, nor whether its conditions held.
    func mayHaveEnded(_ group: FieldGroup, category: ConcordatTerms.Category, in message: MessageName) -> Bool {
        let look = look(at: category)
        return text.rules.contains { rule in
            !rule.categories.isDisjoint(with: look.lineage) && rule.messages?.contains(message) ?? true
                && rule.to?.contains(kind) ?? true && rule.purposes?.contains(pending.purpose) ?? true
                && Self.subjects(of: group).contains { rule.about?.contains($0) ?? true }
                && ended(rule, group, look)
        }
    }

    /// The same under another text, which it was judged by when it was handed over.
    func under(_ other: CompiledProtocol) -> RecallReach {
        RecallReach(
            record: record, pending: pending, text: other, recipient: recipient,
            kind: other.parties[recipient]?.kind ?? kind, handed: handed, now: now)
    }

    /// Whether what let these fields pass stands in both texts alike, so that one look is enough.
    func hasSameRules(as other: RecallReach, for group: FieldGroup) -> Bool {
        !group.rules.isEmpty
            && group.rules.allSatisfy { id in
                text.rules.first { $0.id == id } == other.text.rules.first { $0.id == id }
            }
    }

    /// The consents that speak of one category, as they stood at the hand-over and as they stand.
    private struct Look {
        let lineage: Set<ConcordatTerms.Category>
        let then: (ConsentNeed) -> ConsentState
        let today: (ConsentNeed) -> ConsentState
    }

    private func look(at category: ConcordatTerms.Category) -> Look {
        let lineage = Set(text.categories.keys.filter { text.category(category, isWithin: $0) }).union([category])
        return Look(
            lineage: lineage, then: finding(lineage, in: factsThen, at: handed),
            today: finding(lineage, in: factsNow, at: now))
    }

    /// Whether one permit asked for the person's consent, had it, and would not have it now.
    private func ended(_ rule: CompiledRule, _ group: FieldGroup, _ look: Look) -> Bool {
        guard case .permit(_, let need) = rule.effect, isTheirs(need, group.roles) else { return false }
        switch need.level {
        case .none: return false
        case .notObjected: return !look.then(need).objects && look.today(need).objects
        case .given: return look.then(need).allows && !look.today(need).allows
        }
    }

    private static func subjects(of group: FieldGroup) -> [CompiledRule.Subject] {
        group.roles.isEmpty ? [.nobody] : group.roles.map { .role($0) }
    }

    /// Whether the person's consent is one of those the permit asks for.
    ///
    /// The log says of which roles a field was, and not of whom. Roles are only ever added to a person, so nobody is left out;
    /// who has something of another person with those roles may be told too much.
    private func isTheirs(_ need: ConsentNeed, _ roles: [Role]) -> Bool {
        let theirs = record.facts.roles[pending.person] ?? []
        return need.of.isEmpty ? !roles.isEmpty && theirs.isSuperset(of: roles) : !need.of.isDisjoint(with: theirs)
    }

    private func finding(_ lineage: Set<ConcordatTerms.Category>, in facts: [ConsentFact], at moment: UTCInstant)
        -> (ConsentNeed) -> ConsentState
    {
        { need in
            ConsentSearch.state(
                of: pending.person, for: pending.purpose, lineage: lineage, to: recipient, kind: kind,
                ofKinds: need.kinds, in: facts, now: moment
            ).state
        }
    }

    private var factsNow: [ConsentFact] { record.consentFacts(at: now) }

    /// The consents as they stood when it was handed over. That they have ended stands behind it in the log, whatever the
    /// clock says of the two.
    private var factsThen: [ConsentFact] {
        record.consents.compactMap { consent in
            let isPending = pending.consents.contains(consent.fact.id)
            let event = consent.events.last { event in
                event.at <= handed && !(isPending && event.state == pending.event && event.at == pending.at)
            }
            guard let event else { return nil }
            var fact = consent.fact
            fact.state = event.state
            return fact
        }
    }
}
