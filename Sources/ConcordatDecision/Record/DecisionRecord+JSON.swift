package import ConcordatJSON
import ConcordatPayload
import ConcordatTerms

extension DecisionRecord {
    /// The record as JSON; equal records are equal bytes in canonical form. The members are in `docs/replay.md`.
    package var json: JSONValue {
        var members = [
            JSONMember("text", .string(text)), JSONMember("time", .string(time.description)),
            JSONMember("message", .string(message.rawValue)), JSONMember("sender", .string(sender.rawValue)),
            JSONMember("purpose", .string(purpose.rawValue)), JSONMember("newCase", .bool(isNewCase)),
            JSONMember("reply", .bool(claimsReply)), JSONMember("persons", .array(persons.map(\.json))),
            JSONMember("others", .array(others.map(\.json))), JSONMember("fields", .array(fields.map(\.json))),
            JSONMember("facts", .sets(facts)), JSONMember("parties", .sets(parties.mapValues(Self.names))),
            JSONMember(
                "asked", .array(askedInOrder.map { .array([.string($0.category.rawValue), .subject($0.subject)]) })),
            JSONMember(
                "capacities",
                .sets(Dictionary(uniqueKeysWithValues: capacities.map { ($0.key.rawValue, Self.names($0.value)) }))),
            JSONMember("flags", .sets(flags)), JSONMember("consents", .array(consents.map(\.json))),
            JSONMember("requests", .array(requests.map(\.json))), JSONMember("answers", .array(answers.map(\.json))),
        ]
        if let ground { members.append(JSONMember("ground", .string(ground))) }
        return .object(members)
    }

    private var askedInOrder: [AskedItem] {
        asked.sorted { ($0.category, $0.subject) < ($1.category, $1.subject) }
    }

    private static func names(_ ids: Set<some Identifier>) -> Set<String> { Set(ids.map(\.rawValue)) }

    /// Reads ``json``; nil when it is not a record, or one with a member this version does not know.
    package init?(json: JSONValue) {
        var reader = RecordReader(json)
        guard let text = reader.text("text"), let time = reader.text("time").flatMap({ UTCInstant($0) }),
            let message: MessageName = reader.id("message"), let sender: PartyID = reader.id("sender"),
            let purpose: PurposeID = reader.id("purpose"), let isNewCase = reader.truth("newCase"),
            let claimsReply = reader.truth("reply"), let persons = reader.list("persons", Person.init(json:)),
            let others = reader.list("others", Person.init(json:)),
            let fields = reader.list("fields", Field.init(json:)), let facts = reader.sets("facts"),
            let parties = reader.sets("parties"),
            let asked = reader.list("asked", AskedItem.init(recorded:)), let held = reader.sets("capacities"),
            let flags = reader.sets("flags"), let consents = reader.list("consents", Consent.init(json:)),
            let requests = reader.list("requests", Request.init(json:)),
            let answers = reader.list("answers", Answer.init(json:))
        else { return nil }
        let ground = reader.text("ground")
        guard reader.isDone, answers.allSatisfy({ answer in answer.passed.keys.allSatisfy(fields.indices.contains) }),
            fields.allSatisfy({ $0.subject.isWithin(persons.count) })
        else { return nil }
        var capacities: [PartyID: Set<Capacity>] = [:]
        for (party, names) in held {
            guard let party = PartyID(party) else { return nil }
            capacities[party] = Set(names.compactMap { Capacity($0) })
        }
        self.init(
            text: text, time: time, message: message, sender: sender, purpose: purpose, isNewCase: isNewCase,
            claimsReply: claimsReply, ground: ground, persons: persons, others: others, fields: fields, facts: facts,
            parties: parties.mapValues { Set($0.compactMap { PartyID($0) }) }, asked: Set(asked),
            capacities: capacities,
            flags: flags, consents: consents, requests: requests, answers: answers)
    }
}

extension DecisionRecord.Person {
    fileprivate var json: JSONValue {
        var members = [JSONMember("who", .int(who)), JSONMember("roles", .names(roles.map(\.rawValue)))]
        if let age { members.append(JSONMember("age", .int(age))) }
        return .object(members)
    }

    fileprivate init?(json: JSONValue) {
        var reader = RecordReader(json)
        guard let who = reader.number("who"), let roles: Set<Role> = reader.ids("roles") else { return nil }
        let age = reader.number("age")
        guard reader.isDone, age.map((0...150).contains) ?? true else { return nil }
        self.init(who: who, roles: roles, age: age)
    }
}

extension DecisionRecord.Field {
    fileprivate var json: JSONValue { .array([.string(path), .subject(subject), .int(count)]) }

    fileprivate init?(json: JSONValue) {
        guard let parts = json.arrayValue, parts.count == 3, let path = parts[0].stringValue,
            let subject = FieldSubject(recorded: parts[1]), let count = parts[2].intValue, count > 0
        else { return nil }
        self.init(path: path, subject: subject, count: count)
    }
}

extension DecisionRecord.Consent {
    fileprivate var json: JSONValue {
        var members = [
            JSONMember("who", .int(who)), JSONMember("kind", .string(kind.rawValue)),
            JSONMember("purpose", .string(purpose.rawValue)), JSONMember("state", .string(state.rawValue)),
            JSONMember("from", .string(from.description)),
            JSONMember("recipients", .names(recipientParties.map(\.rawValue))),
        ]
        if let categories { members.append(JSONMember("categories", .names(categories.map(\.rawValue)))) }
        if let recipientKinds { members.append(JSONMember("kinds", .names(recipientKinds.map(\.rawValue)))) }
        if let until { members.append(JSONMember("until", .string(until.description))) }
        return .object(members)
    }

    fileprivate init?(json: JSONValue) {
        var reader = RecordReader(json)
        guard let who = reader.number("who"), let kind = reader.text("kind").flatMap(ConsentKind.init(rawValue:)),
            let purpose: PurposeID = reader.id("purpose"),
            let state = reader.text("state").flatMap(ConsentState.init(rawValue:)),
            let from = reader.text("from").flatMap({ UTCInstant($0) }),
            let parties: Set<PartyID> = reader.ids("recipients")
        else { return nil }
        let categories: Set<Category>? = reader.ids("categories")
        let kinds: Set<PartyKind>? = reader.ids("kinds")
        let until = reader.text("until").flatMap { UTCInstant($0) }
        guard reader.isDone else { return nil }
        self.init(
            who: who, kind: kind, purpose: purpose, categories: categories, recipientKinds: kinds,
            recipientParties: parties, state: state, from: from, until: until)
    }
}

extension DecisionRecord.Request {
    fileprivate var json: JSONValue {
        let items = items.map { item -> [JSONValue] in
            [
                .string(item.category.rawValue), item.who.map { .int($0) } ?? .null,
                item.role.map { .string($0.rawValue) } ?? .null,
            ]
        }
        let order = items.sorted {
            JSONValue.array($0).serialized().lexicographicallyPrecedes(JSONValue.array($1).serialized())
        }
        return .object([
            JSONMember("asker", .string(asker.rawValue)), JSONMember("holder", .string(holder.rawValue)),
            JSONMember("purpose", .string(purpose.rawValue)), JSONMember("expires", .string(expires.description)),
            JSONMember("items", .array(order.map { .array($0) })),
        ])
    }

    fileprivate init?(json: JSONValue) {
        var reader = RecordReader(json)
        guard let asker: PartyID = reader.id("asker"), let holder: PartyID = reader.id("holder"),
            let purpose: PurposeID = reader.id("purpose"),
            let expires = reader.text("expires").flatMap({ UTCInstant($0) }),
            let items = reader.list("items", Item.init(json:)), reader.isDone
        else { return nil }
        self.init(asker: asker, holder: holder, purpose: purpose, items: Set(items), expires: expires)
    }
}

extension DecisionRecord.Request.Item {
    fileprivate init?(json: JSONValue) {
        guard let parts = json.arrayValue, parts.count == 3,
            let category = parts[0].stringValue.flatMap({ Category($0) })
        else { return nil }
        self.init(category: category, who: parts[1].intValue, role: parts[2].stringValue.flatMap { Role($0) })
    }
}

extension DecisionRecord.Answer {
    fileprivate var json: JSONValue {
        var members = [
            JSONMember("recipient", .string(recipient.rawValue)), JSONMember("answer", .string(answer)),
            JSONMember(
                "passed",
                .array(passed.sorted { $0.key < $1.key }.map { .array([.int($0.key), .string($0.value.rawValue)]) })),
        ]
        if let code { members.append(JSONMember("code", .string(code))) }
        if let clause { members.append(JSONMember("clause", .string(clause.rawValue))) }
        if let leaf { members.append(JSONMember("leaf", .int(Int(leaf)))) }
        return .object(members)
    }

    fileprivate init?(json: JSONValue) {
        var reader = RecordReader(json)
        guard let recipient: PartyID = reader.id("recipient"), let answer = reader.text("answer"),
            ["share", "hold", "withhold", "refuse"].contains(answer),
            let passed = reader.list(
                "passed",
                { part -> (Int, FieldAction)? in
                    guard let pair = part.arrayValue, pair.count == 2, let place = pair[0].intValue,
                        let action = pair[1].stringValue.flatMap(FieldAction.init(rawValue:)), action != .drop
                    else { return nil }
                    return (place, action)
                })
        else { return nil }
        let code = reader.text("code")
        let clause: RuleID? = reader.id("clause")
        let leaf = reader.number("leaf")
        guard reader.isDone, leaf.map({ $0 >= 0 }) ?? true else { return nil }
        self.init(
            recipient: recipient, answer: answer, code: code, clause: clause,
            passed: Dictionary(passed, uniquingKeysWith: { first, _ in first }), leaf: leaf.map { UInt64($0) })
    }
}
