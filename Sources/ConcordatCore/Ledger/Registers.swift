import ConcordatDecision
package import ConcordatTerms
import Synchronization

/// What is known in memory: cases, references, queues, standing. Readers get values; only the ledger's writer changes it.
///
/// Every value carries an epoch. A record judged under an epoch that has moved is judged again. Nothing here is looked
/// for by walking all cases or all deliveries: each question of a message's way has an index.
package final class Registers: Sendable {
    struct State {
        var cases: [CaseID: CaseRecord] = [:]
        var byReference: [PartyReference: CaseID] = [:]
        var byConsent: [ConsentID: CaseID] = [:]
        var deliveries: [DeliveryID: Delivery] = [:]
        var lines: [PartyID: DeliveryLine] = [:]
        /// Unfinished deliveries by the minute in which they expire.
        var expiring: [Int64: Set<DeliveryID>] = [:]
        /// Deliveries that a clause makes wait.
        var held: Set<DeliveryID> = []
        /// How many unfinished deliveries each day key seals.
        var keysInUse: [String: Int] = [:]
        var standing = Standing()
        /// Cases in which an answer is owed.
        var owing: Set<CaseID> = []
        var versions: [VersionID: ProtocolVersion] = [:]
        var text = TextInForce.none(TextInForce.Lack(version: nil, code: "protocol.none"))
        /// Cases in which somebody is still to be told that a consent ended, those with a notice, and those of them with one
        /// that nobody has answered.
        var recalling: Set<CaseID> = []
        var noticed: Set<CaseID> = []
        var unanswered: Set<CaseID> = []
        /// When the first consent of a case that still allows something ends of itself.
        var lapsing: [CaseID: UTCInstant] = [:]
        /// Cases in which glass was broken, and those of them with a use that nobody has reviewed.
        var brokenGlass: Set<CaseID> = []
        var unreviewed: Set<CaseID> = []
    }

    struct PartyReference: Hashable {
        let party: PartyID
        let reference: String
    }

    let state = Mutex(State())

    package init() {}

    /// The case with that id.
    package func record(of id: CaseID) -> CaseRecord? { state.withLock { $0.cases[id] } }

    /// The case that `subject` names for `party`: its own reference, or the gateway's id.
    package func record(subject: String, for party: PartyID) -> CaseRecord? {
        state.withLock { state in
            if let id = state.byReference[PartyReference(party: party, reference: subject)] { return state.cases[id] }
            return CaseID(subject).flatMap { state.cases[$0] }
        }
    }

    /// The case that holds a consent.
    package func record(holding consent: ConsentID) -> CaseRecord? {
        state.withLock { state in state.byConsent[consent].flatMap { state.cases[$0] } }
    }

    /// Who and what is stopped.
    package var standing: Standing { state.withLock { $0.standing } }

    /// What a judgement stands on: the text in force, and who and what is stopped, both of the same moment.
    ///
    /// The epoch of the standing moves with either, so work guarded by it is sent back when either changed.
    package var footing: Footing { state.withLock { Footing(text: $0.text, standing: $0.standing) } }

    /// Every protocol version ever proposed.
    package var versions: [VersionID: ProtocolVersion] { state.withLock { $0.versions } }

    /// The version with that id.
    package func version(_ id: VersionID) -> ProtocolVersion? { state.withLock { $0.versions[id] } }

    /// Sets the text that the gateway opens under, before anything is served.
    func begin(_ text: TextInForce) { state.withLock { $0.text = text } }

    /// Unfinished deliveries for `recipient` in line order; for the desk and for tests, not for the way of a message.
    package func queue(of recipient: PartyID) -> [Delivery] {
        state.withLock { state in
            var queue: [Delivery] = []
            state.lines[recipient]?.walk { id in
                if let delivery = state.deliveries[id] { queue.append(delivery) }
                return true
            }
            return queue
        }
    }

    /// How many unfinished deliveries `recipient` has.
    package func queueLength(of recipient: PartyID) -> Int { state.withLock { $0.lines[recipient]?.count ?? 0 } }

    /// How many unfinished deliveries are of this kind.
    func unfinished(_ isMeant: (Delivery) -> Bool) -> Int {
        state.withLock { state in state.deliveries.values.count(where: isMeant) }
    }

    /// The unfinished delivery with that id.
    package func delivery(_ id: DeliveryID) -> Delivery? { state.withLock { $0.deliveries[id] } }

    /// Unfinished deliveries whose time has passed, at most `limit`.
    package func deliveries(expiredAt now: UTCInstant, limit: Int) -> [Delivery] {
        state.withLock { state in
            var expired: [Delivery] = []
            for minute in state.expiring.keys.filter({ $0 <= Self.minute(now) }).sorted() {
                for id in state.expiring[minute] ?? [] {
                    guard expired.count < limit else { return expired }
                    if let delivery = state.deliveries[id], delivery.expires <= now { expired.append(delivery) }
                }
            }
            return expired
        }
    }

    /// The cases in which an answer is owed, sorted by id.
    package var owingCases: [CaseRecord] {
        state.withLock { state in state.owing.sorted().compactMap { state.cases[$0] } }
    }

    /// The cases in which glass was broken, sorted by id; with `unreviewed`, only those with a use nobody has reviewed.
    package func glassCases(unreviewed: Bool) -> [CaseRecord] {
        state.withLock { state in
            (unreviewed ? state.unreviewed : state.brokenGlass).sorted().compactMap { state.cases[$0] }
        }
    }

    /// The first `limit` cases after `last` in which somebody is still to be told that a consent ended, sorted by id.
    package func recallingCases(after last: CaseID?, limit: Int) -> [CaseID] {
        state.withLock { state in
            Array(state.recalling.filter { id in last.map { $0 < id } ?? true }.sorted().prefix(limit))
        }
    }

    /// The cases with a notice, sorted by id; with `unanswered`, only those with one that nobody has answered.
    package func noticedCases(unanswered: Bool) -> [CaseRecord] {
        state.withLock { state in
            (unanswered ? state.unanswered : state.noticed).sorted().compactMap { state.cases[$0] }
        }
    }

    /// The cases in which a consent that still allows something has come to its end, at most `limit`.
    package func cases(lapsedAt now: UTCInstant, limit: Int) -> [CaseRecord] {
        state.withLock { state in
            state.lapsing.lazy.filter { $0.value <= now }.prefix(limit).compactMap { state.cases[$0.key] }
        }
    }

    /// Deliveries that a clause makes wait, whose wait ends soonest first.
    package var heldDeliveries: [Delivery] {
        state.withLock { state in
            state.held.compactMap { state.deliveries[$0] }.sorted { ($0.next, $0.sequence) < ($1.next, $1.sequence) }
        }
    }

    /// Day keys that sealed copies still need.
    package var dayKeysInUse: Set<String> { state.withLock { Set($0.keysInUse.keys) } }

    /// Counts for metrics.
    package var counts: (cases: Int, deliveries: Int) { state.withLock { ($0.cases.count, $0.deliveries.count) } }

    /// Looks along a recipient's line for what may go now, at most `limit`.
    ///
    /// In each case nothing overtakes: a delivery waits behind an earlier one that is out or waits for its retry. What is
    /// parked, expired or held leaves the line; what is urgent does not stand in it.
    func look(at recipient: PartyID, now: UTCInstant, limit: Int, isHeld: (Delivery) -> Bool) -> LineLook {
        state.withLock { state in
            var look = LineLook()
            var blocked: Set<CaseID> = []
            state.lines[recipient]?.walk { id in
                guard let delivery = state.deliveries[id], delivery.state != .parked, delivery.state != .held,
                    delivery.expires > now,
                    !isHeld(delivery), delivery.isUrgent || !blocked.contains(delivery.caseID)
                else { return true }
                if delivery.next <= now {
                    look.due.append(delivery)
                } else {
                    look.next = min(look.next ?? delivery.next, delivery.next)
                    if !delivery.isUrgent { blocked.insert(delivery.caseID) }
                }
                return look.due.count < limit
            }
            return look
        }
    }

    static func minute(_ time: UTCInstant) -> Int64 { time.secondsSinceEpoch / 60 }
}

/// The text in force and the standing of one moment.
package struct Footing: Sendable {
    package let text: TextInForce
    package let standing: Standing
}
