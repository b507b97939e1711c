import ConcordatDecision
import ConcordatTerms

/// Reads `facts.yaml`: the state of a case and its consents, before the first message.
struct FactsReader {
    let compiled: CompiledProtocol
    let terms: TermTable
    let values: ValueChecker
    let log: ProblemLog

    init(compiled: CompiledProtocol, log: ProblemLog) {
        (self.compiled, self.log) = (compiled, log)
        terms = TermTable(compiled, log)
        values = ValueChecker(log: log)
    }

    /// The state; nil when it cannot be read, which is then in the log.
    func read(_ bytes: [UInt8], file: String) -> CaseState? {
        guard let root = YAMLText(file: file, log: log).read(bytes),
            var reader = MappingReader(root, "the facts", log)
        else { return nil }
        guard let now = reader.word("now", required: true).flatMap(instant) else {
            _ = (reader.node("case"), reader.node("consents"))
            reader.finish()
            return nil
        }
        var state = CaseState(now: now)
        if let node = reader.node("case") { readCase(node, &state) }
        state.consents = reader.items("consents").enumerated().compactMap { consent($1, number: $0 + 1, now: now) }
        reader.finish()
        return state
    }

    private func readCase(_ node: YAMLNode, _ state: inout CaseState) {
        guard var reader = MappingReader(node, "the case", log) else { return }
        var facts = CaseFacts(id: reader.word("id").flatMap { id($0, as: CaseID.self) } ?? "case-1")
        for member in reader.entries("persons") {
            guard let person = id(member.key, as: PersonID.self) else { continue }
            guard var inner = MappingReader(member.value, "a person", log) else { continue }
            let roles: Set<Role> = terms.resolve(inner.words("roles", required: true) ?? [], .role)
            facts.roles[person] = roles
            for alias in inner.entries("aliases") {
                guard let party = party(alias.key) else { continue }
                guard let reference = MappingReader.word(alias.value, alias.key.value, log) else { continue }
                state.aliases[party, default: [:]][reference.value] = person
            }
            inner.finish()
        }
        let now = state.now
        facts.capacities = reader.items("capacities").compactMap { capacity($0, now: now) }
        for member in reader.entries("flags") {
            guard terms.resolve(member.key, .flag, as: Speciality.self) != nil else { continue }
            facts.flags[member.key.value] = Set(
                (MappingReader.words(member.value, member.key.value, log) ?? []).map(\.value))
        }
        facts.requests = reader.items("requests").compactMap { request($0, known: facts.roles, now: now) }
        reader.finish()
        state.facts = facts
    }

    private func capacity(_ node: YAMLNode, now: UTCInstant) -> CapacityHolding? {
        guard var reader = MappingReader(node, "a capacity held", log) else { return nil }
        let holder = reader.word("party", required: true).flatMap(party)
        let capacity = reader.word("capacity", required: true).flatMap {
            terms.resolve($0, .capacity, as: Capacity.self)
        }
        let from = reader.word("from").map { instant($0) } ?? now
        let untilWord = reader.word("until")
        let until = untilWord.flatMap(instant)
        reader.finish()
        guard let holder, let capacity, let from, untilWord == nil || until != nil else { return nil }
        return CapacityHolding(party: holder, capacity: capacity, from: from, until: until)
    }

    private func request(_ node: YAMLNode, known: [PersonID: Set<Role>], now: UTCInstant) -> OpenRequest? {
        guard var reader = MappingReader(node, "an open request", log) else { return nil }
        let message = reader.word("message", required: true).flatMap { id($0, as: MessageID.self) }
        let asker = reader.word("asker", required: true).flatMap(party)
        let holder = reader.word("holder", required: true).flatMap(party)
        let purpose = reader.word("purpose", required: true).flatMap {
            terms.resolve($0, .purpose, as: PurposeID.self)
        }
        let items = reader.items("items").compactMap { item($0, known: known) }
        let expires = reader.word("expires").map { instant($0) } ?? now + MessageDefaults.life
        reader.finish()
        guard let message, let asker, let holder, let purpose, let expires else { return nil }
        return OpenRequest(
            message: message, asker: asker, holder: holder, purpose: purpose, items: Set(items), expires: expires)
    }

    private func item(_ node: YAMLNode, known: [PersonID: Set<Role>]) -> RequestedItem? {
        guard var reader = MappingReader(node, "a requested item", log) else { return nil }
        let category = reader.word("category", required: true).flatMap {
            terms.resolve($0, .category, as: Category.self)
        }
        let personWord = reader.word("person")
        let person = personWord.flatMap { id($0, as: PersonID.self) }
        if let personWord, let person, known[person] == nil {
            log.error(
                personWord.span, "unknown person `\(personWord.value)`",
                NearestName.advice(
                    for: personWord.value, among: known.keys.map(\.rawValue), declare: "add it under `persons`"))
        }
        let role = reader.word("role").flatMap { terms.resolve($0, .role, as: Role.self) }
        reader.finish()
        return category.map { RequestedItem(category: $0, person: person, role: role) }
    }

    private func consent(_ node: YAMLNode, number: Int, now: UTCInstant) -> ConsentFact? {
        guard var reader = MappingReader(node, "a consent", log) else { return nil }
        let person = reader.word("person", required: true).flatMap { id($0, as: PersonID.self) }
        let kind = reader.word("kind", required: true).flatMap {
            known($0, "kind of consent", among: ConsentKind.allCases) { $0.rawValue }
        }
        let purpose = reader.word("purpose", required: true).flatMap {
            terms.resolve($0, .purpose, as: PurposeID.self)
        }
        let state = reader.word("state", required: true).flatMap {
            known($0, "state", among: ConsentState.allCases) { $0.rawValue }
        }
        let categories: Set<Category>? = terms.resolve(reader.words("categories"), .category)
        let recipients = reader.words("recipients")
        let from = reader.word("from").map { instant($0) } ?? now
        let untilWord = reader.word("until")
        let until = untilWord.flatMap(instant)
        reader.finish()
        guard let person, let kind, let purpose, let state, let from, untilWord == nil || until != nil
        else { return nil }
        var kinds: Set<PartyKind>? = recipients == nil ? nil : []
        var parties: Set<PartyID> = []
        for name in recipients ?? [] {
            if compiled.partyKinds.contains(PartyKind(unchecked: name.value)) {
                kinds?.insert(PartyKind(unchecked: name.value))
            } else if let party = party(name) {
                parties.insert(party)
            }
        }
        return ConsentFact(
            id: ConsentID(unchecked: "consent-\(number)"), person: person, kind: kind, purpose: purpose,
            categories: categories, recipientKinds: kinds, recipientParties: parties, state: state, from: from,
            until: until)
    }

    private func known<Value>(
        _ word: Name, _ what: String, among all: [Value], name: (Value) -> String
    ) -> Value? {
        if let value = all.first(where: { name($0) == word.value }) { return value }
        log.error(
            word.span, "unknown \(what) `\(word.value)`",
            NearestName.advice(for: word.value, among: all.map(name), declare: "use one of them"))
        return nil
    }

    func party(_ name: Name) -> PartyID? {
        let id = PartyID(name.value)
        if let id, compiled.parties[id] != nil { return id }
        log.error(
            name.span, "unknown party `\(name.value)`",
            NearestName.advice(
                for: name.value, among: compiled.parties.keys.map(\.rawValue), declare: "add it to the roster"))
        return nil
    }

    private func id<ID: Identifier>(_ name: Name, as type: ID.Type) -> ID? {
        if let id = ID(rawValue: name.value) { return id }
        log.error(name.span, "`\(name.value)` is not an id", "use 1 to 64 of letters, digits, `.`, `_`, `-`")
        return nil
    }

    private func instant(_ name: Name) -> UTCInstant? {
        if let instant = UTCInstant(name.value) { return instant }
        log.error(name.span, "`\(name.value)` is not a moment", "write it as 2026-04-01T09:30:00Z")
        return nil
    }
}
