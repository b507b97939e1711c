import Synchronization

/// What all connections together have seen.
final class Tally: Sendable {
    /// The counts of a window.
    struct Counts: Sendable {
        /// Nanoseconds from the first byte sent to the last byte received, one for each answer that counts.
        var latencies: [Int64] = []
        /// Answers with another status.
        var others = 0
        /// Connections that ended while they were needed.
        var broken = 0
        var firstOther: String?

        var complaint: String {
            "bench-load: \(others) other answers, \(broken) broken connections, \(latencies.count) answers\n"
                + (firstOther.map { "the first other answer:\n\($0)\n" } ?? "")
        }
    }

    private struct State {
        var next: Int
        var isCounting = false
        var isOver = false
        var counts = Counts()
    }

    private let state: Mutex<State>
    private let status: Int

    /// Numbers messages from `first`; an answer of `status` counts.
    init(first: Int, status: Int) {
        state = Mutex(State(next: first))
        self.status = status
    }

    /// The number of the next message; nil when no more is to be sent.
    func next() -> Int? {
        state.withLock { state in
            guard !state.isOver else { return nil }
            state.next += 1
            return state.next
        }
    }

    /// An answer came. One that does not count is remembered whenever it comes.
    func answered(_ status: Int, nanoseconds: Int64, text: () -> String) {
        state.withLock { state in
            guard status == self.status else {
                state.counts.others += 1
                if state.counts.firstOther == nil { state.counts.firstOther = text() }
                return
            }
            if state.isCounting { state.counts.latencies.append(nanoseconds) }
        }
    }

    /// A connection ended.
    func broke() { state.withLock { if !$0.isOver { $0.counts.broken += 1 } } }

    /// Begins the window.
    func begin() {
        state.withLock { state in
            state.counts.latencies.reserveCapacity(1_000_000)
            state.isCounting = true
        }
    }

    /// Ends the window, and the load.
    func end() -> Counts {
        state.withLock { state in
            state.isCounting = false
            state.isOver = true
            return state.counts
        }
    }
}
