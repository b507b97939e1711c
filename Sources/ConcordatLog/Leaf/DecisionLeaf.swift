package import ConcordatTerms

/// A message was judged for one recipient: the answer, and for every field what was done and under which rules.
package struct DecisionLeaf: Equatable, Sendable {
    /// The message's id, as the sender gave it.
    package var message: MessageID
    /// What kind of message it is.
    package var name: MessageName
    /// The case, where one is known.
    package var caseID: CaseID?
    /// The party whose certificate sent it.
    package var sender: PartyID
    /// The party it was judged for.
    package var recipient: PartyID
    /// The purpose it was sent for.
    package var purpose: PurposeID
    /// The answer.
    package var answer: LeafAnswer
    /// Why not, where the answer is not to share.
    package var code: LeafCode?
    /// The clause that decided against sharing.
    package var clause: RuleID?
    /// The rules that took part in the answer.
    package var rules: [RuleID]
    /// What was done with which fields.
    package var fields: [FieldGroup]
    /// The people in the message, by pseudonym.
    package var persons: [Pseudonym]
    /// The consents that were looked at.
    package var consents: [ConsentLookedAt]
    /// HMAC of what came in, under a salt that sender and recipient get.
    package var digestIn: LeafDigest?
    /// HMAC of what goes out, under the same salt; nil when nothing does.
    package var digestOut: LeafDigest?
    /// The delivery that carries the copy; nil when there is none.
    package var delivery: DeliveryID?
    /// The break-glass ground it went on; nil when none was needed.
    package var ground: LeafToken?
    /// The break-glass clauses without which something would not have gone, and the prohibitions, refusals and waits that gave
    /// way to the ground; empty without one.
    package var brokenGlass: [RuleID]
    /// Whether the sender only asked what would happen.
    package var isDryRun: Bool

    /// A decision with nothing kept, cut or looked at yet.
    package init(
        message: MessageID, name: MessageName, caseID: CaseID? = nil, sender: PartyID, recipient: PartyID,
        purpose: PurposeID, answer: LeafAnswer, code: LeafCode? = nil, clause: RuleID? = nil, rules: [RuleID] = [],
        fields: [FieldGroup] = [], persons: [Pseudonym] = [], consents: [ConsentLookedAt] = [],
        digestIn: LeafDigest? = nil, digestOut: LeafDigest? = nil, delivery: DeliveryID? = nil,
        ground: LeafToken? = nil, brokenGlass: [RuleID] = [],
        isDryRun: Bool = false
    ) {
        (self.message, self.name, self.caseID) = (message, name, caseID)
        (self.sender, self.recipient, self.purpose) = (sender, recipient, purpose)
        (self.answer, self.code, self.clause, self.rules) = (answer, code, clause, rules)
        (self.fields, self.persons, self.consents) = (fields, persons, consents)
        (self.digestIn, self.digestOut) = (digestIn, digestOut)
        (self.delivery, self.isDryRun) = (delivery, isDryRun)
        (self.ground, self.brokenGlass) = (ground, brokenGlass)
    }
}

extension DecisionLeaf: LeafContent {
    init(reading members: inout LeafMembers) throws(LeafError) {
        message = try members.term("message")
        name = try members.term("name")
        caseID = try members.optionalTerm("case")
        sender = try members.term("sender")
        recipient = try members.term("recipient")
        purpose = try members.term("purpose")
        answer = try members.term("answer")
        code = try members.optionalTerm("code")
        clause = try members.optionalTerm("clause")
        rules = try members.terms("rules")
        fields = try members.objects("fields", read: FieldGroup.init(reading:))
        persons = try members.terms("persons")
        consents = try members.objects("consents", read: ConsentLookedAt.init(reading:))
        digestIn = try members.optionalTerm("digestIn")
        digestOut = try members.optionalTerm("digestOut")
        delivery = try members.optionalTerm("delivery")
        ground = try members.optionalTerm("ground")
        brokenGlass = ground == nil ? [] : try members.terms("brokenGlass")
        isDryRun = try members.flag("dryRun")
    }

    func write(to members: inout LeafMembers) {
        members.set("message", message)
        members.set("name", name)
        members.set("case", caseID)
        members.set("sender", sender)
        members.set("recipient", recipient)
        members.set("purpose", purpose)
        members.set("answer", answer)
        members.set("code", code)
        members.set("clause", clause)
        members.set("rules", rules)
        members.set("fields", fields) { $0.write(to: &$1) }
        members.set("persons", persons)
        members.set("consents", consents) { $0.write(to: &$1) }
        members.set("digestIn", digestIn)
        members.set("digestOut", digestOut)
        members.set("delivery", delivery)
        members.set("ground", ground)
        if ground != nil { members.set("brokenGlass", brokenGlass) }
        members.set("dryRun", isDryRun)
    }

    /// One line, ids only.
    package var summary: String {
        let kept = fields.filter { $0.action == .keep }.reduce(0) { $0 + $1.count }
        let dropped = fields.filter { $0.action == .drop }.reduce(0) { $0 + $1.count }
        let changed = fields.reduce(0) { $0 + $1.count } - kept - dropped
        let reason = [code?.rawValue, clause?.rawValue].compactMap { $0 }.joined(separator: ", ")
        return "\(isDryRun ? "dry run of " : "")\(name) `\(message)` from \(sender) to \(recipient)"
            + "\(caseID.map { " in case \($0)" } ?? "") for \(purpose): \(answer.rawValue)"
            + "\(reason.isEmpty ? "" : " (\(reason))"); \(kept) kept, \(changed) changed, \(dropped) cut"
            + "\(ground.map { "; glass broken on \($0)" } ?? "")"
    }
}
