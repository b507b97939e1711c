package import ConcordatTerms

/// A message as a party's system would write it.
package struct TestMessage: Sendable {
    package struct Person: Sendable {
        package var reference: String
        package var roles: [String]
        package var name: String?
        package var phone: String?
        package var home: String?
        package var items: [String]?

        package init(
            _ reference: String, _ roles: [String] = ["harmed"], name: String? = nil, phone: String? = nil,
            home: String? = nil, items: [String]? = nil
        ) {
            (self.reference, self.roles, self.name) = (reference, roles, name)
            (self.phone, self.home, self.items) = (phone, home, items)
        }
    }

    package var name: MessageName
    package var id: MessageID
    package var sender: PartyID
    package var recipients: [PartyID]
    package var subject: String?
    package var people: [Person]
    package var offence: String?
    package var prison: PartyID?
    package var inReplyTo: MessageID?
    package var expires: UTCInstant?
    /// The ground and the reason of a message for which glass is broken.
    package var breakGlass: (ground: String, reason: String)?

    package init(
        _ name: MessageName, _ id: MessageID, from sender: PartyID, to recipients: [PartyID], subject: String? = nil,
        people: [Person] = [], offence: String? = "theft", prison: PartyID? = nil, inReplyTo: MessageID? = nil,
        expires: UTCInstant? = nil
    ) {
        (self.name, self.id, self.sender, self.recipients) = (name, id, sender, recipients)
        (self.subject, self.people, self.offence, self.prison) = (subject, people, offence, prison)
        (self.inReplyTo, self.expires) = (inReplyTo, expires)
    }

    /// The structured CloudEvent.
    package var body: [UInt8] {
        var members = [
            "\"specversion\":\"1.0\"", "\"id\":\"\(id)\"", "\"source\":\"\(sender)\"", "\"type\":\"test.\(name).v1\"",
            "\"purpose\":\"rj\"", "\"recipients\":\"\(recipients.map(\.rawValue).joined(separator: " "))\"",
            "\"datacontenttype\":\"application/json\"",
        ]
        if let subject { members.append("\"subject\":\"\(subject)\"") }
        if let inReplyTo { members.append("\"inreplyto\":\"\(inReplyTo)\"") }
        if let expires { members.append("\"expires\":\"\(expires)\"") }
        if let breakGlass {
            members.append("\"breakglass\":\"\(breakGlass.ground)\"")
            members.append("\"breakglassreason\":\"\(breakGlass.reason)\"")
        }
        members.append("\"data\":\(data)")
        return Array("{\(members.joined(separator: ","))}".utf8)
    }

    private var data: String {
        var members: [String] = []
        if !people.isEmpty {
            let items = people.map { person in
                var parts = ["\"ref\":\"\(person.reference)\"", "\"roles\":\(Self.list(person.roles))"]
                if let name = person.name { parts.append("\"name\":\"\(name)\"") }
                if let phone = person.phone { parts.append("\"phone\":\"\(phone)\"") }
                if let home = person.home { parts.append("\"home\":\"\(home)\"") }
                if let items = person.items { parts.append("\"items\":\(Self.list(items))") }
                return "{\(parts.joined(separator: ","))}"
            }
            members.append("\"people\":[\(items.joined(separator: ","))]")
        }
        if let offence { members.append("\"offence\":\"\(offence)\"") }
        if let prison { members.append("\"prison\":\"\(prison)\"") }
        return "{\(members.joined(separator: ","))}"
    }

    private static func list(_ texts: [String]) -> String {
        "[\(texts.map { "\"\($0)\"" }.joined(separator: ","))]"
    }
}
