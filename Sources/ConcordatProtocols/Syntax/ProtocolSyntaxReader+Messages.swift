extension ProtocolSyntaxReader {
    /// A capacity, in its short form (`granted-by`, `to`) or with lists of grants and ends.
    func capacity(_ member: YAMLNode.Member) -> CapacitySyntax? {
        guard var reader = MappingReader(member.value, "a capacity", log) else { return nil }
        var capacity = CapacitySyntax(
            name: member.key, title: title(&reader, member.key), kinds: reader.words("kinds"),
            isExclusive: reader.truth("exclusive") ?? false,
            grants: reader.items("grants").compactMap { move($0, holderKey: "to", "a grant") },
            ends: reader.items("ends").compactMap { move($0, holderKey: "of", "an end") })
        let by = reader.word("granted-by")
        let to = reader.word("to")
        let field = reader.word("field")
        if let by {
            let holder = to ?? field.map { Spanned("field", $0.span) }
            if let holder {
                capacity.grants.append(MoveSyntax(message: by, holder: holder, field: field, when: nil))
            } else {
                log.error(by.span, "`granted-by` without `to`", "add `to: sender`, `to: recipient` or `field: /…`")
            }
        } else if let stray = to ?? field {
            log.error(
                stray.span, "`to` or `field` without `granted-by`", "add `granted-by: <message>`, or use `grants`")
        }
        if capacity.grants.isEmpty, by == nil {
            log.error(
                member.key.span, "capacity `\(member.key.value)` is granted by no message",
                "add `granted-by` or `grants`; a party never holds a capacity by its own word")
        }
        reader.finish()
        return capacity
    }

    private func move(_ node: YAMLNode, holderKey: String, _ what: String) -> MoveSyntax? {
        guard var reader = MappingReader(node, what, log) else { return nil }
        let message = reader.word("message", required: true)
        let holder = reader.word(holderKey)
        let field = reader.word("field")
        let whenNode = reader.node("when")
        let when = whenNode.flatMap { ConditionReader(log: log).read($0) }
        reader.finish()
        let named = holder ?? field.map { Spanned("field", $0.span) }
        guard let named else {
            log.error(node.span, "\(what) lacks `\(holderKey)`", "add `\(holderKey): sender`, `recipient` or `field`")
            return nil
        }
        // A condition that cannot be read must not become no condition.
        guard let message, whenNode == nil || when != nil else { return nil }
        return MoveSyntax(message: message, holder: named, field: field, when: when)
    }

    /// One kind of message.
    func message(_ member: YAMLNode.Member) -> MessageSyntax? {
        guard var reader = MappingReader(member.value, "a message", log) else { return nil }
        let message = MessageSyntax(
            name: member.key, title: title(&reader, member.key), schema: reader.word("schema", required: true),
            type: reader.word("type", required: true), from: reader.words("from", required: true) ?? [],
            fromCapacity: reader.words("from-capacity"), to: reader.words("to", required: true) ?? [],
            toCapacity: reader.words("to-capacity"), purposes: reader.words("for", required: true) ?? [],
            opens: reader.word("opens"), asks: reader.word("asks"), answers: reader.word("answers"),
            expires: reader.word("expires"), keep: pairs(&reader, "keep").map { ($0, $1) },
            mayRestate: restated(&reader))
        reader.finish()
        return message
    }

    /// `may-restate`: categories, or `none`.
    private func restated(_ reader: inout MappingReader) -> [Name]? {
        if let node = reader.node("may-restate"), case .scalar("none", _) = node.content { return [] }
        return reader.words("may-restate")
    }

    /// One rule: exactly one of `permit`, `prohibit`, `refuse`, `hold`.
    func rule(_ node: YAMLNode) -> RuleSyntax? {
        guard var reader = MappingReader(node, "a rule", log) else { return nil }
        let id = reader.word("id", required: true)
        let effects = effects(&reader)
        let whenNode = reader.node("when")
        let when = whenNode.flatMap { ConditionReader(log: log).read($0) }
        let syntax = RuleSyntax(
            id: id ?? Spanned("", node.span), title: reader.word("title")?.value ?? id?.value ?? "",
            effect: effects.first?.0 ?? .refuseMessage, effectSpan: effects.first?.1 ?? node.span,
            messages: reader.words("messages"), about: reader.words("about"), from: reader.words("from"),
            fromCapacity: reader.words("from-capacity"), to: reader.words("to"),
            toCapacity: reader.words("to-capacity"), purposes: reader.words("for"), consent: reader.word("consent"),
            consentOf: reader.words("consent-of"), consentKinds: reader.words("consent-kind"),
            action: reader.word("as"), when: when,
            except: reader.words("except"), isSilent: reader.truth("silent") ?? false,
            tell: reader.words("tell", orOne: true) ?? [], yieldsTo: reader.words("yields-to") ?? [])
        reader.finish()
        guard id != nil, effects.count == 1, whenNode == nil || when != nil else { return nil }
        return syntax
    }

    private func effects(_ reader: inout MappingReader) -> [(RuleSyntax.Effect, SourceSpan)] {
        var found: [(RuleSyntax.Effect, SourceSpan)] = []
        if reader.node("permit") != nil {
            found.append((.permit(reader.words("permit") ?? []), reader.keySpan("permit")))
        }
        if let node = reader.node("prohibit") {
            if case .scalar("all", _) = node.content {
                found.append((.prohibitAll, reader.keySpan("prohibit")))
            } else {
                found.append((.prohibit(reader.words("prohibit") ?? []), reader.keySpan("prohibit")))
            }
        }
        if let word = reader.word("refuse") {
            if word.value != "message" {
                log.error(word.span, "`refuse: \(word.value)` is not known", "only `refuse: message` can be said")
            }
            found.append((.refuseMessage, reader.keySpan("refuse")))
        }
        if let word = reader.word("hold") {
            if word.value != "message" {
                log.error(word.span, "`hold: \(word.value)` is not known", "only `hold: message` can be said")
            }
            let hold = HoldSyntax(
                until: reader.word("until", required: true), atMost: reader.word("at-most", required: true),
                then: reader.word("then", required: true))
            found.append((.hold(hold), reader.keySpan("hold")))
        }
        if found.count != 1 {
            log.error(
                reader.span, found.isEmpty ? "a rule without an effect" : "a rule with more than one effect",
                "use exactly one of permit, prohibit, refuse, hold")
        }
        return found
    }

    /// One guarantee.
    func guarantee(_ node: YAMLNode) -> GuaranteeSyntax? {
        guard var reader = MappingReader(node, "a guarantee", log) else { return nil }
        let id = reader.word("id", required: true)
        let title = reader.word("title")?.value ?? id?.value ?? ""
        let never = reader.node("never")
        reader.finish()
        guard let never else {
            log.error(node.span, "a guarantee lacks `never`", "add `never: {categories: […], to: […]}`")
            return nil
        }
        guard var inner = MappingReader(never, "`never`", log) else { return nil }
        var categories: [Name]?
        if let node = inner.node("categories") {
            if case .scalar("all", _) = node.content {
                categories = nil
            } else {
                categories = MappingReader.words(node, "categories", log) ?? []
            }
        } else {
            log.error(never.span, "`never` lacks `categories`", "add `categories: […]` or `categories: all`")
            categories = []
        }
        let whenNode = inner.node("when")
        let when = whenNode.flatMap { ConditionReader(log: log).read($0) }
        let syntax = GuaranteeSyntax(
            id: id ?? Spanned("", node.span), title: title, categories: categories, about: inner.words("about"),
            to: inner.words("to"), from: inner.words("from"), toCapacityNot: inner.words("to-capacity-not"),
            withoutConsent: inner.truth("without-consent") ?? false, except: inner.words("except") ?? [],
            exceptGrounds: inner.words("except-grounds") ?? [], messages: inner.words("messages"),
            purposes: inner.words("for"), when: when)
        inner.finish()
        return id == nil || (whenNode != nil && when == nil) ? nil : syntax
    }
}
