import ConcordatDecision
import ConcordatJSON
import ConcordatTerms

// The parts of a case as JSON at rest. Sets are written sorted, so that equal cases are equal bytes before sealing.

extension JSONValue {
    static func int(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
    static func instant(_ value: UTCInstant?) -> JSONValue { value.map { .string($0.description) } ?? .null }
    static func term(_ value: (some Identifier)?) -> JSONValue { value.map { .string($0.rawValue) } ?? .null }
    static func strings(_ values: some Sequence<String>) -> JSONValue { .array(values.sorted().map { .string($0) }) }
    static func terms(_ values: some Sequence<some Identifier>) -> JSONValue { .strings(values.map(\.rawValue)) }
    static func map<Key: Identifier, Value>(_ values: [Key: Value], _ json: (Value) -> JSONValue) -> JSONValue {
        .object(values.sorted { $0.key < $1.key }.map { JSONMember($0.key.rawValue, json($0.value)) })
    }

    func term<ID: Identifier>(_ name: String) -> ID? { self[name]?.stringValue.flatMap { ID($0) } }
    func instant(_ name: String) -> UTCInstant? { self[name]?.stringValue.flatMap { UTCInstant($0) } }
    func list<Item>(_ name: String, _ make: (JSONValue) -> Item?) -> [Item]? {
        guard let items = self[name]?.arrayValue else { return nil }
        let made = items.compactMap(make)
        return made.count == items.count ? made : nil
    }
    func map<Key: Identifier, Value>(_ name: String, _ make: (JSONValue) -> Value?) -> [Key: Value]? {
        guard let members = self[name]?.objectValue else { return nil }
        var made: [Key: Value] = [:]
        for member in members {
            guard let key = Key(member.name), let value = make(member.value) else { return nil }
            made[key] = value
        }
        return made
    }
    var stringSet: Set<String>? { arrayValue.map { Set($0.compactMap(\.stringValue)) } }
    func terms<ID: Identifier>() -> Set<ID>? { stringSet.map { Set($0.compactMap { ID($0) }) } }
    var termSet: Set<Role>? { terms() }
}

extension CapacityHolding {
    var json: JSONValue {
        .object([
            JSONMember("party", .term(party)), JSONMember("capacity", .term(capacity)),
            JSONMember("from", .instant(from)),
            JSONMember("until", .instant(until)),
        ])
    }

    init?(json: JSONValue) {
        guard let party: PartyID = json.term("party"), let capacity: Capacity = json.term("capacity"),
            let from = json.instant("from")
        else { return nil }
        self.init(party: party, capacity: capacity, from: from, until: json.instant("until"))
    }
}

extension OpenRequest {
    var json: JSONValue {
        .object([
            JSONMember("message", .term(message)), JSONMember("asker", .term(asker)),
            JSONMember("holder", .term(holder)),
            JSONMember("purpose", .term(purpose)), JSONMember("expires", .instant(expires)),
            JSONMember(
                "items",
                .array(
                    items.sorted {
                        ($0.category, $0.person?.rawValue ?? "", $0.role?.rawValue ?? "")
                            < ($1.category, $1.person?.rawValue ?? "", $1.role?.rawValue ?? "")
                    }.map { item in
                        .object([
                            JSONMember("category", .term(item.category)), JSONMember("person", .term(item.person)),
                            JSONMember("role", .term(item.role)),
                        ])
                    })),
        ])
    }

    init?(json: JSONValue) {
        guard let message: MessageID = json.term("message"), let asker: PartyID = json.term("asker"),
            let holder: PartyID = json.term("holder"), let purpose: PurposeID = json.term("purpose"),
            let expires = json.instant("expires"),
            let items = json.list(
                "items",
                { item -> RequestedItem? in
                    guard let category: ConcordatTerms.Category = item.term("category") else { return nil }
                    return RequestedItem(category: category, person: item.term("person"), role: item.term("role"))
                })
        else { return nil }
        self.init(message: message, asker: asker, holder: holder, purpose: purpose, items: Set(items), expires: expires)
    }
}

extension ConsentRecord {
    var json: JSONValue {
        .object([
            JSONMember("id", .term(fact.id)), JSONMember("person", .term(fact.person)),
            JSONMember("kind", .string(fact.kind.rawValue)), JSONMember("purpose", .term(fact.purpose)),
            JSONMember("categories", fact.categories.map { .terms($0) } ?? .null),
            JSONMember("kinds", fact.recipientKinds.map { .terms($0) } ?? .null),
            JSONMember("parties", .terms(fact.recipientParties)), JSONMember("from", .instant(fact.from)),
            JSONMember("until", .instant(fact.until)), JSONMember("recordedBy", .term(recordedBy)),
            JSONMember("giving", giving.json), JSONMember("takenBy", .term(takenBy)),
            JSONMember("taking", taking.json),
            JSONMember("evidence", evidence.map { .string($0) } ?? .null),
            JSONMember("told", .bool(toldRightToWithdraw)),
            JSONMember("request", .term(requestID)),
            JSONMember(
                "events",
                .array(
                    events.map { event in
                        .object([
                            JSONMember("state", .string(event.state.rawValue)), JSONMember("at", .instant(event.at)),
                            JSONMember("by", .term(event.by)),
                        ])
                    })),
        ])
    }

    init?(json: JSONValue) {
        guard let id: ConsentID = json.term("id"), let person: PersonID = json.term("person"),
            let kind = json["kind"]?.stringValue.flatMap(ConsentKind.init(rawValue:)),
            let purpose: PurposeID = json.term("purpose"), let from = json.instant("from"),
            let recordedBy: PartyID = json.term("recordedBy"), let told = json["told"]?.boolValue,
            let giving = json["giving"].flatMap(Giving.init(json:)),
            let events = json.list(
                "events",
                { event -> Event? in
                    guard let state = event["state"]?.stringValue.flatMap(ConsentState.init(rawValue:)),
                        let at = event.instant("at"), let by: PartyID = event.term("by")
                    else { return nil }
                    return Event(state: state, at: at, by: by)
                }), let newest = events.last
        else { return nil }
        self.init(
            fact: ConsentFact(
                id: id, person: person, kind: kind, purpose: purpose, categories: json["categories"]?.terms(),
                recipientKinds: json["kinds"]?.terms(), recipientParties: json["parties"]?.terms() ?? [],
                state: newest.state, from: from, until: json.instant("until")),
            recordedBy: recordedBy, giving: giving, taking: json["taking"].map(Taking.init(json:)) ?? Taking(),
            takenBy: json.term("takenBy"),
            evidence: json["evidence"]?.stringValue, toldRightToWithdraw: told, events: events)
        requestID = json.term("request")
    }
}

extension ConsentRecord.Taking {
    var json: JSONValue {
        .object([
            JSONMember("notice", notice.map { .string($0) } ?? .null),
            JSONMember("language", language.map { .string($0) } ?? .null),
            JSONMember("channel", channel.map { .string($0.rawValue) } ?? .null),
            JSONMember("expression", expression.map { .string($0.rawValue) } ?? .null),
            JSONMember("review", review.map { .string($0.description) } ?? .null),
        ])
    }

    init(json: JSONValue) {
        self.init(
            notice: json["notice"]?.stringValue, language: json["language"]?.stringValue,
            channel: json["channel"]?.stringValue.flatMap(Channel.init(rawValue:)),
            expression: json["expression"]?.stringValue.flatMap(Expression.init(rawValue:)),
            review: json["review"]?.stringValue.flatMap { CivilDate($0) })
    }
}

extension ConsentRecord.Giving {
    var json: JSONValue {
        .object([
            JSONMember("by", .string(by.rawValue)), JSONMember("giver", .term(giver)),
            JSONMember("relation", relation.map { .string($0.rawValue) } ?? .null),
            JSONMember("ageBand", ageBand.map { .string($0.rawValue) } ?? .null),
            JSONMember("competent", isCompetent.map { .bool($0) } ?? .null),
            JSONMember("assessedBy", .term(assessedBy)),
        ])
    }

    init?(json: JSONValue) {
        guard let by = json["by"]?.stringValue.flatMap(ConsentGiver.init(rawValue:)) else { return nil }
        self.init(
            by: by, giver: json.term("giver"),
            relation: json["relation"]?.stringValue.flatMap(Relation.init(rawValue:)),
            ageBand: json["ageBand"]?.stringValue.flatMap(ConsentAgeBand.init(rawValue:)),
            isCompetent: json["competent"]?.boolValue, assessedBy: json.term("assessedBy"))
    }
}
