package import ConcordatPayload
import ConcordatTerms

/// One message on its way from one party to another: what a rule may be asked about, whatever field it speaks of.
struct Flow {
    let message: MessageName
    let from: RosterParty
    let fromCapacities: Set<Capacity>
    let to: RosterParty
    let toCapacities: Set<Capacity>
    let purpose: PurposeID
    let facts: ConditionFacts

    /// How a rule stands to this flow.
    enum Standing {
        /// It speaks of other parties or purposes.
        case elsewhere
        /// It speaks of this flow but for a capacity or its condition.
        case lacks(MissedPermit.Lack)
        case applies
    }

    /// How a rule of this message stands. Consent and the field are not looked at here.
    func standing(of rule: CompiledRule) -> Standing {
        guard rule.messages?.contains(message) ?? true, rule.from?.contains(from.kind) ?? true,
            rule.to?.contains(to.kind) ?? true, rule.purposes?.contains(purpose) ?? true,
            rule.fromParties?.contains(from.id) ?? true
        else { return .elsewhere }
        // A clause that nobody claims is no missed permit: it says nothing of an ordinary message.
        guard !rule.isBreakGlass || facts.ground != nil else { return .elsewhere }
        guard rule.fromCapacity.map({ !$0.isDisjoint(with: fromCapacities) }) ?? true,
            rule.toCapacity.map({ !$0.isDisjoint(with: toCapacities) }) ?? true
        else { return .lacks(.capacity) }
        guard rule.when?.holds(for: facts) ?? true else { return .lacks(.condition) }
        return .applies
    }

    /// Whether a rule applies to this flow in full.
    func meets(_ rule: CompiledRule) -> Bool {
        switch standing(of: rule) {
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
