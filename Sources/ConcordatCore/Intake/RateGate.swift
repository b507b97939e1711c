package import ConcordatTerms
import Synchronization

/// Counts what each party does in a window of time; the one over the bound is told to come back.
package final class RateGate: Sendable {
    private struct Window {
        var start: UTCInstant
        var count: Int
    }

    private let windows = Mutex<[PartyID: Window]>([:])
    private let countMax: Int
    private let span: Duration

    package init(countMax: Int, span: Duration) { (self.countMax, self.span) = (countMax, span) }

    /// Whether `party` may do one more at `now`. Never more parties than the roster has are remembered.
    package func admits(_ party: PartyID, at now: UTCInstant) -> Bool {
        windows.withLock { windows in
            var window = windows[party] ?? Window(start: now, count: 0)
            if now - window.start >= span || now < window.start { window = Window(start: now, count: 0) }
            window.count += 1
            windows[party] = window
            return window.count <= countMax
        }
    }
}
