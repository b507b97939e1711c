import ConcordatPayload
import ConcordatTerms

/// Judges fields of one flow by their category and subject, and keeps note of the consents it looked at.
///
/// Fields that share a category and a subject share the answer, so each is worked out once however often it occurs.
/// Not copyable: a copy would count a reference to everything it holds, once for each thing it is asked.
struct FieldJudge: ~Copyable {
    let index: JudgeIndex
    /// What the protocol says of this message to this kind of recipient.
    private let table: RecipientTable
    /// For each person of the message.
    private let roles: [JudgedRoles]
    /// Whether the message is cut to what a request asked for.
    private let isCut: Bool
    private let request: OpenRequest?
    /// Sender or recipient has no capacity in the case, or has not signed: only break-glass clauses speak for them.
    private let onlyByGlass: Bool
    private(set) var consents: ConsentSurvey
    private(set) var verdicts: [FieldVerdict] = []
    var lists: VerdictLists
    /// For each category and subject, the place of its verdict and one more; 0 while there is none.
    private var known: [Int32]
    /// What each of several roles may have of the field at hand; kept so that no field asks for memory of its own.
    var permissions: [(role: Int, permission: RolePermission)] = []

    /// - Parameter people: of the message.
    /// - Parameter fieldCount: how many fields it is asked about at most.
    /// - Parameter takesConsentAsGiven: whether to judge what would pass if everyone had consented.
    init(
        _ index: JudgeIndex, _ table: RecipientTable, people: [JudgedPerson], fieldCount count: Int,
        cutTo request: OpenRequest?, onlyByGlass: Bool = false, takesConsentAsGiven: Bool = false
    ) {
        (self.index, self.table, self.request, self.onlyByGlass) = (index, table, request, onlyByGlass)
        isCut = request != nil
        consents = ConsentSurvey(isNeeded: !takesConsentAsGiven)
        roles = people.map { JudgedRoles(of: $0.roles, index.subjects) }
        known = .zeros(index.categories.count * (index.subjects.count + roles.count))
        lists = VerdictLists(fields: count)
        verdicts.reserveCapacity(count)
    }

    /// What happens to a field of that category, by its number, about that subject: the place of its verdict.
    ///
    /// No rule speaks of an unknown category.
    mutating func verdict(
        on category: Int, about subject: FieldSubject, _ flow: inout Flow, _ input: JudgeInput
    ) -> Int {
        let width = index.subjects.count + roles.count
        guard let column = column(of: subject) else {
            verdicts.append(judged(JudgedField(category: category, subject: subject), &flow, input))
            return verdicts.count - 1
        }
        let slot = category * width + column
        if known[slot] == 0 {
            verdicts.append(judged(JudgedField(category: category, subject: subject), &flow, input))
            known[slot] = Int32(verdicts.count)
        }
        return Int(known[slot]) - 1
    }

    /// Where verdicts about a subject are kept; nil for roles that no rule names, which share one number but may differ in
    /// their consents, and for a person whom the caller did not give.
    private func column(of subject: FieldSubject) -> Int? {
        switch subject {
        case .nobody: return SubjectNumbers.nobody
        case .role(let role):
            let number = index.subjects[role]
            return number == index.subjects.other ? nil : number
        case .person(let place): return roles.indices.contains(place) ? index.subjects.count + place : nil
        }
    }

    private mutating func judged(
        _ field: JudgedField, _ flow: inout Flow, _ input: JudgeInput
    ) -> FieldVerdict {
        consents.begin()
        switch roles(of: field.subject) {
        case .one(let role): return judged(field, as: role, &flow, input)
        // A person without any role falls under what is prohibited about anyone, and nothing about them passes.
        case .none: return prohibited(field, as: index.subjects.other, &flow, input) ?? lists.verdict()
        case .several(let roles): return judged(field, asEachOf: roles, &flow, input)
        }
    }

    private func roles(of subject: FieldSubject) -> JudgedRoles {
        switch subject {
        case .nobody: .one(SubjectNumbers.nobody)
        case .role(let role): .one(index.subjects[role])
        case .person(let place): roles.indices.contains(place) ? roles[place] : .none
        }
    }

    private mutating func judged(
        _ field: JudgedField, as role: Int, _ flow: inout Flow, _ input: JudgeInput
    ) -> FieldVerdict {
        // Order matters: consent is not looked at for a field that is prohibited anyway.
        if let prohibited = prohibited(field, as: role, &flow, input) { return prohibited }
        let cell = table.permits.cell(field.category, role)
        var permission = RolePermission()
        var last = TriedPermits(word: 0)
        for position in cell {
            last = tried(table.permits[position], field, &flow, input)
            permission.add(last, in: table)
        }
        var verdict = lists.verdict(permission.action)
        if !permission.isPermitted { verdict.consentLacking = permission.consentLacking }
        var isOrdinary = false
        for position in cell {
            // Nearly all cells are of one word. What becomes of a permit is remembered by the flow.
            let tried = cell.count == 1 ? last : tried(table.permits[position], field, &flow, input)
            if permission.isPermitted {
                let making = permission.making(tried, in: table)
                if making & ~table.traits[tried.word].isBreakGlass != 0 { isOrdinary = true }
                lists.name(making, of: tried.word, in: table, as: &verdict)
            } else {
                lists.note(tried, in: table, as: &verdict)
            }
        }
        if permission.isPermitted, !isOrdinary {
            noteGlass(permission, field, as: role, &flow, input, &verdict)
        }
        return verdict
    }

    /// A drop because of prohibitions; nil where none applies.
    private mutating func prohibited(
        _ field: JudgedField, as role: Int, _ flow: inout Flow, _ input: JudgeInput
    ) -> FieldVerdict? {
        var verdict: FieldVerdict?
        for position in table.prohibits.cell(field.category, role) {
            let rules = table.prohibits[position]
            prohibit(by: rules, flow.standing(of: rules, input).applying, &verdict)
        }
        return verdict
    }

    /// Notes prohibitions that apply.
    mutating func prohibit(by rules: RuleWord, _ applying: UInt64, _ verdict: inout FieldVerdict?) {
        guard applying != 0 else { return }
        var named = verdict ?? lists.verdict()
        if named.nearest == nil { named.nearest = Int32(rules.word * 64 + applying.trailingZeroBitCount) }
        lists.name(applying, of: rules.word, in: table, as: &named)
        verdict = named
    }

    /// What the permits about one role let it have, judged alone.
    mutating func permission(
        _ field: JudgedField, as role: Int, _ flow: inout Flow, _ input: JudgeInput
    ) -> RolePermission {
        var permission = RolePermission()
        for position in table.permits.cell(field.category, role) {
            permission.add(tried(table.permits[position], field, &flow, input), in: table)
        }
        return permission
    }

    /// Whether somebody's agreement is all that some role of the field lacks, whatever else keeps the field back.
    mutating func wantsConsent(_ field: JudgedField, _ flow: inout Flow, _ input: JudgeInput) -> Bool {
        consents.begin()
        switch roles(of: field.subject) {
        case .none: return false
        case .one(let role): return permission(field, as: role, &flow, input).wantsConsent
        case .several(let roles):
            for role in roles where permission(field, as: role, &flow, input).wantsConsent { return true }
            return false
        }
    }

    /// The break-glass clauses that made what one role may have.
    mutating func noteGlass(
        _ permission: RolePermission, _ field: JudgedField, as role: Int, _ flow: inout Flow, _ input: JudgeInput,
        _ verdict: inout FieldVerdict
    ) {
        for position in table.permits.cell(field.category, role) {
            let tried = tried(table.permits[position], field, &flow, input)
            lists.noteGlass(permission.making(tried, in: table), of: tried.word, in: table, as: &verdict)
        }
    }

    /// What becomes of some permits that speak of a field.
    mutating func tried(
        _ rules: RuleWord, _ field: JudgedField, _ flow: inout Flow, _ input: JudgeInput
    ) -> TriedPermits {
        var tried = TriedPermits(word: rules.word)
        let standing = flow.standing(of: rules, input)
        tried.lackingCapacity = standing.heard & ~standing.satisfied
        tried.lackingCondition = standing.satisfied & ~standing.applying
        guard standing.applying != 0 else { return tried }
        var applying = standing.applying
        if onlyByGlass {
            let ordinary = applying & ~table.traits[rules.word].isBreakGlass
            tried.lackingCapacity |= ordinary
            applying &= ~ordinary
        }
        if isCut, !isAsked(field, input) {
            tried.lackingRequest = applying
            return tried
        }
        for bit in BitPlaces(applying & table.traits[rules.word].needsConsent)
        where !consents.isMet(table.needs[rules.word * 64 + bit], for: field, flow.to, index, input) {
            tried.lackingConsent |= UInt64(1) << UInt64(bit)
        }
        tried.allowing = applying & table.traits[rules.word].passes & ~tried.lackingConsent
        return tried
    }

    /// Whether the request this message answers asked for the field; always so when it answers none.
    private func isAsked(_ field: JudgedField, _ input: JudgeInput) -> Bool {
        guard let request else { return true }
        for item in request.items {
            guard let asked = index.categories.known(item.category), index.within[asked].contains(field.category)
            else { continue }
            switch field.subject {
            case .nobody: if item.person == nil, item.role == nil { return true }
            case .role(let role): if item.person == nil, item.role == role { return true }
            case .person(let place):
                guard let person = input.person(place) else { continue }
                if let one = item.person { if one == person.id { return true } else { continue } }
                if let role = item.role, person.roles.contains(role) { return true }
            }
        }
        return false
    }
}

/// A field as a judgement sees it: all fields of one category about one subject are one.
struct JudgedField {
    /// The number of the category.
    let category: Int
    let subject: FieldSubject
}

/// The roles of a subject that are judged alone, by number.
enum JudgedRoles {
    /// A person without any role: nothing about them passes.
    case none
    case one(Int)
    case several(NumberSet)

    init(of roles: Set<Role>, _ numbers: SubjectNumbers) {
        guard let first = roles.first else { self = .none; return }
        self = roles.count == 1 ? .one(numbers[first]) : .several(numbers.set(roles))
    }
}
