import ConcordatCrypto
package import ConcordatTerms

/// Keys derived from the pseudonym root with HKDF, one for each use.
package struct DerivedKeys: Sendable {
    private let root: [UInt8]

    /// The key of the digests by which a repeated message is known.
    package let idempotencyKey: [UInt8]

    package init(root: [UInt8]) {
        self.root = root
        idempotencyKey = Self.derive("idempotency", from: root)
    }

    /// The key of the transforms in one recipient's copies: no other recipient gets the same pseudonyms.
    package func transformKey(of recipient: PartyID) -> [UInt8] { Self.derive("transform/\(recipient)", from: root) }

    /// The pseudonym of a person in leaves, 16 bytes, under the person's own key. Gone when that key is.
    package static func pseudonym(personKey: [UInt8]) -> [UInt8] {
        Array(MAC.hmacSHA256(key: personKey, Array("concordat/leaf-pseudonym/v1".utf8)).prefix(16))
    }

    private static func derive(_ use: String, from root: [UInt8]) -> [UInt8] {
        HKDF.sha256(secret: root, salt: [], info: Array("concordat/v1/\(use)".utf8), count: 32)
    }
}
