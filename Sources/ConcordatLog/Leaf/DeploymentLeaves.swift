package import ConcordatTerms

/// A protocol text was proposed, moved on, came into force, lapsed or was refused. Its digest stands in the leaf's head.
package struct ProtocolLeaf: Equatable, Sendable {
    /// What happened to the text.
    package enum Event: String, CaseIterable, Sendable {
        case proposed
        case approved
        case scheduled
        case inForce = "in-force"
        case superseded
        case rolledBack = "rolled-back"
        case rejected
        case lapsed
        case refused
    }

    /// The protocol's name.
    package var name: ProtocolID
    /// Its version.
    package var version: LeafToken
    /// What happened.
    package var event: Event
    /// Why, where it was refused.
    package var code: LeafCode?

    /// An event of this text.
    package init(name: ProtocolID, version: LeafToken, event: Event, code: LeafCode? = nil) {
        (self.name, self.version, self.event, self.code) = (name, version, event, code)
    }
}

extension ProtocolLeaf: LeafContent {
    init(reading members: inout LeafMembers) throws(LeafError) {
        name = try members.term("name")
        version = try members.term("version")
        event = try members.term("event")
        code = try members.optionalTerm("code")
    }

    func write(to members: inout LeafMembers) {
        members.set("name", name)
        members.set("version", version)
        members.set("event", event)
        members.set("code", code)
    }

    /// One line, ids only.
    package var summary: String { "\(name) \(version) \(event.rawValue)\(code.map { ", \($0)" } ?? "")" }
}

/// The daemon began or ended.
package struct DaemonLeaf: Equatable, Sendable {
    /// The program's version.
    package var version: LeafToken

    /// The daemon of this version.
    package init(version: LeafToken) { self.version = version }
}

extension DaemonLeaf: LeafContent {
    init(reading members: inout LeafMembers) throws(LeafError) { version = try members.term("version") }

    func write(to members: inout LeafMembers) { members.set("version", version) }

    /// One line, ids only.
    package var summary: String { "version \(version)" }
}

/// The clock was seen to step, or an admin confirmed it again.
package struct ClockLeaf: Equatable, Sendable {
    /// How far, in milliseconds; negative for a step back.
    package var stepMilliseconds: Int
    /// The admin who confirmed the time; nil when the step was seen.
    package var confirmedBy: OfficerID?

    /// A step, brought to the largest that a leaf can say.
    package init(stepMilliseconds: Int, confirmedBy: OfficerID? = nil) {
        self.stepMilliseconds = min(max(stepMilliseconds, -LeafValue.integerMax), LeafValue.integerMax)
        self.confirmedBy = confirmedBy
    }
}

extension ClockLeaf: LeafContent {
    init(reading members: inout LeafMembers) throws(LeafError) {
        guard let step = try members.optionalInteger("step") else { throw .missing(member: "step") }
        stepMilliseconds = step
        confirmedBy = try members.optionalTerm("confirmedBy")
    }

    func write(to members: inout LeafMembers) {
        members.set("step", stepMilliseconds)
        members.set("confirmedBy", confirmedBy)
    }

    /// One line, ids only.
    package var summary: String {
        "step of \(stepMilliseconds) ms\(confirmedBy.map { ", confirmed by \($0)" } ?? "")"
    }
}
