import ConcordatDecision

/// Whether a signature over an older text still stands: only where the two differ in nothing but ``HarmlessChange``.
///
/// It fails closed: a section that is not known here, or a text that does not load again, is signed anew.
package enum StandingSignature {
    /// The rule for ``SignoffStatus``, over the texts of one directory.
    package static func rule(
        _ loaded: LoadedProtocol, files: ProtocolFiles
    ) -> (_ older: SignedText, _ newer: SignedText) -> Bool {
        { older, newer in
            guard newer == loaded.text, let changes = TextChanges(from: older, to: newer), changes.others.isEmpty,
                let before = older.files(beside: files), case .success(let old) = ProtocolDirectory.load(before),
                old.text == older, old.compiled.id == loaded.compiled.id,
                old.compiled.period == loaded.compiled.period
            else { return false }
            return ProtocolDifference(old: old, new: loaded).findings.allSatisfy { finding in
                switch finding.effect {
                case .narrows: true
                case .shares, .loosens, .changes: false
                }
            }
        }
    }
}
