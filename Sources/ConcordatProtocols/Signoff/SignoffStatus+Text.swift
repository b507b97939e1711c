import ConcordatDecision
package import ConcordatJSON
package import ConcordatTerms

extension SignoffStatus {
    /// For a terminal: the text, its period, one line a party, and what is owed.
    package var text: String {
        var table = TextTable("party", "for it", "roster entry", "officer's advice", "signed")
        table.rows = parties.map { party in
            [
                party.party.rawValue, party.isSigned ? "in force" : "not signed", Self.word(party.entry),
                party.opinion.map { "\($0.opinion.rawValue), \($0.date)" } ?? Self.word(party.advice),
                Self.word(party.text),
            ]
        }
        let owed = parties.flatMap { party in party.owed.map { "\(party.party): \($0)" } }
        let waiting = parties.filter { !$0.isSigned && $0.owed.isEmpty }.compactMap { party in
            party.onBehalfOf.map { "\(party.party): waits for \($0), for whom it acts" }
        }
        let head = [
            "\(id) \(version)", "sha256 \(digest)", "from \(period.from) until \(period.until)",
        ]
        return
            (head + [periodWords, extensionWords].compactMap { $0 } + ["", table.text, ""] + owed
            + waiting + ["\(signed.count) of \(parties.count) parties have signed"]).joined(separator: "\n")
    }

    /// For machines.
    package var json: JSONValue {
        .object([
            JSONMember("protocol", .string(id.rawValue)), JSONMember("version", .string(version)),
            JSONMember("digest", .string(digest)), JSONMember("complete", .bool(isComplete)),
            JSONMember("inPeriod", .bool(watch.isInForce)), JSONMember("from", .string("\(period.from)")),
            JSONMember("review", .string("\(period.review)")), JSONMember("until", .string("\(period.until)")),
            JSONMember("warning", watch.warning.map { .number(JSONNumber($0)) } ?? .null),
            JSONMember("extension", extensionWords.map { .string($0) } ?? .null),
            JSONMember("parties", .array(parties.map(Self.json))),
        ])
    }

    /// One line on where the period stands; nil when there is nothing to say.
    package var periodWords: String? { watch.words(until: period.until, isExtended: extendedUntil != nil) }

    /// The last day after the extension, once the board has agreed to it.
    package var extendedUntil: CivilDate? {
        if case .granted(let until, _, _) = extensionStanding { until } else { nil }
    }

    private var extensionWords: String? {
        switch extensionStanding {
        case .none: nil
        case .notAllowed: "an extension is asked for that the text does not allow"
        case .otherTerms: "an extension is asked for on other terms than the text's"
        case .asked(let until, let by, let kinds, let quorum):
            "extension to \(until): \(kinds.count) of \(quorum) kinds on the board agree\(Self.words(by, kinds))"
        case .granted(let until, let by, let kinds):
            "extended to \(until): \(kinds.count) kinds on the board agree\(Self.words(by, kinds))"
        }
    }

    /// `: hub, police (signed by the-hub, some-police)`; empty when nobody has signed.
    private static func words(_ by: [PartyID], _ kinds: [PartyKind]) -> String {
        guard !by.isEmpty else { return "" }
        let parties = by.map(\.rawValue).joined(separator: ", ")
        return ": \(kinds.map(\.rawValue).joined(separator: ", ")) (signed by \(parties))"
    }

    private static func word(_ part: SignoffPart) -> String {
        switch part {
        case .missing: "missing"
        case .notNeeded: "-"
        case .holds(let mark): "\(mark.at)"
        case .otherText: "other text"
        case .bad: "does not hold"
        }
    }

    private static func json(_ party: PartySignoff) -> JSONValue {
        var members = [
            JSONMember("party", .string(party.party.rawValue)), JSONMember("inForce", .bool(party.isSigned)),
            JSONMember("entry", json(party.entry)), JSONMember("advice", json(party.advice)),
            JSONMember("text", json(party.text)), JSONMember("owed", .array(party.owed.map { .string($0) })),
        ]
        if let opinion = party.opinion { members.append(JSONMember("opinion", opinion.json)) }
        if let controller = party.onBehalfOf { members.append(JSONMember("onBehalfOf", .string(controller.rawValue))) }
        return .object(members)
    }

    private static func json(_ part: SignoffPart) -> JSONValue {
        func object(_ state: String, _ mark: SignoffMark? = nil, _ more: [JSONMember] = []) -> JSONValue {
            let marked = mark.map { mark in
                [
                    JSONMember("person", .string(mark.person.rawValue)), JSONMember("at", .string("\(mark.at)")),
                    JSONMember("textDigest", .string(mark.text)), JSONMember("signature", .string(mark.signature)),
                ]
            }
            return .object([JSONMember("state", .string(state))] + (marked ?? []) + more)
        }
        return switch part {
        case .missing: object("missing")
        case .notNeeded: object("not-needed")
        case .holds(let mark): object("holds", mark)
        case .otherText(let mark): object("other-text", mark)
        case .bad(let fault): object("bad", nil, [JSONMember("why", .string(fault.description))])
        }
    }
}
