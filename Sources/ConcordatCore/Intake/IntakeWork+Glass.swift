import ConcordatDecision
import ConcordatTerms
import ConcordatWire

extension IntakeWork {
    /// Whether a claimed ground can be heard at all, before it is judged. Returns true when nothing but broken glass may
    /// go: the sender is suspended, or no text is in force.
    func checkGlass(standing: Standing, at now: UTCInstant) throws(IntakeRefusal) -> Bool {
        let party = message.submission.party
        let isSuspended = standing.suspended.contains(party)
        guard let claim = message.envelope.breakGlass else {
            guard !isSuspended else { throw refusal("party.suspended") }
            return false
        }
        // A ground that the protocol does not know may be anything, and goes on no record.
        guard let glass = inForce.text.breakGlass, glass.grounds[claim.ground] != nil else {
            throw refusal("break-glass.not-permitted")
        }
        // Counted, and kept for the officer; it goes no further.
        guard Self.written(in: claim.reason.reveal()) >= glass.reasonMin else {
            throw refusal(
                "break-glass.reason-too-short",
                detail: "write at least \(glass.reasonMin) letters and digits in breakglassreason")
        }
        if glass.closesWhenUnreviewed {
            let isOverdue = house.registers.glassCases(unreviewed: true).contains { record in
                record.glass.contains { $0.sender == party && $0.state(at: now) == .overdue }
            }
            guard !isOverdue else { throw refusal("break-glass.review-overdue") }
        }
        return isSuspended || !inForce.isInForce(at: now)
    }

    /// How much of a reason is written: its letters and digits, of a run of the same one no more than two.
    static func written(in reason: String) -> Int {
        var count = 0
        var run = 0
        var last: Character?
        for character in reason {
            run = character == last ? run + 1 : 1
            last = character
            if run <= 2, character.isLetter || character.isNumber { count += 1 }
        }
        return count
    }

    /// Withholds from each recipient for whom no glass had to be broken: a ground is no way round a suspension.
    static func keepOnlyBrokenGlass(_ outcomes: inout [RecipientOutcome]) {
        for index in outcomes.indices where outcomes[index].isShared && outcomes[index].decision.brokenGlass.isEmpty {
            outcomes[index].decision.answer = .withhold(Refusal(code: "break-glass.not-needed"))
            outcomes[index].cut = nil
        }
    }
}

extension JudgedMessage {
    /// The use of break glass that this message is; nil when nothing of it needed one.
    func glassUse() -> GlassUse? {
        let broken = outcomes.filter { $0.isShared && !$0.decision.brokenGlass.isEmpty }
        guard let claim = work.message.envelope.breakGlass, let glass = work.inForce.text.breakGlass, !broken.isEmpty
        else { return nil }
        return GlassUse(
            message: work.message.envelope.id, name: work.text.name, sender: work.message.envelope.source,
            recipients: broken.map(\.recipient).sorted(), ground: claim.ground,
            clauses: Set(broken.flatMap(\.decision.brokenGlass)).sorted(), reason: claim.reason, at: now,
            reviewBy: now + glass.reviewWithin)
    }
}
