import ConcordatDecision
import ConcordatLog
import ConcordatTerms
import Logging
import Metrics
import ServiceLifecycle

/// The long jobs of delivery: pushing to endpoints, ending what has expired, destroying keys nobody needs.
package struct DeliveryService: Service {
    // Bound: deliveries of one look along a line, and expiries of one sweep.
    private static let pushMax = 32
    private static let expiryMax = 500
    private static let heldMax = 5_000

    private let house: House
    private let handOver: HandOver
    private let pusher: any Pusher
    private let refusals: RefusalBook
    private let protocols: ProtocolChanges
    private let inForce = Gauge(label: "concordat_protocol_in_force")
    /// How often expired deliveries, old answers and day keys are looked for.
    private let sweepEvery: Duration
    private let openAnswers = Gauge(label: "concordat_due_open")
    private let overdueAnswers = Gauge(label: "concordat_due_overdue")
    private let openNotices = Gauge(label: "concordat_notices_unanswered")
    private let overdueNotices = Gauge(label: "concordat_notices_overdue")
    private let consents: ConsentRegister
    private let breakGlass: BreakGlassRegister
    private let daysLeft = Gauge(label: "concordat_protocol_days_left")

    package init(house: House, pusher: any Pusher, refusals: RefusalBook, sweepEvery: Duration = .seconds(5)) {
        (self.house, self.pusher, self.refusals, self.sweepEvery) = (house, pusher, refusals, sweepEvery)
        handOver = HandOver(house: house)
        protocols = ProtocolChanges(house: house)
        consents = ConsentRegister(house: house, refusals: refusals)
        breakGlass = BreakGlassRegister(house: house)
    }

    /// Runs until shutdown; what is out then is finished or offered again after its lease.
    package func run() async throws {
        await withGracefulShutdownHandler {
            await cancelWhenGracefulShutdown {
                await withTaskGroup(of: Void.self) { group in
                    for recipient in pusher.recipients { group.addTask { await push(to: recipient) } }
                    group.addTask { await sweep() }
                    group.addTask { await activate() }
                }
            }
        } onGracefulShutdown: {
            house.bell.close()
        }
    }

    private func push(to recipient: PartyID) async {
        let handOver = handOver
        while !Task.isCancelled, !house.bell.isClosed {
            let isLater = await pushDue(to: recipient)
            if isLater { try? await ContinuousClock().sleep(for: .seconds(1)) }
            let next = handOver.look(at: recipient, limit: 1).next.map { max($0 - house.now(), .milliseconds(20)) }
            let isWaiting = await house.bell.wait(for: recipient, limit: min(next ?? .seconds(30), .seconds(30))) {
                !handOver.due(for: recipient, limit: 1).isEmpty
            }
            // The party's own requests stand in every place of the line.
            if !isWaiting { try? await ContinuousClock().sleep(for: .seconds(1)) }
        }
    }

    /// Pushes what is due to one recipient, in line order. Returns true when the store could not take a leaf.
    func pushDue(to recipient: PartyID) async -> Bool {
        var stuck: Set<CaseID> = []
        for delivery in handOver.due(for: recipient, limit: Self.pushMax) {
            if Task.isCancelled { return false }
            // Nothing of a case overtakes what has just failed, or what somebody else is handing over.
            guard delivery.isUrgent || !stuck.contains(delivery.caseID) else { continue }
            switch await handOver.begin(delivery, way: .push) {
            case .ready(let parcel):
                let outcome = await pusher.push(
                    parcel.copy.event, delivery: delivery.id, salt: parcel.copy.context.salt, to: recipient)
                await record(outcome, of: parcel)
                if case .failed = outcome { stuck.insert(delivery.caseID) }
            case .gone: if house.registers.delivery(delivery.id) != nil { stuck.insert(delivery.caseID) }
            case .held: break
            case .later: return true
            }
        }
        return false
    }

    private func record(_ outcome: PushOutcome, of parcel: HandOver.Parcel) async {
        do throws(LedgerFault) {
            switch outcome {
            case .taken(let status): try await handOver.delivered(parcel, status: status, in: house)
            case .failed(let status, let code):
                try await handOver.failed(
                    parcel, status: status, code: LeafCode(code), jitter: Double.random(in: 0...1), in: house)
            }
        } catch {
            // It stays handed and is offered again after its lease; recipients know a repeat by source and id. Or the
            // recipient has said so already by its inbox, and nothing is left to say.
            guard house.registers.delivery(parcel.delivery.id) != nil else { return }
            house.logger.error("delivery: an outcome was not written", metadata: ["delivery": "\(parcel.delivery.id)"])
        }
    }

    /// Puts scheduled versions in force at their time, opened ahead of it.
    private func activate() async {
        while !Task.isCancelled {
            await protocols.activateDue()
            let next = await protocols.prepareDue()
            // Bound: an act of an admin may set another time, so it never sleeps longer than a sweep does; and what is due but
            // could not be written is not tried without a pause.
            let pause = min(next ?? sweepEvery, sweepEvery)
            try? await ContinuousClock().sleep(for: pause > .zero ? pause : .seconds(1))
        }
    }

    private func sweep() async {
        var turns = 0
        var warned = 0
        var lateNotices = 0
        var told: CaseID?
        var looked: [DeliveryID: HeldLook] = [:]
        var wasInForce = house.inForce.isInForce(at: house.now())
        var warnedOn: CivilDate?
        while !Task.isCancelled {
            await endExpired()
            looked = await settleHeld(looked)
            await consents.lapse()
            told = await RecallService(house: house).send(after: told)
            await recordStep()
            wasInForce = await recordPeriod(was: wasInForce)
            if turns % 12 == 0 {
                await refusals.summarise()
                destroyUnusedKeys()
                let owed = DueQueries(house: house).tally()
                warnedOn = watchPeriod(warnedOn: warnedOn)
                warned = watchGlass(warned: warned)
                lateNotices = watchNotices(warned: lateNotices)
                openAnswers.record(owed.open)
                overdueAnswers.record(owed.overdue)
            }
            turns += 1
            try? await ContinuousClock().sleep(for: sweepEvery)
        }
        await refusals.summarise()
    }

    /// Raises the alarm once for each use of break glass that was not reviewed in time. Returns how many are late.
    func watchGlass(warned: Int) -> Int {
        let uses = breakGlass.show()
        if uses.overdue > warned {
            house.logger.warning(
                "break glass: a use was not reviewed in time", metadata: ["overdue": "\(uses.overdue)"])
        }
        return uses.overdue
    }

    /// Raises the alarm when more notices than before were not answered in time. Returns how many are late.
    func watchNotices(warned: Int) -> Int {
        let notices = NoticeQueries(house: house).tally()
        openNotices.record(notices.unanswered)
        overdueNotices.record(notices.overdue)
        if notices.overdue > warned {
            house.logger.warning(
                "notice: a recipient has not answered in time", metadata: ["overdue": "\(notices.overdue)"])
        }
        return notices.overdue
    }

    /// What a held delivery was last judged under: nothing can have changed for it while these are the same.
    struct HeldLook: Equatable {
        let caseEpoch: Int
        let standingEpoch: Int
        let isOver: Bool
        /// What a clause counts in days may be otherwise tomorrow.
        let day: CivilDate
        /// When the next consent of its case begins; nil when none is still to begin.
        var begins: UTCInstant?

        /// Whether what is looked at now is as it was at this look.
        func covers(_ now: HeldLook, at time: UTCInstant) -> Bool {
            caseEpoch == now.caseEpoch && standingEpoch == now.standingEpoch && isOver == now.isOver
                && day == now.day && begins.map { time < $0 } ?? true
        }
    }

    /// Lets go or ends what was held and need not wait longer. Returns what each was looked at under.
    func settleHeld(_ looked: [DeliveryID: HeldLook] = [:]) async -> [DeliveryID: HeldLook] {
        var looks: [DeliveryID: HeldLook] = [:]
        for delivery in house.registers.heldDeliveries.prefix(Self.heldMax) {
            let now = house.now()
            let record = house.registers.record(of: delivery.caseID)
            var look = HeldLook(
                caseEpoch: record?.epoch ?? 0, standingEpoch: house.registers.standing.epoch,
                isOver: delivery.next <= now, day: now.date)
            if let earlier = looked[delivery.id], earlier.covers(look, at: now) {
                looks[delivery.id] = earlier
                continue
            }
            look.begins = record?.consents.lazy.map(\.fact.from).filter { now < $0 }.min()
            if case .waits = await handOver.settle(delivery.id), !look.isOver { looks[delivery.id] = look }
        }
        return looks
    }

    /// Ends what has expired, a bounded number at a time.
    func endExpired() async {
        for delivery in house.registers.deliveries(expiredAt: house.now(), limit: Self.expiryMax) {
            do throws(LedgerFault) { try await HandOver.expire(delivery, in: house) } catch {
                // Acknowledged or withdrawn between looking and writing: nothing is left to end.
                if case .stale = error { continue }
                house.logger.error("delivery: an expiry was not written", metadata: ["delivery": "\(delivery.id)"])
            }
        }
    }

    /// Puts a step of the clock on record.
    func recordStep() async {
        guard house.clock.isStepped, let step = house.clock.takeUnrecorded() else { return }
        house.logger.error("clock: stepped; hand-over stops until an admin confirms the time")
        do throws(LedgerFault) {
            let leaf = house.leaf(.clock(ClockLeaf(stepMilliseconds: Int(step / .milliseconds(1)))))
            _ = try await house.ledger.commit(LedgerRecord(leaves: [leaf]))
        } catch {
            house.clock.unrecord()
        }
    }

    /// Puts it on record when the protocol's period begins or ends while the daemon runs. Returns what now stands there.
    private func recordPeriod(was wasInForce: Bool) async -> Bool {
        let text = house.inForce
        let isInForce = text.isInForce(at: house.now())
        inForce.record(isInForce ? 1 : 0)
        guard text.lack == nil, isInForce != wasInForce else { return wasInForce }
        let body = ProtocolLeaf(text, event: isInForce ? .inForce : .lapsed)
        do throws(LedgerFault) {
            _ = try await house.ledger.commit(LedgerRecord(leaves: [house.leaf(.protocolChange(body), under: text)]))
            return isInForce
        } catch {
            return wasInForce
        }
    }

    /// Counts the days that the text has left, and warns of its end once a day. Returns the day that was warned on.
    func watchPeriod(warnedOn: CivilDate?) -> CivilDate? {
        let (inForce, today) = (house.inForce, house.now().date)
        guard inForce.lack == nil else {
            // There is no period to speak of; that there is none is said where it came to be.
            daysLeft.record(0)
            return warnedOn
        }
        let text = inForce.text
        let watch = PeriodWatch(text.period, on: today)
        if case .inForce(let left) = watch.standing { daysLeft.record(left) } else { daysLeft.record(0) }
        guard today != warnedOn, watch.warning != nil || !watch.isInForce || watch.isReviewDue else { return warnedOn }
        let words = watch.words(until: text.period.until) ?? ""
        house.logger.warning("protocol: its period needs attention", metadata: ["what": "\(words)"])
        return today
    }

    /// A day key goes with its last payload; today's and yesterday's stay, since a copy may be on its way to the store.
    ///
    /// A key older than that cannot get a new copy: each is sealed under the key of the day it is judged on, and a judgement
    /// that waits longer than a day has been answered. While the clock is doubtful no key goes.
    func destroyUnusedKeys() {
        guard !house.clock.isStepped else { return }
        do {
            let yesterday = CivilDate(daysSinceEpoch: house.now().date.daysSinceEpoch - 1)
            let ids = try house.keyring.dayKeys().filter { $0 < yesterday.description }
            // Order matters: what is in use is read after the keys are listed, so that none is taken for unused that a
            // delivery came to use before.
            let inUse = house.registers.dayKeysInUse
            for id in ids where !inUse.contains(id) { try house.keyring.destroyDayKey(id: id) }
        } catch {
            house.logger.error("keys: an unused day key was not destroyed")
        }
    }
}
