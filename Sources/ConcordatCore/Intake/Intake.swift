import ConcordatCrypto
import ConcordatDecision
import ConcordatLog
import ConcordatPayload
import ConcordatTerms
import ConcordatWire
import Metrics

/// The way of one message, from its bytes to its receipt.
///
/// Read, judge, cut, COMMIT, receipt: the sender is answered only after the record is durable.
package final class Intake: Sendable {
    let house: House
    private let refusals: RefusalBook
    private let messageGate: RateGate
    private let dryRunGate: RateGate
    private let breakGlass: BreakGlassRegister
    private let accepted = Counter(label: "concordat_messages_accepted")
    private let refused = Counter(label: "concordat_messages_refused")

    package init(house: House, refusals: RefusalBook) {
        self.house = house
        self.refusals = refusals
        breakGlass = BreakGlassRegister(house: house)
        messageGate = RateGate(countMax: house.settings.messagesPerSecond, span: .seconds(1))
        dryRunGate = RateGate(countMax: house.settings.dryRunsPerMinute, span: .seconds(60))
    }

    /// Runs work somewhere else than on the ledger's writer thread, which must not wait for it.
    package typealias Resume = @Sendable (_ work: @escaping @Sendable () -> Void) -> Void

    /// Takes one message. `then` is called once, on no particular thread, and must not block.
    ///
    /// - Parameters:
    ///   - isDryRun: judge and record, but change nothing and send nothing.
    ///   - resume: where to go on once the record is durable: the receipt is made there, and a message whose case moved
    ///     is judged again there. A connection's event loop is a good place.
    package func submit(
        _ submission: Submission, isDryRun: Bool = false, resume: @escaping Resume = { work in Task { work() } },
        then: @escaping @Sendable (Reply) -> Void
    ) {
        let gate = isDryRun ? dryRunGate : messageGate
        guard gate.admits(submission.party, at: house.now()) else {
            var problem = ProblemCatalogue.problem("limit.rate")
            problem.retryAfter = isDryRun ? 60 : 1
            return then(Reply(problem))
        }
        let message: ReadMessage
        do throws(IntakeRefusal) { message = try read(submission, isDryRun: isDryRun) } catch {
            return refuse(error, then: then)
        }
        do throws(IntakeRefusal) {
            attempt(
                try IntakeWork(message, house: house, under: house.inForce), judgements: 1, resume: resume, then: then)
        } catch {
            // The text may have changed since this id was answered: the answer stays the one that was given.
            turnAway(error, message, counted: false, then: then)
        }
    }

    /// Judges and commits; when the case or the text moved meanwhile, does it again.
    private func attempt(
        _ earlier: IntakeWork, judgements: Int, resume: @escaping Resume, then: @escaping @Sendable (Reply) -> Void
    ) {
        // Order matters: the text and who is stopped are read once, before anything is judged by them, and guarded as read.
        let footing = house.registers.footing
        let work: IntakeWork
        let judged: JudgedMessage
        do throws(IntakeRefusal) {
            work =
                earlier.inForce.serial == footing.text.serial
                ? earlier : try IntakeWork(earlier.message, house: house, under: footing.text)
        } catch {
            return turnAway(error, earlier.message, under: earlier.inForce, counted: false, then: then)
        }
        do throws(IntakeRefusal) {
            judged = try work.judged(standing: footing.standing, at: house.now())
        } catch {
            return turnAway(error, work.message, under: work.inForce, counted: false, then: then)
        }
        // Beyond a rate a party's refusals are only counted; one that others must be told of is always on record.
        if !judged.isAccepted, !judged.isDryRun, judged.record.changes.allSatisfy(\.isReplay),
            !refusals.admits(work.message.submission.party)
        {
            return turnAway(judged.asRefusal, work.message, under: work.inForce, counted: true, then: then)
        }
        house.ledger.commit(judged.record) { [self] result in
            switch result {
            case .success(let placement):
                resume { then(self.reply(to: judged, placed: placement)) }
            case .failure(.stale) where judgements < house.settings.judgementsMax:
                resume { self.attempt(work, judgements: judgements + 1, resume: resume, then: then) }
            case .failure(.repeated(let remembered)):
                resume { then(self.repeated(remembered, work.message)) }
            case .failure(let fault):
                then(Reply(Self.problem(for: fault)))
            }
        }
    }

    private func reply(to judged: JudgedMessage, placed: Placement) -> Reply {
        // Those told of a refusal wait for it as much as those who get the message.
        for recipient in judged.delivered { house.bell.ring(recipient) }
        if !judged.isDryRun, judged.glassUse() != nil { breakGlass.show() }
        if judged.isAccepted {
            accepted.increment()
        } else if !judged.isDryRun {
            refused.increment()
            return Reply(judged.problem(leaf: placed.firstLeaf))
        }
        do {
            let receipt = try judged.receipt(placed)
            return Reply(
                status: judged.isDryRun ? 200 : 202, mediaType: "application/json", body: receipt,
                headers: judged.isDryRun ? [] : [("Concordat-Salt", Base64.encode(judged.salt))])
        } catch {
            return Reply(ProblemCatalogue.problem("internal", detail: "the message was taken; ask for its tracking"))
        }
    }

    /// The answer given before, byte for byte.
    private func repeated(_ remembered: RememberedAnswer, _ message: ReadMessage) -> Reply {
        do {
            let body = try ReceiptMemory(house: house).receipt(
                remembered, for: message.envelope.source, message: message.envelope.id)
            return Reply(
                status: 202, mediaType: "application/json", body: body,
                headers: [("Concordat-Salt", Base64.encode(remembered.memory.salt))])
        } catch {
            return Reply(Self.problem(for: .unavailable))
        }
    }

    /// Refuses a message without asking the ledger's writer; but an id answered before gets that answer, or is refused for
    /// its other content, as if the writer had been asked.
    private func turnAway(
        _ refusal: IntakeRefusal, _ message: ReadMessage, under text: TextInForce? = nil, counted: Bool,
        then: @escaping @Sendable (Reply) -> Void
    ) {
        if !message.isDryRun {
            let envelope = message.envelope
            do {
                if let remembered = try house.driver.answer(party: envelope.source, message: envelope.id) {
                    let claim = IdempotencyClaim(
                        party: envelope.source, message: envelope.id,
                        digest: message.contentDigest(key: house.keys.idempotencyKey), remembers: nil)
                    return then(
                        remembered.isAnswer(to: claim)
                            ? repeated(remembered, message) : Reply(Self.problem(for: .conflict)))
                }
            } catch {
                return then(Reply(Self.problem(for: .unavailable)))
            }
        }
        guard counted else { return refuse(refusal, under: text, then: then) }
        refused.increment()
        refusals.tally(refusal)
        then(Reply(refusal.problem))
    }

    private func refuse(
        _ refusal: IntakeRefusal, under text: TextInForce? = nil, then: @escaping @Sendable (Reply) -> Void
    ) {
        refused.increment()
        refusals.note(refusal, under: text, then: then)
    }

    static func problem(for fault: LedgerFault) -> Problem {
        var problem: Problem
        switch fault {
        case .conflict: problem = ProblemCatalogue.problem("idempotency.conflict")
        case .inFlight: problem = ProblemCatalogue.problem("idempotency.in-flight")
        case .leafTooLong:
            problem = ProblemCatalogue.problem(
                "limit.body", detail: "the record of this message would be too long; split it")
        case .stale, .busy: problem = ProblemCatalogue.problem("limit.busy")
        case .unavailable, .repeated: problem = ProblemCatalogue.problem("store.unavailable")
        }
        if problem.status == 503 || problem.status == 409 { problem.retryAfter = 1 }
        return problem
    }
}
