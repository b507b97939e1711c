import ConcordatTerms

/// `expect.yaml`: what must come of each message.
struct CaseExpectation: Sendable {
    struct Message: Sendable {
        let id: Name
        let recipients: [Recipient]
        let state: State?
    }

    struct Recipient: Sendable {
        let party: Name
        let answer: Name
        let code: Name?
        let clause: Name?
        let tell: [Name]?
        let kept: [Name]
        let cut: [Name]
        let silent: [Name]
        let transformed: [(pointer: Name, action: Name)]
        let withheld: [Name]?
        let masked: [Name]?
        let notSupplied: [Name]?
        let document: Name?
        let wait: Wait?
    }

    /// What a held message waits for.
    struct Wait: Sendable {
        let until: Name?
        let atMost: Name?
        let then: Name?
    }

    struct State: Sendable {
        let capacities: [(party: Name, held: [Name])]
        let flags: [(flag: Name, values: [Name])]
        let openRequests: [Name]?
        let due: [Due]?
    }

    /// An answer that somebody owes in the case.
    struct Due: Sendable {
        let clause: Name
        /// The last day in time.
        let by: Name
        /// A party, or the capacity whose holder owes it.
        let owedBy: Name?
        /// The days on which to remind, in order.
        let remind: [Name]?
    }

    /// What the case is there to show, by number: `P4`.
    let needs: [Name]
    let messages: [Message]
    let span: SourceSpan
}

/// Reads `expect.yaml`. A list may be empty here: it then says that there is nothing.
struct ExpectationReader {
    let log: ProblemLog

    func read(_ bytes: [UInt8], file: String) -> CaseExpectation? {
        guard let root = YAMLText(file: file, log: log).read(bytes),
            var reader = MappingReader(root, "the expectation", log)
        else { return nil }
        let needs = needs(&reader)
        let messages = reader.items("messages").compactMap(message)
        reader.finish()
        if messages.isEmpty { log.error(root.span, "nothing is expected", "add `messages:` with one entry a message") }
        return CaseExpectation(needs: needs, messages: messages, span: root.span)
    }

    private func needs(_ reader: inout MappingReader) -> [Name] {
        let needs = reader.words("needs", required: true) ?? []
        for need in needs where !Self.isNeed(need.value) {
            log.error(
                need.span, "`\(need.value)` is not the number of a need", "write it as one capital and a number: P4")
        }
        return needs
    }

    /// One capital and a number of at most three digits.
    private static func isNeed(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard (2...4).contains(bytes.count), (0x41...0x5A).contains(bytes[0]) else { return false }
        return bytes.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }

    private func message(_ node: YAMLNode) -> CaseExpectation.Message? {
        guard var reader = MappingReader(node, "an expected message", log) else { return nil }
        let id = reader.word("id", required: true)
        let recipients = reader.entries("recipients").compactMap(recipient)
        let state = reader.node("case").flatMap(state)
        reader.finish()
        return id.map { CaseExpectation.Message(id: $0, recipients: recipients, state: state) }
    }

    private func recipient(_ member: YAMLNode.Member) -> CaseExpectation.Recipient? {
        guard var reader = MappingReader(member.value, "an expected answer", log) else { return nil }
        let answer = reader.word("answer", required: true)
        let transformed = reader.entries("transformed").compactMap { entry in
            MappingReader.word(entry.value, entry.key.value, log).map { (entry.key, $0) }
        }
        let recipient = CaseExpectation.Recipient(
            party: member.key, answer: answer ?? member.key, code: reader.word("code"), clause: reader.word("clause"),
            tell: words(&reader, "tell"), kept: words(&reader, "kept") ?? [], cut: words(&reader, "cut") ?? [],
            silent: words(&reader, "silent") ?? [], transformed: transformed,
            withheld: words(&reader, "withheld"), masked: words(&reader, "masked"),
            notSupplied: words(&reader, "not-supplied"), document: reader.word("document"),
            wait: reader.node("wait").flatMap(wait))
        reader.finish()
        guard let answer else { return nil }
        guard ["share", "hold", "withhold", "refuse"].contains(answer.value) else {
            log.error(answer.span, "unknown answer `\(answer.value)`", "write share, hold, withhold or refuse")
            return nil
        }
        checkPointers(recipient)
        return recipient
    }

    private func wait(_ node: YAMLNode) -> CaseExpectation.Wait? {
        guard var reader = MappingReader(node, "the expected wait", log) else { return nil }
        let wait = CaseExpectation.Wait(
            until: reader.word("until"), atMost: reader.word("at-most"), then: reader.word("then"))
        reader.finish()
        if let time = wait.atMost, ValueChecker.duration(time.value) == nil {
            log.error(time.span, "`\(time.value)` is no time", "write days or hours, `P7D` or `PT36H`")
        }
        return wait
    }

    private func checkPointers(_ recipient: CaseExpectation.Recipient) {
        let lists = [recipient.withheld, recipient.masked, recipient.notSupplied].compactMap { $0 }
        let all = recipient.kept + recipient.cut + recipient.silent + recipient.transformed.map(\.pointer)
        for pointer in all + lists.flatMap({ $0 }) where JSONPointer(pointer.value)?.tokens.isEmpty ?? true {
            log.error(pointer.span, "`\(pointer.value)` is no pointer", "write it as `/people/0/name`")
        }
    }

    private func state(_ node: YAMLNode) -> CaseExpectation.State? {
        guard var reader = MappingReader(node, "the expected case", log) else { return nil }
        let capacities = reader.entries("capacities").map { ($0.key, items($0.value, $0.key.value)) }
        let flags = reader.entries("flags").map { ($0.key, items($0.value, $0.key.value)) }
        let state = CaseExpectation.State(
            capacities: capacities, flags: flags, openRequests: words(&reader, "open-requests"),
            due: reader.node("due").map(dues))
        reader.finish()
        return state
    }

    private func dues(_ node: YAMLNode) -> [CaseExpectation.Due] {
        guard case .sequence(let items) = node.content else {
            log.error(node.span, "`due` must be a list, not \(node.kindName)", "write `due: []`, or begin with `- `")
            return []
        }
        return items.compactMap(due)
    }

    private func due(_ node: YAMLNode) -> CaseExpectation.Due? {
        guard var reader = MappingReader(node, "an answer that is due", log) else { return nil }
        let clause = reader.word("clause", required: true)
        let by = reader.word("by", required: true)
        let owedBy = reader.word("owed-by")
        let remind = words(&reader, "remind")
        reader.finish()
        guard let clause, let by else { return nil }
        for day in [by] + (remind ?? []) where CivilDate(day.value) == nil {
            log.error(day.span, "`\(day.value)` is not a date", "write it as 2026-05-04; the day must exist")
        }
        return CaseExpectation.Due(clause: clause, by: by, owedBy: owedBy, remind: remind)
    }

    private func words(_ reader: inout MappingReader, _ key: String) -> [Name]? {
        reader.node(key).map { items($0, key) }
    }

    private func items(_ node: YAMLNode, _ key: String) -> [Name] {
        if case .sequence(let items) = node.content, items.isEmpty { return [] }
        return MappingReader.words(node, key, log) ?? []
    }
}
