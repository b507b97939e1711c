import ConcordatDecision

/// Whether a signature over an older text still stands: where nobody gains data, no safeguard is weaker, and the text
/// lasts no longer than what was signed. Everyone else's signature is asked for again.
package enum StandingSignature {
    /// The rule for ``SignoffStatus``, over the texts of one directory; what does not load has to be signed again.
    package static func rule(
        _ loaded: LoadedProtocol, files: ProtocolFiles
    ) -> (_ older: SignedText, _ newer: SignedText) -> Bool {
        { older, newer in
            guard newer == loaded.text, let before = older.files(beside: files),
                case .success(let old) = ProtocolDirectory.load(before), old.text == older,
                loaded.compiled.period.until <= old.compiled.period.until,
                old.compiled.id == loaded.compiled.id
            else { return false }
            return ProtocolDifference(old: old, new: loaded).findings.allSatisfy { finding in
                switch finding.effect {
                case .shares, .loosens: false
                case .narrows, .changes: true
                }
            }
        }
    }
}
