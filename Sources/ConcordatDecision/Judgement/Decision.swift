package import ConcordatPayload
package import ConcordatTerms

/// The answer for one message and one recipient. A refusal is an answer: it is recorded and explained.
package struct Decision: Sendable, Equatable {
    package enum Answer: Sendable, Equatable {
        /// The recipient gets a copy cut along this plan.
        case share(FieldPlan)
        /// The recipient waits. The copy to keep is cut along the plan, which is as wide as the wait can make it; it is
        /// judged again before it goes, and can only narrow.
        case hold(FieldPlan, Hold)
        /// This recipient gets nothing; others may.
        case withhold(Refusal)
        /// The message goes to nobody.
        case refuse(Refusal)
    }

    package var answer: Answer
    /// What decided each field, sorted by schema path and subject; empty when the message was refused as a whole.
    package var grounds: [FieldGround]
    /// Every consent looked at, with the state that was found.
    package var consents: [ConsentLook]
    /// The break-glass clauses without which some field would not have passed; empty when none was needed.
    package var brokenGlass: [RuleID] = []

    package init(answer: Answer, grounds: [FieldGround] = [], consents: [ConsentLook] = []) {
        (self.answer, self.grounds, self.consents) = (answer, grounds, consents)
    }
}

/// Why a recipient waits, and until when.
package struct Hold: Sendable, Hashable {
    /// The rule that holds it.
    package let clause: RuleID
    package let terms: HoldTerms
    /// When the wait ends of itself.
    package let deadline: UTCInstant

    package init(clause: RuleID, terms: HoldTerms, deadline: UTCInstant) {
        (self.clause, self.terms, self.deadline) = (clause, terms, deadline)
    }
}

/// Why a message was withheld or refused, in terms its sender may see: a code, a clause, a place. Never a value.
package struct Refusal: Sendable, Hashable, Error {
    /// A stable code, `recipient.no-capacity`.
    package let code: String
    /// The rule that decided, when one did.
    package let clause: RuleID?
    /// Whom the protocol wants told of it.
    package let tell: [String]

    package init(code: String, clause: RuleID? = nil, tell: [String] = []) {
        (self.code, self.clause, self.tell) = (code, clause, tell)
    }
}

/// What was decided for one field about one subject, and by which rules.
package struct FieldGround: Sendable, Hashable {
    package let field: FieldOccurrence
    /// The effective category of the field.
    package let category: Category
    package let action: FieldAction
    /// The rules that decided: the permits of a kept field, the prohibitions of a dropped one; empty when no rule permits it.
    package let rules: ArraySlice<RuleID>
    /// Permits that would have let it pass but for what they ask: consent, a capacity, a condition.
    package let missed: ArraySlice<MissedPermit>
    /// How many times the document holds it; 0 for a field the sender left out.
    package let count: Int

    /// The lists of all grounds of one decision are parts of two, so that no ground asks for memory of its own.
    package init(
        field: FieldOccurrence, category: Category, action: FieldAction, rules: ArraySlice<RuleID>,
        missed: ArraySlice<MissedPermit>, count: Int
    ) {
        (self.field, self.category, self.action, self.rules) = (field, category, action, rules)
        (self.missed, self.count) = (missed, count)
    }

    package init(
        field: FieldOccurrence, category: Category, action: FieldAction, rules: [RuleID], missed: [MissedPermit] = [],
        count: Int
    ) {
        self.init(
            field: field, category: category, action: action, rules: rules[...], missed: missed[...], count: count)
    }
}

/// A permit that did not apply, and what it asked for. For officers and authors, never for the wire.
package struct MissedPermit: Sendable, Hashable {
    package enum Lack: String, Sendable, Hashable, CaseIterable { case consent, capacity, condition, request }
    package let rule: RuleID
    package let lack: Lack

    package init(rule: RuleID, lack: Lack) { (self.rule, self.lack) = (rule, lack) }
}

/// One consent that a decision looked at. Recorded in the leaf, shown only to those the protocol names.
package struct ConsentLook: Sendable, Hashable {
    package let person: PersonID
    /// Nil when there is no record.
    package let consent: ConsentID?
    package let state: ConsentState

    package init(person: PersonID, consent: ConsentID?, state: ConsentState) {
        (self.person, self.consent, self.state) = (person, consent, state)
    }
}
