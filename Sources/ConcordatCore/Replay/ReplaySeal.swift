import ConcordatCrypto
import ConcordatDecision
import ConcordatJSON
import ConcordatTerms

/// Seals what a decision was judged by, so that a draft can be tried on it: AES-256-GCM under the register key.
///
/// Layout: nonce (12) ‖ ciphertext and tag. It holds coded facts and no value of any other field.
enum ReplaySeal {
    private static let context = Array("concordat/replay/v1".utf8)

    static func seal(_ record: DecisionRecord, key: [UInt8]) throws -> [UInt8] {
        let nonce = try SecureRandom.bytes(AESGCM.nonceCount)
        return nonce + (try AESGCM.seal(record.json.serialized(), key: key, nonce: nonce, aad: context))
    }

    /// Opens what ``seal(_:key:)`` made.
    ///
    /// - Throws: when the bytes are not whole, or no record of this version.
    static func open(_ sealed: [UInt8], key: [UInt8]) throws -> DecisionRecord {
        guard sealed.count > AESGCM.nonceCount else { throw Unreadable() }
        let plain = try AESGCM.open(
            Array(sealed.dropFirst(AESGCM.nonceCount)), key: key, nonce: Array(sealed.prefix(AESGCM.nonceCount)),
            aad: context)
        let limits = JSONLimits(documentBytesMax: 16 << 20, depthMax: 16, membersMax: 100_000, itemsMax: 100_000)
        guard let record = DecisionRecord(json: try JSONValue.parse(plain, limits: limits)) else { throw Unreadable() }
        return record
    }

    /// A kept record that cannot be read.
    struct Unreadable: Error {}
}
