import ConcordatTerms

/// Puts the sections of included files into the text, so that everything after it sees one text.
struct IncludeMerger {
    static let key = "include"
    static let endings = [".yaml", ".csv"]

    // Bound: files that include files, one inside the other.
    private static let depthMax = 4
    // Bound: files included in all.
    private static let filesMax = 32
    /// What only the protocol itself can say.
    private static let own: Set<String> = ["protocol", "title", "version", "mode", "period", "agreement"]

    let files: ProtocolFiles
    let log: ProblemLog
    private(set) var codelists: [String] = []
    /// Whether all that is included was read; if not, what is wrong with the rest would mostly be that it is not there.
    private(set) var isWhole = true
    private var order: [String] = []
    private var sections: [String: YAMLNode] = [:]
    private var keySpans: [String: SourceSpan] = [:]
    private var seen: [IncludePath: SourceSpan] = [:]

    init(files: ProtocolFiles, log: ProblemLog) { (self.files, self.log) = (files, log) }

    /// The text with everything it includes; the text itself when it includes nothing or is no mapping.
    mutating func merged(_ root: YAMLNode) -> YAMLNode {
        guard case .mapping(let members) = root.content, members.contains(where: { $0.key.value == Self.key }) else {
            return root
        }
        include(members, from: "", depth: 0)
        // Order matters: what is shared comes first, so that the text's own words are told as the doubled ones.
        for member in members where member.key.value != Self.key { take(member) }
        let joined = order.compactMap { name in
            sections[name].map { YAMLNode.Member(key: Spanned(name, keySpans[name] ?? root.span), value: $0) }
        }
        return YAMLNode(content: .mapping(joined), span: root.span)
    }

    private mutating func include(_ members: [YAMLNode.Member], from folder: String, depth: Int) {
        guard let list = members.first(where: { $0.key.value == Self.key })?.value,
            let names = MappingReader.words(list, Self.key, log)
        else {
            if members.contains(where: { $0.key.value == Self.key }) { isWhole = false }
            return
        }
        for name in names {
            guard let path = IncludePath(name.value, from: folder, endings: Self.endings) else {
                isWhole = false
                log.error(
                    name.span, "`\(name.value)` cannot be included",
                    "name a .yaml or .csv file in a folder beside the protocol's own, `../common/words.yaml`")
                continue
            }
            if let first = seen[path] {
                log.error(
                    name.span, "`\(path)` is included twice",
                    "it is first included in \(first.file), line \(first.line); take one of them out")
                continue
            }
            guard depth < Self.depthMax, seen.count < Self.filesMax else {
                isWhole = false
                log.error(
                    name.span, "too many files included",
                    "at most \(Self.filesMax), and \(Self.depthMax) one in another")
                return
            }
            seen[path] = name.span
            guard let bytes = files[path.description] else {
                isWhole = false
                log.error(
                    name.span, "there is no file `\(path)`",
                    "correct the path, or add the file; the rest is checked when it is there")
                continue
            }
            if path.description.hasSuffix(".csv") {
                codelists.append(path.description)
            } else {
                read(bytes, path, named: name.span, depth)
            }
        }
    }

    private mutating func read(_ bytes: [UInt8], _ path: IncludePath, named: SourceSpan, _ depth: Int) {
        guard let root = YAMLText(file: path.description, log: log).read(bytes) else { isWhole = false; return }
        guard case .mapping(let members) = root.content else {
            isWhole = false
            log.error(
                root.span, "an included file must be a mapping", "write sections of a protocol, `roles:` and so on")
            return
        }
        if members.contains(where: { $0.key.value == "protocol" }) {
            isWhole = false
            log.error(
                named, "`\(path)` is a protocol of its own and cannot be included",
                "put what both say into a file in a folder beside them, and include that in each")
            return
        }
        include(members, from: path.folder, depth: depth + 1)
        for member in members where member.key.value != Self.key {
            if Self.own.contains(member.key.value) {
                log.error(
                    member.key.span, "`\(member.key.value)` cannot be shared", "say it in the protocol.yaml of each")
            } else {
                take(member)
            }
        }
    }

    /// Joins a section to what is there of it already.
    private mutating func take(_ member: YAMLNode.Member) {
        let name = member.key.value
        guard let before = sections[name] else {
            order.append(name)
            sections[name] = member.value
            keySpans[name] = member.key.span
            return
        }
        switch (before.content, member.value.content) {
        case (.mapping(let first), .mapping(let second)):
            sections[name] = YAMLNode(content: .mapping(first + fresh(second, beside: first)), span: before.span)
        case (.sequence(let first), .sequence(let second)):
            sections[name] = YAMLNode(content: .sequence(first + second), span: before.span)
        default:
            log.error(
                member.key.span, "`\(name)` cannot be joined with that in \((keySpans[name] ?? before.span).file)",
                "say it in one place only")
        }
    }

    private func fresh(_ members: [YAMLNode.Member], beside others: [YAMLNode.Member]) -> [YAMLNode.Member] {
        let known = Dictionary(others.map { ($0.key.value, $0.key.span) }, uniquingKeysWith: { first, _ in first })
        return members.filter { member in
            guard let first = known[member.key.value] else { return true }
            log.error(
                member.key.span, "`\(member.key.value)` is said twice",
                "it is first said in \(first.file), line \(first.line); keep one of them")
            return false
        }
    }
}
