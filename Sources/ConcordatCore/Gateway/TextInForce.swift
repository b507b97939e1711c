package import ConcordatDecision
import ConcordatLog
package import ConcordatTerms
import ConcordatWire

/// The protocol that everything is judged by at one moment; it is changed whole, between two messages.
///
/// A piece of work takes it once, with ``Registers/footing``, and uses that value from start to end. Its answer names this
/// text, and the writer sends the work back when another came into force meanwhile.
package struct TextInForce: Sendable {
    /// Why there is none: which version it should have been, and what is wrong with it.
    package struct Lack: Sendable, Equatable {
        /// `id@version`; nil when not even that is known.
        package let version: String?
        /// `protocol.none`, or the code of a ``ProtocolRefusal``.
        package let code: String

        package init(version: String?, code: String) { (self.version, self.code) = (version, code) }
    }

    /// The version before this one, whose messages are taken beside its own for a time.
    package struct Beside: Sendable {
        package let opened: OpenedProtocol
        package let version: VersionID
        /// The first moment at which they are not taken any more.
        package let until: UTCInstant

        package init(opened: OpenedProtocol, version: VersionID, until: UTCInstant) {
            (self.opened, self.version, self.until) = (opened, version, until)
        }
    }

    package let opened: OpenedProtocol
    package let version: VersionID?
    /// Tells one change of the text from the next; never used twice by one process.
    package let serial: Int
    package let beside: Beside?
    /// For a message of the version before: what is in force now, which may only take away.
    package let narrowedBy: CompiledProtocol?
    /// Nil when a text is in force. When not, ``text`` knows no party and no message.
    package let lack: Lack?

    package var text: CompiledProtocol { opened.text }

    /// - Parameter serial: one more than the last.
    package init(_ opened: OpenedProtocol, version: VersionID? = nil, serial: Int = 1, beside: Beside? = nil) {
        self.init(opened, version: version, serial: serial, beside: beside, narrowedBy: nil, lack: nil)
    }

    private init(
        _ opened: OpenedProtocol, version: VersionID?, serial: Int, beside: Beside?, narrowedBy: CompiledProtocol?,
        lack: Lack?
    ) {
        (self.opened, self.version, self.serial, self.beside) = (opened, version, serial, beside)
        (self.narrowedBy, self.lack) = (narrowedBy, lack)
    }

    /// No text: everything is refused, and the answer says why.
    package static func none(_ lack: Lack, serial: Int = 1) -> TextInForce {
        TextInForce(
            OpenedProtocol(text: .empty), version: nil, serial: serial, beside: nil, narrowedBy: nil, lack: lack)
    }

    /// What a message of this CloudEvents `type` is read and judged by at `now`: this text, or the one beside it, which
    /// this one then narrows.
    func reading(type: String, at now: UTCInstant) -> TextInForce {
        guard let beside, now < beside.until, text.message(ofType: type) == nil,
            beside.opened.text.message(ofType: type) != nil
        else { return self }
        return TextInForce(
            beside.opened, version: beside.version, serial: serial, beside: nil, narrowedBy: text, lack: nil)
    }

    /// `id@version sha256:digest`, as recipients see it.
    package var reference: String { "\(text.id)@\(text.version) sha256:\(text.digest)" }

    /// Whether there is a text and its period covers `now`: from its first day, never after its last.
    package func isInForce(at now: UTCInstant) -> Bool {
        lack == nil && now.date >= text.period.from && now.date <= text.period.until
    }

    /// The digest that leaves name; nil when there is no text.
    var leafDigest: LeafDigest? { LeafDigest(rawValue: text.digest) }
}

extension Problem {
    /// The answer to everyone while no text is in force: which it should be, and why it is not.
    static func none(_ lack: TextInForce.Lack) -> Problem {
        var problem = ProblemCatalogue.problem(
            "protocol.none",
            detail: (lack.version.map { "\($0) is not in force" } ?? "no version is in force")
                + ": \(lack.code); ask the deployment's admins")
        problem.retryAfter = 60
        return problem
    }
}

extension CompiledProtocol {
    /// A text that knows no party and no message, and so permits nothing.
    fileprivate static let empty = CompiledProtocol(
        id: "none", version: "0", title: "", digest: "", mode: .live,
        period: ProtocolPeriod(
            from: CivilDate(daysSinceEpoch: 0), review: CivilDate(daysSinceEpoch: 0),
            until: CivilDate(daysSinceEpoch: 0)),
        partyKinds: [], roles: [], categories: [:], purposes: [:], flags: [:], capacities: [:], messages: [:],
        consents: [], consentShownTo: ConsentAudience(recorder: false, capacities: [], officers: false), rules: [],
        parties: [:])
}
