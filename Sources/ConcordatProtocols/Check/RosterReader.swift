import ConcordatDecision
import ConcordatTerms

/// Reads `parties/*.yaml`: one file a party, named for it.
struct RosterReader {
    let terms: TermTable
    let log: ProblemLog

    func readAll(_ files: ProtocolFiles) -> [PartyID: RosterParty] {
        var parties: [PartyID: RosterParty] = [:]
        var hosts: [Name] = []
        for path in files.paths(in: "parties", suffix: ".yaml") {
            guard let bytes = files[path], let root = YAMLText(file: path, log: log).read(bytes) else { continue }
            guard let (party, host) = read(root, path) else { continue }
            parties[party.id] = party
            if let host { hosts.append(host) }
        }
        for host in hosts where PartyID(host.value).map({ parties[$0] == nil }) ?? true {
            log.error(
                host.span, "unknown party `\(host.value)`",
                NearestName.advice(
                    for: host.value, among: parties.keys.map(\.rawValue), declare: "add `parties/\(host.value).yaml`"))
        }
        return parties
    }

    private func read(_ root: YAMLNode, _ path: String) -> (RosterParty, Name?)? {
        guard var reader = MappingReader(root, "a party", log) else { return nil }
        let name = reader.word("party", required: true)
        let kind = reader.word("kind", required: true)
        let title = reader.word("title")
        let specialities = reader.words("specialities") ?? []
        let host = reader.word("host")
        // The words under contacts are for people; nothing here depends on them.
        _ = reader.entries("contacts")
        reader.finish()
        guard let name, let kind else { return nil }
        let stem = path.dropFirst("parties/".count).dropLast(".yaml".count)
        guard let id = PartyID(name.value) else {
            log.error(name.span, "`\(name.value)` is not a party id", "use 1 to 64 of letters, digits, `.`, `_`, `-`")
            return nil
        }
        if stem != name.value {
            log.error(
                name.span, "party `\(name.value)` stands in `\(path)`", "name the file `parties/\(name.value).yaml`")
        }
        for speciality in specialities where !IdentifierGrammar.accepts(speciality.value) {
            log.error(
                speciality.span, "`\(speciality.value)` is not a speciality", "use letters, digits, `.`, `_`, `-`")
        }
        guard let kind = terms.resolve(kind, .partyKind, as: PartyKind.self) else { return nil }
        let party = RosterParty(
            id: id, title: title?.value ?? name.value, kind: kind, specialities: Set(specialities.map(\.value)))
        return (party, host)
    }
}
