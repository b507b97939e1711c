import ConcordatDecision
package import ConcordatTerms

/// The agreement for people: everything a protocol says, in the order in which a reader of a sharing agreement expects it.
///
/// Made from the loaded protocol and nothing else: the same text gives the same document, byte for byte.
package struct AgreementRender {
    let loaded: LoadedProtocol
    let words: ProtocolWords
    let rules: RuleWords
    /// The last day after an extension that was agreed to; nil without one.
    let extendedUntil: CivilDate?
    private(set) var document = RenderedDocument()

    /// The document of a protocol.
    ///
    /// - Parameters:
    ///   - signoff: what is known of each party's signature and of its officer's advice, one line each.
    ///   - extendedUntil: the last day after the one extension, when the board has agreed to it.
    package static func document(
        _ loaded: LoadedProtocol, signoff: [PartyID: String] = [:], extendedUntil: CivilDate? = nil
    ) -> RenderedDocument {
        let words = ProtocolWords(loaded)
        var render = AgreementRender(
            loaded: loaded, words: words, rules: RuleWords(words), extendedUntil: extendedUntil)
        render.title()
        render.purpose()
        render.parties()
        render.terms()
        render.purposes()
        render.messages()
        render.dataItems()
        render.sharingRules()
        render.emergencies()
        render.consents()
        render.guarantees()
        render.matrix()
        render.duties()
        render.handling()
        render.governance()
        render.signatures(signoff)
        return render.document
    }

    private init(loaded: LoadedProtocol, words: ProtocolWords, rules: RuleWords, extendedUntil: CivilDate?) {
        (self.loaded, self.words, self.rules, self.extendedUntil) = (loaded, words, rules, extendedUntil)
    }

    /// The last day, and the one that was signed where it has been moved.
    var lastDay: String {
        let signed = day(compiled.period.until)
        return extendedUntil.map { "\(day($0)), extended once from \(signed)" } ?? signed
    }

    var compiled: CompiledProtocol { loaded.compiled }
    var agreement: Agreement { loaded.agreement }

    // MARK: what the parts of the document are made with

    mutating func section(_ title: String) { document.blocks.append(.section(title)) }
    mutating func heading(_ title: String) { document.blocks.append(.heading(title)) }
    mutating func paragraph(_ text: String) { if !text.isEmpty { document.blocks.append(.paragraph(text)) } }
    mutating func list(_ items: [String]) { if !items.isEmpty { document.blocks.append(.list(items)) } }
    mutating func clause(_ number: String, _ title: String, _ text: String) {
        document.blocks.append(.clause(number: number, title: title == number ? "" : title, text: text))
    }
    mutating func facts(_ facts: [(String, String)]) {
        let said = facts.filter { !$0.1.isEmpty }.map { RenderedDocument.Fact(name: $0.0, text: $0.1) }
        if !said.isEmpty { document.blocks.append(.facts(said)) }
    }
    mutating func table(_ header: [String], _ rows: [[String]]) {
        if !rows.isEmpty { document.blocks.append(.table(header: header, rows: rows)) }
    }

    /// A section's prose, paragraph by paragraph.
    mutating func prose(_ section: AgreementSection) {
        let lines = (agreement.texts[section] ?? "").split(separator: "\n", omittingEmptySubsequences: true)
        for line in lines { paragraph(String(line)) }
    }

    // MARK: the beginning

    private mutating func title() {
        document.title = [agreement.title, compiled.title].first { !$0.isEmpty } ?? compiled.id.rawValue
        document.subtitles = [
            "Version \(compiled.version), from \(day(compiled.period.from)) to \(lastDay)"
        ]
        if compiled.mode == .training {
            document.subtitles.append("For training only. Nothing here is in force.")
        }
        section(AgreementSection.summary.heading)
        prose(.summary)
        paragraph(
            "Words in “quotation marks” are explained in the sections “Words used” and “Data items by category”. Clauses have short numbers, such as R1; "
                + "the gateway names them when it shares, withholds or refuses.")
        facts([
            ("Reference", compiled.id.rawValue), ("Version", compiled.version),
            ("First day", day(compiled.period.from)), ("To be reviewed by", day(compiled.period.review)),
            ("Last day", lastDay), ("Digest of the signed text", "SHA-256 " + compiled.digest),
        ])
        paragraph(
            "This document is made from the text that is signed and that the gateway enforces. The digest names that text; "
                + "a text with another digest is another agreement.")
    }

    private mutating func purpose() {
        section("Purpose, necessity and benefits")
        paragraph("Data is shared under this agreement for these purposes and for no other:")
        list(compiled.purposes.keys.sorted().map { words.purpose($0) })
        if agreement.texts[.necessity] != nil { heading(AgreementSection.necessity.heading) }
        prose(.necessity)
        if !agreement.benefits.isEmpty { heading("Benefits") }
        list(agreement.benefits)
    }

    // MARK: the end

    private mutating func signatures(_ signoff: [PartyID: String]) {
        section("Sign-off")
        paragraph(
            "Each controller's accountable signatory signs this text, identified by its digest, with the advice of its data "
                + "protection officer beside it. The agreement is in force for each party that has signed it; nothing goes to "
                + "or from a party that has not.")
        paragraph("SHA-256 " + compiled.digest)
        let lines = loaded.parties.values.filter { $0.controller != .processor }.sorted { $0.id < $1.id }.map { party in
            RenderedDocument.SignatureLine(
                party: ["", party.title].contains(party.legalName)
                    ? party.title : "\(party.legalName) (\(party.title))",
                signatory: party.signatory.map { "Signatory: \($0.office)" } ?? "Signatory",
                officer: party.officer.map { "Data protection officer: \($0.office)" } ?? "Data protection officer",
                status: signoff[party.id] ?? "")
        }
        document.blocks.append(.signatures(lines))
        let processors = loaded.parties.values.filter { $0.controller == .processor }.sorted { $0.id < $1.id }
        list(processors.map { "\($0.title) is a processor and works under the signature of its controller." })
    }

    /// `1 April 2026`.
    func day(_ date: CivilDate) -> String { Self.day(date) }

    static func day(_ date: CivilDate) -> String {
        let months = [
            "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
            "November",
            "December",
        ]
        let parts = date.description.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3, months.indices.contains(parts[1] - 1) else { return date.description }
        return "\(parts[2]) \(months[parts[1] - 1]) \(parts[0])"
    }
}
