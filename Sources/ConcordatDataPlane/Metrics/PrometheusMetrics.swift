package import Metrics
import Synchronization

/// Keeps what is counted and writes it in the Prometheus text format, version 0.0.4.
///
/// Bounded: at most ``seriesMax`` series; what would be one more is counted as dropped and otherwise ignored. A label value
/// that is not a plain word is written as `other`: no value of a message could pass as a label.
package final class PrometheusMetrics: MetricsFactory {
    /// The media type of ``text``.
    package static let mediaType = "text/plain; version=0.0.4; charset=utf-8"
    // Bound: series of all instruments together.
    package static let seriesMax = 512

    private struct State {
        var series: [SeriesName: any Series] = [:]
        var dropped = 0
    }

    private let state = Mutex(State())

    package init() {}

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        series(label, dimensions, make: CounterSeries.init)
    }

    package func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        aggregate
            ? series(label, dimensions, make: { DistributionSeries(scale: 1) })
            : series(label, dimensions, make: GaugeSeries.init)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        series(label, dimensions, make: { DistributionSeries(scale: 1e-9) })
    }

    // Series live as long as the process: a scrape after the end of an instrument still sees what it counted.
    package func destroyCounter(_ handler: any CounterHandler) {}
    package func destroyRecorder(_ handler: any RecorderHandler) {}
    package func destroyTimer(_ handler: any TimerHandler) {}

    /// The series of a name, made when it is new. One of another kind under the same name is left alone, and so is one
    /// over the bound: the instrument then counts where nobody reads.
    private func series<S: Series>(_ label: String, _ dimensions: [(String, String)], make: () -> S) -> S {
        let name = SeriesName(label, dimensions)
        return state.withLock { state in
            if let known = state.series[name] as? S { return known }
            let new = make()
            if state.series[name] == nil, state.series.count < Self.seriesMax {
                state.series[name] = new
            } else {
                state.dropped += 1
            }
            return new
        }
    }

    /// Everything counted so far, sorted by name.
    package var text: String {
        let (series, dropped) = state.withLock { ($0.series, $0.dropped) }
        var text = ""
        var family = ""
        for (name, series) in series.sorted(by: { $0.key < $1.key }) {
            let shown = series.family(name.label)
            if shown != family {
                text += "# TYPE \(shown) \(series.kind)\n"
                family = shown
            }
            series.write(shown, labels: name.labels, into: &text)
        }
        text += "# TYPE concordat_metrics_dropped_series gauge\nconcordat_metrics_dropped_series \(dropped)\n"
        return text
    }
}

/// A name with its labels, both fit for the format.
struct SeriesName: Hashable, Comparable {
    let label: String
    /// `route="me",status="2xx"`, or empty.
    let labels: String

    init(_ label: String, _ dimensions: [(String, String)]) {
        self.label = Self.word(label)
        labels = dimensions.map { "\(Self.word($0.0))=\"\(Self.value($0.1))\"" }.joined(separator: ",")
    }

    static func < (left: SeriesName, right: SeriesName) -> Bool {
        (left.label, left.labels) < (right.label, right.labels)
    }

    private static func word(_ text: String) -> String {
        let word = text.utf8.prefix(100).map { $0.isLetter || $0.isDigit ? Character(UnicodeScalar($0)) : "_" }
        return (word.first?.isNumber ?? true ? "_" : "") + String(word)
    }

    private static func value(_ text: String) -> String {
        let isPlain =
            (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0.isLetter || $0.isDigit || "._-".utf8.contains($0) }
        return isPlain ? text : "other"
    }
}
