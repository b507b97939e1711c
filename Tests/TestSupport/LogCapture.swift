package import Logging
import Synchronization

/// Keeps every line a logger was given, metadata included.
package final class LogCapture: Sendable {
    private let kept = Mutex<[String]>([])

    package init() {}

    /// Every line so far.
    package var lines: [String] { kept.withLock { $0 } }

    /// A logger that writes here, at every level.
    package var logger: Logger {
        var logger = Logger(label: "test") { _ in Handler(capture: self) }
        logger.logLevel = .trace
        return logger
    }

    fileprivate func keep(_ line: String) { kept.withLock { $0.append(line) } }

    private struct Handler: LogHandler {
        let capture: LogCapture
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            capture.keep("\(event.level) \(event.message) \(event.metadata ?? [:])")
        }
    }
}
