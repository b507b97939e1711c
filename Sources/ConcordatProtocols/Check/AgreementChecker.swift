import ConcordatTerms

/// Checks the `agreement` block: who decides is declared, numbers are sane, and a text that is to be in force says all
/// that its signatories must be able to read.
struct AgreementChecker {
    // Bound: the characters of a section.
    static let textMax = 8_000
    // Bound: the days by which the last day may be moved, once.
    private static let extensionDaysMax = 90

    let terms: TermTable
    let log: ProblemLog
    /// Looks up who holds a document: a party, or a kind of party.
    let holder: (Name) -> String?
    /// Whether the text is practice: then only the impact assessment must be named.
    let isTraining: Bool
    /// The first day of the text; nil when it cannot be read.
    let firstDay: CivilDate?
    /// Whether a category is marked as sensitive.
    let hasSensitiveData: Bool

    func check(_ syntax: AgreementSyntax?, protocolSpan: SourceSpan) -> Agreement? {
        guard let syntax else {
            log.error(
                protocolSpan, "the protocol lacks `agreement`",
                "add `agreement: {impact-assessment: {reference: …, date: …, held-by: …}}`; "
                    + "docs/protocol-language.md has all that a text in force must say")
            return nil
        }
        guard let assessed = syntax.impactAssessment else { return nil }
        var agreement = Agreement(impactAssessment: document(assessed))
        checkDates(assessed, agreement.impactAssessment)
        checkNamed(assessed)
        agreement.title = syntax.title.map(text) ?? ""
        for (section, words) in syntax.texts { agreement.texts[section] = text(words) }
        agreement.benefits = syntax.benefits.map(text)
        agreement.stages = syntax.stages.map { AgreementStage(title: text($0.title), text: text($0.text)) }
        agreement.policyDocuments = syntax.policyDocuments.map(document)
        agreement.board = syntax.board.flatMap(board)
        agreement.extensionTerms = syntax.extensionTerms.flatMap { extensionTerms($0, syntax) }
        if !isTraining { requireAll(syntax) }
        return agreement
    }

    private func requireAll(_ syntax: AgreementSyntax) {
        var missing = AgreementSection.allCases.filter { syntax.texts[$0] == nil }.map(\.rawValue)
        if syntax.benefits.isEmpty { missing.append("benefits") }
        if syntax.stages.isEmpty { missing.append("stages") }
        if syntax.board == nil { missing.append("board") }
        if hasSensitiveData, syntax.policyDocuments.isEmpty { missing.append("policy-documents") }
        guard !missing.isEmpty else { return }
        log.error(
            syntax.span, "the agreement lacks \(missing.map { "`\($0)`" }.joined(separator: ", "))",
            "signatories read it before they sign: add it; only `mode: training` may leave it out")
    }

    private func text(_ words: Name) -> String {
        if words.value.unicodeScalars.count > Self.textMax {
            log.error(words.span, "longer than \(Self.textMax) characters", "keep to what is agreed; name a document")
        }
        return words.value
    }

    private func document(_ syntax: DocumentSyntax) -> AgreementDocument {
        AgreementDocument(
            title: syntax.title.map(text) ?? "", reference: syntax.reference.map(text) ?? "",
            date: syntax.date.flatMap { ValueChecker(log: log).date($0) },
            heldBy: syntax.heldBy.flatMap(holder) ?? "")
    }

    /// An assessment comes before the sharing it assesses (UK GDPR art. 35(1), DPA 2018 s.64(1)).
    private func checkDates(_ syntax: DocumentSyntax, _ assessed: AgreementDocument) {
        guard let firstDay, let date = assessed.date, let span = syntax.date?.span, firstDay < date else { return }
        log.error(
            span, "the impact assessment is dated after the first day of the text, \(firstDay)",
            "an assessment comes before the sharing it assesses: correct the date, or begin later")
    }

    /// A text in force rests on an assessment that is there: a word that stands for one to come names none.
    private func checkNamed(_ assessed: DocumentSyntax) {
        guard !isTraining, let reference = assessed.reference else { return }
        let words = reference.value.lowercased().filter { $0.isLetter || $0.isNumber || $0 == " " }
        guard words.isEmpty || Self.placeholders.contains(words) else { return }
        log.error(
            reference.span, "`reference: \(reference.value)` names no impact assessment",
            "write what it is filed under; without one nothing is shared (UK GDPR art. 35, DPA 2018 s.64)")
    }

    private static let placeholders: Set = [
        "tbc", "tbd", "tba", "to be confirmed", "to be decided", "to be done", "to do", "todo", "pending", "none", "na",
        "not applicable", "unknown", "xxx", "draft",
    ]

    private func board(_ syntax: BoardSyntax) -> AgreementBoard? {
        let members = syntax.members.compactMap { terms.resolve($0, .partyKind, as: PartyKind.self) }
        let quorum = syntax.quorum.flatMap { number($0, "quorum", in: 1...max(1, Self.kinds(syntax))) }
        guard let quorum else { return nil }
        return AgreementBoard(members: members, quorum: quorum, decides: syntax.decides.map(text) ?? "")
    }

    private func extensionTerms(_ syntax: ExtensionSyntax, _ agreement: AgreementSyntax) -> AgreementExtension? {
        guard let board = agreement.board else {
            log.error(
                syntax.quorum?.span ?? agreement.span, "an extension without a board to decide it",
                "add `board: {members: […], quorum: …, decides: …}`")
            return nil
        }
        let days = syntax.days.flatMap { number($0, "days", in: 1...Self.extensionDaysMax) }
        let quorum = syntax.quorum.flatMap { number($0, "quorum", in: 1...max(1, Self.kinds(board))) }
        guard let days, let quorum else { return nil }
        return AgreementExtension(days: days, quorum: quorum)
    }

    /// A kind that is named twice has one vote.
    private static func kinds(_ board: BoardSyntax) -> Int { Set(board.members.map(\.value)).count }

    private func number(_ word: Name, _ key: String, in range: ClosedRange<Int>) -> Int? {
        if let number = Int(word.value), String(number) == word.value, range.contains(number) { return number }
        log.error(
            word.span, "`\(key): \(word.value)` is not between \(range.lowerBound) and \(range.upperBound)",
            "write a whole number between them")
        return nil
    }
}
