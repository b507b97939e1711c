import ConcordatTerms

/// What a witness's line holds: a time and a signature over that time and the checkpoint (C2SP `cosignature/v1`).
struct Cosignature {
    // Bound: the last second of year 9999, beyond which no time can be written.
    static let secondsMax: UInt64 = 253_402_300_799

    let time: UTCInstant
    let signature: [UInt8]

    /// Nil when the bytes are not eight of a time up to year 9999 and 64 of a signature.
    init?(payload: [UInt8]) {
        guard payload.count == 72 else { return nil }
        let seconds = payload[0..<8].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard seconds <= Self.secondsMax else { return nil }
        time = UTCInstant(seconds: Int64(seconds))
        signature = Array(payload[8...])
    }

    init(time: UTCInstant, signature: [UInt8]) {
        self.time = time
        self.signature = signature
    }

    var payload: [UInt8] {
        let seconds = UInt64(clamping: time.secondsSinceEpoch)
        return (0..<8).map { UInt8(truncatingIfNeeded: seconds >> UInt64(56 - 8 * $0)) } + signature
    }

    /// The bytes that a witness signs.
    static func message(time: UTCInstant, checkpoint text: String) -> [UInt8] {
        Array("cosignature/v1\ntime \(time.secondsSinceEpoch)\n\(text)".utf8)
    }
}
