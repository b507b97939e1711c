import ConcordatTerms

extension ProtocolChecker {
    /// A mode that is no word is an error already; what a live text lacks beside it is not looked at.
    var isTraining: Bool { (syntax.mode?.value ?? "live") != "live" }

    /// The agreement; a placeholder, never used, when it is not there.
    func checkAgreement(_ sensitive: [Category: SensitiveKind]) -> Agreement {
        let checker = AgreementChecker(
            terms: terms, log: log, holder: holder, isTraining: isTraining,
            firstDay: syntax.period?.from.flatMap { CivilDate($0.value) }, hasSensitiveData: !sensitive.isEmpty)
        let nothing = AgreementDocument(title: "", reference: "", date: nil, heldBy: "")
        return checker.check(syntax.agreement, protocolSpan: syntax.span) ?? Agreement(impactAssessment: nothing)
    }

    /// Who holds a document: a party of the roster or a kind of party.
    private func holder(_ name: Name) -> String? {
        if PartyID(name.value).map({ roster[$0] != nil }) ?? false { return name.value }
        return terms.resolve(name, .partyKind, as: PartyKind.self)?.rawValue
    }

    /// What files of the roster must say.
    func rosterRules() -> RosterRules {
        var rules = RosterRules()
        rules.isTraining = isTraining
        for purpose in purposeRecords.values {
            rules.competentKinds.formUnion(purpose.parties.filter(\.value.isCompetent).keys)
        }
        for kind in syntax.partyKinds {
            rules.mustName[PartyKind(unchecked: kind.name.value)] = kind.mustName.map(\.value)
            for name in kind.mustName where !RosterRules.nameable.contains(name.value) {
                log.error(
                    name.span, "`\(name.value)` is nothing a kind can name",
                    NearestName.advice(for: name.value, among: RosterRules.nameable, declare: "use one of them"))
            }
        }
        return rules
    }

    /// The marks of categories, taken over by what lies within them.
    func checkSensitive() -> [Category: SensitiveKind] {
        var marked: [Category: SensitiveKind] = [:]
        for category in syntax.categories {
            guard let word = category.sensitive else { continue }
            marked[Category(unchecked: category.name.value)] = PurposeChecker(terms: terms, log: log).word(
                word, SensitiveKind.self, "mark")
        }
        var result = marked
        for category in categories.keys where marked[category] == nil {
            var here = categories[category] ?? nil
            // Bound: rings were refused, so a chain is at most as long as there are categories.
            for _ in 0...categories.count {
                guard let current = here, result[category] == nil else { break }
                result[category] = marked[current]
                here = categories[current] ?? nil
            }
        }
        return result
    }
}
