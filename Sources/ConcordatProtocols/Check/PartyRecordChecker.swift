import ConcordatTerms

/// What the text asks of every party's file.
struct RosterRules: Sendable {
    /// Whether the text is practice: then a file need not name anything.
    var isTraining = true
    /// Kinds that some purpose treats as competent authorities.
    var competentKinds: Set<PartyKind> = []
    /// What a kind names beside what every party names, as `party-kinds` says.
    var mustName: [PartyKind: [String]] = [:]

    /// The keys that `must-name` may hold.
    static let nameable = ["host", "offers", "specialities"]
}

/// Checks what an agreement names of a party.
struct PartyRecordChecker {
    // Bound: a mail address (RFC 5321), an address or number to be reached at.
    private static let addressMax = 254
    // Bound: an office, a legal name, one undertaking.
    private static let textMax = 1_000

    let log: ProblemLog
    let rules: RosterRules

    func check(_ syntax: PartySyntax, _ id: PartyID, _ kind: PartyKind, _ title: String) -> PartyRecord {
        var record = PartyRecord(id: id, title: title, kind: kind)
        record.legalName = syntax.legalName.map(text) ?? ""
        record.controller = syntax.controller.flatMap(role)
        record.onBehalfOf = syntax.onBehalfOf.flatMap { PartyID($0.value) }
        record.isCompetentAuthority = syntax.competent
        record.signatory = syntax.signatory.flatMap(office)
        record.officer = syntax.officer.flatMap(office)
        if let person = record.officer?.person, person == record.signatory?.person {
            log.error(
                syntax.officer?.person?.span ?? syntax.name.span,
                "officer and signatory of `\(id)` are the same person",
                "the officer advises whoever decides: name two people")
        }
        record.lead = syntax.lead.flatMap(office)
        record.responsibilities = syntax.responsibilities.map(text)
        record.offers = syntax.offers.map(text)
        record.specialities = syntax.specialities.map(\.value)
        record.host = syntax.host.flatMap { PartyID($0.value) }
        record.contacts = syntax.contacts.map { contact in
            if contact.address.value.utf8.count > Self.addressMax {
                log.error(contact.address.span, "longer than \(Self.addressMax) bytes", "write one address or number")
            }
            return PartyContact(function: contact.function.value, address: contact.address.value)
        }
        checkProcessor(syntax)
        if syntax.competent == false, rules.competentKinds.contains(kind) {
            log.error(
                syntax.name.span, "`\(id)` is no competent authority, but a purpose treats `\(kind)` as one",
                "give it a kind of its own, or take `competent: true` and Part 3 out of that kind's purposes")
        }
        if !rules.isTraining { requireAll(syntax, kind) }
        return record
    }

    private func requireAll(_ syntax: PartySyntax, _ kind: PartyKind) {
        let functions = Set(syntax.contacts.map(\.function.value))
        let present: [(key: String, isThere: Bool)] = [
            ("legal-name", syntax.legalName != nil), ("controller", syntax.controller != nil),
            ("competent-authority", syntax.competent != nil), ("signatory", syntax.signatory != nil),
            ("officer", syntax.officer != nil), ("lead", syntax.lead != nil),
            ("responsibilities", !syntax.responsibilities.isEmpty), ("contacts.breach", functions.contains("breach")),
            ("contacts.complaints", functions.contains("complaints")),
        ]
        let own: [String: Bool] = [
            "host": syntax.host != nil, "offers": !syntax.offers.isEmpty, "specialities": !syntax.specialities.isEmpty,
        ]
        let missing =
            present.filter { !$0.isThere }.map(\.key) + (rules.mustName[kind] ?? []).filter { own[$0] == false }
        guard !missing.isEmpty else { return }
        let names = missing.map { "`\($0)`" }.joined(separator: ", ")
        log.error(
            syntax.name.span, "party `\(syntax.name.value)` lacks \(names)",
            "add them: an agreement names them of every such party, as offices and never as persons")
    }

    private func checkProcessor(_ syntax: PartySyntax) {
        let isProcessor = syntax.controller?.value == ControllerRole.processor.rawValue
        if isProcessor, syntax.onBehalfOf == nil {
            log.error(
                syntax.controller?.span ?? syntax.name.span, "processor `\(syntax.name.value)` does not say for whom",
                "add `on-behalf-of: <party>`")
        } else if !isProcessor, let whom = syntax.onBehalfOf {
            log.error(whom.span, "`on-behalf-of` without `controller: processor`", "take it out, or add the role")
        }
    }

    private func role(_ word: Name) -> ControllerRole? {
        if let role = ControllerRole(rawValue: word.value) { return role }
        log.error(
            word.span, "unknown controller role `\(word.value)`",
            NearestName.advice(
                for: word.value, among: ControllerRole.allCases.map(\.rawValue), declare: "use one of them"))
        return nil
    }

    private func office(_ syntax: OfficeSyntax) -> PartyOffice? {
        guard let office = syntax.office, let email = syntax.email else { return nil }
        let parts = email.value.split(separator: "@", omittingEmptySubsequences: false)
        let isAddress =
            email.value.utf8.count <= Self.addressMax && parts.count == 2 && parts.allSatisfy { !$0.isEmpty }
            && email.value.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        if !isAddress {
            log.error(
                email.span, "`\(email.value)` is not a mail address", "write the office's, `signatory@agency.example`")
        }
        let person = syntax.person.flatMap { OfficerID($0.value) }
        if let word = syntax.person, person == nil {
            log.error(
                word.span, "`\(word.value)` is not the id of a person",
                "write the last part of the SAN URI in that person's certificate")
        }
        return PartyOffice(office: text(office), email: email.value, person: person)
    }

    private func text(_ words: Name) -> String {
        if words.value.unicodeScalars.count > Self.textMax {
            log.error(words.span, "longer than \(Self.textMax) characters", "keep to one sentence")
        }
        return words.value
    }
}
