package import ConcordatTerms

/// Fields of one place in the schema, about people of the same roles, with which the same rules did the same.
package struct FieldGroup: Equatable, Sendable {
    /// What was done with a field.
    package enum Action: String, CaseIterable, Sendable {
        case keep
        case drop
        case year
        case ageBand = "age-band"
        case outwardCode = "outward-code"
        case initials
        case pseudonym
        case masked
    }

    /// Where in the message's schema.
    package var path: SchemaPath
    /// The roles of the person the fields are about; none when they are about no one.
    package var roles: [Role]
    /// What was done.
    package var action: Action
    /// The rules that said so; none when no rule permits the field.
    package var rules: [RuleID]
    /// How many fields of the message this was done with.
    package var count: Int

    /// A group of `count` fields, from 0.
    package init(path: SchemaPath, roles: [Role], action: Action, rules: [RuleID], count: Int) {
        precondition((0...LeafValue.integerMax).contains(count), "a group of \(count) fields")
        (self.path, self.roles, self.action, self.rules, self.count) = (path, roles, action, rules, count)
    }

    init(reading members: inout LeafMembers) throws(LeafError) {
        path = try members.term("path")
        roles = try members.terms("roles")
        action = try members.term("action")
        rules = try members.terms("rules")
        count = try members.count("count")
    }

    func write(to members: inout LeafMembers) {
        members.set("path", path)
        members.set("roles", roles)
        members.set("action", action)
        members.set("rules", rules)
        members.set("count", count)
    }
}

/// A consent that a decision rested on, or that it did not find.
///
/// The sender gets this leaf in its receipt. Missing, refused, withdrawn and unknown MUST look the same to a sender, so a
/// consent that was not in force is never named here: the type has no place for it. Officers find which of them it was in
/// the consent leaves before this one.
package enum ConsentLookedAt: Equatable, Sendable {
    /// This consent of this person was in force.
    case inForce(ConsentID, person: Pseudonym)
    /// No consent of this person was in force.
    case notInForce(person: Pseudonym)

    private enum State: String {
        case inForce = "in-force"
        case notInForce = "not-in-force"
    }

    init(reading members: inout LeafMembers) throws(LeafError) {
        let consent: ConsentID = try members.term("consent")
        let person: Pseudonym = try members.term("person")
        let state: State = try members.term("state")
        switch state {
        case .inForce: self = .inForce(consent, person: person)
        case .notInForce:
            guard consent == Self.none else { throw .malformed(member: "consent") }
            self = .notInForce(person: person)
        }
    }

    func write(to members: inout LeafMembers) {
        switch self {
        case .inForce(let consent, let person):
            members.set("consent", consent)
            members.set("person", person)
            members.set("state", State.inForce)
        case .notInForce(let person):
            members.set("consent", Self.none)
            members.set("person", person)
            members.set("state", State.notInForce)
        }
    }

    private static let none: ConsentID = "none"
}
