import ConcordatPayload
import ConcordatCrypto
import ConcordatJSON
import ConcordatLog
package import ConcordatTerms
import ConcordatWire

/// Pull delivery: a recipient asks for what waits, and acknowledges what it has.
package struct Inbox: Sendable {
    // Bounds of one request.
    package static let waitMax: Duration = .seconds(30)
    package static let limitMax = 100
    /// Bytes of events after which an answer is full; the event that passes it is still in.
    package static let bytesMax = 4 << 20

    private let house: House
    private let handOver: HandOver

    package init(house: House) {
        self.house = house
        handOver = HandOver(house: house)
    }

    /// The next deliveries, oldest first: `{"deliveries": [{"delivery", "attempt", "salt", "event"}]}`.
    ///
    /// Waits up to `wait` for the first one; 204 when none came, or when the gateway drains. Each is offered again after
    /// the lease unless it is acknowledged.
    package func next(for recipient: PartyID, limit: Int, wait: Duration) async -> Reply {
        let deadline = house.now() + min(wait, Self.waitMax)
        while true {
            let (parcels, isLater) = await parcels(for: recipient, limit: min(limit, Self.limitMax))
            if !parcels.isEmpty { return Self.reply(parcels) }
            if isLater { return Reply(Intake.problem(for: .unavailable)) }
            let left = deadline - house.now()
            guard left > .zero, !house.bell.isClosed else { return Reply(status: 204) }
            let soon = handOver.nextDue(for: recipient).map { max($0 - house.now(), .milliseconds(10)) } ?? left
            let handOver = handOver
            await house.bell.wait(for: recipient, limit: min(left, soon)) {
                !handOver.due(for: recipient, limit: 1).isEmpty
            }
            if Task.isCancelled { return Reply(status: 204) }
        }
    }

    private func parcels(for recipient: PartyID, limit: Int) async -> ([HandOver.Parcel], isLater: Bool) {
        var parcels: [HandOver.Parcel] = []
        var bytes = 0
        for delivery in handOver.due(for: recipient, limit: limit) {
            switch await handOver.begin(delivery, way: .pull) {
            case .ready(let parcel):
                parcels.append(parcel)
                bytes += parcel.copy.cut.bytes.count
            case .gone: break
            case .later: return (parcels, true)
            }
            if bytes > Self.bytesMax { break }
        }
        return (parcels, false)
    }

    /// The recipient has it. Saying so again is answered alike.
    package func acknowledge(_ id: DeliveryID, by recipient: PartyID) async -> Reply {
        guard let delivery = try? house.driver.delivery(id), delivery.recipient == recipient else {
            return Reply(ProblemCatalogue.problem("delivery.unknown"))
        }
        guard let live = house.registers.delivery(id) else {
            return delivery.state == .delivered
                ? Reply(status: 204) : Reply(ProblemCatalogue.problem("delivery.unknown"))
        }
        guard live.attempts > 0 else { return Reply(ProblemCatalogue.problem("delivery.unknown")) }
        do throws(LedgerFault) {
            try await handOver.end(
                id, attempts: live.attempts, from: live.state, to: .delivered,
                .handOverOutcome(HandOverOutcomeLeaf(delivery: id, outcome: .acknowledged)), in: house)
            // The next one in the case's line may go now.
            house.bell.ring(recipient)
            return Reply(status: 204)
        } catch {
            return Reply(Intake.problem(for: error))
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
