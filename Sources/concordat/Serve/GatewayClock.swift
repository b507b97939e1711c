import ConcordatTerms
import Foundation

/// The clocks of a daemon: the machine's for certificates, and the one messages are judged by.
struct GatewayClock: Sendable {
    /// The machine's time, for certificates and connections.
    static let machine: @Sendable () -> UTCInstant = {
        UTCInstant(milliseconds: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }

    /// The time of the log and of judgements: the machine's, or in training one that started at `start`.
    static func judging(from start: UTCInstant?) -> @Sendable () -> UTCInstant {
        guard let start else { return machine }
        let opened = ContinuousClock.now
        return { start + (ContinuousClock.now - opened) }
    }
}
