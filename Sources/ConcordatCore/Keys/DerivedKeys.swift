import ConcordatCrypto
package import ConcordatTerms

/// Keys derived from the pseudonym root with HKDF, one for each use.
package struct DerivedKeys: Sendable {
    private let root: [UInt8]

    package init(root: [UInt8]) { self.root = root }

    /// The key of the transforms in one recipient's copies: no other recipient gets the same pseudonyms.
    package func transformKey(of recipient: PartyID) -> [UInt8] { derive("transform/\(recipient)") }

    /// The key of the digests by which a repeated message is known.
    package var idempotencyKey: [UInt8] { derive("idempotency") }

    /// The pseudonym of a person in leaves, 16 bytes, under the person's own key. Gone when that key is.
    package static func pseudonym(personKey: [UInt8]) -> [UInt8] {
        Array(MAC.hmacSHA256(key: personKey, Array("concordat/leaf-pseudonym/v1".utf8)).prefix(16))
    }

    private func derive(_ use: String) -> [UInt8] {
        HKDF.sha256(secret: root, salt: [], info: Array("concordat/v1/\(use)".utf8), count: 32)
    }
}
