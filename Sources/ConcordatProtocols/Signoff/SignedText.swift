import ConcordatCrypto
package import ConcordatJSON

/// The exact bytes that people sign: `protocol.yaml` and its message schemas in canonical form (RFC 8785).
///
/// Its digest is the protocol's digest, in every leaf and on every copy. Roster, code lists, worked cases and signatures are
/// outside, so that a new party or a new code does not reopen the text.
package struct SignedText: Sendable, Equatable {
    // Bound: a text, in bytes.
    package static let bytesMax = 16 << 20

    /// The canonical form; empty when there is none.
    package let bytes: [UInt8]
    /// SHA-256 in lower-case hex; empty when there is no canonical form.
    package let digest: String

    /// A text of these bytes.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        digest = bytes.isEmpty ? "" : Hex.encode(Digest.sha256(bytes))
    }

    /// The text as a document: `messages` and `protocol`; nil when it is none, or over its bounds.
    package var document: JSONValue? {
        let limits = JSONLimits(documentBytesMax: Self.bytesMax, depthMax: 80)
        guard let value = try? JSONValue.parse(bytes, limits: limits), value["protocol"] != nil else { return nil }
        return value
    }

    /// The files of a directory that holds this text, for loading it again; roster and code lists are those of `current`.
    ///
    /// JSON is YAML, so `protocol.yaml` is the text's own part; what it included is in it, but for code lists, which are
    /// taken as the protocol's own. Nil when the text is not one of a protocol.
    package func files(beside current: ProtocolFiles) -> ProtocolFiles? {
        guard let document, let text = document["protocol"], let messages = document["messages"]?.objectValue else {
            return nil
        }
        var files = ProtocolFiles(
            current.contents.filter { $0.key.hasPrefix("parties/") || $0.key.hasPrefix("codelists/") })
        for (path, bytes) in current.contents.sorted(by: { $0.key < $1.key })
        where path.hasPrefix("../") && path.hasSuffix(".csv") {
            let own = "codelists/" + (path.split(separator: "/").last ?? "")
            if files[own] == nil { files[own] = bytes }
        }
        files[ProtocolDirectory.textName] = text.serialized()
        for message in messages { files[message.name] = message.value.serialized() }
        return files
    }
}
