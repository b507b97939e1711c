// What stands beside the rules: routes, break glass, obligations, calendars and expectations.
extension ProtocolSyntaxReader {
    /// One route; it becomes a rule that refuses what does not go where the route says.
    func route(_ node: YAMLNode) -> RouteSyntax? {
        guard var reader = MappingReader(node, "a route", log) else { return nil }
        let id = reader.word("id", required: true)
        let title = reader.word("title")?.value ?? id?.value ?? ""
        let whenNode = reader.node("when")
        let when = whenNode.flatMap { ConditionReader(log: log).read($0) }
        let kinds = reader.words("to") ?? []
        let speciality = reader.word("speciality")
        let rule = RuleSyntax(
            id: id ?? Spanned("", node.span), title: title, effect: .refuseMessage, effectSpan: node.span,
            messages: reader.words("messages", required: true), about: reader.words("about"),
            from: reader.words("from"), purposes: reader.words("for"), when: when, isSilent: false,
            tell: reader.words("tell", orOne: true) ?? [], yieldsTo: reader.words("yields-to") ?? [],
            destination: RuleSyntax.Destination(kinds: kinds, speciality: speciality))
        reader.finish()
        if kinds.isEmpty, speciality == nil {
            log.error(node.span, "a route leads nowhere", "add `to: [kind]`, `speciality: …`, or both")
            return nil
        }
        return id == nil || (whenNode != nil && when == nil) ? nil : RouteSyntax(rule: rule)
    }

    /// The section `break-glass`.
    func breakGlass(_ node: YAMLNode) -> BreakGlassSyntax? {
        guard var reader = MappingReader(node, "`break-glass`", log) else { return nil }
        let syntax = BreakGlassSyntax(
            grounds: reader.entries("grounds").map { term($0, "a ground") },
            reasonMin: reader.word("reason-min", required: true),
            reviewWithin: reader.word("review-within", required: true), unreviewed: reader.word("unreviewed"),
            clauses: reader.items("clauses").compactMap(glassClause), span: node.span)
        if syntax.grounds.isEmpty {
            log.error(node.span, "`break-glass` names no grounds", "add `grounds: {life: {title: …}}`")
        }
        reader.finish()
        return syntax
    }

    private func glassClause(_ node: YAMLNode) -> RuleSyntax? {
        guard var reader = MappingReader(node, "a break-glass clause", log) else { return nil }
        let id = reader.word("id", required: true)
        let grounds = reader.words("grounds", required: true)
        let syntax = RuleSyntax(
            id: id ?? Spanned("", node.span), title: reader.word("title")?.value ?? id?.value ?? "",
            effect: .permit(reader.words("permit", required: true) ?? []), effectSpan: reader.keySpan("permit"),
            messages: reader.words("messages", required: true), about: reader.words("about"),
            from: reader.words("from"), to: reader.words("to", required: true), purposes: reader.words("for"),
            except: reader.words("except"), isSilent: false, tell: [], grounds: grounds ?? [])
        reader.finish()
        return id == nil || grounds == nil ? nil : syntax
    }

    /// One obligation that goes with what is shared.
    func obligation(_ node: YAMLNode) -> ObligationSyntax? {
        guard var reader = MappingReader(node, "an obligation", log) else { return nil }
        let id = reader.word("id", required: true)
        let syntax = ObligationSyntax(
            id: id ?? Spanned("", node.span), title: reader.word("title")?.value ?? id?.value ?? "",
            marking: reader.word("marking"), onward: reader.word("onward"), categories: reader.words("categories"),
            about: reader.words("about"), messages: reader.words("messages"), to: reader.words("to"),
            purposes: reader.words("for"))
        reader.finish()
        if syntax.marking == nil, syntax.onward == nil {
            log.error(node.span, "an obligation obliges to nothing", "add `marking: …`, `onward: …`, or both")
        }
        return id == nil ? nil : syntax
    }

    /// One calendar of working days.
    func calendar(_ member: YAMLNode.Member) -> CalendarSyntax? {
        guard var reader = MappingReader(member.value, "a calendar", log) else { return nil }
        let syntax = CalendarSyntax(
            name: member.key, holidays: reader.word("holidays"), title: reader.word("title")?.value)
        reader.finish()
        return syntax
    }

    /// One expectation.
    func expectation(_ node: YAMLNode) -> ExpectationSyntax? {
        guard var reader = MappingReader(node, "an expectation", log) else { return nil }
        let id = reader.word("id", required: true)
        let whenNode = reader.node("when")
        let when = whenNode.flatMap { ConditionReader(log: log).read($0) }
        let within = reader.node("within")
        if within == nil {
            log.error(
                node.span, "an expectation lacks `within`", "add `within: {days: 5}`, or working days of a calendar")
        }
        let syntax = ExpectationSyntax(
            id: id ?? Spanned("", node.span), title: reader.word("title")?.value ?? id?.value ?? "",
            after: reader.word("after", required: true), when: when, owedBy: reader.word("owed-by", required: true),
            answeredBy: reader.words("answered-by", required: true) ?? [], within: within.flatMap(span),
            reminders: reader.items("remind").compactMap(span))
        reader.finish()
        return id == nil || (whenNode != nil && when == nil) ? nil : syntax
    }

    private func span(_ node: YAMLNode) -> SpanSyntax? {
        guard var reader = MappingReader(node, "a span of days", log) else { return nil }
        let syntax = SpanSyntax(
            days: reader.word("days"), workingDays: reader.word("working-days"), calendar: reader.word("calendar"),
            span: node.span)
        reader.finish()
        if (syntax.days == nil) == (syntax.workingDays == nil) {
            log.error(
                node.span, "a span is either days or working days",
                "write `{days: 5}` or `{working-days: 2, calendar: …}`")
            return nil
        }
        return syntax
    }
}
