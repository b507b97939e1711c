import ConcordatLog
import ConcordatTerms
import Logging
import ServiceLifecycle

/// The long jobs of delivery: pushing to endpoints, ending what has expired, destroying keys nobody needs.
package struct DeliveryService: Service {
    private let house: House
    private let handOver: HandOver
    private let pusher: any Pusher
    private let refusals: RefusalBook
    /// How often expired deliveries, old answers and day keys are looked for.
    private let sweepEvery: Duration

    package init(house: House, pusher: any Pusher, refusals: RefusalBook, sweepEvery: Duration = .seconds(5)) {
        (self.house, self.pusher, self.refusals, self.sweepEvery) = (house, pusher, refusals, sweepEvery)
        handOver = HandOver(house: house)
    }

    /// Runs until shutdown; what is out then is finished or offered again after its lease.
    package func run() async throws {
        await withGracefulShutdownHandler {
            await cancelWhenGracefulShutdown {
                await withTaskGroup(of: Void.self) { group in
                    for recipient in pusher.recipients { group.addTask { await push(to: recipient) } }
                    group.addTask { await sweep() }
                }
            }
        } onGracefulShutdown: {
            house.bell.close()
        }
    }

    private func push(to recipient: PartyID) async {
        while !Task.isCancelled {
            for delivery in handOver.due(for: recipient, limit: 32) {
                if Task.isCancelled { return }
                guard case .ready(let parcel) = await handOver.begin(delivery, way: .push) else { continue }
                let outcome = await pusher.push(
                    parcel.copy.event, delivery: delivery.id, salt: parcel.copy.context.salt, to: recipient)
                await record(outcome, of: parcel)
            }
            let handOver = handOver
            let wait = handOver.nextDue(for: recipient).map { max($0 - house.now(), .milliseconds(20)) } ?? .seconds(30)
            await house.bell.wait(for: recipient, limit: min(wait, .seconds(30))) {
                !handOver.due(for: recipient, limit: 1).isEmpty
            }
        }
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
            // It stays handed and is offered again after its lease; recipients know a repeat by source and id.
            house.logger.error("delivery: an outcome was not written", metadata: ["delivery": "\(parcel.delivery.id)"])
        }
    }

    private func sweep() async {
        var turns = 0
        while !Task.isCancelled {
            let now = house.now()
            for delivery in house.registers.deliveries(expiredAt: now, limit: 500) {
                do throws(LedgerFault) { try await HandOver.expire(delivery, in: house) } catch {
                    house.logger.error("delivery: an expiry was not written", metadata: ["delivery": "\(delivery.id)"])
                }
            }
            if turns % 12 == 0 {
                await refusals.summarise()
                destroyUnusedKeys(today: now.date)
            }
            turns += 1
            try? await Task.sleep(for: sweepEvery)
        }
        await refusals.summarise()
    }

    /// A day key goes with its last payload; today's and yesterday's stay, since a copy may be on its way to the store.
    private func destroyUnusedKeys(today: CivilDate) {
        do {
            let inUse = house.registers.dayKeysInUse
            let yesterday = CivilDate(daysSinceEpoch: today.daysSinceEpoch - 1)
            for id in try house.keyring.dayKeys()
            where !inUse.contains(id) && id < yesterday.description {
                try house.keyring.destroyDayKey(id: id)
            }
        } catch {
            house.logger.error("keys: an unused day key was not destroyed")
        }
    }
}
