package import ConcordatTerms

/// An officer looked at something: a consultation in the sense of Data Protection Act 2018 s.62.
package struct ViewLeaf: Equatable, Sendable {
    /// What was looked at.
    package enum What: String, CaseIterable, Sendable {
        /// A list of transfers.
        case transfers
        /// One transfer.
        case transfer
        /// The log, taken away.
        case export
        /// What a search found.
        case search
        /// Uses of break glass, with their written reasons.
        case breakGlass = "break-glass"
        /// Notices, and what their recipients did.
        case notices
    }

    /// Who looked.
    package var officer: OfficerID
    /// The party the officer looked for; nil for an officer of the deployment.
    package var party: PartyID?
    /// What was looked at.
    package var what: What
    /// The message, where it was one.
    package var message: MessageID?
    /// How many records were shown.
    package var count: Int
    /// Whether the officer gave a reason. The reason itself is free text and stays out of the log.
    package var isJustified: Bool

    /// A look at `count` records.
    package init(
        officer: OfficerID, party: PartyID?, what: What, message: MessageID? = nil, count: Int, isJustified: Bool
    ) {
        precondition((0...LeafValue.integerMax).contains(count), "a count of \(count)")
        (self.officer, self.party, self.what, self.message) = (officer, party, what, message)
        (self.count, self.isJustified) = (count, isJustified)
    }
}

extension ViewLeaf: LeafContent {
    init(reading members: inout LeafMembers) throws(LeafError) {
        officer = try members.term("officer")
        party = try members.optionalTerm("party")
        what = try members.term("what")
        message = try members.optionalTerm("message")
        count = try members.count("count")
        isJustified = try members.flag("justified")
    }

    func write(to members: inout LeafMembers) {
        members.set("officer", officer)
        members.set("party", party)
        members.set("what", what)
        members.set("message", message)
        members.set("count", count)
        members.set("justified", isJustified)
    }

    /// One line, ids only.
    package var summary: String {
        "\(officer)\(party.map { " of \($0)" } ?? ""): \(what.rawValue)\(message.map { " `\($0)`" } ?? ""), \(count) shown"
            + (isJustified ? ", with a reason" : "")
    }
}

/// An admin changed something: what, and from which state to which, as ids.
package struct AdminLeaf: Equatable, Sendable {
    /// The admin; nil for what was done offline when the deployment was made.
    package var who: OfficerID?
    /// What was done, for example `party.suspend`.
    package var act: LeafCode
    /// What it was done to.
    package var object: LeafToken
    /// The state before.
    package var from: LeafToken?
    /// The state after.
    package var to: LeafToken?

    /// An act of this admin.
    package init(who: OfficerID?, act: LeafCode, object: LeafToken, from: LeafToken? = nil, to: LeafToken? = nil) {
        (self.who, self.act, self.object, self.from, self.to) = (who, act, object, from, to)
    }
}

extension AdminLeaf: LeafContent {
    init(reading members: inout LeafMembers) throws(LeafError) {
        who = try members.optionalTerm("who")
        act = try members.term("act")
        object = try members.term("object")
        from = try members.optionalTerm("from")
        to = try members.optionalTerm("to")
    }

    func write(to members: inout LeafMembers) {
        members.set("who", who)
        members.set("act", act)
        members.set("object", object)
        members.set("from", from)
        members.set("to", to)
    }

    /// One line, ids only.
    package var summary: String {
        "\(who?.rawValue ?? "offline"): \(act) \(object)\(from.map { " from \($0)" } ?? "")\(to.map { " to \($0)" } ?? "")"
    }
}
