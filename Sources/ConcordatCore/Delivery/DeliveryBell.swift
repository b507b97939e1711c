package import ConcordatTerms
import Synchronization

/// Wakes those who wait for a delivery to a recipient, after its record is durable.
package final class DeliveryBell: Sendable {
    // Bound: requests of one recipient that wait at once.
    package static let waitersMax = 32

    private struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var waiters: [PartyID: [Waiter]] = [:]
        /// How many wait, those that are about to stand in line included.
        var counts: [PartyID: Int] = [:]
        var next: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    package init() {}

    /// Wakes everyone who waits for `recipient`.
    package func ring(_ recipient: PartyID) {
        let woken = state.withLock { $0.waiters.removeValue(forKey: recipient) ?? [] }
        for waiter in woken { waiter.continuation.resume() }
    }

    /// Wakes everyone: what held all of them back is over.
    package func ringAll() {
        for waiter in takeAll() { waiter.continuation.resume() }
    }

    /// Wakes everyone for good: the gateway drains.
    package func close() {
        state.withLock { $0.isClosed = true }
        for waiter in takeAll() { waiter.continuation.resume() }
    }

    /// Whether the gateway drains.
    package var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Returns true when the bell rang for `recipient`, when `limit` has passed, or when the task is cancelled; false at
    /// once when as many wait already as may.
    ///
    /// `isReady` is asked once the waiter stands in line, so that a ring between looking and waiting is not missed.
    @discardableResult
    package func wait(
        for recipient: PartyID, limit: Duration, unless isReady: @escaping @Sendable () -> Bool
    ) async -> Bool {
        let id = state.withLock { state -> UInt64? in
            guard state.counts[recipient, default: 0] < Self.waitersMax else { return nil }
            state.counts[recipient, default: 0] += 1
            state.next += 1
            return state.next
        }
        guard let id else { return false }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.stand(id, for: recipient, unless: isReady) }
            group.addTask { try? await ContinuousClock().sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
        state.withLock { state in
            let left = state.counts[recipient, default: 1] - 1
            state.counts[recipient] = left > 0 ? left : nil
        }
        return true
    }

    private func stand(_ id: UInt64, for recipient: PartyID, unless isReady: @Sendable () -> Bool) async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isClosed = state.withLock { state in
                    if !state.isClosed {
                        state.waiters[recipient, default: []].append(Waiter(id: id, continuation: continuation))
                    }
                    return state.isClosed
                }
                guard !isClosed else { return continuation.resume() }
                // Order matters: cancellation and deliveries are looked for after standing in line, or one of them that
                // comes in between would wake nobody.
                if isReady() || Task.isCancelled { release(id, for: recipient) }
            }
        } onCancel: {
            release(id, for: recipient)
        }
    }

    private func release(_ id: UInt64, for recipient: PartyID) {
        let waiter = state.withLock { state -> Waiter? in
            guard let place = state.waiters[recipient]?.firstIndex(where: { $0.id == id }) else { return nil }
            let waiter = state.waiters[recipient]?.remove(at: place)
            if state.waiters[recipient]?.isEmpty ?? false { state.waiters[recipient] = nil }
            return waiter
        }
        waiter?.continuation.resume()
    }

    private func takeAll() -> [Waiter] {
        state.withLock { state in
            defer { state.waiters = [:] }
            return state.waiters.values.flatMap { $0 }
        }
    }
}
