import ConcordatCrypto
package import ConcordatTerms

/// Seals a recipient's copy: a random key of its own, wrapped by the day's key, both bound to delivery and recipient.
///
/// Layout: wrap nonce (12) ‖ wrapped key (32 + 16) ‖ nonce (12) ‖ ciphertext and tag. AES-256-GCM.
package enum CopySeal {
    private static let wrappedCount = AESGCM.nonceCount + AESGCM.keyCount + AESGCM.tagCount

    /// Seals `plain`; a fresh key and fresh nonces each time.
    package static func seal(_ plain: [UInt8], delivery: DeliveryID, recipient: PartyID, dayKey: DayKey) throws
        -> [UInt8]
    {
        let random = try SecureRandom.bytes(AESGCM.keyCount + 2 * AESGCM.nonceCount)
        let key = Array(random[0..<AESGCM.keyCount])
        let wrapNonce = Array(random[AESGCM.keyCount..<AESGCM.keyCount + AESGCM.nonceCount])
        let nonce = Array(random[(AESGCM.keyCount + AESGCM.nonceCount)...])
        let context = context(delivery, recipient)
        let wrapped = try AESGCM.seal(key, key: dayKey.key, nonce: wrapNonce, aad: context)
        return wrapNonce + wrapped + nonce + (try AESGCM.seal(plain, key: key, nonce: nonce, aad: context))
    }

    /// Opens what ``seal(_:delivery:recipient:dayKey:)`` made.
    ///
    /// - Throws: when the bytes are another delivery's, another recipient's, or not whole.
    package static func open(_ sealed: [UInt8], delivery: DeliveryID, recipient: PartyID, dayKey: DayKey) throws
        -> [UInt8]
    {
        guard sealed.count >= wrappedCount + AESGCM.nonceCount + AESGCM.tagCount else {
            throw CaseSealError.unreadableCopy(delivery)
        }
        let context = context(delivery, recipient)
        let key = try AESGCM.open(
            Array(sealed[AESGCM.nonceCount..<wrappedCount]), key: dayKey.key,
            nonce: Array(sealed[0..<AESGCM.nonceCount]),
            aad: context)
        return try AESGCM.open(
            Array(sealed[(wrappedCount + AESGCM.nonceCount)...]), key: key,
            nonce: Array(sealed[wrappedCount..<wrappedCount + AESGCM.nonceCount]), aad: context)
    }

    private static func context(_ delivery: DeliveryID, _ recipient: PartyID) -> [UInt8] {
        Array("concordat/copy/v1/\(delivery)/\(recipient)".utf8)
    }
}
