extension ProtocolSyntaxReader {
    /// The `agreement` block.
    func agreement(_ node: YAMLNode) -> AgreementSyntax? {
        guard var reader = MappingReader(node, "the agreement", log) else { return nil }
        var agreement = AgreementSyntax(span: node.span, title: reader.word("title"))
        for section in AgreementSection.allCases {
            agreement.texts[section] = reader.word(section.rawValue)
        }
        agreement.benefits = reader.words("benefits") ?? []
        agreement.stages = reader.items("stages").compactMap { item in
            guard var inner = MappingReader(item, "a stage", log) else { return nil }
            let (title, text) = (inner.word("title", required: true), inner.word("text", required: true))
            inner.finish()
            guard let title, let text else { return nil }
            return (title, text)
        }
        if let node = reader.node("impact-assessment") {
            agreement.impactAssessment = document(node, "the impact assessment", dated: true)
        } else {
            log.error(
                node.span, "the agreement lacks `impact-assessment`",
                "add `impact-assessment: {reference: …, date: …, held-by: …}`; no data is shared that nobody has assessed"
            )
        }
        agreement.policyDocuments = reader.items("policy-documents").compactMap {
            document($0, "a policy document", dated: false)
        }
        agreement.board = reader.node("board").flatMap(board)
        agreement.extensionTerms = reader.node("extension").flatMap(extensionTerms)
        reader.finish()
        return agreement
    }

    private func document(_ node: YAMLNode, _ what: String, dated: Bool) -> DocumentSyntax? {
        guard var reader = MappingReader(node, what, log) else { return nil }
        let document = DocumentSyntax(
            span: node.span, title: reader.word("title"), reference: reader.word("reference", required: true),
            date: reader.word("date", required: dated), heldBy: reader.word("held-by", required: dated))
        reader.finish()
        return document
    }

    private func board(_ node: YAMLNode) -> BoardSyntax? {
        guard var reader = MappingReader(node, "the board", log) else { return nil }
        let board = BoardSyntax(
            members: reader.words("members", required: true) ?? [], quorum: reader.word("quorum", required: true),
            decides: reader.word("decides", required: true))
        reader.finish()
        return board
    }

    private func extensionTerms(_ node: YAMLNode) -> ExtensionSyntax? {
        guard var reader = MappingReader(node, "the extension", log) else { return nil }
        let terms = ExtensionSyntax(
            days: reader.word("days", required: true), quorum: reader.word("quorum", required: true))
        reader.finish()
        return terms
    }

    /// A purpose's `basis`: a word by kind, or all that is to be said of that kind.
    func purposeParties(_ reader: inout MappingReader) -> [PurposePartySyntax] {
        reader.entries("basis").compactMap { member in
            guard case .mapping = member.value.content else {
                return MappingReader.word(member.value, member.key.value, log).map {
                    PurposePartySyntax(kind: member.key, basis: $0)
                }
            }
            guard var inner = MappingReader(member.value, "a kind's part in a purpose", log) else { return nil }
            let basis = inner.word("basis", required: true)
            var party = PurposePartySyntax(
                kind: member.key, basis: basis ?? member.key, controller: inner.word("controller"),
                onBehalfOf: inner.word("on-behalf-of"), competent: inner.truth("competent"),
                conditions: inner.words("condition", orOne: true) ?? [],
                gateway: inner.words("gateway", orOne: true) ?? [])
            if let regime = inner.node("regime") { readRegime(regime, into: &party) }
            inner.finish()
            return basis == nil ? nil : party
        }
    }

    /// One word for both ways, or one for each.
    private func readRegime(_ node: YAMLNode, into party: inout PurposePartySyntax) {
        if case .scalar = node.content {
            let word = MappingReader.word(node, "regime", log)
            (party.sending, party.receiving) = (word, word)
            return
        }
        guard var reader = MappingReader(node, "the regime", log) else { return }
        party.sending = reader.word("sending", required: true)
        party.receiving = reader.word("receiving", required: true)
        reader.finish()
    }

    /// A party's file.
    func party(_ root: YAMLNode) -> PartySyntax? {
        guard var reader = MappingReader(root, "a party", log) else { return nil }
        let name = reader.word("party", required: true)
        let kind = reader.word("kind", required: true)
        let (title, host) = (reader.word("title"), reader.word("host"))
        let offices = ["signatory", "officer", "lead"].map { key in reader.node(key).flatMap { office($0, key) } }
        let party = PartySyntax(
            name: name ?? Spanned("", root.span), kind: kind ?? Spanned("", root.span), title: title,
            specialities: reader.words("specialities") ?? [], host: host, legalName: reader.word("legal-name"),
            controller: reader.word("controller"), onBehalfOf: reader.word("on-behalf-of"),
            competent: reader.truth("competent-authority"), signatory: offices[0], officer: offices[1],
            lead: offices[2], responsibilities: reader.words("responsibilities") ?? [],
            offers: reader.words("offers") ?? [], contacts: pairs(&reader, "contacts").map { ($0, $1) })
        reader.finish()
        return name == nil || kind == nil ? nil : party
    }

    private func office(_ node: YAMLNode, _ key: String) -> OfficeSyntax? {
        guard var reader = MappingReader(node, "`\(key)`", log) else { return nil }
        let office = OfficeSyntax(
            office: reader.word("office", required: true), email: reader.word("email", required: true),
            person: reader.word("person"))
        reader.finish()
        return office
    }
}
