import ConcordatCrypto
package import ConcordatDecision
import ConcordatJSON
package import ConcordatPayload
package import ConcordatTerms

/// What waits for one recipient: its cut document, what it is told of it, and the facts needed to judge again.
///
/// Only ever sealed at rest. It can only be narrowed.
package struct DeliveryCopy: Sendable {
    /// The attributes of the sender's envelope that cross.
    package struct Context: Sendable, Equatable {
        package var message: MessageID
        package var name: MessageName
        package var type: String
        package var sender: PartyID
        package var recipient: PartyID
        package var recipients: [PartyID]
        /// Nil only in a notice about a message that no case took.
        package var caseID: CaseID?
        package var purpose: PurposeID
        package var time: UTCInstant
        package var inReplyTo: MessageID?
        package var expires: UTCInstant
        /// `id@version sha256:digest` of the protocol it was judged under.
        package var protocolText: String
        package var isTraining: Bool
        /// The salt of the digest of what goes out; the recipient gets it with the message.
        package var salt: [UInt8]
        /// What the recipient undertakes: how long it keeps the copy, whether it may pass it on, how it is marked.
        package var duties = CopyDuties()

        /// The digest of the text it was cut under, out of ``protocolText``.
        var textDigest: String {
            String(protocolText.reversed().prefix { $0 != ":" }.reversed())
        }
        /// The ground on which glass was broken for this recipient; nil when it did not have to be.
        package var breakGlass: String?
    }

    package var context: Context
    package var cut: CutDocument
    /// Facts of the message as it came in, which rules may look at; the cut copy may no longer have them.
    package var facts: [String: Set<String>]
    package var parties: [String: Set<PartyID>]
    /// Persons of the message and the roles it states, by the gateway's ids.
    package var persons: [JudgedPerson]
    package var repliesTo: OpenRequest?
    /// The capacities the sender held when the message was accepted; a later move does not unsend it.
    package var senderCapacities: Set<Capacity>
    /// The capacities the message moved when it was accepted. It does not move them a second time, and whom it tells of an
    /// end still counts as a holder.
    package var moves: CaseMoves

    /// The structured CloudEvent the recipient gets.
    package var event: [UInt8] {
        var writer = JSONWriter(capacity: cut.bytes.count + 1024)
        writer.beginObject()
        func attribute(_ name: String, _ value: String?) {
            guard let value else { return }
            writer.name(name)
            writer.string(value)
        }
        attribute("specversion", "1.0")
        attribute("id", context.message.rawValue)
        attribute("source", context.sender.rawValue)
        attribute("type", context.type)
        attribute("subject", context.caseID?.rawValue)
        attribute("time", context.time.description)
        attribute("datacontenttype", "application/json")
        attribute("purpose", context.purpose.rawValue)
        attribute("protocol", context.protocolText)
        attribute("inreplyto", context.inReplyTo?.rawValue)
        attribute("expires", context.expires.description)
        attribute("mode", context.isTraining ? "training" : nil)
        attribute("breakglass", context.breakGlass)
        attribute("keep", context.duties.keep)
        attribute("onward", context.duties.onward)
        attribute("marking", context.duties.marking)
        attribute("withheld", Self.list(cut.withheld))
        attribute("masked", Self.list(cut.masked))
        attribute("notsupplied", Self.list(cut.notSupplied))
        writer.name("data")
        writer.raw(cut.bytes)
        writer.endObject()
        return writer.bytes
    }

    /// Pointers with one space between; names in schemas have no spaces, so it can be split again.
    private static func list(_ pointers: [JSONPointer]) -> String? {
        pointers.isEmpty ? nil : pointers.map(\.description).joined(separator: " ")
    }
}
