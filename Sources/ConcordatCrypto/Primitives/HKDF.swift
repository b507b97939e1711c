/// HKDF (RFC 5869) with SHA-256: keys from a secret.
package enum HKDF {
    // Bound: RFC 5869 gives at most 255 blocks.
    /// The most bytes one derivation can give.
    package static let countMax = 255 * Digest.sha256Count

    /// `count` bytes from `secret`. Asking for none or for more than ``countMax`` is a programmer error.
    ///
    /// An empty salt is the RFC's default salt of zeros. `info` sets keys for different ends apart.
    package static func sha256(secret: [UInt8], salt: [UInt8], info: [UInt8], count: Int) -> [UInt8] {
        precondition((1...countMax).contains(count), "HKDF asked for \(count) bytes")
        let zeros = [UInt8](repeating: 0, count: Digest.sha256Count)
        let extracted = MAC.hmacSHA256(key: salt.isEmpty ? zeros : salt, secret)
        var out: [UInt8] = []
        var block: [UInt8] = []
        var number: UInt8 = 0
        while out.count < count {
            number += 1
            block = MAC.hmacSHA256(key: extracted, block + info + [number])
            out += block
        }
        return Array(out.prefix(count))
    }
}
