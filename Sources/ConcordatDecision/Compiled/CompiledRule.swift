package import ConcordatPayload
package import ConcordatTerms

/// One rule, with its meaning resolved: categories expanded to all children, exceptions taken out.
package struct CompiledRule: Sendable, Equatable {
    package enum Effect: Sendable, Equatable {
        case permit(FieldAction, ConsentNeed)
        case prohibit
        case refuseMessage
        /// The message waits for somebody before it goes to a recipient.
        case hold(HoldTerms)
    }

    package var id: RuleID
    package var title: String
    package var effect: Effect
    /// Empty only for `refuse: message` and `hold: message`.
    package var categories: Set<Category>
    /// Nil: about anyone or nobody.
    package var about: Set<Subject>?
    package var messages: Set<MessageName>?
    package var from: Set<PartyKind>?
    package var fromCapacity: Set<Capacity>?
    package var to: Set<PartyKind>?
    package var toCapacity: Set<Capacity>?
    package var purposes: Set<PurposeID>?
    package var when: Condition?
    package var silent: Bool
    package var tell: [String]
    /// Whether it is a break-glass clause: a permit that applies only under a claimed ground, and marks what it lets pass.
    package var isBreakGlass = false
    /// The senders it speaks of; nil: any of its kinds. A party's own prohibition is about what that party sends alone.
    package var fromParties: Set<PartyID>?

    /// Whom a rule is about: a role, or nobody.
    package enum Subject: Sendable, Hashable {
        case nobody
        case role(Role)
    }

    package init(
        id: RuleID, title: String, effect: Effect, categories: Set<Category>, about: Set<Subject>?,
        messages: Set<MessageName>?, from: Set<PartyKind>?, fromCapacity: Set<Capacity>?, to: Set<PartyKind>?,
        toCapacity: Set<Capacity>?, purposes: Set<PurposeID>?, when: Condition?, silent: Bool, tell: [String]
    ) {
        (self.id, self.title, self.effect, self.categories) = (id, title, effect, categories)
        (self.about, self.messages, self.from, self.fromCapacity) = (about, messages, from, fromCapacity)
        (self.to, self.toCapacity, self.purposes, self.when) = (to, toCapacity, purposes, when)
        (self.silent, self.tell) = (silent, tell)
    }
}

/// The consent a permit rests on, and whose.
package struct ConsentNeed: Sendable, Equatable {
    package enum Level: String, Sendable { case none, notObjected = "not-objected", given }
    package var level: Level
    /// Empty: the consent of the person the field is about. Else of every person with one of these roles.
    package var of: Set<Role>
    /// The kinds of consent that will do; empty: any. An objection counts whatever its kind.
    package var kinds: Set<ConsentKind>

    package init(level: Level, of: Set<Role> = [], kinds: Set<ConsentKind> = []) {
        (self.level, self.of, self.kinds) = (level, of, kinds)
    }
}

/// A condition over coded facts. Every source is a set of strings.
package indirect enum Condition: Sendable, Equatable {
    case all([Condition])
    case any([Condition])
    case not(Condition)
    case test(Source, Test)

    package enum Source: Sendable, Hashable {
        /// An `x-fact` of this message, by data path.
        case field(String)
        /// A flag of the case, with what this message adds.
        case flag(String)
        case recipientSpeciality
        case senderSpeciality
        /// The kind of the recipient; one value.
        case recipientKind
        /// The kind of the sender; one value.
        case senderKind
        /// Whole days from today to a date `x-fact` of this message, by data path; negative for days that have passed.
        case days(String)
        /// Whole years of age today of the people with this role whose date of birth this message tells.
        case age(Role)
        /// How many people of this message and its case have this role; one value.
        case count(Role)
        /// The break-glass ground that the sender claims; empty when it claims none.
        case ground
    }

    package enum Test: Sendable, Equatable {
        case contains(String)
        /// Not empty, and the value is not in it.
        case lacks(String)
        case containsAny(Set<String>)
        /// Not empty, and every value is one of these.
        case only(Set<String>)
        case present(Bool)
        /// Some value, read as a whole number, lies within these bounds, both inclusive; nil for no bound.
        case number(min: Int?, max: Int?)
    }
}
