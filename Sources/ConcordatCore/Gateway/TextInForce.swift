package import ConcordatDecision
import ConcordatLog
package import ConcordatTerms

/// The protocol that everything is judged by at one moment; it is changed whole, between two messages.
///
/// A piece of work takes it once, with ``Registers/footing``, and uses that value from start to end. Its answer names this
/// text, and the writer sends the work back when another came into force meanwhile.
package struct TextInForce: Sendable {
    package let text: CompiledProtocol
    /// Tells one change of the text from the next; never used twice by one process.
    package let serial: Int

    /// - Parameter serial: one more than the last.
    package init(_ text: CompiledProtocol, serial: Int = 1) { (self.text, self.serial) = (text, serial) }

    /// Before any text: it knows no party and no message, so everything is refused by it.
    package static let none = TextInForce(
        CompiledProtocol(
            id: "none", version: "0", title: "", digest: "", mode: .live,
            period: ProtocolPeriod(
                from: CivilDate(daysSinceEpoch: 0), review: CivilDate(daysSinceEpoch: 0),
                until: CivilDate(daysSinceEpoch: 0)),
            partyKinds: [], roles: [], categories: [:], purposes: [:], flags: [:], capacities: [:], messages: [:],
            consents: [], consentShownTo: ConsentAudience(recorder: false, capacities: [], officers: false), rules: [],
            parties: [:]), serial: 0)

    /// `id@version sha256:digest`, as recipients see it.
    package var reference: String { "\(text.id)@\(text.version) sha256:\(text.digest)" }

    /// Whether the text's period covers `now`: from its first day, never after its last.
    package func isInForce(at now: UTCInstant) -> Bool {
        now.date >= text.period.from && now.date <= text.period.until
    }

    /// The digest that leaves name; nil before any text.
    var leafDigest: LeafDigest? { LeafDigest(rawValue: text.digest) }
}
