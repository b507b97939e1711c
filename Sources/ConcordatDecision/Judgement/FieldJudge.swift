import ConcordatPayload
import ConcordatTerms

/// Judges fields of one flow by their category and subject, and keeps note of the consents it looked at.
///
/// Fields that share a category and a subject share the answer, so each is worked out once however often it occurs.
/// Not copyable: a copy would count a reference to everything it holds, once for each thing it is asked.
struct FieldJudge: ~Copyable {
    private let index: JudgeIndex
    private let flow: Flow
    private let people: [JudgedPerson]
    private let casePeople: [JudgedPerson]
    private let consents: [ConsentFact]
    private let now: UTCInstant
    /// What is judged alone of each of `people`.
    private let aspects: [Aspects]
    /// The request the message is cut to; nil when it answers none.
    private let request: OpenRequest?
    /// Sender or recipient has no capacity in the case, or has not signed: only break-glass clauses speak for them.
    private let onlyByGlass: Bool
    /// What would pass if everyone had consented.
    private let takesConsentAsGiven: Bool
    private var verdicts: [FieldVerdict] = []
    /// For each category and subject, the place of its verdict and one more; 0 while there is none.
    private var known: [Int32]
    // Bound: rules whose standing is remembered. Beyond them a rule is asked again for each field it speaks of, so that no
    // judgement needs more memory because there are more rules.
    private static let remembered = 256
    private var standings = InlineArray<256, Flow.Standing?>(repeating: nil)
    /// In the order in which they were looked at; one may stand here twice.
    private var looked: [ConsentLook] = []
    /// Of the field at hand: emptied for each, and kept so that no field asks for memory of its own.
    private var tried: [TriedPermit] = []
    private var permissions: [RolePermission] = []
    private var prohibitions: [Int] = []

    /// The roles of a subject that are judged alone, by number.
    private enum Aspects {
        /// A person without any role: nothing about them passes.
        case none
        case one(Int)
        case several(NumberSet)

        init(of roles: Set<Role>, _ numbers: SubjectNumbers) {
            guard let first = roles.first else { self = .none; return }
            self = roles.count == 1 ? .one(numbers[first]) : .several(numbers.set(roles))
        }
    }

    init(
        _ index: JudgeIndex, flow: Flow, input: JudgeInput, cutTo request: OpenRequest?, onlyByGlass: Bool = false,
        takesConsentAsGiven: Bool = false
    ) {
        (self.onlyByGlass, self.takesConsentAsGiven) = (onlyByGlass, takesConsentAsGiven)
        (self.index, self.flow, self.request) = (index, flow, request)
        (people, casePeople, consents, now) = (input.people, input.casePeople, input.consents, input.now)
        aspects = input.people.map { Aspects(of: $0.roles, index.subjects) }
        known = Array(repeating: 0, count: index.categories.count * (index.subjects.count + input.people.count))
        verdicts.reserveCapacity(input.facts.fields.count + input.facts.absent.count)
    }

    /// Every consent looked at, sorted, each once.
    var looks: [ConsentLook] { looked.sortedOnce() }

    /// What happens to a field of that category about that subject, and why. No rule speaks of an unknown category.
    mutating func verdict(on category: Category, about subject: FieldSubject) -> FieldVerdict {
        index.categories.known(category).map { verdict(onNumber: $0, about: subject) } ?? FieldVerdict()
    }

    /// The same by the number of the category in the index.
    mutating func verdict(onNumber category: Int, about subject: FieldSubject) -> FieldVerdict {
        guard let column = column(of: subject) else { return judged(category, subject) }
        let slot = category * (index.subjects.count + people.count) + column
        if known[slot] > 0 { return verdicts[Int(known[slot]) - 1] }
        let verdict = judged(category, subject)
        verdicts.append(verdict)
        known[slot] = Int32(verdicts.count)
        return verdict
    }

    /// Where verdicts about a subject are kept; nil for roles that no rule names, which share one number but may differ in
    /// their consents, and for a person whom the caller did not give.
    private func column(of subject: FieldSubject) -> Int? {
        switch subject {
        case .nobody: return SubjectNumbers.nobody
        case .role(let role):
            let number = index.subjects[role]
            return number == index.subjects.other ? nil : number
        case .person(let place): return people.indices.contains(place) ? index.subjects.count + place : nil
        }
    }

    private mutating func judged(_ category: Int, _ subject: FieldSubject) -> FieldVerdict {
        prohibitions.removeAll(keepingCapacity: true)
        tried.removeAll(keepingCapacity: true)
        permissions.removeAll(keepingCapacity: true)
        let aspects = aspects(of: subject)
        switch aspects {
        // A person without any role falls under what is prohibited about anyone.
        case .none: findProhibitions(category, index.subjects.other)
        case .one(let aspect): findProhibitions(category, aspect)
        case .several(let several):
            for aspect in several { findProhibitions(category, aspect) }
            prohibitions.sortAndDropRepeated()
        }
        // Order matters: consent is not looked at for a field that is prohibited anyway.
        guard prohibitions.isEmpty else { return .prohibited(by: prohibitions, in: flow.recipientTable.rules) }
        switch aspects {
        case .none: break
        case .one(let aspect): attemptPermits(category, aspect, subject)
        case .several(let several): for aspect in several { attemptPermits(category, aspect, subject) }
        }
        return .intersection(of: permissions, tried, in: flow.recipientTable.rules)
    }

    private func aspects(of subject: FieldSubject) -> Aspects {
        switch subject {
        case .nobody: .one(SubjectNumbers.nobody)
        case .role(let role): .one(index.subjects[role])
        case .person(let place): aspects.indices.contains(place) ? aspects[place] : .none
        }
    }

    /// Prohibitions add up over the roles.
    private mutating func findProhibitions(_ category: Int, _ aspect: Int) {
        for position in flow.recipientTable.prohibits.part(category, aspect) {
            let place = flow.recipientTable.prohibits[position]
            if case .applies = standing(place) { prohibitions.append(place) }
        }
    }

    /// What the permits about one role let it have, judged alone.
    private mutating func attemptPermits(_ category: Int, _ aspect: Int, _ subject: FieldSubject) {
        let start = tried.count
        for position in flow.recipientTable.permits.part(category, aspect) {
            let place = flow.recipientTable.permits[position]
            switch standing(place) {
            case .elsewhere: continue
            case .lacks(let lack): tried.append(TriedPermit(place: place, outcome: .lacks(lack)))
            case .applies: attempt(place, category, subject)
            }
        }
        permissions.append(RolePermission(start..<tried.count, of: tried))
    }

    private mutating func attempt(_ place: Int, _ category: Int, _ subject: FieldSubject) {
        let rule = flow.recipientTable.rules[place]
        guard let action = rule.permits else { return }
        let lack: MissedPermit.Lack? =
            if onlyByGlass, !rule.text.isBreakGlass {
                .capacity
            } else if !isAsked(category, subject) {
                .request
            } else if let need = rule.need, !holds(need, category, subject) {
                .consent
            } else {
                nil
            }
        if let lack {
            tried.append(TriedPermit(place: place, outcome: .lacks(lack)))
        } else if action != .drop {
            tried.append(TriedPermit(place: place, outcome: .allows(action)))
        }
    }

    private mutating func standing(_ place: Int) -> Flow.Standing {
        guard place < Self.remembered else { return flow.standing(of: place) }
        if let known = standings[place] { return known }
        let standing = flow.standing(of: place)
        standings[place] = standing
        return standing
    }

    /// Whether the request this message answers asked for the field; always so when it answers none.
    private func isAsked(_ category: Int, _ subject: FieldSubject) -> Bool {
        guard let request else { return true }
        let lineage = index.lineages[category]
        return request.items.contains { item in
            guard lineage.contains(item.category) else { return false }
            switch subject {
            case .nobody: return item.person == nil && item.role == nil
            case .role(let role): return item.person == nil && item.role == role
            case .person(let place):
                guard people.indices.contains(place) else { return false }
                if let asked = item.person { return asked == people[place].id }
                return item.role.map(people[place].roles.contains) ?? false
            }
        }
    }

    /// Whether the consent a permit rests on is there. Every consent looked at is noted.
    ///
    /// Nobody's counts for a field about nobody, unless the rule says whose.
    private mutating func holds(_ need: ConsentNeed, _ category: Int, _ subject: FieldSubject) -> Bool {
        guard need.level != .none, !takesConsentAsGiven else { return true }
        var survey = ConsentSurvey()
        switch subject {
        case _ where !need.of.isEmpty: ask(need, category, &survey) { !$0.roles.isDisjoint(with: need.of) }
        case .nobody: break
        case .role(let role): ask(need, category, &survey) { $0.roles.contains(role) }
        case .person(let place):
            if people.indices.contains(place) { ask(people[place], need, category, &survey) }
        }
        switch need.level {
        case .none: return true
        case .notObjected: return !survey.someoneObjects
        case .given: return survey.askedAnyone && survey.allGave
        }
    }

    /// Looks at the consents of everyone of the message or the case who is meant.
    private mutating func ask(
        _ need: ConsentNeed, _ category: Int, _ survey: inout ConsentSurvey, _ isMeant: (JudgedPerson) -> Bool
    ) {
        for person in people where isMeant(person) { ask(person, need, category, &survey) }
        for person in casePeople where isMeant(person) { ask(person, need, category, &survey) }
    }

    private mutating func ask(
        _ person: JudgedPerson, _ need: ConsentNeed, _ category: Int, _ survey: inout ConsentSurvey
    ) {
        survey.askedAnyone = true
        guard let id = person.id else { survey.allGave = false; return }
        let finding = ConsentSearch.state(
            of: id, for: flow.purpose, lineage: index.lineages[category], to: flow.to.id, kind: flow.to.kind,
            ofKinds: need.kinds, in: consents, now: now)
        let look = ConsentLook(person: id, consent: finding.consent, state: finding.state)
        // Permits of one field look at the same consent one after another.
        if looked.last != look { looked.append(look) }
        if !finding.state.allows { survey.allGave = false }
        if finding.state.objects { survey.someoneObjects = true }
    }
}

/// What the consents of those whom a permit asks for come to.
private struct ConsentSurvey {
    var askedAnyone = false
    var allGave = true
    var someoneObjects = false
}

extension [ConsentLook] {
    /// Sorted, each once.
    func sortedOnce() -> [ConsentLook] {
        guard count > 1 else { return self }
        var once: [ConsentLook] = []
        for look in sorted() where once.last != look { once.append(look) }
        return once
    }
}
