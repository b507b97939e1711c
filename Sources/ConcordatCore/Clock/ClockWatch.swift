package import ConcordatTerms
import Synchronization

/// Tells the time, and notices when the machine's clock jumps.
///
/// The wall clock is compared with one that only ever runs on. While they agree, the wall's time is the time. Once they
/// are more than ``stepMax`` apart nobody knows which is right: time then runs on from before the step, so that nothing
/// lapses or comes alive by it, and nothing is handed over, until an admin confirms the wall's time.
package final class ClockWatch: Sendable {
    // Bound: how far the wall may be off before it counts as a step.
    package static let stepMax: Duration = .seconds(60)

    fileprivate struct State {
        /// Where both clocks stood when they last were known to agree.
        var wall: UTCInstant
        var steady: Duration
        /// How far the wall was off when the step was seen.
        var step: Duration?
        var isRecorded = true
        /// What is on record already; time does not run behind it.
        var floor: UTCInstant?
    }

    private let wall: @Sendable () -> UTCInstant
    private let steady: @Sendable () -> Duration
    private let state: Mutex<State>

    /// - Parameter steady: how long some moment is past; it never steps, and it runs on while the machine sleeps.
    package init(wall: @escaping @Sendable () -> UTCInstant, steady: (@Sendable () -> Duration)? = nil) {
        let opened = ContinuousClock.now
        self.wall = wall
        self.steady = steady ?? { ContinuousClock.now - opened }
        state = Mutex(State(wall: wall(), steady: self.steady()))
    }

    /// The time to judge and record by.
    package func now() -> UTCInstant {
        let (wall, steady) = (wall(), steady())
        return state.withLock { state in
            let expected = state.wall + (steady - state.steady)
            guard state.step == nil else { return state.atLeastFloor(expected) }
            let off = wall - expected
            guard abs(off) > Self.stepMax else { return state.atLeastFloor(wall) }
            (state.step, state.isRecorded) = (off, false)
            return state.atLeastFloor(expected)
        }
    }

    /// Whether a step waits to be confirmed.
    package var isStepped: Bool {
        _ = now()
        return state.withLock { $0.step != nil }
    }

    /// The step that no leaf tells of yet, once: whoever asks records it, or gives it back with ``unrecord()``.
    package func takeUnrecorded() -> Duration? {
        state.withLock { state in
            guard let step = state.step, !state.isRecorded else { return nil }
            state.isRecorded = true
            return step
        }
    }

    /// The leaf of the step could not be written.
    package func unrecord() { state.withLock { $0.isRecorded = $0.step == nil } }

    /// What is on record is later than the wall, at a start: the clock went back while nobody was looking.
    ///
    /// Up to ``stepMax`` behind, time stands still until the wall has caught up, so that nothing is judged by a time
    /// before what it rests on. Further behind, a clock that `mayBeSetBack` is left as it is, and any other has stepped.
    ///
    /// - Returns: how far the wall is behind when it is left so; else nil.
    package func noteLogAhead(at time: UTCInstant, mayBeSetBack: Bool) -> Duration? {
        let off = now() - time
        guard off < .zero else { return nil }
        guard abs(off) > Self.stepMax else {
            state.withLock { $0.floor = time }
            return nil
        }
        guard !mayBeSetBack else { return .zero - off }
        state.withLock { state in
            guard state.step == nil else { return }
            (state.step, state.isRecorded) = (off, false)
        }
        return nil
    }

    /// An admin says that the wall is right. Returns how far time moved by that.
    package func confirm() -> Duration {
        let (wall, steady) = (wall(), steady())
        return state.withLock { state in
            let off = wall - (state.wall + (steady - state.steady))
            state = State(wall: wall, steady: steady)
            return off
        }
    }

    /// The confirmation could not be put on record: the step stands again.
    package func reopen(_ step: Duration) { state.withLock { $0.step = step } }

    private func abs(_ duration: Duration) -> Duration { duration < .zero ? .zero - duration : duration }
}

extension ClockWatch.State {
    /// `time`, or the floor while it is higher. Once the time has passed it, it is forgotten.
    fileprivate mutating func atLeastFloor(_ time: UTCInstant) -> UTCInstant {
        guard let floor else { return time }
        guard time < floor else {
            self.floor = nil
            return time
        }
        return floor
    }
}
