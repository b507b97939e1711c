import ConcordatTerms
import Synchronization

/// Counts the requests of each party that wait for a delivery.
final class WaitGate: Sendable {
    private let waiting = Mutex<[PartyID: Int]>([:])
    private let countMax: Int

    init(countMax: Int) { self.countMax = countMax }

    /// Whether one more of `party` may wait; each that did must ``leave(_:)``.
    func enter(_ party: PartyID) -> Bool {
        waiting.withLock { waiting in
            let count = waiting[party, default: 0]
            guard count < countMax else { return false }
            waiting[party] = count + 1
            return true
        }
    }

    func leave(_ party: PartyID) {
        waiting.withLock { waiting in
            let count = waiting[party, default: 0]
            waiting[party] = count > 1 ? count - 1 : nil
        }
    }
}
