import ConcordatDecision
import ConcordatTerms

/// What the roster says: what the judge needs of each party, and what the agreement names of it.
struct Roster: Sendable {
    var parties: [PartyID: RosterParty] = [:]
    var records: [PartyID: PartyRecord] = [:]
}

/// Reads `parties/*.yaml`: one file a party, named for it.
struct RosterReader {
    let terms: TermTable
    let log: ProblemLog
    let rules: RosterRules

    func readAll(_ files: ProtocolFiles) -> Roster {
        var roster = Roster()
        for path in files.paths(in: ProtocolFiles.doubledFolder, suffix: ".yaml") { noteDoubled(path, files) }
        var named: [Name] = []
        for path in files.paths(in: "parties", suffix: ".yaml") {
            guard let bytes = files[path], let root = YAMLText(file: path, log: log).read(bytes) else { continue }
            guard let syntax = ProtocolSyntaxReader(log: log).party(root) else { continue }
            guard let (party, record) = read(syntax, path, isTaken: { files[$0] != nil }) else { continue }
            roster.parties[party.id] = party
            roster.records[party.id] = record
            named += [syntax.host, syntax.onBehalfOf].compactMap { $0 }
        }
        for name in named where PartyID(name.value).map({ roster.parties[$0] == nil }) ?? true {
            log.error(
                name.span, "unknown party `\(name.value)`",
                NearestName.advice(
                    for: name.value, among: roster.parties.keys.map(\.rawValue),
                    declare: "add `parties/\(name.value).yaml`"))
        }
        return roster
    }

    /// A deployment's file of a party that the protocol's own roster has: nobody could say which counts.
    private func noteDoubled(_ path: String, _ files: ProtocolFiles) {
        let own = "parties/" + path.dropFirst(ProtocolFiles.doubledFolder.count + 1)
        var span = SourceSpan.start(of: path)
        if let bytes = files[path], case .mapping(let members)? = YAMLText(file: path, log: log).read(bytes)?.content {
            span = members.first { $0.key.value == "party" }?.value.span ?? span
        }
        log.error(
            span, "this party stands in the protocol's own `\(own)` as well",
            "keep one of the two; the protocol's counts for every deployment")
    }

    private func read(
        _ syntax: PartySyntax, _ path: String, isTaken: (String) -> Bool
    ) -> (RosterParty, PartyRecord)? {
        let (name, stem) = (syntax.name, path.dropFirst("parties/".count).dropLast(".yaml".count))
        guard let id = PartyID(name.value) else {
            log.error(name.span, "`\(name.value)` is not a party id", "use 1 to 64 of letters, digits, `.`, `_`, `-`")
            return nil
        }
        if stem != name.value {
            let right = "parties/\(name.value).yaml"
            log.error(
                name.span, "party `\(name.value)` stands in `\(path)`",
                isTaken(right)
                    ? "`\(right)` is there already: give this party an id of its own, or remove this file"
                    : "name the file `\(right)`")
            if isTaken(right) { return nil }
        }
        for speciality in syntax.specialities where !IdentifierGrammar.accepts(speciality.value) {
            log.error(
                speciality.span, "`\(speciality.value)` is not a speciality", "use letters, digits, `.`, `_`, `-`")
        }
        guard let kind = terms.resolve(syntax.kind, .partyKind, as: PartyKind.self) else { return nil }
        let title = syntax.title?.value ?? name.value
        let party = RosterParty(id: id, title: title, kind: kind, specialities: Set(syntax.specialities.map(\.value)))
        let record = PartyRecordChecker(log: log, rules: rules).check(syntax, id, kind, title)
        return (party, record)
    }
}
