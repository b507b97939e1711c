import ConcordatCrypto
import ConcordatDecision
import ConcordatJSON
package import ConcordatTerms

/// Why something at rest could not be read. Never what it holds.
package enum CaseSealError: Error, Equatable, Sendable {
    case unreadable(CaseID)
    case unreadableCopy(DeliveryID)
}

extension CaseRecord {
    /// The record as it lies in the store: JSON under AES-256-GCM, bound to the case id.
    package func sealed(key: [UInt8], nonce: [UInt8]) throws -> [UInt8] {
        nonce + (try AESGCM.seal(json.serialized(), key: key, nonce: nonce, aad: Self.context(id)))
    }

    /// Opens what ``sealed(key:nonce:)`` made.
    package init(id: CaseID, sealed: [UInt8], key: [UInt8]) throws {
        guard sealed.count > AESGCM.nonceCount else { throw CaseSealError.unreadable(id) }
        let plain = try AESGCM.open(
            Array(sealed.dropFirst(AESGCM.nonceCount)), key: key, nonce: Array(sealed.prefix(AESGCM.nonceCount)),
            aad: Self.context(id))
        let limits = JSONLimits(
            documentBytesMax: 64 << 20, depthMax: 32, membersMax: 1_000_000, itemsMax: 1_000_000, nameBytesMax: 256)
        guard let record = CaseRecord(json: try JSONValue.parse(plain, limits: limits)), record.id == id else {
            throw CaseSealError.unreadable(id)
        }
        self = record
    }

    private static func context(_ id: CaseID) -> [UInt8] { Array("concordat/case/v1/\(id)".utf8) }

    private var json: JSONValue {
        .object([
            JSONMember("id", .string(id.rawValue)), JSONMember("epoch", .int(epoch)),
            JSONMember("opened", .instant(opened)),
            JSONMember("capacities", .array(facts.capacities.map(\.json))),
            JSONMember("roles", .map(facts.roles) { .terms($0) }),
            JSONMember("flags", .object(facts.flags.sorted { $0.key < $1.key }.map { JSONMember($0, .strings($1)) })),
            JSONMember("requests", .array(facts.requests.map(\.json))),
            JSONMember("consents", .array(consents.map(\.json))),
            JSONMember("references", .map(references) { .strings($0) }),
            JSONMember(
                "personReferences",
                .map(personReferences) { own in
                    .object(own.sorted { $0.key < $1.key }.map { JSONMember($0, .string($1.rawValue)) })
                }),
            JSONMember("personKeys", .map(personKeys) { .string(Base64.encode($0)) }),
            JSONMember("due", .array(due.map(\.json))), JSONMember("glass", .array(glass.map(\.json))),
            JSONMember("ages", .map(ages) { $0.json }),
            JSONMember("recalls", .array(recalls.map(\.json))), JSONMember("notices", .array(notices.map(\.json))),
        ])
    }

    private init?(json: JSONValue) {
        guard let id: CaseID = json.term("id"), let epoch = json["epoch"]?.intValue,
            let opened = json.instant("opened"),
            let capacities = json.list("capacities", CapacityHolding.init(json:)),
            let roles: [PersonID: Set<Role>] = json.map("roles", { $0.termSet }),
            let flags = json["flags"]?.objectValue?.reduce(
                into: [String: Set<String>](),
                { flags, member in
                    flags[member.name] = member.value.stringSet
                }),
            let requests = json.list("requests", OpenRequest.init(json:)),
            let consents = json.list("consents", ConsentRecord.init(json:)),
            let references: [PartyID: Set<String>] = json.map("references", { $0.stringSet }),
            let personReferences: [PartyID: [String: PersonID]] = json.map(
                "personReferences",
                { own in
                    own.objectValue?.reduce(into: [:]) { $0[$1.name] = $1.value.stringValue.flatMap { PersonID($0) } }
                }),
            let personKeys: [PersonID: [UInt8]] = json.map(
                "personKeys", { $0.stringValue.flatMap { Base64.decode($0) } }),
            // A case sealed before anything was expected has none.
            let due = json["due"] == nil ? [] : json.list("due", DueAnswer.init(json:)),
            let glass = json["glass"] == nil ? [] : json.list("glass", GlassUse.init(json:)),
            let recalls = json["recalls"] == nil ? [] : json.list("recalls", PendingRecall.init(json:)),
            let ages: [PersonID: KnownAge] = json["ages"] == nil ? [:] : json.map("ages", KnownAge.init(json:)),
            let notices = json["notices"] == nil ? [] : json.list("notices", Notice.init(json:))
        else { return nil }
        self.init(
            id: id, epoch: epoch, opened: opened,
            facts: CaseFacts(id: id, capacities: capacities, roles: roles, flags: flags, requests: requests),
            consents: consents, references: references, personReferences: personReferences, personKeys: personKeys)
        (self.due, self.glass, self.recalls, self.notices) = (due, glass, recalls, notices)
        self.ages = ages
    }
}
