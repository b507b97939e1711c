import ConcordatDecision
import ConcordatTerms

// The rules, the guarantees and what parties undertake, clause by clause.
extension AgreementRender {
    mutating func sharingRules() {
        section("What may be shared, and what may not")
        paragraph(
            "Nothing is shared unless a clause allows it. A clause that forbids outweighs every clause that allows. What no "
                + "clause allows is taken out before the message leaves, and the recipient is told what is missing.")
        let ordinary = compiled.rules.filter { !$0.isBreakGlass }
        part("Allowed", ordinary.filter(\.isPermit))
        part("Forbidden", ordinary.filter(\.isProhibition))
        part("Not accepted", ordinary.filter { $0.effect == .refuseMessage })
        part("Held until somebody has decided", ordinary.filter { if case .hold = $0.effect { true } else { false } })
    }

    private mutating func part(_ title: String, _ clauses: [CompiledRule]) {
        guard !clauses.isEmpty else { return }
        heading(title)
        for rule in clauses { clause(rule.id.rawValue, rule.title, rules.text(rule)) }
    }

    mutating func emergencies() {
        guard let glass = compiled.breakGlass else { return }
        section("Emergencies")
        paragraph(
            "A sender may claim one of these grounds: "
                + ProtocolWords.list(glass.grounds.keys.sorted().map { "“\(words.ground($0))”" }, "or")
                + ". It writes down why, in at least \(glass.reasonMin) characters. What the clauses below allow goes at once, "
                + "marked as such. A data protection officer reviews it within \(RuleWords.time(glass.reviewWithin)); "
                + (glass.closesWhenUnreviewed
                    ? "until that is done, the sender can claim no further ground."
                    : "if that is not done, an alarm is raised."))
        for rule in compiled.rules where rule.isBreakGlass { clause(rule.id.rawValue, rule.title, rules.text(rule)) }
    }

    mutating func consents() {
        section("Consent")
        paragraph(
            "Where a clause asks for consent, it must be given, in force, and cover the purpose, the data and the recipient. "
                + "A withdrawal or an objection is taken from anybody and acts at once, on what still waits too. Refused, "
                + "withdrawn, missing and unknown look the same to everybody who is not entitled to know.")
        for consent in compiled.consents {
            clause(consent.id.rawValue, loaded.titles.consents[consent.id.rawValue] ?? "", rules.text(consent))
        }
        let shown = compiled.consentShownTo
        var audience: [String] = []
        if shown.recorder { audience.append("the party that recorded it") }
        if !shown.capacities.isEmpty {
            audience.append("the party whose part in the case is \(words.capacities(shown.capacities))")
        }
        if shown.officers { audience.append("data protection officers") }
        paragraph(
            audience.isEmpty
                ? "Whether somebody has consented is shown to nobody."
                : "Whether somebody has consented is shown to \(ProtocolWords.list(audience)), and to nobody else.")
    }

    mutating func guarantees() {
        section("Guarantees")
        paragraph(
            "Each of these is proven from the clauses above every time this text is loaded, over everything that the clauses "
                + "can tell apart. A text that breaks one is never in force.")
        for guarantee in loaded.guarantees { clause(guarantee.id.rawValue, guarantee.title, rules.text(guarantee)) }
    }

    mutating func duties() {
        section("What recipients undertake")
        if compiled.obligations.isEmpty {
            paragraph("No marking or limit on passing on is set beside what this agreement says.")
        }
        for duty in compiled.obligations { clause(duty.id.rawValue, duty.title, rules.text(duty)) }
        guard !compiled.expectations.isEmpty else { return }
        heading("Answers within a time")
        for expected in compiled.expectations { clause(expected.id.rawValue, expected.title, rules.text(expected)) }
    }

    // MARK: how the data is handled

    mutating func handling() {
        if !agreement.stages.isEmpty {
            section("What happens to the data")
            for stage in agreement.stages { heading(stage.title); paragraph(stage.text) }
        }
        prosed(.quality)
        codelists()
        prosed(.rights)
        retention()
        prosed(.onward)
        prosed(.security)
        prosed(.breach)
        contacts("breach", "Whom to tell of a breach")
        prosed(.complaints)
        contacts("complaints", "Where to complain")
    }

    private mutating func prosed(_ part: AgreementSection) {
        guard agreement.texts[part] != nil else { return }
        section(part.heading)
        prose(part)
    }

    private mutating func contacts(_ function: String, _ title: String) {
        let rows = loaded.parties.values.sorted { $0.id < $1.id }.compactMap { party in
            party.contacts.first { $0.function == function }.map { [party.title, $0.address] }
        }
        table(["Party", title], rows)
    }

    private mutating func codelists() {
        guard !loaded.codelists.isEmpty else { return }
        section("Code lists")
        paragraph("Values of these lists may be added without a new agreement; a new value never lets more be shared.")
        table(
            ["List", "Values", "Newest date in it", "Source"],
            loaded.codelists.values.sorted { $0.name < $1.name }.map { list in
                let newest = list.entries.flatMap { [$0.from, $0.until].compactMap { $0 } }.max()
                let sources = Set(list.entries.map(\.source)).filter { !$0.isEmpty }.sorted()
                return [
                    ProtocolWords.plain(list.name), String(list.entries.count), newest.map(day) ?? "none",
                    sources.joined(separator: "; "),
                ]
            })
    }

    private mutating func retention() {
        section(AgreementSection.retention.heading)
        prose(.retention)
        let rows = compiled.messages.values.sorted { $0.name < $1.name }.flatMap { message -> [[String]] in
            let rest = message.keep.count > 1 ? "every other recipient" : "every recipient"
            return message.keep.map { kept, time -> [String] in
                switch kept {
                case .recipients: [words.message(message.name), rest, RuleWords.text(time)]
                case .kind(let kind): [words.message(message.name), words.kind(kind), RuleWords.text(time)]
                }
            }.sorted { $0[1] < $1[1] }
        }
        table(["Message", "Kept by", "For how long"], rows)
        paragraph("The gateway keeps a message only until it is delivered, encrypted, and then destroys it.")
    }
}
