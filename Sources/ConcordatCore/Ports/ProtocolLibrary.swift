package import ConcordatDecision
package import ConcordatJSON
package import ConcordatLog
package import ConcordatTerms

/// Turns the files of a protocol into what the gateway judges by, and tells admins about them.
///
/// The author's room stands beside the request path, not on it; the executable brings the two together here.
/// Files are given by their path in the protocol's directory.
package protocol ProtocolLibrary: Sendable {
    /// Loads and checks files that are to be judged by at `now`. May take seconds.
    ///
    /// Implementations MUST refuse what is broken, and in a live deployment what is not signed. What they give back MUST
    /// depend on the files, the deployment's own settings and `now` alone.
    func open(_ files: [String: [UInt8]], at now: UTCInstant) throws(ProtocolRefusal) -> OpenedProtocol

    /// Loads and checks files that are proposed: signed or not, in its period or not.
    func read(_ files: [String: [UInt8]]) throws(ProtocolRefusal) -> OpenedProtocol

    /// Loads files that were checked when they came into the store, to read what was written under them. Quick: a hand-over
    /// waits for it.
    func reread(_ files: [String: [UInt8]]) throws(ProtocolRefusal) -> CompiledProtocol

    /// Makes the sign-off files that are kept and such as are brought one. Nothing that verifies is lost: a file of either
    /// stays, of two what verifies, of two that verify the later.
    ///
    /// - Parameter text: the files that are signed.
    func joined(
        _ kept: [String: [UInt8]], with brought: [String: [UInt8]], of text: [String: [UInt8]], at now: UTCInstant
    ) throws(ProtocolRefusal) -> JoinedSignoff

    /// What an admin should know before approving: checks, worked cases, guarantees, and what changes against the version
    /// in force, and on the decisions of the last days. May take many seconds; never fails, but says what it could not find
    /// out.
    ///
    /// - Parameter decisions: what was judged lately; nil where it could not be had.
    func report(
        on candidate: [String: [UInt8]], against current: [String: [UInt8]]?, replaying decisions: ReplayBundle?,
        at now: UTCInstant
    ) -> ProposalReport
}

/// What was found out about a proposal.
package struct ProposalReport: Sendable {
    /// As admins are shown it; an object.
    package var json: JSONValue
    /// The names of the worked cases that did not come out as they expect.
    package var casesFailed: [String]

    package init(json: JSONValue, casesFailed: [String] = []) { (self.json, self.casesFailed) = (json, casesFailed) }
}

/// Sign-off files once some were brought to those that are kept.
package struct JoinedSignoff: Sendable {
    package var files: [String: [UInt8]]
    /// The parties it would be in force for; nil where it is for all of them, signed or not.
    package var signed: Set<PartyID>?
    /// Brought files that do not verify, one line each: party, part and what is wrong.
    package var faults: [String]
    /// How each party stands, as admins are shown it.
    package var status: JSONValue

    package init(
        files: [String: [UInt8]], signed: Set<PartyID>? = nil, faults: [String] = [], status: JSONValue = .null
    ) {
        (self.files, self.signed, self.faults, self.status) = (files, signed, faults, status)
    }
}

/// A protocol that may be judged by, with the documents that its parties ask for.
package struct OpenedProtocol: Sendable {
    package var text: CompiledProtocol
    /// The schema of each message, as its senders get it.
    package var senderSchemas: [MessageName: [UInt8]]
    /// The schema of what a party gets of a message; nil for one it may not receive.
    package var recipientSchema: @Sendable (MessageName, PartyID) -> [UInt8]?
    /// The signatures under it that were found to hold; none in training.
    package var signatures: [SignOffLeaf.Signed] = []
    /// What people should see to, one line each; ids, dates and what is owed.
    package var warnings: [String] = []

    package init(
        text: CompiledProtocol, senderSchemas: [MessageName: [UInt8]] = [:],
        recipientSchema: @escaping @Sendable (MessageName, PartyID) -> [UInt8]? = { _, _ in nil }
    ) {
        (self.text, self.senderSchemas, self.recipientSchema) = (text, senderSchemas, recipientSchema)
    }
}

/// Why a protocol cannot come into force.
package struct ProtocolRefusal: Error, Sendable, Equatable {
    /// `protocol.broken`, `protocol.unsigned`, `protocol.bad-signature`, `protocol.cases-failed`, `protocol.tampered`,
    /// `protocol.not-yet` or `protocol.lapsed`.
    package let code: String
    /// What is wrong with it, for the admin who proposed it: places in its own files and what to do.
    package let findings: [String]

    package init(code: String, findings: [String] = []) { (self.code, self.findings) = (code, findings) }
}

/// A library with no books: for a gateway whose text never changes.
package struct NoProtocolLibrary: ProtocolLibrary {
    package init() {}

    package func open(_ files: [String: [UInt8]], at now: UTCInstant) throws(ProtocolRefusal) -> OpenedProtocol {
        throw ProtocolRefusal(code: "protocol.broken", findings: ["this gateway opens no protocol"])
    }

    package func read(_ files: [String: [UInt8]]) throws(ProtocolRefusal) -> OpenedProtocol {
        throw ProtocolRefusal(code: "protocol.broken", findings: ["this gateway opens no protocol"])
    }

    package func reread(_ files: [String: [UInt8]]) throws(ProtocolRefusal) -> CompiledProtocol {
        try read(files).text
    }

    package func joined(
        _ kept: [String: [UInt8]], with brought: [String: [UInt8]], of text: [String: [UInt8]], at now: UTCInstant
    ) throws(ProtocolRefusal) -> JoinedSignoff { JoinedSignoff(files: kept.merging(brought) { mine, _ in mine }) }

    package func report(
        on candidate: [String: [UInt8]], against current: [String: [UInt8]]?, replaying decisions: ReplayBundle?,
        at now: UTCInstant
    ) -> ProposalReport { ProposalReport(json: .null) }
}
