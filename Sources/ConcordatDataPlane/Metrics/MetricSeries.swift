import Metrics
import Synchronization

/// One line, or for a distribution a few, of what is scraped.
protocol Series: Sendable {
    /// The word after `# TYPE`.
    var kind: String { get }
    /// The name of the family, made from the instrument's.
    func family(_ label: String) -> String
    func write(_ name: String, labels: String, into text: inout String)
}

extension Series {
    func family(_ label: String) -> String { label }
}

private func braced(_ labels: String) -> String { labels.isEmpty ? "" : "{\(labels)}" }

/// Only ever goes up.
final class CounterSeries: CounterHandler, Series {
    private let value = Atomic<Int64>(0)

    var kind: String { "counter" }
    func family(_ label: String) -> String { label.hasSuffix("_total") ? label : label + "_total" }
    func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }
    func reset() { value.store(0, ordering: .relaxed) }

    func write(_ name: String, labels: String, into text: inout String) {
        text += "\(name)\(braced(labels)) \(value.load(ordering: .relaxed))\n"
    }
}

/// The newest value.
final class GaugeSeries: RecorderHandler, Series {
    private let value = Mutex(0.0)

    var kind: String { "gauge" }
    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { self.value.withLock { $0 = value } }

    func write(_ name: String, labels: String, into text: inout String) {
        text += "\(name)\(braced(labels)) \(value.withLock { $0 })\n"
    }
}

/// How often and how much, in fixed buckets from a millisecond to half a minute when it counts seconds.
final class DistributionSeries: RecorderHandler, TimerHandler, Series {
    private struct State {
        var buckets = [Int](repeating: 0, count: DistributionSeries.bounds.count + 1)
        var sum = 0.0
    }

    private let state = Mutex(State())
    private let scale: Double

    /// `scale` brings what is recorded to the unit shown.
    init(scale: Double) { self.scale = scale }

    var kind: String { "histogram" }
    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration)) }

    func record(_ value: Double) {
        let shown = value * scale
        guard shown.isFinite else { return }
        let bucket = Self.bounds.firstIndex { shown <= $0 } ?? Self.bounds.count
        state.withLock { state in
            state.buckets[bucket] += 1
            state.sum += shown
        }
    }

    func write(_ name: String, labels: String, into text: inout String) {
        let state = state.withLock { $0 }
        let lead = labels.isEmpty ? "" : labels + ","
        var count = 0
        for (bound, bucket) in zip(Self.bounds, state.buckets) {
            count += bucket
            text += "\(name)_bucket{\(lead)le=\"\(bound)\"} \(count)\n"
        }
        count += state.buckets[Self.bounds.count]
        text += "\(name)_bucket{\(lead)le=\"+Inf\"} \(count)\n"
        text += "\(name)_sum\(braced(labels)) \(state.sum)\n\(name)_count\(braced(labels)) \(count)\n"
    }

    private static let bounds: [Double] = [
        0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30,
    ]
}
