import ConcordatCrypto
import ConcordatTerms
import ConcordatWire

extension ReadMessage {
    /// Keyed digest of the validated envelope and the bytes of `data`; the same in structured and binary mode.
    func contentDigest(key: [UInt8]) -> [UInt8] {
        // Each part with its length before it, so that no two envelopes run together into the same bytes.
        let parts: [String] = [
            envelope.type, envelope.subject ?? "", envelope.time?.description ?? "", envelope.purpose.rawValue,
            envelope.recipients.map(\.rawValue).joined(separator: " "), envelope.inReplyTo?.rawValue ?? "",
            envelope.expires?.description ?? "", envelope.actor?.rawValue ?? "", envelope.breakGlass?.ground ?? "",
            // Into a keyed digest only.
            envelope.breakGlass?.reason.reveal() ?? "",
        ]
        var bytes: [UInt8] = []
        bytes.reserveCapacity(data.count + 256)
        for part in parts {
            bytes += Array("\(part.utf8.count):".utf8)
            bytes += Array(part.utf8)
        }
        bytes += submission.body[data]
        return MAC.hmacSHA256(key: key, bytes)
    }
}
