/// `protocol.yaml` from YAML to syntax: shapes, keys and kinds of value; names are looked up later.
struct ProtocolSyntaxReader {
    let log: ProblemLog

    func read(_ root: YAMLNode) -> ProtocolSyntax? {
        guard var reader = MappingReader(root, "the protocol", log) else { return nil }
        var syntax = ProtocolSyntax()
        syntax.id = reader.word("protocol", required: true)
        syntax.title = reader.word("title")?.value ?? ""
        syntax.version = reader.word("version", required: true)
        syntax.mode = reader.word("mode")
        syntax.period = period(reader.node("period"), reader.span)
        syntax.span = reader.span
        syntax.agreement = reader.node("agreement").flatMap(agreement)
        syntax.partyKinds = reader.entries("party-kinds").map { term($0, "a party kind", names: true) }
        syntax.roles = reader.entries("roles").map { term($0, "a role") }
        syntax.categories = reader.entries("categories").map(category)
        syntax.purposes = reader.entries("purposes").compactMap(purpose)
        syntax.flags = reader.entries("flags").compactMap(flag)
        syntax.capacities = reader.entries("capacities").compactMap(capacity)
        syntax.messages = reader.entries("messages").compactMap(message)
        syntax.consents = reader.items("consents").compactMap(consent)
        syntax.audience = reader.node("consent-shown-to").flatMap(audience)
        syntax.rules = reader.items("rules").compactMap(rule)
        syntax.guarantees = reader.items("guarantees").compactMap(guarantee)
        syntax.routes = reader.items("routes").compactMap(route)
        syntax.breakGlass = reader.node("break-glass").flatMap(breakGlass)
        syntax.markings = reader.words("markings") ?? []
        syntax.obligations = reader.items("obligations").compactMap(obligation)
        syntax.calendars = reader.entries("calendars").compactMap(calendar)
        syntax.expectations = reader.items("expectations").compactMap(expectation)
        for key in ["party-kinds", "roles", "categories", "purposes", "messages", "rules"] where reader.node(key) == nil
        {
            log.error(reader.span, "the protocol lacks `\(key)`", "add `\(key):` with at least one entry")
        }
        // What it includes is part of it by now; the key is still one an author may have meant.
        _ = reader.node(IncludeMerger.key)
        reader.finish()
        return syntax
    }

    private func period(_ node: YAMLNode?, _ span: SourceSpan) -> PeriodSyntax? {
        guard let node else {
            log.error(span, "the protocol lacks `period`", "add `period: {from: …, review: …, until: …}`")
            return nil
        }
        guard var reader = MappingReader(node, "the period", log) else { return nil }
        let period = PeriodSyntax(
            from: reader.word("from", required: true), review: reader.word("review", required: true),
            until: reader.word("until", required: true), span: node.span)
        reader.finish()
        return period
    }

    func term(_ member: YAMLNode.Member, _ what: String, names: Bool = false) -> TermSyntax {
        // Declared in any case: one wrong shape must not make every use of the name an error.
        guard var reader = MappingReader(member.value, what, log) else {
            return TermSyntax(name: member.key, title: member.key.value)
        }
        let title = title(&reader, member.key)
        let mustName = names ? reader.words("must-name") ?? [] : []
        reader.finish()
        return TermSyntax(name: member.key, title: title, mustName: mustName)
    }

    private func category(_ member: YAMLNode.Member) -> CategorySyntax {
        guard var reader = MappingReader(member.value, "a category", log) else {
            return CategorySyntax(name: member.key, title: member.key.value, within: nil)
        }
        let category = CategorySyntax(
            name: member.key, title: title(&reader, member.key), within: reader.word("within"),
            sensitive: reader.word("sensitive"))
        reader.finish()
        return category
    }

    private func purpose(_ member: YAMLNode.Member) -> PurposeSyntax? {
        guard var reader = MappingReader(member.value, "a purpose", log) else { return nil }
        let purpose = PurposeSyntax(
            name: member.key, title: title(&reader, member.key),
            basis: purposeParties(&reader), gateway: reader.words("gateway") ?? [],
            condition: pairs(&reader, "condition").map { ($0, $1) })
        if purpose.basis.isEmpty {
            log.error(
                member.key.span, "purpose `\(member.key.value)` has no basis for anyone",
                "add `basis: {kind: public-task}` for each kind of party that may send or receive for it")
        }
        reader.finish()
        return purpose
    }

    private func flag(_ member: YAMLNode.Member) -> FlagSyntax? {
        guard var reader = MappingReader(member.value, "a flag", log) else { return nil }
        let fields = reader.items("fields").compactMap { item -> FieldReference? in
            guard var inner = MappingReader(item, "a flag's field", log) else { return nil }
            let message = inner.word("message", required: true)
            let field = inner.word("field", required: true)
            inner.finish()
            guard let message, let field else { return nil }
            return FieldReference(message: message, field: field)
        }
        let flag = FlagSyntax(name: member.key, title: title(&reader, member.key), fields: fields)
        if fields.isEmpty {
            log.error(
                member.key.span, "flag `\(member.key.value)` has no fields",
                "add `fields: [{message: …, field: /…}]`; nothing else can set it")
        }
        reader.finish()
        return flag
    }

    private func consent(_ node: YAMLNode) -> ConsentSyntax? {
        guard var reader = MappingReader(node, "a consent clause", log) else { return nil }
        let id = reader.word("id", required: true)
        let syntax = ConsentSyntax(
            id: id ?? Spanned("", node.span), about: reader.words("about", required: true) ?? [],
            kinds: reader.words("kinds-of-consent", required: true) ?? [],
            recordedBy: reader.words("recorded-by", required: true) ?? [], neverBy: reader.words("never-by") ?? [],
            told: reader.word("told-right-to-withdraw"), givenBy: reader.words("given-by"),
            competentFrom: reader.word("competent-from"), guardianRoles: reader.words("guardian-roles"),
            neverGuardian: reader.words("never-guardian"), title: reader.word("title")?.value)
        reader.finish()
        return id == nil ? nil : syntax
    }

    private func audience(_ node: YAMLNode) -> AudienceSyntax? {
        guard var reader = MappingReader(node, "`consent-shown-to`", log) else { return nil }
        let audience = AudienceSyntax(
            recorder: reader.truth("recorder") ?? false, capacities: reader.words("capacities") ?? [],
            officers: reader.truth("officers") ?? false)
        reader.finish()
        return audience
    }

    /// Names with a word each, such as a purpose's basis by kind of party.
    func pairs(_ reader: inout MappingReader, _ key: String) -> [(Name, Name)] {
        reader.entries(key).compactMap { member in
            MappingReader.word(member.value, member.key.value, log).map { (member.key, $0) }
        }
    }

    /// The title, or the name itself.
    func title(_ reader: inout MappingReader, _ name: Name) -> String { reader.word("title")?.value ?? name.value }
}
