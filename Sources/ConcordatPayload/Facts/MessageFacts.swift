package import ConcordatTerms

/// The index of a node in its ``MessageSchema``; stable for one compiled schema only.
package struct NodeIndex: Hashable, Sendable, Comparable {
    package let value: Int
    package init(_ value: Int) { self.value = value }
    package static func < (left: NodeIndex, right: NodeIndex) -> Bool { left.value < right.value }
}

/// A person as one message speaks of them: the sender's reference and the roles the message states.
package struct StatedPerson: Sendable, Equatable {
    /// The reference the sender used; its own, so it never goes to anyone else.
    package let reference: Sensitive<String>
    /// The roles stated in this message, in no order; empty when it only refers to the person.
    package let roles: Set<Role>

    package init(reference: Sensitive<String>, roles: Set<Role>) {
        self.reference = reference
        self.roles = roles
    }
}

/// Whom a field occurrence is about.
package enum FieldSubject: Hashable, Sendable {
    /// Nobody: a fact about the case or the offence.
    case nobody
    /// The person with that index in ``MessageFacts/persons``.
    case person(Int)
    /// Everyone with that role; `x-about` names a role and not a person.
    case role(Role)
}

/// One field of the schema about one subject, as a message holds it: what a judgement decides on.
package struct FieldOccurrence: Hashable, Sendable {
    package let node: NodeIndex
    package let subject: FieldSubject

    package init(node: NodeIndex, subject: FieldSubject) {
        self.node = node
        self.subject = subject
    }

    // One number where there is one: every field of every message is looked up by this.
    package func hash(into hasher: inout Hasher) {
        switch subject {
        case .nobody: hasher.combine(node.value << 16)
        case .person(let index): hasher.combine(node.value << 16 ^ (index + 1))
        case .role(let role):
            hasher.combine(node.value << 16)
            hasher.combine(role)
        }
    }
}

/// One category about one subject that a request asks for (`x-requests`).
package struct AskedItem: Hashable, Sendable {
    package let category: Category
    package let subject: FieldSubject

    package init(category: Category, subject: FieldSubject) {
        self.category = category
        self.subject = subject
    }
}

/// What pass 1 learns of one message: everything a judgement may look at, and no free value.
package struct MessageFacts: Sendable {
    /// Distinct persons, in the order in which the document first mentions them.
    package var persons: [StatedPerson]
    /// Distinct (field, subject) pairs present in the document, with how many times each is there.
    package var fields: [FieldOccurrence: Int]
    /// Distinct (field, subject) pairs the schema allows at a place that is there, but the sender left out.
    package var absent: Set<FieldOccurrence>
    /// Values of `x-fact` fields by data path (`/people/*/age-band`), booleans as `true` and `false`, dates as RFC 3339.
    package var facts: [String: Set<String>]
    /// Dates of birth from fields marked `"x-fact": "age"`, by person index; the latest where a message tells several.
    package var births: [Int: Sensitive<CivilDate>] = [:]
    /// Values of `x-party` fields by data path.
    package var parties: [String: Set<PartyID>]
    /// What the message asks for, when it is a request.
    package var asked: Set<AskedItem>
    /// The person index of each person scope, in the order in which scopes open in the document; nil for a role or nobody.
    ///
    /// Pass 2 walks the same bytes and meets the same scopes, so it needs no look-up.
    package var scopes: [FieldSubject]

    package init(
        persons: [StatedPerson] = [], fields: [FieldOccurrence: Int] = [:], absent: Set<FieldOccurrence> = [],
        facts: [String: Set<String>] = [:], parties: [String: Set<PartyID>] = [:], asked: Set<AskedItem> = [],
        scopes: [FieldSubject] = []
    ) {
        self.persons = persons
        self.fields = fields
        self.absent = absent
        self.facts = facts
        self.parties = parties
        self.asked = asked
        self.scopes = scopes
    }
}
