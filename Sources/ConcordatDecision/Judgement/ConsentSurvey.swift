import ConcordatPayload
import ConcordatTerms

/// Finds whether the consents that permits rest on are there, and keeps note of those it looked at.
struct ConsentSurvey {
    /// Whether consents are asked for; else everyone is taken to have consented.
    private let isNeeded: Bool
    /// Read when the first consent is asked for.
    private var records = ConsentRecords()
    private var isRead = false
    /// The records that decided something, and the people without any, by number.
    private var decisive = NumberSet()
    private var unrecorded = NumberSet()
    /// For the first 64 of what permits ask for, whether it was asked of the field at hand, and whether it is there: the
    /// permits of one field often ask the same, and it is the same whichever role they are tried for.
    private var asked: UInt64 = 0
    private var met: UInt64 = 0
    private var someoneAsked = false
    private var allGave = true
    private var someoneObjects = false

    init(isNeeded: Bool) { self.isNeeded = isNeeded }

    /// Another field comes to hand.
    mutating func begin() { (asked, met) = (0, 0) }

    /// Every consent looked at, sorted, each once.
    func looks(_ input: JudgeInput) -> [ConsentLook] {
        var looks: [ConsentLook] = []
        for place in decisive {
            let record = records.list[place]
            looks.append(ConsentLook(person: record.person, consent: record.id, state: record.state))
        }
        for number in unrecorded {
            let own = number < input.people.count
            guard let id = own ? input.people[number].id : input.casePeople[number - input.people.count].id else {
                continue
            }
            looks.append(ConsentLook(person: id, consent: nil, state: .unknown))
        }
        return looks.sortedOnce()
    }

    /// Whether a need of the index, by number, is met for a field that goes to that recipient.
    mutating func isMet(
        _ number: Int, for field: JudgedField, _ recipient: IndexedParty, _ index: JudgeIndex, _ input: JudgeInput
    ) -> Bool {
        guard isNeeded else { return true }
        let bit: UInt64 = number < 64 ? 1 << UInt64(number) : 0
        if asked & bit != 0 { return met & bit != 0 }
        asked |= bit
        if !isRead { read(recipient, index, input) }
        let isMet = survey(index.needs[number], field, input)
        if isMet { met |= bit }
        return isMet
    }

    private mutating func read(_ recipient: IndexedParty, _ index: JudgeIndex, _ input: JudgeInput) {
        isRead = true
        records = ConsentRecords(
            input.consents, for: input.purpose, to: recipient.party.id, kind: recipient.party.kind, now: input.now
        ) { named in
            var covered = NumberSet()
            for category in named {
                if let number = index.categories.known(category) { covered.formUnion(index.within[number]) }
            }
            return covered
        }
    }

    /// Nobody's consent counts for a field about nobody, unless the rule says whose.
    private mutating func survey(_ need: IndexedNeed, _ field: JudgedField, _ input: JudgeInput) -> Bool {
        (someoneAsked, allGave, someoneObjects) = (false, true, false)
        if !need.of.isEmpty {
            askEveryone(need, field, input) { !$0.isDisjoint(with: need.of) }
        } else {
            switch field.subject {
            case .nobody: break
            case .role(let role): askEveryone(need, field, input) { $0.contains(role) }
            case .person(let place):
                if input.people.indices.contains(place) { ask(place, input.people[place].id, need, field) }
            }
        }
        switch need.level {
        case .none: return true
        case .notObjected: return !someoneObjects
        case .given: return someoneAsked && allGave
        }
    }

    /// Looks at the consents of everyone of the message or the case whose roles are meant.
    private mutating func askEveryone(
        _ need: IndexedNeed, _ field: JudgedField, _ input: JudgeInput, _ isMeant: (Set<Role>) -> Bool
    ) {
        for place in input.people.indices where isMeant(input.people[place].roles) {
            ask(place, input.people[place].id, need, field)
        }
        for place in input.casePeople.indices where isMeant(input.casePeople[place].roles) {
            ask(input.people.count + place, input.casePeople[place].id, need, field)
        }
    }

    /// - Parameter number: people of the message first, then those of the case alone.
    private mutating func ask(_ number: Int, _ id: PersonID?, _ need: IndexedNeed, _ field: JudgedField) {
        someoneAsked = true
        guard let id else { allGave = false; return }
        guard let place = records.deciding(of: id, category: field.category, ofKinds: need.kinds) else {
            unrecorded.insert(number)
            allGave = false
            return
        }
        decisive.insert(place)
        if !records.list[place].state.allows { allGave = false }
        if records.list[place].state.objects { someoneObjects = true }
    }
}

extension [ConsentLook] {
    /// Sorted, each once.
    consuming func sortedOnce() -> [ConsentLook] {
        var looks = self
        guard looks.count > 1 else { return looks }
        looks.sort()
        var kept = 1
        for place in 1..<looks.count where looks[place] != looks[kept - 1] {
            if place != kept { looks[kept] = looks[place] }
            kept += 1
        }
        looks.removeLast(looks.count - kept)
        return looks
    }
}
