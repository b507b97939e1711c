import ConcordatPayload
import ConcordatTerms

/// A person with several roles: a field passes only if each role alone lets it, and what is prohibited about one role is
/// prohibited.
extension FieldJudge {
    mutating func judged(
        _ field: JudgedField, asEachOf roles: NumberSet, _ flow: inout Flow, _ input: JudgeInput
    ) -> FieldVerdict {
        let table = flow.recipientTable
        var prohibited: FieldVerdict?
        for word in table.traits.indices {
            let rules = table.prohibits.rules(field.category, roles, word)
            if rules.bits != 0 { prohibit(by: rules, flow.standing(of: rules, input).applying, &prohibited) }
        }
        // Order matters: consent is not looked at for a field that is prohibited anyway.
        if let prohibited { return prohibited }
        permissions.removeAll(keepingCapacity: true)
        var (isPermitted, restPasses) = (true, true)
        for role in roles {
            let permission = permission(field, as: role, &flow, input)
            permissions.append((role, permission))
            if !permission.isPermitted { isPermitted = false }
            if permission.isPermitted, permission.action == .drop { restPasses = false }
        }
        return isPermitted
            ? intersection(field, &flow, input) : missing(field, restPasses: restPasses, &flow, input)
    }

    /// What is left when each role alone lets the field pass.
    private mutating func intersection(
        _ field: JudgedField, _ flow: inout Flow, _ input: JudgeInput
    ) -> FieldVerdict {
        let table = flow.recipientTable
        var action = permissions[0].permission.action
        for place in permissions.indices { action = action.intersected(with: permissions[place].permission.action) }
        var verdict = lists.verdict(action)
        var ordinary = NumberSet()
        for word in table.traits.indices {
            var making: UInt64 = 0
            for place in permissions.indices {
                let (role, permission) = permissions[place]
                let own = table.permits.rules(field.category, role, word)
                guard own.bits != 0 else { continue }
                let made = permission.making(tried(own, field, &flow, input), in: table)
                if made & ~table.traits[word].isBreakGlass != 0 { ordinary.insert(role) }
                making |= made
            }
            lists.name(making, of: word, in: table, as: &verdict)
        }
        for place in permissions.indices where !ordinary.contains(permissions[place].role) {
            let (role, permission) = permissions[place]
            noteGlass(permission, field, as: role, &flow, input, &verdict)
        }
        return verdict
    }

    /// A drop for want of a permit for some roles.
    ///
    /// - Parameter restPasses: whether every role that has a permit would let the field pass.
    private mutating func missing(
        _ field: JudgedField, restPasses: Bool, _ flow: inout Flow, _ input: JudgeInput
    ) -> FieldVerdict {
        let table = flow.recipientTable
        var verdict = lists.verdict()
        // The first permit that only consent is lacking for; nil as soon as one role that lacks a permit has none.
        var pending: Int32? = restPasses ? .max : nil
        for place in permissions.indices where !permissions[place].permission.isPermitted {
            let first = permissions[place].permission.consentLacking
            pending = pending.flatMap { known in first.map { min($0, known) } }
        }
        verdict.consentLacking = pending
        for word in table.traits.indices {
            var lacking = TriedPermits(word: word)
            for place in permissions.indices where !permissions[place].permission.isPermitted {
                let own = table.permits.rules(field.category, permissions[place].role, word)
                if own.bits != 0 { lacking.formUnion(tried(own, field, &flow, input)) }
            }
            lists.note(lacking, in: table, as: &verdict)
        }
        return verdict
    }
}
