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
    package static func load(_ files: ProtocolFiles) -> Result<LoadedProtocol, ProtocolProblems> {
        let log = ProblemLog(files)
        guard let bytes = files[textName] else {
            log.error(.start(of: textName), "there is no `\(textName)`", "name the directory that holds it")
            return .failure(log.problems())
        }
        guard let own = YAMLText(file: textName, log: log).read(bytes) else { return .failure(log.problems()) }
        var merger = IncludeMerger(files: files, log: log)
        let root = merger.merged(own)
        guard let syntax = ProtocolSyntaxReader(log: log).read(root) else { return .failure(log.problems()) }
        let checker = ProtocolChecker(files: files, syntax: syntax, log: log, sharedCodelists: merger.codelists)
        var text = SignedText([])
        let checked = checker.check { schemas in
            text = SignedText(ProtocolDigest.text(of: root, schemas: schemas, log: log))
            return text.digest
        }
        guard !log.hasErrors else { return .failure(log.problems()) }
        let analysis = ProtocolAnalysis(checked: checked, syntax: syntax, log: log)
        let proof = analysis.run()
        LawfulnessCheck(checked: checked, syntax: syntax, log: log).run()
        guard !log.hasErrors else { return .failure(log.problems()) }
        return .success(
            LoadedProtocol(
                compiled: checked.compiled, guarantees: checked.guarantees, codelists: checked.codelists,
                titles: checked.titles, agreement: checked.agreement, purposes: checked.purposes,
                parties: checked.parties, sensitive: checked.sensitive, warnings: log.problems().warnings, proof: proof,
                text: text, prohibitions: checked.prohibitions, schemas: checked.schemas)
        )
    }
}
