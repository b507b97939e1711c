package import ConcordatPayload
import ConcordatTerms

/// One message on its way from one party to another: what a rule may be asked about, whatever field it speaks of.
///
/// Held by reference, since every rule is asked about it.
final class Flow {
    let table: MessageTable
    let from: RosterParty
    let fromCapacities: NumberSet
    let to: RosterParty
    let toCapacities: NumberSet
    let purpose: PurposeID
    let facts: ConditionFacts
    /// What the protocol says of this message to this kind of recipient.
    let recipientTable: RecipientTable
    /// The number of the sender's kind and the purpose.
    private let senderNumber: Int

    init(
        _ table: MessageTable, from: RosterParty, _ fromCapacities: NumberSet, to: RosterParty,
        _ toCapacities: NumberSet, for purpose: PurposeID, _ facts: ConditionFacts, in index: JudgeIndex
    ) {
        (self.table, self.from, self.fromCapacities) = (table, from, fromCapacities)
        (self.to, self.toCapacities, self.purpose, self.facts) = (to, toCapacities, purpose, facts)
        recipientTable = table.table(to: index.kinds[to.kind])
        senderNumber = index.senders[from.kind, purpose]
    }

    /// How a rule stands to this flow.
    enum Standing {
        /// It speaks of other parties or purposes.
        case elsewhere
        /// It speaks of this flow but for a capacity or its condition.
        case lacks(MissedPermit.Lack)
        case applies
    }

    /// How a rule of ``recipientTable`` stands, by place. Consent and the field are not looked at here.
    func standing(of place: Int) -> Standing {
        guard recipientTable.hears(place, senderNumber) else { return .elsewhere }
        let rule = recipientTable.rules[place]
        guard rule.text.fromParties?.contains(from.id) ?? true else { return .elsewhere }
        // A clause that nobody claims is no missed permit: it says nothing of an ordinary message.
        guard !rule.text.isBreakGlass || facts.ground != nil else { return .elsewhere }
        guard rule.fromCapacity.map({ !$0.isDisjoint(with: fromCapacities) }) ?? true,
            rule.toCapacity.map({ !$0.isDisjoint(with: toCapacities) }) ?? true
        else { return .lacks(.capacity) }
        guard rule.text.when?.holds(for: facts) ?? true else { return .lacks(.condition) }
        return .applies
    }

    /// Whether a rule of ``recipientTable`` applies to this flow in full.
    func meets(_ place: Int) -> Bool {
        switch standing(of: place) {
        case .applies: true
        case .elsewhere, .lacks: false
        }
    }
}

extension FieldSubject: Comparable {
    /// Nobody first, then persons in the order of the message, then roles by name.
    package static func < (left: FieldSubject, right: FieldSubject) -> Bool {
        switch (left, right) {
        case (.nobody, .nobody), (.person, .nobody), (.role, .nobody), (.role, .person): false
        case (.nobody, _), (.person, .role): true
        case (.person(let one), .person(let other)): one < other
        case (.role(let one), .role(let other)): one < other
        }
    }
}
