import ConcordatDecision
import ConcordatJSON
import ConcordatTerms
import ConcordatWire

/// A consent as a party sends it, `POST /v1/consents`. Every member is known by name; any other is refused.
struct ConsentRequest: Sendable {
    let id: MessageID
    let subject: String
    let person: String
    let kind: ConsentKind
    let purpose: PurposeID
    let state: ConsentState
    let categories: Set<ConcordatTerms.Category>?
    let recipientKinds: Set<PartyKind>?
    let recipientParties: Set<PartyID>
    let from: UTCInstant?
    let until: UTCInstant?
    let givenBy: ConsentGiver
    /// The guardian or attorney as the sender names persons; required where one of them spoke, and only there.
    let giver: String?
    let relation: ConsentRecord.Giving.Relation?
    let ageBand: ConsentAgeBand?
    let isCompetent: Bool?
    let assessedBy: OfficerID?
    let takenBy: OfficerID?
    let evidence: String?
    let toldRightToWithdraw: Bool
    let taking: ConsentRecord.Taking

    private static let members: Set<String> = [
        "id", "case", "person", "kind", "purpose", "state", "categories", "recipient-kinds", "recipients", "from",
        "until", "given-by", "giver", "relation", "age-band", "competent", "competence-assessed-by", "taken-by",
        "evidence", "told-right-to-withdraw", "notice", "language", "channel", "expression", "review",
    ]

    /// Reads and checks the body.
    ///
    /// - Throws: a problem that names the member.
    init(_ body: [UInt8], limits: JSONLimits) throws(Problem) {
        let json: JSONValue
        do { json = try JSONValue.parse(body, limits: limits) } catch {
            var problem = ProblemCatalogue.problem(ProblemCatalogue.code(of: error.kind), detail: error.description)
            problem.pointer = error.pointer
            throw problem
        }
        guard let object = json.objectValue else { throw Self.malformed("", "must be an object") }
        if let stranger = object.first(where: { !Self.members.contains($0.name) }) {
            let name = IdentifierGrammar.accepts(stranger.name) ? stranger.name : "?"
            throw Self.malformed(name, "is not a member of a consent")
        }
        id = try Self.term("id", json)
        subject = try Self.word("case", json)
        person = try Self.word("person", json)
        purpose = try Self.term("purpose", json)
        kind = try Self.choice("kind", json)
        state = try Self.choice("state", json)
        guard state != .unknown else { throw Self.malformed("state", "must say what happened") }
        categories = try Self.terms("categories", json)
        recipientParties = try Self.terms("recipients", json) ?? []
        // Who names single recipients means these, and not every other beside them.
        recipientKinds = try Self.terms("recipient-kinds", json) ?? (recipientParties.isEmpty ? nil : [])
        from = try Self.instant("from", json)
        until = try Self.instant("until", json)
        givenBy = try json["given-by"] == nil ? .person : Self.choice("given-by", json)
        giver = try json["giver"] == nil ? nil : Self.word("giver", json)
        relation = try json["relation"] == nil ? nil : Self.choice("relation", json)
        ageBand = try json["age-band"] == nil ? nil : Self.choice("age-band", json)
        isCompetent = try Self.truth("competent", json)
        assessedBy = json["competence-assessed-by"]?.stringValue.flatMap { OfficerID($0) }
        guard json["competence-assessed-by"] == nil || assessedBy != nil else {
            throw Self.malformed("competence-assessed-by", Self.grammar)
        }
        takenBy = json["taken-by"]?.stringValue.flatMap { OfficerID($0) }
        guard json["taken-by"] == nil || takenBy != nil else { throw Self.malformed("taken-by", Self.grammar) }
        evidence = try Self.reference("evidence", json)
        taking = try Self.taking(json)
        toldRightToWithdraw = try Self.truth("told-right-to-withdraw", json) ?? false
        if let from, let until, until <= from { throw Self.malformed("until", "must be after `from`") }
    }

    /// Refuses what names a time that is over, and so would be in force at no time.
    func checkEnd(at now: UTCInstant) throws(Problem) {
        if let until, until <= now { throw Self.malformed("until", "must lie ahead") }
    }

    static func malformed(_ member: String, _ advice: String) -> Problem {
        var problem = ProblemCatalogue.problem("consent.malformed", detail: "`\(member)` \(advice)")
        problem.pointer = JSONPointer(tokens: member.isEmpty ? [] : [member])
        return problem
    }

    private static let grammar = "must be 1 to 64 of [A-Za-z0-9._-]"

    private static func word(_ name: String, _ json: JSONValue) throws(Problem) -> String {
        guard let text = json[name]?.stringValue, IdentifierGrammar.accepts(text) else {
            throw malformed(name, grammar)
        }
        return text
    }

    private static func taking(_ json: JSONValue) throws(Problem) -> ConsentRecord.Taking {
        var taking = ConsentRecord.Taking()
        taking.notice = try reference("notice", json)
        if let value = json["language"] {
            guard let tag = value.stringValue, isLanguageTag(tag) else {
                throw malformed("language", "must be a language tag as `en`, `cy` or `pa-Guru` (BCP 47)")
            }
            taking.language = tag
        }
        if json["channel"] != nil { taking.channel = try choice("channel", json) }
        if json["expression"] != nil { taking.expression = try choice("expression", json) }
        if let value = json["review"] {
            guard let day = value.stringValue.flatMap({ CivilDate($0) }) else {
                throw malformed("review", "must be a date as 2027-03-31")
            }
            taking.review = day
        }
        return taking
    }

    /// Two to eight letters, then parts of letters and digits, 35 characters at most: the form of a tag (RFC 5646, 2.1), and
    /// not whether it is registered.
    private static func isLanguageTag(_ tag: String) -> Bool {
        let parts = tag.split(separator: "-", omittingEmptySubsequences: false)
        return tag.utf8.count <= 35 && parts.allSatisfy { (1...8).contains($0.utf8.count) }
            && (parts.first.map { $0.utf8.count >= 2 && $0.utf8.allSatisfy(isLetter) } ?? false)
            && tag.utf8.allSatisfy { isLetter($0) || (0x30...0x39).contains($0) || $0 == 0x2D }
    }

    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }

    private static func reference(_ name: String, _ json: JSONValue) throws(Problem) -> String? {
        guard let value = json[name] else { return nil }
        guard let text = value.stringValue, IdentifierGrammar.accepts(text) else {
            throw malformed(name, "must be a reference of your own, 1 to 64 of [A-Za-z0-9._-]")
        }
        return text
    }

    private static func truth(_ name: String, _ json: JSONValue) throws(Problem) -> Bool? {
        guard let value = json[name] else { return nil }
        guard let truth = value.boolValue else { throw malformed(name, "must be true or false") }
        return truth
    }

    private static func term<ID: Identifier>(_ name: String, _ json: JSONValue) throws(Problem) -> ID {
        guard let id: ID = json.term(name) else { throw malformed(name, grammar) }
        return id
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, _ json: JSONValue)
        throws(Problem) -> Choice where Choice.RawValue == String
    {
        guard let choice = json[name]?.stringValue.flatMap(Choice.init(rawValue:)) else {
            throw malformed(
                name, "must be one of " + Choice.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "))
        }
        return choice
    }

    private static func terms<ID: Identifier>(_ name: String, _ json: JSONValue) throws(Problem) -> Set<ID>? {
        guard let value = json[name] else { return nil }
        guard let items = value.arrayValue, (1...100).contains(items.count) else {
            throw malformed(name, "must be a list of 1 to 100 names")
        }
        let ids = items.compactMap { $0.stringValue.flatMap { ID($0) } }
        guard ids.count == items.count else { throw malformed(name, "must be a list of 1 to 100 names") }
        return Set(ids)
    }

    private static func instant(_ name: String, _ json: JSONValue) throws(Problem) -> UTCInstant? {
        guard let value = json[name] else { return nil }
        guard let instant = value.stringValue.flatMap({ UTCInstant($0) }) else {
            throw malformed(name, "must be an RFC 3339 date-time")
        }
        return instant
    }
}
