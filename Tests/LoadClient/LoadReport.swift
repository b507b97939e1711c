import Foundation

/// The figures of one window.
struct LoadReport {
    let counts: Tally.Counts
    let elapsed: Duration
    let serverMicros: Int
    let clientMicros: Int

    /// One line of JSON; times in milliseconds, but for the CPU time of the server a message, in microseconds.
    var json: String {
        let sorted = counts.latencies.sorted()
        let seconds = Double(elapsed.components.seconds) + Double(elapsed.components.attoseconds) / 1e18
        let count = Double(max(1, sorted.count))
        let members = [
            "\"messages\": \(sorted.count)",
            "\"perSecond\": \(Self.text(Double(sorted.count) / seconds))",
            "\"p50\": \(Self.text(Self.millis(sorted, 0.50)))",
            "\"p99\": \(Self.text(Self.millis(sorted, 0.99)))",
            "\"cpuMicros\": \(Self.text(Double(serverMicros) / count))",
            "\"cores\": \(Self.text(Double(serverMicros) / 1e6 / seconds))",
            "\"clientCores\": \(Self.text(Double(clientMicros) / 1e6 / seconds))",
        ]
        return "{\(members.joined(separator: ", "))}"
    }

    private static func millis(_ sorted: [Int64], _ share: Double) -> Double {
        guard !sorted.isEmpty else { return 0 }
        return Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1e6
    }

    private static func text(_ value: Double) -> String { String(format: "%.2f", value) }
}

/// The CPU time a process has used, user and system, of all its threads (proc(5), fields 14 and 15 of `stat`).
struct ProcessTime: Sendable {
    private let path: String

    init(pid: String) throws {
        path = "/proc/\(pid)/stat"
        _ = try micros()
    }

    func micros() throws -> Int {
        let stat = try String(contentsOfFile: path, encoding: .utf8)
        // The second field is the command in brackets, and may hold anything.
        guard let close = stat.lastIndex(of: ")") else { throw CocoaError(.fileReadCorruptFile) }
        let fields = stat[close...].split(separator: " ")
        guard fields.count > 13, let user = Int(fields[12]), let system = Int(fields[13]) else {
            throw CocoaError(.fileReadCorruptFile)
        }
        return (user + system) * (1_000_000 / Int(sysconf(Int32(_SC_CLK_TCK))))
    }
}
