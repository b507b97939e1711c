import ConcordatDecision
import ConcordatTerms

/// `prohibitions/<party>.yaml`: what a party alone adds, on what it sends; prohibitions and nothing else.
///
/// They only ever narrow what the text allows, so they need no signature and reopen nothing; a file that cannot be read
/// stops the load, since leaving it out would share what the party wants kept.
extension ProtocolChecker {
    // Bound: prohibitions of one party.
    private static let prohibitionsMax = 200

    /// The rules of all files, each about what its party sends; in the order of the parties.
    func checkProhibitions() -> [CompiledRule] {
        var taken = idsOfText()
        var rules: [CompiledRule] = []
        for path in files.paths(in: "prohibitions", suffix: ".yaml") {
            guard let bytes = files[path], let root = YAMLText(file: path, log: log).read(bytes),
                var reader = MappingReader(root, "a party's prohibitions", log)
            else { continue }
            let name = reader.word("party", required: true)
            let items = reader.items("prohibitions")
            reader.finish()
            guard let name, let party = sender(name, path) else { continue }
            if items.isEmpty || items.count > Self.prohibitionsMax {
                log.error(
                    reader.keySpan("prohibitions"), "`prohibitions` must hold 1 to \(Self.prohibitionsMax) rules",
                    "write `- {id: \(party.id).1, prohibit: […], to: […]}`, or remove the file")
            }
            for item in items {
                guard let rule = prohibition(item, of: party, Spanned(party.kind.rawValue, name.span)) else { continue }
                if !taken.insert(rule.id.rawValue).inserted {
                    log.error(item.span, "duplicate id `\(rule.id)`", "every clause has an id of its own; rename it")
                }
                rules.append(rule)
            }
        }
        return rules
    }

    private func idsOfText() -> Set<String> {
        let clauses = syntax.rules + syntax.routes.map(\.rule) + (syntax.breakGlass?.clauses ?? [])
        let ids =
            syntax.consents.map(\.id) + clauses.map(\.id) + syntax.guarantees.map(\.id) + syntax.obligations.map(\.id)
            + syntax.expectations.map(\.id)
        return Set(ids.map(\.value))
    }

    private func sender(_ name: Name, _ path: String) -> RosterParty? {
        if path != "prohibitions/\(name.value).yaml" {
            log.error(
                name.span, "prohibitions of `\(name.value)` stand in `\(path)`",
                "name the file `prohibitions/\(name.value).yaml`")
        }
        if let party = PartyID(name.value).flatMap({ roster[$0] }) { return party }
        log.error(
            name.span, "unknown party `\(name.value)`",
            NearestName.advice(
                for: name.value, among: roster.keys.map(\.rawValue), declare: "add `parties/\(name.value).yaml`"))
        return nil
    }

    private func prohibition(_ node: YAMLNode, of party: RosterParty, _ kind: Name) -> CompiledRule? {
        guard var syntax = ProtocolSyntaxReader(log: log).rule(node) else { return nil }
        switch syntax.effect {
        case .prohibit, .prohibitAll: break
        case .permit, .refuseMessage, .hold:
            log.error(
                syntax.effectSpan, "a party adds prohibitions only", "write `prohibit`; all else needs a new text")
            return nil
        }
        let prefix = "\(party.id)."
        if !syntax.id.value.hasPrefix(prefix) || !IdentifierGrammar.accepts(syntax.id.value) {
            log.error(
                syntax.id.span, "`\(syntax.id.value)` does not begin with `\(prefix)`",
                "name it `\(prefix)1`, so that whoever meets the clause knows whose it is")
        }
        if let from = syntax.from?.first {
            log.error(from.span, "`from` has no meaning here", "a party prohibits what it sends itself; take it out")
        }
        syntax.from = [kind]
        let known = syntax.messages.map { Set($0.map(\.value)) }
        if !messages.values.contains(where: {
            $0.from.contains(party.kind) && known?.contains($0.name.rawValue) ?? true
        }) {
            log.error(syntax.effectSpan, "`\(party.id)` sends no such message", "name messages that it may send")
        }
        var rule = checkRule(syntax)
        rule.fromParties = [party.id]
        return rule
    }
}
