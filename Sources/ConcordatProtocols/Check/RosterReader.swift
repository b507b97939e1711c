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
        var named: [Name] = []
        for path in files.paths(in: "parties", suffix: ".yaml") {
            guard let bytes = files[path], let root = YAMLText(file: path, log: log).read(bytes) else { continue }
            guard let syntax = ProtocolSyntaxReader(log: log).party(root) else { continue }
            guard let (party, record) = read(syntax, path) else { continue }
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

    private func read(_ syntax: PartySyntax, _ path: String) -> (RosterParty, PartyRecord)? {
        let (name, stem) = (syntax.name, path.dropFirst("parties/".count).dropLast(".yaml".count))
        guard let id = PartyID(name.value) else {
            log.error(name.span, "`\(name.value)` is not a party id", "use 1 to 64 of letters, digits, `.`, `_`, `-`")
            return nil
        }
        if stem != name.value {
            log.error(
                name.span, "party `\(name.value)` stands in `\(path)`", "name the file `parties/\(name.value).yaml`")
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
