import ConcordatPayload
import ConcordatTerms

/// Judges fields of one flow by their category and subject, and keeps note of the consents it looked at.
///
/// Fields that share a category and a subject share the answer, so each is worked out once however often it occurs.
struct FieldJudge {
    private struct Key: Hashable {
        let category: Int
        let subject: FieldSubject
    }

    private let index: JudgeIndex
    private let flow: Flow
    private let input: JudgeInput
    /// The request the message is cut to; nil when it answers none.
    private let request: OpenRequest?
    private let fields: [JudgeIndex.CategoryRules]
    /// The recipient has no capacity in the case: only break-glass clauses speak for it.
    private let onlyByGlass: Bool
    /// What would pass if everyone had consented.
    private let takesConsentAsGiven: Bool
    private var standings: [Flow.Standing?]
    private var verdicts: [Key: FieldVerdict] = [:]
    private(set) var looks: Set<ConsentLook> = []

    init(
        _ index: JudgeIndex, flow: Flow, input: JudgeInput, cutTo request: OpenRequest?, onlyByGlass: Bool = false,
        takesConsentAsGiven: Bool = false
    ) {
        (self.onlyByGlass, self.takesConsentAsGiven) = (onlyByGlass, takesConsentAsGiven)
        (self.index, self.flow, self.input, self.request) = (index, flow, input, request)
        fields = index.messages[flow.message]?.fields ?? []
        standings = Array(repeating: nil, count: index.rules.count)
    }

    /// What happens to a field of that category about that subject, and why. No rule speaks of an unknown category.
    mutating func verdict(on category: Category, about subject: FieldSubject) -> FieldVerdict {
        index.numbers[category].map { verdict(onNumber: $0, about: subject) } ?? FieldVerdict()
    }

    /// The same by the number of the category in the index.
    mutating func verdict(onNumber category: Int, about subject: FieldSubject) -> FieldVerdict {
        let key = Key(category: category, subject: subject)
        if let known = verdicts[key] { return known }
        let verdict = judged(category, subject)
        verdicts[key] = verdict
        return verdict
    }

    private mutating func judged(_ category: Int, _ subject: FieldSubject) -> FieldVerdict {
        let aspects = aspects(of: subject)
        let perAspect = aspects.map { fields[category].rules(about: $0) }
        let prohibitions = prohibiting(perAspect, category).filter { applies($0) }
        // Order matters: consent is not looked at for a field that is prohibited anyway.
        guard prohibitions.isEmpty else { return .prohibited(by: prohibitions, in: index.rules) }
        return FieldVerdict.intersection(
            of: perAspect.map { permission($0.permits, category, subject) }, in: index.rules)
    }

    /// Prohibitions add up over the roles; a person without any falls under those about anyone.
    private func prohibiting(_ perAspect: [JudgeIndex.FieldRules], _ category: Int) -> [Int] {
        switch perAspect.count {
        case 0: fields[category].aboutAnyone.prohibits
        case 1: perAspect[0].prohibits
        default: Set(perAspect.flatMap(\.prohibits)).sorted()
        }
    }

    /// What the permits about one role let it have, judged alone.
    private mutating func permission(_ permits: [Int], _ category: Int, _ subject: FieldSubject) -> RolePermission {
        var permission = RolePermission()
        for place in permits {
            switch standing(place) {
            case .elsewhere: continue
            case .lacks(let lack): permission.miss(place, lack)
            case .applies:
                let rule = index.rules[place].text
                guard case .permit(let action, let need) = rule.effect else { continue }
                if onlyByGlass, !rule.isBreakGlass {
                    permission.miss(place, .capacity)
                } else if !isAsked(category, subject) {
                    permission.miss(place, .request)
                } else if holds(need, category, subject) {
                    permission.allow(action, by: place)
                } else {
                    permission.miss(place, .consent)
                }
            }
        }
        return permission
    }

    /// The roles that are judged alone. A person without any has no aspect, and nothing about them passes.
    private func aspects(of subject: FieldSubject) -> [CompiledRule.Subject] {
        switch subject {
        case .nobody: [.nobody]
        case .role(let role): [.role(role)]
        case .person(let index): input.person(index)?.roles.sorted().map { .role($0) } ?? []
        }
    }

    private mutating func standing(_ place: Int) -> Flow.Standing {
        if let known = standings[place] { return known }
        let standing = flow.standing(of: index.rules[place].text)
        standings[place] = standing
        return standing
    }

    private mutating func applies(_ place: Int) -> Bool {
        switch standing(place) {
        case .applies: true
        case .elsewhere, .lacks: false
        }
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
            case .person(let index):
                guard let person = input.person(index) else { return false }
                if let asked = item.person { return asked == person.id }
                return item.role.map(person.roles.contains) ?? false
            }
        }
    }

    /// Whether the consent a permit rests on is there. Every consent looked at is noted.
    private mutating func holds(_ need: ConsentNeed, _ category: Int, _ subject: FieldSubject) -> Bool {
        guard need.level != .none, !takesConsentAsGiven else { return true }
        let people = consenting(need, subject)
        var allGiven = !people.isEmpty
        var nobodyObjects = true
        for person in people {
            guard let id = person.id else { allGiven = false; continue }
            let finding = ConsentSearch.state(
                of: id, for: flow.purpose, lineage: index.lineages[category], to: flow.to.id,
                kind: flow.to.kind, ofKinds: need.kinds, in: input.consents, now: input.now)
            looks.insert(ConsentLook(person: id, consent: finding.consent, state: finding.state))
            if !finding.state.allows { allGiven = false }
            if finding.state.objects { nobodyObjects = false }
        }
        switch need.level {
        case .none: return true
        case .notObjected: return nobodyObjects
        case .given: return allGiven
        }
    }

    /// Whose consent counts. Nobody's for a field about nobody, unless the rule says whose.
    private func consenting(_ need: ConsentNeed, _ subject: FieldSubject) -> [JudgedPerson] {
        guard need.of.isEmpty else { return input.people(withAnyOf: need.of) }
        switch subject {
        case .nobody: return []
        case .role(let role): return input.people(withAnyOf: [role])
        case .person(let index): return input.person(index).map { [$0] } ?? []
        }
    }
}

extension CompiledRule {
    /// Whether the rule is about one of these, or about anyone and nobody.
    func speaks(ofAnyOf subjects: [Subject]) -> Bool {
        guard let about else { return true }
        return subjects.contains { about.contains($0) }
    }
}

extension JudgeInput {
    /// The person with that index in the message; nil when the caller gave none.
    func person(_ index: Int) -> JudgedPerson? { people.indices.contains(index) ? people[index] : nil }

    /// Everyone of the message or the case who has one of these roles.
    func people(withAnyOf roles: Set<Role>) -> [JudgedPerson] {
        (people + casePeople).filter { !$0.roles.isDisjoint(with: roles) }
    }
}
