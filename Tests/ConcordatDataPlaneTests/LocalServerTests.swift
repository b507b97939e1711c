import ConcordatCore
import ConcordatTerms
import ConcordatTestSupport
import Foundation
import Metrics
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import ConcordatDataPlane

/// Health and metrics, for this machine only.
@Suite struct LocalServerTests {
    private static func start(
        _ host: String = "127.0.0.1", metrics: PrometheusMetrics = PrometheusMetrics(),
        unreadiness: @escaping @Sendable () -> ReadinessFault? = { nil }
    ) async throws -> LocalServer {
        try await LocalServer.start(
            try SocketAddress(ipAddress: host, port: 0), metrics: metrics, group: MultiThreadedEventLoopGroup.singleton,
            clock: GatewayStage.clock, unreadiness: unreadiness)
    }

    private static func get(_ target: String, of server: LocalServer, head: String = "") async throws -> String {
        let client = try await RawClient.connect(
            port: server.address?.port ?? 0, sending: "GET \(target) HTTP/1.1\nHost: a\n\(head)\n".crlf)
        _ = await client.wait { _ in client.isClosed }
        return client.text
    }

    @Test(arguments: ["0.0.0.0", "192.0.2.1", "::"])
    func listensNowhereElse(host: String) async throws {
        await #expect(throws: LocalServer.Fault.self) { try await Self.start(host) }
    }

    @Test(arguments: ReadinessFault.allCases)
    func isNotReadyForEveryReason(reason: ReadinessFault) async throws {
        let server = try await Self.start(unreadiness: { reason })
        let answer = try await Self.get("/readyz", of: server)
        #expect(answer.hasPrefix("HTTP/1.1 503 "))
        #expect(answer.hasSuffix("{\"ready\":false,\"reason\":\"\(reason.rawValue)\"}"))
        #expect(try await Self.get("/healthz", of: server).hasPrefix("HTTP/1.1 200 "))
        await server.stop()
    }

    @Test func answersNothingElse() async throws {
        let server = try await Self.start()
        #expect(try await Self.get("/readyz", of: server).hasPrefix("HTTP/1.1 200 "))
        #expect(try await Self.get("/v1/me", of: server).hasPrefix("HTTP/1.1 404 "))
        #expect(try await Self.get("/healthz", of: server, head: "Host: b\n").hasPrefix("HTTP/1.1 400 "))
        #expect(try await Self.get("/healthz", of: server, head: "Content-Length: 2\n").hasPrefix("HTTP/1.1 400 "))
        await server.stop()
    }

    @Test func metricsAreShownAsPrometheusReadsThem() async throws {
        let metrics = PrometheusMetrics()
        Counter(label: "things", dimensions: [("kind", "good")], factory: metrics).increment(by: 3)
        Gauge(label: "level", factory: metrics).record(1.5)
        Timer(label: "time_seconds", factory: metrics).recordMilliseconds(7)
        let server = try await Self.start(metrics: metrics)
        let answer = try await Self.get("/metrics", of: server)
        #expect(answer.contains("Content-Type: text/plain; version=0.0.4"))
        for line in [
            "# TYPE things_total counter\nthings_total{kind=\"good\"} 3\n", "# TYPE level gauge\nlevel 1.5\n",
            "# TYPE time_seconds histogram\n", "time_seconds_bucket{le=\"0.005\"} 0\n",
            "time_seconds_bucket{le=\"0.01\"} 1\n",
            "time_seconds_bucket{le=\"+Inf\"} 1\n", "time_seconds_sum 0.007\n", "time_seconds_count 1\n",
        ] { #expect(answer.contains(line), "\(line) is missing in \(answer)") }
        await server.stop()
    }
}

/// What may stand in a metric.
@Suite struct MetricsBoundTests {
    @Test(arguments: ["Odile Fenwarren", "a\"b", "a\nb", "", String(repeating: "a", count: 65), "é"])
    func aValueThatIsNoPlainWordIsNotShown(value: String) {
        let metrics = PrometheusMetrics()
        Counter(label: "things", dimensions: [("kind", value)], factory: metrics).increment()
        #expect(metrics.text.contains("things_total{kind=\"other\"} 1\n"))
        #expect(value.isEmpty || !metrics.text.contains(value))
    }

    @Test func seriesHaveABound() {
        let metrics = PrometheusMetrics()
        for index in 0..<PrometheusMetrics.seriesMax + 5 {
            Counter(label: "things", dimensions: [("n", "\(index)")], factory: metrics).increment()
        }
        #expect(metrics.text.count(of: "things_total{") == PrometheusMetrics.seriesMax)
        #expect(metrics.text.contains("concordat_metrics_dropped_series 5\n"))
    }

    @Test func twoInstrumentsOfOneNameCountTogether() {
        let metrics = PrometheusMetrics()
        for _ in 0..<2 { Counter(label: "things", factory: metrics).increment() }
        #expect(metrics.text.contains("\nthings_total 2\n"))
    }
}
