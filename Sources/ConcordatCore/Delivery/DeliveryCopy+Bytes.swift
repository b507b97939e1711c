import ConcordatCrypto
import ConcordatDecision
import ConcordatJSON
import ConcordatPayload
import ConcordatTerms

// At rest, under the seal: 4 bytes big-endian length of the head ‖ head (JSON) ‖ the cut document.

extension DeliveryCopy {
    /// The bytes that are sealed.
    package var bytes: [UInt8] {
        let head = json.serialized()
        let length = UInt32(head.count)
        return [UInt8(length >> 24), UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255)] + head
            + cut.bytes
    }

    /// Reads ``bytes``; nil when they are not a copy.
    package init?(bytes: [UInt8]) {
        guard bytes.count >= 4 else { return nil }
        let length = bytes[0..<4].reduce(0) { $0 << 8 | Int($1) }
        guard length <= bytes.count - 4 else { return nil }
        let limits = JSONLimits(documentBytesMax: 16 << 20, depthMax: 16, membersMax: 100_000, itemsMax: 100_000)
        guard let head = try? JSONValue.parse(Array(bytes[4..<4 + length]), limits: limits) else { return nil }
        self.init(head: head, document: Array(bytes[(4 + length)...]))
    }

    private var json: JSONValue {
        .object(
            context.duties.members + [
                JSONMember("breakGlass", context.breakGlass.map { .string($0) } ?? .null),
                JSONMember("message", .term(context.message)), JSONMember("name", .term(context.name)),
                JSONMember("type", .string(context.type)), JSONMember("sender", .term(context.sender)),
                JSONMember("recipient", .term(context.recipient)),
                JSONMember("recipients", .array(context.recipients.map { .term($0) })),
                JSONMember("case", .term(context.caseID)), JSONMember("purpose", .term(context.purpose)),
                JSONMember("time", .instant(context.time)), JSONMember("inReplyTo", .term(context.inReplyTo)),
                JSONMember("expires", .instant(context.expires)), JSONMember("protocol", .string(context.protocolText)),
                JSONMember("training", .bool(context.isTraining)),
                JSONMember("salt", .string(Base64.encode(context.salt))),
                JSONMember("withheld", .pointers(cut.withheld)), JSONMember("masked", .pointers(cut.masked)),
                JSONMember("notSupplied", .pointers(cut.notSupplied)),
                JSONMember("applied", .array(cut.applied.map(\.json))),
                JSONMember(
                    "facts", .object(facts.sorted { $0.key < $1.key }.map { JSONMember($0.key, .strings($0.value)) })),
                JSONMember(
                    "parties", .object(parties.sorted { $0.key < $1.key }.map { JSONMember($0.key, .terms($0.value)) })),
                JSONMember(
                    "persons",
                    .array(
                        persons.map { person in
                            .object([
                                JSONMember("id", .term(person.id)), JSONMember("roles", .terms(person.roles)),
                                // Under the same seal as the document; only its age is ever asked for.
                                JSONMember("born", person.born.map { .string($0.reveal().description) } ?? .null),
                            ])
                        })),
                JSONMember("repliesTo", repliesTo?.json ?? .null),
                JSONMember("senderCapacities", .terms(senderCapacities)),
                JSONMember("grants", .array(moves.grants.map(\.json))),
                JSONMember(
                    "ends",
                    .array(
                        moves.ends.map {
                            .object([JSONMember("party", .term($0.party)), JSONMember("capacity", .term($0.capacity))])
                        })),
            ])
    }

    private init?(head: JSONValue, document: [UInt8]) {
        guard let context = Context(head: head),
            let withheld = head.pointers("withheld"), let masked = head.pointers("masked"),
            let notSupplied = head.pointers("notSupplied"),
            let applied = head.list("applied", AppliedField.init(json:)),
            let facts = head["facts"]?.objectValue, let parties = head["parties"]?.objectValue,
            let persons = head.list(
                "persons",
                { person in
                    person["roles"]?.termSet.map { roles in
                        JudgedPerson(
                            id: person.term("id"), roles: roles,
                            born: person["born"]?.stringValue.flatMap { CivilDate($0) }.map { Sensitive($0) })
                    }
                }),
            let capacities: Set<Capacity> = head["senderCapacities"]?.terms(),
            let grants = head.list("grants", CapacityHolding.init(json:)),
            let ends = head.list(
                "ends",
                { end -> CaseMoves.End? in
                    guard let party: PartyID = end.term("party"), let capacity: Capacity = end.term("capacity") else {
                        return nil
                    }
                    return CaseMoves.End(party: party, capacity: capacity)
                })
        else { return nil }
        self.init(
            context: context,
            cut: CutDocument(
                bytes: document, withheld: withheld, masked: masked, notSupplied: notSupplied, isEmpty: false,
                applied: applied),
            facts: facts.reduce(into: [:]) { $0[$1.name] = $1.value.stringSet ?? [] },
            parties: parties.reduce(into: [:]) { $0[$1.name] = $1.value.terms() ?? [] },
            persons: persons, repliesTo: head["repliesTo"].flatMap { OpenRequest(json: $0) },
            senderCapacities: capacities,
            moves: CaseMoves(grants: grants, ends: ends))
    }
}

extension DeliveryCopy.Context {
    init?(head: JSONValue) {
        guard let message: MessageID = head.term("message"), let name: MessageName = head.term("name"),
            let type = head["type"]?.stringValue, let sender: PartyID = head.term("sender"),
            let recipient: PartyID = head.term("recipient"),
            let recipients = head.list("recipients", { $0.stringValue.flatMap { PartyID($0) } }),
            let purpose: PurposeID = head.term("purpose"),
            let time = head.instant("time"), let expires = head.instant("expires"),
            let protocolText = head["protocol"]?.stringValue, let isTraining = head["training"]?.boolValue,
            let salt = head["salt"]?.stringValue.flatMap({ Base64.decode($0) })
        else { return nil }
        self.init(
            message: message, name: name, type: type, sender: sender, recipient: recipient, recipients: recipients,
            caseID: head.term("case"), purpose: purpose, time: time, inReplyTo: head.term("inReplyTo"),
            expires: expires,
            protocolText: protocolText, isTraining: isTraining, salt: salt, duties: CopyDuties(head: head),
            breakGlass: head["breakGlass"]?.stringValue)
    }
}

extension AppliedField {
    var json: JSONValue {
        let subject: JSONValue =
            switch self.subject {
            case .nobody: .null
            case .person(let id): .string("person:" + id.rawValue)
            case .role(let role): .string("role:" + role.rawValue)
            }
        return .array([.string(path), subject, .string(action.rawValue), .int(count)])
    }

    init?(json: JSONValue) {
        guard let parts = json.arrayValue, parts.count == 4, let path = parts[0].stringValue,
            let action = parts[2].stringValue.flatMap(FieldAction.init(rawValue:)), let count = parts[3].intValue
        else { return nil }
        let subject: CopySubject
        if let text = parts[1].stringValue {
            if text.hasPrefix("person:"), let id = PersonID(String(text.dropFirst(7))) {
                subject = .person(id)
            } else if text.hasPrefix("role:"), let role = Role(String(text.dropFirst(5))) {
                subject = .role(role)
            } else {
                return nil
            }
        } else {
            subject = .nobody
        }
        self.init(path: path, subject: subject, action: action, count: count)
    }
}

extension JSONValue {
    static func pointers(_ pointers: [JSONPointer]) -> JSONValue { .array(pointers.map { .string($0.description) }) }
    func pointers(_ name: String) -> [JSONPointer]? { list(name) { $0.stringValue.flatMap { JSONPointer($0) } } }
}
