import COpenSSL

/// The thread's OpenSSL error queue, kept empty between calls.
enum LibraryErrors {
    /// Empties the queue. Called before each call whose failure is read from it.
    static func clear() { ERR_clear_error() }

    /// The first failure since ``clear()``, and an empty queue after it.
    static func take() -> CryptoError { .library(reason: takeReason()) }

    /// The reason code of the last failure queued; 0 when there was none. Leaves the queue empty.
    static func takeReason() -> Int {
        let reason = Int(concordat_err_reason(ERR_peek_last_error()))
        ERR_clear_error()
        return reason
    }
}
