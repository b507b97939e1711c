import ConcordatJSON
package import ConcordatTerms

/// One protocol as it was proposed, and what has become of it. Its archive lies in the store for ever and never changes.
package struct ProtocolVersion: Sendable, Equatable {
    /// Where a version stands.
    package enum State: String, Sendable, CaseIterable {
        case proposed
        /// A second admin has approved it.
        case approved
        /// It comes into force at a set time.
        case scheduled
        case active
        /// Another came into force after it.
        case superseded
        case rolledBack = "rolled-back"
        case rejected

        /// Whether it may be proposed anew.
        package var isOver: Bool {
            switch self {
            case .proposed, .approved, .scheduled, .active: false
            case .superseded, .rolledBack, .rejected: true
            }
        }
    }

    /// One thing that was done with it.
    package struct Step: Sendable, Equatable {
        package let state: State
        /// Nil for what the gateway did by itself: at a set time, or when it was opened for the first time.
        package let by: OfficerID?
        package let at: UTCInstant
    }

    // Bound: steps that are remembered; the log has them all.
    private static let stepsMax = 64

    package let id: VersionID
    package let name: ProtocolID
    /// The version its own text states.
    package let version: String
    /// The digest of the text that is signed, as leaves name it. Two versions have one when only their parties differ.
    package let digest: String
    package private(set) var state: State
    package private(set) var steps: [Step]
    /// Who proposed it last; whoever approves it is somebody else.
    package private(set) var proposer: OfficerID?
    /// The archive of its sign-off as it stands; nil when nobody has signed.
    package var signoff: VersionID?
    /// When it comes into force, once that is set.
    package var from: UTCInstant?
    /// How long messages of the version before it are taken beside its own.
    package var beside: Duration?
    /// The version that was in force before it.
    package var before: VersionID?

    /// A version that `proposer` has just proposed.
    package init(
        id: VersionID, name: ProtocolID, version: String, digest: String, proposer: OfficerID?, at now: UTCInstant
    ) {
        (self.id, self.name, self.version, self.digest) = (id, name, version, digest)
        (state, self.proposer) = (.proposed, proposer)
        steps = [Step(state: .proposed, by: proposer, at: now)]
    }

    /// `id@version sha256:digest`, as recipients see it.
    package var reference: String { "\(name)@\(version) sha256:\(digest)" }

    /// The same version one step on. Proposing it anew forgets who approved it and when it was to begin.
    func moved(to state: State, by officer: OfficerID?, at now: UTCInstant) -> ProtocolVersion {
        var next = self
        next.state = state
        next.steps = Array((steps + [Step(state: state, by: officer, at: now)]).suffix(Self.stepsMax))
        if state == .proposed { (next.proposer, next.from, next.beside) = (officer, nil, nil) }
        return next
    }
}

extension ProtocolVersion {
    /// As it is shown to admins; ids and times only.
    var json: JSONValue {
        .object([
            JSONMember("id", .term(id)), JSONMember("protocol", .term(name)), JSONMember("version", .string(version)),
            JSONMember("digest", .string(digest)), JSONMember("state", .string(state.rawValue)),
            JSONMember("proposer", .term(proposer)), JSONMember("from", .instant(from)),
            JSONMember("beside-seconds", beside.map { .int(Int($0.components.seconds)) } ?? .null),
            JSONMember("before", .term(before)), JSONMember("signoff", .term(signoff)),
            JSONMember(
                "steps",
                .array(
                    steps.map {
                        .object([
                            JSONMember("state", .string($0.state.rawValue)), JSONMember("by", .term($0.by)),
                            JSONMember("at", .instant($0.at)),
                        ])
                    })),
        ])
    }

    /// As it lies in the store.
    package var bytes: [UInt8] { json.serialized() }

    /// Reads ``bytes``; nil when they are not a version.
    package init?(bytes: [UInt8]) {
        guard let json = try? JSONValue.parse(bytes),
            let id = json["id"]?.stringValue.flatMap({ VersionID(digest: $0) }),
            let name: ProtocolID = json.term("protocol"), let version = json["version"]?.stringValue,
            let digest = json["digest"]?.stringValue,
            let state = json["state"]?.stringValue.flatMap(State.init(rawValue:)),
            let steps = json.list(
                "steps",
                { step -> Step? in
                    guard let state = step["state"]?.stringValue.flatMap(State.init(rawValue:)),
                        let at = step.instant("at")
                    else { return nil }
                    return Step(state: state, by: step.term("by"), at: at)
                })
        else { return nil }
        (self.id, self.name, self.version, self.digest) = (id, name, version, digest)
        (self.state, self.steps, proposer) = (state, steps, json.term("proposer"))
        from = json.instant("from")
        beside = json["beside-seconds"]?.intValue.map { .seconds($0) }
        (before, signoff) = (json.term("before"), json.term("signoff"))
    }
}
