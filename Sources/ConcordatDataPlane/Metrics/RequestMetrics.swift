import Metrics

/// Counts answers by route and status class, and times them by route. No subject, path or party stands in a label.
struct RequestMetrics: Sendable {
    private let counters: [[Counter]]
    private let timers: [Timer]

    /// Takes its instruments from the metrics system, all at once: their number is fixed.
    init() {
        // The last row is for what never became a request of a route.
        let names = DataPlaneRoute.allCases.map(\.rawValue) + ["none"]
        counters = names.map { name in
            Self.classes.map {
                Counter(label: "concordat_http_requests", dimensions: [("route", name), ("status", $0)])
            }
        }
        timers = names.map { Timer(label: "concordat_http_request_seconds", dimensions: [("route", $0)]) }
    }

    func note(_ route: DataPlaneRoute?, status: Int, nanoseconds: Int64) {
        let row = route.flatMap { Self.rows[$0] } ?? counters.count - 1
        counters[row][min(max(status / 100, 2), 5) - 2].increment()
        timers[row].recordNanoseconds(nanoseconds)
    }

    private static let classes = ["2xx", "3xx", "4xx", "5xx"]
    private static let rows: [DataPlaneRoute: Int] = Dictionary(
        uniqueKeysWithValues: DataPlaneRoute.allCases.enumerated().map { ($1, $0) })
}
