package import ConcordatTerms

/// A case changed: coded facts only.
package struct CaseLeaf: Equatable, Sendable {
    /// What changed.
    package enum Change: String, CaseIterable, Sendable {
        case opened
        case closed
        case capacityGranted = "capacity-granted"
        case capacityEnded = "capacity-ended"
        case personAdded = "person-added"
        case flagAdded = "flag-added"
        case requestOpened = "request-opened"
        case requestClosed = "request-closed"
        /// Records of two people or cases were found to be one: a combination (Data Protection Act 2018 s.62).
        case joined
        /// The case or a person in it was erased. The log of an erasure does not hold what was erased.
        case erased
    }

    /// The case.
    package var caseID: CaseID
    /// What changed.
    package var change: Change
    /// The message that moved it, where one did.
    package var message: MessageID?
    /// The party that gained or lost a capacity, asked, or is asked.
    package var party: PartyID?
    /// The capacity gained or lost.
    package var capacity: Capacity?
    /// The person added, joined or erased.
    package var person: Pseudonym?
    /// The flag added.
    package var flag: LeafCode?
    /// The first moment it holds.
    package var from: UTCInstant?
    /// The moment it ends.
    package var until: UTCInstant?

    /// A change of this case.
    package init(
        caseID: CaseID, change: Change, message: MessageID? = nil, party: PartyID? = nil, capacity: Capacity? = nil,
        person: Pseudonym? = nil, flag: LeafCode? = nil, from: UTCInstant? = nil, until: UTCInstant? = nil
    ) {
        (self.caseID, self.change, self.message, self.party) = (caseID, change, message, party)
        (self.capacity, self.person, self.flag) = (capacity, person, flag)
        (self.from, self.until) = (from, until)
    }
}

extension CaseLeaf: LeafContent {
    init(reading members: inout LeafMembers) throws(LeafError) {
        caseID = try members.term("case")
        change = try members.term("change")
        message = try members.optionalTerm("message")
        party = try members.optionalTerm("party")
        capacity = try members.optionalTerm("capacity")
        person = try members.optionalTerm("person")
        flag = try members.optionalTerm("flag")
        from = try members.optionalTime("from")
        until = try members.optionalTime("until")
    }

    func write(to members: inout LeafMembers) {
        members.set("case", caseID)
        members.set("change", change)
        members.set("message", message)
        members.set("party", party)
        members.set("capacity", capacity)
        members.set("person", person)
        members.set("flag", flag)
        members.set("from", from)
        members.set("until", until)
    }

    /// One line, ids only.
    package var summary: String {
        "\(caseID) \(change.rawValue)\(capacity.map { " \($0)" } ?? "")\(flag.map { " \($0)" } ?? "")"
            + "\(party.map { ", \($0)" } ?? "")\(message.map { ", by `\($0)`" } ?? "")"
            + "\(from.map { " from \(LeafTime.text($0))" } ?? "")\(until.map { " until \(LeafTime.text($0))" } ?? "")"
    }
}
