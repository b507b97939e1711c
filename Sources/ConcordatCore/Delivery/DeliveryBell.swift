package import ConcordatTerms
import Synchronization

/// Wakes those who wait for a delivery to a recipient, after its record is durable.
package final class DeliveryBell: Sendable {
    private struct Waiter {
        let id: UInt64
        let continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var waiters: [PartyID: [Waiter]] = [:]
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

    /// Wakes everyone for good: the gateway drains.
    package func close() {
        let woken = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [:] }
            return state.waiters.values.flatMap { $0 }
        }
        for waiter in woken { waiter.continuation.resume() }
    }

    /// Whether the gateway drains.
    package var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Returns when the bell rings for `recipient`, when `limit` has passed, or when the task is cancelled.
    ///
    /// `isReady` is asked once the waiter stands in line, so that a ring between looking and waiting is not missed.
    package func wait(for recipient: PartyID, limit: Duration, unless isReady: @escaping @Sendable () -> Bool) async {
        let id = state.withLock { state in
            state.next += 1
            return state.next
        }
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await withTaskCancellationHandler {
                    await withCheckedContinuation { continuation in
                        let isClosed = self.state.withLock { state in
                            if !state.isClosed {
                                state.waiters[recipient, default: []].append(Waiter(id: id, continuation: continuation))
                            }
                            return state.isClosed
                        }
                        if isClosed || isReady() || Task.isCancelled { self.release(id, for: recipient, orNow: isClosed ? continuation : nil) }
                    }
                } onCancel: {
                    self.release(id, for: recipient, orNow: nil)
                }
            }
            group.addTask { try? await Task.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    private func release(_ id: UInt64, for recipient: PartyID, orNow loose: CheckedContinuation<Void, Never>?) {
        let waiter = state.withLock { state -> Waiter? in
            guard let place = state.waiters[recipient]?.firstIndex(where: { $0.id == id }) else { return nil }
            return state.waiters[recipient]?.remove(at: place)
        }
        (waiter?.continuation ?? loose)?.resume()
    }
}
