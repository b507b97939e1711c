import ConcordatTerms
import ConcordatWire
import Synchronization

/// The `Date` field (RFC 9110 section 5.6.7), written anew once a second.
final class DateLine: Sendable {
    private let clock: @Sendable () -> UTCInstant
    private let last = Mutex<(second: Int64, text: String)>((.min, ""))

    init(clock: @escaping @Sendable () -> UTCInstant) { self.clock = clock }

    /// Now, as `Sun, 06 Nov 1994 08:49:37 GMT`.
    var text: String {
        let now = clock()
        return last.withLock { last in
            if last.second != now.secondsSinceEpoch { last = (now.secondsSinceEpoch, HTTPDate.text(now)) }
            return last.text
        }
    }
}
