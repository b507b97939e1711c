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
    /// - Parameter cut: the copy; nil when nothing goes at all, and every field was dropped. What it could not be given in the
    ///   form that was decided stands in the leaf as it is in the copy, in an earlier form or dropped.
    static func groups(
        of grounds: [FieldGround], people: [JudgedPerson], schema: MessageSchema, cut: CutDocument?
    ) -> [FieldGroup] {
        var counts: [GroupKey: Int] = [:]
        let done = cut.map { DoneFields($0, people) }
        for ground in grounds where ground.count > 0 {
            let path = schema.path(of: ground.field.node)
            let action = done?.action(ground.action, of: path, ground.field.subject) ?? .drop
            // What would have let it pass has no part in its falling all the same.
            let hasFallen = cut != nil && action == .drop && ground.action != .drop
            let key = GroupKey(
                path: path, roles: roles(of: ground.field.subject, people), action: action,
                rules: hasFallen ? [] : Array(ground.rules))
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

/// What was done to the fields of a copy.
private struct DoneFields {
    private struct Key: Hashable {
        let path: String
        let subject: CopySubject
    }

    private let people: [JudgedPerson]
    private var actions: [Key: Set<FieldAction>] = [:]

    init(_ cut: CutDocument, _ people: [JudgedPerson]) {
        self.people = people
        for field in cut.applied where field.action != .drop {
            actions[Key(path: field.path, subject: field.subject), default: []].insert(field.action)
        }
    }

    /// The form that was decided where the field has it, else the only one it has; dropped when it has none.
    func action(_ decided: FieldAction, of path: String, _ subject: FieldSubject) -> FieldAction {
        guard decided != .drop else { return .drop }
        let whose: CopySubject
        switch subject {
        case .nobody: whose = .nobody
        case .role(let role): whose = .role(role)
        case .person(let index):
            guard people.indices.contains(index), let id = people[index].id else { return decided }
            whose = .person(id)
        }
        let forms = actions[Key(path: path, subject: whose)] ?? []
        if forms.contains(decided) { return decided }
        return forms.count == 1 ? forms.first ?? .drop : .drop
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
