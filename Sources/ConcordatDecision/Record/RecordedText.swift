package import ConcordatJSON
import ConcordatPayload
package import ConcordatTerms

/// What a text made the gateway keep of each message, so that a later reader knows what was not kept.
package struct RecordedText: Sendable, Equatable {
    /// What is kept of one kind of message.
    package struct Message: Sendable, Equatable {
        /// The data paths of its fields.
        package var fields: Set<String>
        /// Those whose values are kept.
        package var facts: Set<String>
        /// Those that tell a date of birth, of which the age is kept.
        package var ages: Set<String>
        /// Those whose party ids are kept.
        package var parties: Set<String>
    }

    package var digest: String
    package var id: ProtocolID
    package var version: String
    package var messages: [MessageName: Message]
    /// Each flag with the message and data paths it is gathered from, as `referral /sensitivity`.
    package var flags: [String: Set<String>]
    package var capacities: Set<Capacity>

    /// What a text makes the gateway keep.
    package init(of text: CompiledProtocol) {
        (digest, id, version) = (text.digest, text.id, text.version)
        messages = text.messages.mapValues { message in
            let births = Set(message.schema.factPaths.filter { $0.value.values == .births }.keys)
            return Message(
                fields: Set(message.schema.fieldNodes.map { message.schema.path(of: $0) }),
                facts: Set(message.schema.factPaths.keys).subtracting(births), ages: births,
                parties: message.schema.partyPaths)
        }
        flags = text.flags.mapValues { flag in
            Set(flag.fields.flatMap { message, paths in paths.map { "\(message) \($0)" } })
        }
        capacities = Set(text.capacities.keys)
    }

    package var json: JSONValue {
        .object([
            JSONMember("digest", .string(digest)), JSONMember("protocol", .string(id.rawValue)),
            JSONMember("version", .string(version)), JSONMember("flags", .sets(flags)),
            JSONMember("capacities", .names(capacities.map(\.rawValue))),
            JSONMember(
                "messages",
                .object(
                    messages.sorted { $0.key < $1.key }.map { name, message in
                        JSONMember(
                            name.rawValue,
                            .object([
                                JSONMember("fields", .names(message.fields)),
                                JSONMember("facts", .names(message.facts)),
                                JSONMember("ages", .names(message.ages)),
                                JSONMember("parties", .names(message.parties)),
                            ]))
                    })),
        ])
    }

    /// Reads ``json``; nil when it is anything else.
    package init?(json: JSONValue) {
        var reader = RecordReader(json)
        guard let digest = reader.text("digest"), let id: ProtocolID = reader.id("protocol"),
            let version = reader.text("version"), let flags = reader.sets("flags"),
            let capacities: Set<Capacity> = reader.ids("capacities"),
            let members = reader.value("messages")?.objectValue, reader.isDone
        else { return nil }
        var messages: [MessageName: Message] = [:]
        for member in members {
            var reader = RecordReader(.object([JSONMember("message", member.value)]))
            guard let name = MessageName(member.name), let sets = reader.sets("message"),
                let fields = sets["fields"], let facts = sets["facts"], let ages = sets["ages"],
                let parties = sets["parties"], sets.count == 4
            else { return nil }
            messages[name] = Message(fields: fields, facts: facts, ages: ages, parties: parties)
        }
        (self.digest, self.id, self.version, self.messages) = (digest, id, version, messages)
        (self.flags, self.capacities) = (flags, capacities)
    }
}
