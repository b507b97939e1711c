import ConcordatDecision
import ConcordatTerms

// Who is in it, what the words mean, and on what legal ground each works.
extension AgreementRender {
    mutating func parties() {
        section("Parties")
        for party in loaded.parties.values.sorted(by: { $0.id < $1.id }) {
            heading(party.title)
            facts(
                [
                    ("Legal name", party.legalName),
                    ("Kind of party", loaded.titles.partyKinds[party.kind] ?? words.kind(party.kind)),
                    ("Role", role(of: party)),
                    ("Competent authority", party.isCompetentAuthority.map { $0 ? "Yes" : "No" } ?? ""),
                    ("Inside of", party.host.map(words.party) ?? ""),
                    ("Signatory", office(party.signatory)), ("Data protection officer", office(party.officer)),
                    ("Lead for this work", office(party.lead)),
                    ("Marked for", party.specialities.map(ProtocolWords.plain).sorted().joined(separator: ", ")),
                    ("Offers", party.offers.joined(separator: "; ")),
                    ("Undertakes", party.responsibilities.joined(separator: "; ")),
                ] + party.contacts.map { ("Contact: " + ProtocolWords.plain($0.function), $0.address) })
        }
    }

    private func role(of party: PartyRecord) -> String {
        guard let role = party.controller else { return "" }
        let whom = party.onBehalfOf.map { " on behalf of \(words.party($0))" } ?? ""
        return ProtocolWords.sentence(role.words) + whom
    }

    private func office(_ office: PartyOffice?) -> String { office.map { "\($0.office), \($0.email)" } ?? "" }

    mutating func terms() {
        section("Words used")
        heading("Kinds of party")
        table(
            ["Word", "Meaning"],
            compiled.partyKinds.sorted().map { [words.kind($0), loaded.titles.partyKinds[$0] ?? ""] })
        heading("People in a case")
        paragraph("Somebody may be several of these. Then the stricter rule holds: each must allow what is shared.")
        table(["Word", "Meaning"], compiled.roles.sorted().map { [words.role($0), loaded.titles.roles[$0] ?? ""] })
        heading("Parts that a party has in a case")
        paragraph("A party has a part because of a message named here, never by its own word about itself.")
        for (name, capacity) in compiled.capacities.sorted(by: { $0.key < $1.key }) {
            clause(words.capacity(name), capacity.title, text(of: capacity))
        }
        guard !compiled.flags.isEmpty else { return }
        heading("What the gateway remembers for a case")
        paragraph("Values are only ever added, so the stricter one stays.")
        for (name, flag) in compiled.flags.sorted(by: { $0.key < $1.key }) {
            let sources = flag.fields.sorted { $0.key < $1.key }.map { message, paths in
                "\(ProtocolWords.list(paths.map(ProtocolWords.path).sorted())) in “\(words.message(message))”"
            }
            clause(words.flag(name), "", "From " + ProtocolWords.list(sources) + ".")
        }
    }

    private func text(of capacity: CompiledCapacity) -> String {
        var sentences: [String] = []
        if !capacity.kinds.isEmpty { sentences.append("Held by \(words.kinds(capacity.kinds, "or")).") }
        if capacity.exclusive { sentences.append("Only one party at a time: a new holder ends the one before.") }
        sentences += capacity.grants.map { "Given " + move($0) }
        sentences += capacity.ends.map { "Ended " + move($0) }
        return sentences.joined(separator: " ")
    }

    private func move(_ move: CapacityMove) -> String {
        let message = "“\(words.message(move.message))”"
        let whom: String =
            switch move.holder {
            case .sender: "for the sender of \(message)"
            case .recipient: "for the recipient of \(message)"
            case .everyone: "for everybody who has it, by \(message)"
            case .field(let path): "for the party that \(message) names at “\(ProtocolWords.path(path))”"
            }
        return whom + (move.when.map { ", when " + rules.conditions.text($0) } ?? "") + "."
    }

    mutating func purposes() {
        section("Lawful basis and legal power")
        paragraph("A kind of party that is not named for a purpose may neither send nor receive for it.")
        for (name, purpose) in loaded.purposes.sorted(by: { $0.key < $1.key }) {
            heading(words.purpose(name))
            if !purpose.gateway.isEmpty { paragraph("Legal power:") }
            list(purpose.gateway)
            table(
                ["Party", "Lawful basis", "Role", "Law when sending", "Law when receiving", "Conditions and powers"],
                purpose.parties.sorted { $0.key < $1.key }.map { kind, party in
                    let role = party.controller.words + (party.onBehalfOf.map { " for \(words.kind($0))" } ?? "")
                    return [
                        words.kind(kind) + (party.isCompetent ? " (as competent authority)" : ""), party.basis.words,
                        role, party.sending.words, party.receiving.words,
                        (party.conditions + party.gateway).joined(separator: "; "),
                    ]
                })
        }
    }
}
