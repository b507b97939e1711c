import ConcordatDecision
import ConcordatLog
import ConcordatPayload
import ConcordatTerms

extension DecisionLeaf {
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

    /// What was done to the fields, grouped by schema path, roles, action and rules. No value and nobody's id stands in it.
    ///
    /// - Parameter isShared: whether anything goes at all; when not, every field was dropped.
    static func groups(
        of grounds: [FieldGround], people: [JudgedPerson], schema: MessageSchema, isShared: Bool
    ) -> [FieldGroup] {
        var counts: [GroupKey: Int] = [:]
        for ground in grounds where ground.count > 0 {
            let key = GroupKey(
                path: schema.path(of: ground.field.node), roles: roles(of: ground.field.subject, people),
                action: isShared ? ground.action : .drop, rules: Array(ground.rules))
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

    private static func roles(of subject: FieldSubject, _ people: [JudgedPerson]) -> [Role] {
        switch subject {
        case .nobody: []
        case .role(let role): [role]
        case .person(let index): people.indices.contains(index) ? people[index].roles.sorted() : []
        }
    }
}

extension CaseRecord {
    /// The pseudonym of a person; nil for one that a refused message named and the case does not know.
    func pseudonym(_ id: PersonID) -> Pseudonym? {
        personKeys[id].flatMap { Pseudonym(bytes: DerivedKeys.pseudonym(personKey: $0)) }
    }

    /// What a leaf says of the consents looked at, each once and in one order.
    ///
    /// The sender gets this leaf: how many records lie behind a consent that is not in force must not show either.
    func lookedAt(_ looks: [ConsentLook]) -> [ConsentLookedAt] {
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
