package import ConcordatTerms

/// A request was refused, before it was judged or instead of it.
package struct RefusalLeaf: Equatable, Sendable {
    /// The party whose certificate asked; nil when that was not known.
    package var sender: PartyID?
    /// Why.
    package var code: LeafCode
    /// The clause of the protocol that says so.
    package var clause: RuleID?
    /// The message's id, where it could be read.
    package var message: MessageID?
    /// What kind of message it is, where it could be read.
    package var name: MessageName?
    /// The case, where one is known.
    package var caseID: CaseID?

    /// A refusal for this reason.
    package init(
        sender: PartyID?, code: LeafCode, clause: RuleID? = nil, message: MessageID? = nil, name: MessageName? = nil,
        caseID: CaseID? = nil
    ) {
        (self.sender, self.code, self.clause) = (sender, code, clause)
        (self.message, self.name, self.caseID) = (message, name, caseID)
    }
}

extension RefusalLeaf: LeafContent {
    init(reading members: inout LeafMembers) throws(LeafError) {
        sender = try members.optionalTerm("sender")
        code = try members.term("code")
        clause = try members.optionalTerm("clause")
        message = try members.optionalTerm("message")
        name = try members.optionalTerm("name")
        caseID = try members.optionalTerm("case")
    }

    func write(to members: inout LeafMembers) {
        members.set("sender", sender)
        members.set("code", code)
        members.set("clause", clause)
        members.set("message", message)
        members.set("name", name)
        members.set("case", caseID)
    }

    /// One line, ids only.
    package var summary: String {
        "\(name?.rawValue ?? "request")\(message.map { " `\($0)`" } ?? "") from \(sender?.rawValue ?? "an unknown sender")"
            + "\(caseID.map { " in case \($0)" } ?? ""): \(code)\(clause.map { ", \($0)" } ?? "")"
    }
}

/// The refusals of one party in a stretch of time, beyond those that got a leaf each.
package struct RefusalSummaryLeaf: Equatable, Sendable {
    /// How often a request was refused for one reason.
    package struct CodeCount: Equatable, Sendable {
        package var code: LeafCode
        package var count: Int

        /// So many refusals, from 0, for this reason.
        package init(code: LeafCode, count: Int) {
            precondition((0...LeafValue.integerMax).contains(count), "a count of \(count)")
            (self.code, self.count) = (code, count)
        }
    }

    /// The party whose certificate asked; nil when that was not known.
    package var party: PartyID?
    /// How many refusals in all.
    package var count: Int
    /// The first moment counted.
    package var from: UTCInstant
    /// The moment after the last one counted.
    package var until: UTCInstant
    /// How many for which reason.
    package var codes: [CodeCount]

    /// A count of refusals between two moments; the total is that of `codes`.
    package init(party: PartyID?, from: UTCInstant, until: UTCInstant, codes: [CodeCount]) {
        (self.party, self.from, self.until, self.codes) = (party, from, until, codes)
        count = codes.reduce(0) { $0 + $1.count }
    }
}

extension RefusalSummaryLeaf: LeafContent {
    init(reading members: inout LeafMembers) throws(LeafError) {
        party = try members.optionalTerm("party")
        count = try members.count("count")
        from = try members.time("from")
        until = try members.time("until")
        codes = try members.objects("codes") { inner throws(LeafError) in
            CodeCount(code: try inner.term("code"), count: try inner.count("count"))
        }
    }

    func write(to members: inout LeafMembers) {
        members.set("party", party)
        members.set("count", count)
        members.set("from", from)
        members.set("until", until)
        members.set("codes", codes) { item, inner in
            inner.set("code", item.code)
            inner.set("count", item.count)
        }
    }

    /// One line, ids only.
    package var summary: String {
        let reasons = codes.map { "\($0.count) \($0.code)" }.joined(separator: ", ")
        return "\(count) of \(party?.rawValue ?? "unknown senders") from \(LeafTime.text(from)) until "
            + "\(LeafTime.text(until)): \(reasons)"
    }
}
