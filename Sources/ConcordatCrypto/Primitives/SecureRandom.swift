import COpenSSL

/// Random bytes fit for keys.
package enum SecureRandom {
    /// `count` bytes from the library's generator, seeded by the system; throws rather than give weak ones.
    package static func bytes(_ count: Int) throws(CryptoError) -> [UInt8] {
        precondition(count >= 0, "asked for \(count) random bytes")
        guard count > 0 else { return [] }
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_priv_bytes(&bytes, Int32(count)) == 1 else {
            LibraryErrors.clear()
            throw .noRandomness
        }
        return bytes
    }
}
