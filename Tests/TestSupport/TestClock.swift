import ConcordatCore
package import ConcordatTerms
import Synchronization

/// Floor 8, ConcordatTestSupport: fakes of the ports, a small protocol, and a gateway over them.
///
/// A clock that goes only when it is told to. Its wall can be made to jump away from its steady hand.
package final class TestClock: Sendable {
    package static let start = UTCInstant(startOf: CivilDate(year: 2026, month: 6, day: 15)!) + .seconds(43_200)

    private let hands = Mutex((wall: TestClock.start, steady: Duration.zero))

    package init() {}

    package var now: UTCInstant { hands.withLock { $0.wall } }
    package var steady: Duration { hands.withLock { $0.steady } }

    /// Both hands go on.
    package func advance(_ duration: Duration) {
        hands.withLock { $0 = ($0.wall + duration, $0.steady + duration) }
    }

    /// The wall jumps; no time passes.
    package func step(_ duration: Duration) { hands.withLock { $0.wall = $0.wall + duration } }
}
