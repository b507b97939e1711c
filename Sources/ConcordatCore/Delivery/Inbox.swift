import ConcordatCrypto
import ConcordatDecision
import ConcordatJSON
import ConcordatLog
import ConcordatPayload
package import ConcordatTerms
import ConcordatWire

/// Pull delivery: a recipient asks for what waits, and acknowledges what it has.
package struct Inbox: Sendable {
    // Bounds of one request.
    package static let waitMax: Duration = .seconds(30)
    package static let limitMax = 100
    /// Bytes of events after which an answer is full; the event that passes it is still in.
    package static let bytesMax = 4 << 20

    let house: House
    private let handOver: HandOver

    package init(house: House) {
        self.house = house
        handOver = HandOver(house: house)
    }

    /// The next deliveries, oldest first: `{"deliveries": [{"delivery", "attempt", "salt", "event"}]}`.
    ///
    /// Waits up to `wait` for the first one; 204 when none came, or when the gateway drains; 429 when too many requests of
    /// the party wait already. Each is offered again after the lease unless it is acknowledged.
    package func next(for recipient: PartyID, limit: Int, wait: Duration) async -> Reply {
        let deadline = ContinuousClock.now + min(wait, Self.waitMax)
        let limit = min(max(limit, 1), Self.limitMax)
        while true {
            if let refusal = refusal(of: recipient) { return refusal }
            let (parcels, isLater) = await parcels(for: recipient, limit: limit)
            if !parcels.isEmpty { return Self.reply(parcels) }
            if isLater { return Reply(Intake.problem(for: .unavailable)) }
            let left = deadline - .now
            guard left > .zero, !house.bell.isClosed, !Task.isCancelled else { return Reply(status: 204) }
            let handOver = handOver
            let soon = handOver.look(at: recipient, limit: 1).next.map { max($0 - house.now(), .milliseconds(10)) }
            let isWaiting = await house.bell.wait(for: recipient, limit: min(left, soon ?? left)) {
                !handOver.due(for: recipient, limit: 1).isEmpty
            }
            guard isWaiting else {
                var problem = ProblemCatalogue.problem("limit.rate")
                problem.retryAfter = 1
                return Reply(problem)
            }
        }
    }

    /// Why a party gets nothing whatever waits for it.
    private func refusal(of recipient: PartyID) -> Reply? {
        let footing = house.registers.footing
        if let lack = footing.text.lack { return Reply(.none(lack)) }
        guard footing.text.text.parties[recipient] != nil else {
            return Reply(ProblemCatalogue.problem("party.unknown"))
        }
        guard !footing.standing.suspended.contains(recipient) else {
            return Reply(ProblemCatalogue.problem("party.suspended"))
        }
        guard !house.clock.isStepped else {
            var problem = ProblemCatalogue.problem("clock.unsure")
            problem.retryAfter = 30
            return Reply(problem)
        }
        return nil
    }

    /// Hands over what is due: cases beside each other so that they share commits, each case in its own order.
    private func parcels(for recipient: PartyID, limit: Int) async -> ([HandOver.Parcel], isLater: Bool) {
        var lines: [[Delivery]] = []
        var places: [CaseID: Int] = [:]
        for delivery in handOver.due(for: recipient, limit: limit) {
            if let place = places[delivery.caseID], !delivery.isUrgent {
                lines[place].append(delivery)
            } else {
                if !delivery.isUrgent { places[delivery.caseID] = lines.count }
                lines.append([delivery])
            }
        }
        var parcels: [HandOver.Parcel] = []
        var bytes = 0
        while !lines.isEmpty, bytes <= Self.bytesMax {
            let wave = Array(lines.prefix(Self.casesAtOnce))
            lines.removeFirst(wave.count)
            let (handed, isLater) = await withTaskGroup(of: ([HandOver.Parcel], isLater: Bool).self) { group in
                for line in wave { group.addTask { await self.handOver(line) } }
                return await group.reduce(into: ([HandOver.Parcel](), isLater: false)) { all, one in
                    all.0 += one.0
                    all.isLater = all.isLater || one.isLater
                }
            }
            parcels += handed
            bytes += handed.reduce(0) { $0 + $1.copy.cut.bytes.count }
            if isLater { return (Self.inOrder(parcels), true) }
        }
        return (Self.inOrder(parcels), false)
    }

    /// Hands over the deliveries of one case, one after the other.
    private func handOver(_ line: [Delivery]) async -> ([HandOver.Parcel], isLater: Bool) {
        var parcels: [HandOver.Parcel] = []
        for delivery in line {
            switch await handOver.begin(delivery, way: .pull) {
            case .ready(let parcel): parcels.append(parcel)
            // Nothing of a case overtakes what another request of the same party is being handed.
            case .gone: if house.registers.delivery(delivery.id) != nil { return (parcels, false) }
            case .held: break
            case .later: return (parcels, true)
            }
        }
        return (parcels, false)
    }

    private static func inOrder(_ parcels: [HandOver.Parcel]) -> [HandOver.Parcel] {
        parcels.sorted { left, right in
            (left.delivery.isUrgent ? 0 : 1, left.delivery.sequence) < (
                right.delivery.isUrgent ? 0 : 1, right.delivery.sequence
            )
        }
    }

    // Bound: cases handed over beside each other in one request.
    private static let casesAtOnce = 16

    /// The recipient has it. Saying so again is answered alike; a delivery of others, or one not handed over yet, is answered
    /// like one that does not exist.
    ///
    /// Taken from a suspended party too: all it does is destroy the copy of what the party has already.
    package func acknowledge(_ id: DeliveryID, by recipient: PartyID) async -> Reply {
        let unknown = Reply(ProblemCatalogue.problem("delivery.unknown"))
        return await house.retrying {
            // Order matters: the register first. A delivery that finishes after this look is in the store as finished.
            guard let live = house.registers.delivery(id) else {
                guard let delivery = try house.driver.delivery(id), delivery.recipient == recipient,
                    delivery.state == .delivered
                else { return unknown }
                return Reply(status: 204)
            }
            guard live.recipient == recipient, live.attempts > 0 else { return unknown }
            // Moved by a retry meanwhile: the recipient has it all the same, and it is said again.
            try await handOver.end(
                id, attempts: live.attempts, from: live.state, to: .delivered,
                .handOverOutcome(HandOverOutcomeLeaf(delivery: id, outcome: .acknowledged)), in: house)
            // The next one in the case's line may go now.
            house.bell.ring(recipient)
            return Reply(status: 204)
        }
    }

    private static func reply(_ parcels: [HandOver.Parcel]) -> Reply {
        var writer = JSONWriter(capacity: 1024)
        writer.beginObject()
        writer.name("deliveries")
        writer.beginArray()
        for parcel in parcels {
            writer.beginObject()
            writer.name("delivery")
            writer.string(parcel.delivery.id.rawValue)
            writer.name("attempt")
            writer.int(parcel.attempt)
            writer.name("salt")
            writer.string(Base64.encode(parcel.copy.context.salt))
            writer.name("event")
            writer.raw(parcel.copy.event)
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return Reply(status: 200, mediaType: "application/json", body: writer.bytes)
    }
}
