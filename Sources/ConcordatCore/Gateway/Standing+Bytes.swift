import ConcordatJSON
import ConcordatTerms

extension Standing {
    /// As it lies in the store; ids and times only.
    package var bytes: [UInt8] {
        JSONValue.object([
            JSONMember("epoch", .int(epoch)), JSONMember("suspended", .terms(suspended)),
            JSONMember("stoppedMessages", .terms(stoppedMessages)),
            JSONMember("stoppedCategories", .terms(stoppedCategories)),
            JSONMember(
                "resuming",
                .array(
                    resuming.sorted { ($0.key.kind.rawValue, $0.key.name) < ($1.key.kind.rawValue, $1.key.name) }.map {
                        .object([
                            JSONMember("kind", .string($0.key.kind.rawValue)),
                            JSONMember("name", .string($0.key.name)), JSONMember("by", .term($0.value)),
                        ])
                    })),
            JSONMember("version", .term(version)),
            JSONMember(
                "beside",
                beside.map {
                    .object([JSONMember("version", .term($0.version)), JSONMember("until", .instant($0.until))])
                } ?? .null),
            JSONMember("own", .term(own)),
        ]).serialized()
    }

    /// Reads ``bytes``; nil when they are not a standing. One written before there were versions has none.
    package init?(bytes: [UInt8]) {
        guard let json = try? JSONValue.parse(bytes), let epoch = json["epoch"]?.intValue,
            let suspended: Set<PartyID> = json["suspended"]?.terms(),
            let stopped: Set<MessageName> = json["stoppedMessages"]?.terms()
        else { return nil }
        self.init(epoch: epoch, suspended: suspended, stoppedMessages: stopped)
        guard json["stoppedCategories"] != nil else { return }
        guard let categories: Set<Category> = json["stoppedCategories"]?.terms(),
            let waiting = json.list("resuming", Self.resumption(_:))
        else { return nil }
        stoppedCategories = categories
        for (object, officer) in waiting { resuming[object] = officer }
        version = json.term("version")
        own = json.term("own")
        if let held = json["beside"], held != .null {
            guard let version: VersionID = held.term("version"), let until = held.instant("until") else { return nil }
            beside = Beside(version: version, until: until)
        }
    }

    private static func resumption(_ json: JSONValue) -> (Stoppable, OfficerID)? {
        guard let kind = json["kind"]?.stringValue.flatMap(Stoppable.Kind.init(rawValue:)),
            let object = json["name"]?.stringValue.flatMap({ Stoppable(kind, $0) }),
            let officer: OfficerID = json.term("by")
        else { return nil }
        return (object, officer)
    }
}
