import ConcordatTerms

/// Checks who works for a purpose on what ground: closed words, and the parts that must fit each other.
struct PurposeChecker {
    let terms: TermTable
    let log: ProblemLog

    /// The purpose with every kind that could be read.
    func check(_ syntax: PurposeSyntax) -> PurposeRecord {
        var parties: [PartyKind: PurposeParty] = [:]
        for party in syntax.basis {
            guard let kind = terms.resolve(party.kind, .partyKind, as: PartyKind.self) else { continue }
            parties[kind] = read(party)
        }
        for (kind, condition) in syntax.condition {
            guard let resolved = terms.resolve(kind, .partyKind, as: PartyKind.self) else { continue }
            if parties[resolved] == nil {
                log.error(kind.span, "`\(kind.value)` has a condition but no basis", "add it to `basis`")
            }
            parties[resolved]?.conditions.append(condition.value)
        }
        for party in syntax.basis { checkProcessor(party, parties) }
        return PurposeRecord(title: syntax.title, gateway: syntax.gateway.map(\.value), parties: parties)
    }

    private func read(_ syntax: PurposePartySyntax) -> PurposeParty {
        let basis = word(syntax.basis, LawfulBasis.self, "lawful basis") ?? .publicTask
        let usual: DataRegime = basis == .lawEnforcement ? .part3 : .ukGDPR
        let sending = syntax.sending.flatMap { word($0, DataRegime.self, "regime") } ?? usual
        let receiving = syntax.receiving.flatMap { word($0, DataRegime.self, "regime") } ?? usual
        let isPart3 = sending == .part3 || receiving == .part3
        if syntax.competent == false, isPart3 {
            log.error(
                syntax.kind.span, "`\(syntax.kind.value)` is under Part 3 but no competent authority",
                "only a competent authority processes under Part 3 (DPA 2018 s.29); write `competent: true`, or "
                    + "`regime: uk-gdpr` and a basis of the UK GDPR")
        }
        if basis == .lawEnforcement, !isPart3 {
            log.error(
                syntax.basis.span, "`law-enforcement` is no basis under the UK GDPR",
                "write `regime: part-3`, or a basis of UK GDPR art. 6")
        }
        return PurposeParty(
            basis: basis,
            controller: syntax.controller.flatMap { word($0, ControllerRole.self, "controller role") } ?? .controller,
            onBehalfOf: syntax.onBehalfOf.flatMap { terms.resolve($0, .partyKind, as: PartyKind.self) },
            isCompetent: syntax.competent ?? isPart3, sending: sending, receiving: receiving,
            conditions: syntax.conditions.map(\.value), gateway: syntax.gateway.map(\.value))
    }

    /// A processor works for a controller of the same purpose.
    private func checkProcessor(_ syntax: PurposePartySyntax, _ parties: [PartyKind: PurposeParty]) {
        let isProcessor = syntax.controller?.value == ControllerRole.processor.rawValue
        guard let whom = syntax.onBehalfOf else {
            if isProcessor {
                log.error(
                    syntax.controller?.span ?? syntax.kind.span,
                    "processor `\(syntax.kind.value)` does not say for whom", "add `on-behalf-of: <kind>`")
            }
            return
        }
        if !isProcessor {
            log.error(whom.span, "`on-behalf-of` without `controller: processor`", "take it out, or add the role")
        }
        guard let kind = PartyKind(rawValue: whom.value), terms.isDeclared(whom.value, .partyKind) else { return }
        if parties[kind].map({ $0.controller == .processor }) ?? true {
            log.error(
                whom.span, "`\(whom.value)` is no controller for this purpose",
                "name a kind of party with a basis for it that is controller or joint controller")
        }
    }

    /// A word of a closed set.
    func word<Word: RawRepresentable & CaseIterable>(_ name: Name, _ type: Word.Type, _ what: String) -> Word?
    where Word.RawValue == String {
        if let word = Word(rawValue: name.value) { return word }
        log.error(
            name.span, "unknown \(what) `\(name.value)`",
            NearestName.advice(for: name.value, among: Word.allCases.map(\.rawValue), declare: "use one of them"))
        return nil
    }
}
