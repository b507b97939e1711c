import BenchMeasure
import Foundation

/// Measures one part by repeating it: the best of many short batches, which is the figure least disturbed by others.
struct Meter {
    /// What one part costs.
    struct Row {
        let name: String
        let nanoseconds: Double
        let allocations: Double

        func line(beside base: Row) -> String {
            let label = name.padding(toLength: 28, withPad: " ", startingAt: 0)
            return label
                + String(format: "%13.0f  %13.2f  %13.1f", nanoseconds, nanoseconds / base.nanoseconds, allocations)
        }
    }

    /// How long one part is repeated.
    let share: Duration

    private static let batch = 50

    /// `part` returns something of its result, so that none of it is left out as useless.
    func measure(_ name: String, _ part: () -> Int) -> Row {
        let clock = ContinuousClock()
        var sum = 0
        for _ in 0..<Self.batch { sum &+= part() }
        let before = AllocationCount.now
        for _ in 0..<Self.batch { sum &+= part() }
        let allocations = Double(AllocationCount.now - before) / Double(Self.batch)
        var best = Duration.seconds(3_600)
        let end = clock.now + share
        while clock.now < end {
            let began = clock.now
            for _ in 0..<Self.batch { sum &+= part() }
            best = min(best, clock.now - began)
        }
        precondition(sum != 0, "a part that does nothing was measured")
        let nanoseconds = Double(best.components.seconds) * 1e9 + Double(best.components.attoseconds) / 1e9
        return Row(name: name, nanoseconds: nanoseconds / Double(Self.batch), allocations: allocations)
    }
}
