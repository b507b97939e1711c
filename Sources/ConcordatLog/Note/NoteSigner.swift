package import ConcordatCrypto
package import ConcordatTerms

/// A key that signs checkpoints: as the log, or as a witness.
///
/// Signing is where a promise is made. Callers MUST make a checkpoint durable before its signature leaves the process, and
/// MUST NOT sign two checkpoints of which neither begins with the other.
package struct NoteSigner: Sendable {
    /// What others verify with.
    package let verifierKey: NoteVerifierKey
    private let privateKey: Ed25519PrivateKey

    /// The signer of this name. `algorithm` is `.ed25519` for a log and `.cosignature` for a witness.
    package init(
        name: String, algorithm: NoteVerifierKey.Algorithm = .ed25519, privateKey: Ed25519PrivateKey
    ) throws(LogError) {
        verifierKey = try NoteVerifierKey(name: name, algorithm: algorithm, publicKey: privateKey.publicKey)
        self.privateKey = privateKey
    }

    /// The note of `text` with this log's signature.
    package func note(of text: String) throws(LogError) -> SignedNote {
        precondition(verifierKey.algorithm == .ed25519, "a witness's key signs checkpoints with a time only")
        let line = NoteSignature(
            keyName: verifierKey.name, keyID: verifierKey.id, payload: try sign(Array(text.utf8)))
        return try SignedNote(text: text, signatures: [line])
    }

    /// This witness's line over the text of a checkpoint, at whole seconds.
    package func cosignature(of text: String, at time: UTCInstant) throws(LogError) -> NoteSignature {
        precondition(verifierKey.algorithm == .cosignature, "a log's key does not cosign")
        let seconds = UTCInstant(seconds: max(0, time.secondsSinceEpoch))
        let signature = try sign(Cosignature.message(time: seconds, checkpoint: text))
        return NoteSignature(
            keyName: verifierKey.name, keyID: verifierKey.id,
            payload: Cosignature(time: seconds, signature: signature).payload)
    }

    private func sign(_ message: [UInt8]) throws(LogError) -> [UInt8] {
        do { return try privateKey.sign(message) } catch { throw .signingFailed }
    }
}
