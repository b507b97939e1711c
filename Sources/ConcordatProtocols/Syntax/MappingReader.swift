/// Reads the members of one mapping by name; `finish` reports the keys nobody asked for.
struct MappingReader {
    let span: SourceSpan
    let what: String
    private let log: ProblemLog
    private let members: [YAMLNode.Member]
    private var asked: Set<String> = []

    /// Nil, with an error, when the node is no mapping. `what` names it in messages: `a rule`.
    init?(_ node: YAMLNode, _ what: String, _ log: ProblemLog) {
        guard case .mapping(let members) = node.content else {
            log.error(node.span, "\(what) must be a mapping, not \(node.kindName)", "write `key: value` lines")
            return nil
        }
        (span, self.what, self.log, self.members) = (node.span, what, log, members)
    }

    /// The value under a key.
    mutating func node(_ key: String) -> YAMLNode? {
        asked.insert(key)
        return members.first { $0.key.value == key }?.value
    }

    /// Where a key stands; the mapping itself when it is not there.
    func keySpan(_ key: String) -> SourceSpan { members.first { $0.key.value == key }?.key.span ?? span }

    /// A word; with `required`, its absence is an error.
    mutating func word(_ key: String, required: Bool = false) -> Spanned<String>? {
        guard let node = node(key) else {
            if required { log.error(span, "\(what) lacks `\(key)`", "add `\(key): …`") }
            return nil
        }
        return MappingReader.word(node, key, log)
    }

    /// A list of words; nil when the key is not there.
    mutating func words(_ key: String, required: Bool = false, orOne: Bool = false) -> [Spanned<String>]? {
        guard let node = node(key) else {
            if required { log.error(span, "\(what) lacks `\(key)`", "add `\(key): […]`") }
            return nil
        }
        if orOne, case .scalar = node.content { return MappingReader.word(node, key, log).map { [$0] } }
        return MappingReader.words(node, key, log)
    }

    /// True or false; nil when the key is not there.
    mutating func truth(_ key: String) -> Bool? {
        guard let node = node(key) else { return nil }
        if case .scalar(let text, true) = node.content, let truth = ["true": true, "false": false][text] {
            return truth
        }
        log.error(node.span, "`\(key)` must be true or false", "write `\(key): true` or leave it out")
        return nil
    }

    /// A mapping from names to anything, in the order of the text; empty when the key is not there.
    mutating func entries(_ key: String) -> [YAMLNode.Member] {
        guard let node = node(key) else { return [] }
        guard case .mapping(let members) = node.content else {
            log.error(node.span, "`\(key)` must be a mapping, not \(node.kindName)", "write `name: …` lines under it")
            return []
        }
        return members
    }

    /// A list of anything; empty when the key is not there.
    mutating func items(_ key: String) -> [YAMLNode] {
        guard let node = node(key) else { return [] }
        guard case .sequence(let items) = node.content else {
            log.error(node.span, "`\(key)` must be a list, not \(node.kindName)", "begin each item with `- `")
            return []
        }
        return items
    }

    /// Reports every key that nothing asked for.
    func finish() {
        for member in members where !asked.contains(member.key.value) {
            log.error(
                member.key.span, "unknown key `\(member.key.value)` in \(what)",
                NearestName.advice(for: member.key.value, among: asked, declare: "take it out"))
        }
    }

    static func word(_ node: YAMLNode, _ key: String, _ log: ProblemLog) -> Spanned<String>? {
        guard case .scalar(let text, _) = node.content, !node.isNothing else {
            log.error(node.span, "`\(key)` must be a word, not \(node.kindName)", "write `\(key): …` on one line")
            return nil
        }
        guard text.unicodeScalars.contains(where: isVisible) else {
            log.error(node.span, "`\(key)` says nothing", "write it out, or take the key out where it may be left out")
            return nil
        }
        return Spanned(text, node.span)
    }

    /// Spaces of any script and signs that print nothing say nothing.
    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        guard !scalar.properties.isWhitespace, !scalar.properties.isDefaultIgnorableCodePoint else { return false }
        switch scalar.properties.generalCategory {
        case .control, .format, .unassigned, .surrogate: return false
        default: return true
        }
    }

    static func words(_ node: YAMLNode, _ key: String, _ log: ProblemLog) -> [Spanned<String>]? {
        guard case .sequence(let items) = node.content else {
            log.error(node.span, "`\(key)` must be a list, not \(node.kindName)", "write `\(key): [one, two]`")
            return nil
        }
        if items.isEmpty { log.error(node.span, "`\(key)` is an empty list", "name something, or leave the key out") }
        var firsts: Set<String> = []
        return items.compactMap { item in
            guard let word = word(item, key, log) else { return nil }
            guard firsts.insert(word.value).inserted else {
                log.error(word.span, "`\(word.value)` is named twice in `\(key)`", "name it once")
                return nil
            }
            return word
        }
    }
}
