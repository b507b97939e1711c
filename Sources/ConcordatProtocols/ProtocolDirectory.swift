import ConcordatTerms

/// Floor 5, ConcordatProtocols: the author's room; a protocol directory from files to syntax to checked to compiled, and the
/// tools that explain, tabulate and test it. Nothing here is on the way of a message.
///
/// Text → syntax with places → names resolved → meaning analysed → guarantees proven. Each step reports everything it finds;
/// what rules mean together is only looked at once every name is resolved.
package enum ProtocolDirectory {
    /// The main file.
    package static let textName = "protocol.yaml"

    /// Loads a protocol, or says everything that is wrong with it.
    ///
    /// Pure: `files` is all it looks at. Bounded: 1 MiB a file, 200 problems, 4,096 assignments in one cell of a proof.
    ///
    /// - Parameter isProven: whether these very files were loaded and proven before; then names are resolved and nothing is
    ///   proven again, which takes nearly all of the time. For reading what was written under them, never for judging.
    package static func load(
        _ files: ProtocolFiles, isProven: Bool = false
    ) -> Result<LoadedProtocol, ProtocolProblems> {
        let log = ProblemLog(files)
        guard let text = resolve(files, log) else { return .failure(log.problems(isOfNames: true)) }
        let (checked, syntax) = (text.checked, text.checker.syntax)
        var proof = ProofSize()
        if !isProven {
            proof = ProtocolAnalysis(checked: checked, syntax: syntax, log: log).run()
            LawfulnessCheck(checked: checked, syntax: syntax, log: log).run()
        }
        guard !log.hasErrors else { return .failure(log.problems()) }
        return .success(
            LoadedProtocol(
                compiled: checked.compiled, guarantees: checked.guarantees, codelists: checked.codelists,
                titles: checked.titles, agreement: checked.agreement, purposes: checked.purposes,
                parties: checked.parties, sensitive: checked.sensitive, warnings: log.problems().warnings, proof: proof,
                text: text.signed, prohibitions: checked.prohibitions, schemas: checked.schemas)
        )
    }

    /// A text with its names looked up, before its meaning is looked at.
    struct Resolved {
        let checked: CheckedProtocol
        /// Can look up one more clause.
        let checker: ProtocolChecker
        let signed: SignedText
    }

    /// Reads the text and looks up every name; nil when it cannot be read at all, with what is wrong in the log either way.
    static func resolve(_ files: ProtocolFiles, _ log: ProblemLog) -> Resolved? {
        guard let bytes = files[textName] else {
            log.error(.start(of: textName), "there is no `\(textName)`", "name the directory that holds it")
            return nil
        }
        guard let own = YAMLText(file: textName, log: log).read(bytes) else { return nil }
        var merger = IncludeMerger(files: files, log: log)
        let root = merger.merged(own)
        guard merger.isWhole else { return nil }
        guard let syntax = ProtocolSyntaxReader(log: log).read(root) else { return nil }
        let checker = ProtocolChecker(files: files, syntax: syntax, log: log, sharedCodelists: merger.codelists)
        var text = SignedText([])
        let checked = checker.check { schemas in
            text = SignedText(ProtocolDigest.text(of: root, schemas: schemas, log: log))
            return text.digest
        }
        return log.hasErrors ? nil : Resolved(checked: checked, checker: checker, signed: text)
    }
}
