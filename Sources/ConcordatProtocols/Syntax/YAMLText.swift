import Yams

/// Bytes to ``YAMLNode``: one document, UTF-8, at most 1 MiB, at most 64 deep; anchors, aliases, tags and merge keys refused.
struct YAMLText {
    // Bound: lists and mappings open at once.
    private static let depthMax = 64

    let file: String
    let log: ProblemLog

    /// The document of the file; nil when it cannot be read, which is then in the log.
    func read(_ bytes: [UInt8]) -> YAMLNode? {
        let start = SourceSpan.start(of: file)
        guard bytes.count <= ProtocolFiles.fileBytesMax else {
            log.error(start, "file is larger than 1 MiB", "split it, or take out what is not needed")
            return nil
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            log.error(start, "file is not utf-8", "save it as utf-8")
            return nil
        }
        do {
            let parser = try Parser(yaml: text, encoding: .utf8)
            guard let root = try parser.singleRoot() else {
                log.error(start, "file is empty", "write one yaml document into it")
                return nil
            }
            // Order matters: anchors are held weakly; the parser must outlive the walk.
            return withExtendedLifetime(parser) { convert(root, depth: 0, isKey: false) }
        } catch let error as YamlError {
            note(error, text)
        } catch {
            log.error(start, "not readable as yaml", "check the indentation and the quotes")
        }
        return nil
    }

    private func convert(_ node: Node, depth: Int, isKey: Bool) -> YAMLNode? {
        let span = span(node.mark)
        guard depth <= Self.depthMax else {
            log.error(span, "nested deeper than \(Self.depthMax)", "flatten this part")
            return nil
        }
        // Order matters: an anchor is met before any alias of it, so a tree that doubles is never walked.
        guard node.anchor == nil else {
            log.error(span, "anchors and aliases are not taken", "write the value out where it is used")
            return nil
        }
        switch node {
        case .alias:
            log.error(span, "anchors and aliases are not taken", "write the value out where it is used")
            return nil
        case .scalar(let scalar):
            guard !isTagged(scalar, isKey: isKey) else { return refuseTag(span) }
            return YAMLNode(
                content: .scalar(scalar.string, isPlain: scalar.style == .plain), span: span,
                layout: layout(scalar.style))
        case .sequence(let sequence):
            guard sequence.tag.rawValue.isEmpty else { return refuseTag(span) }
            var items: [YAMLNode] = []
            for item in sequence {
                guard let item = convert(item, depth: depth + 1, isKey: false) else { return nil }
                items.append(item)
            }
            return YAMLNode(content: .sequence(items), span: span)
        case .mapping(let mapping):
            guard mapping.tag.rawValue.isEmpty else { return refuseTag(span) }
            return members(of: mapping, depth: depth).map { YAMLNode(content: .mapping($0), span: span) }
        }
    }

    private func layout(_ style: Node.Scalar.Style) -> YAMLNode.Layout {
        switch style {
        case .any, .plain: .plain
        case .singleQuoted: .single
        case .doubleQuoted: .double
        case .folded: .folded
        case .literal: .literal
        }
    }

    private func members(of mapping: Node.Mapping, depth: Int) -> [YAMLNode.Member]? {
        var members: [YAMLNode.Member] = []
        var firsts: [String: SourceSpan] = [:]
        for (key, value) in mapping {
            guard let keyNode = convert(key, depth: depth + 1, isKey: true) else { return nil }
            guard case .scalar(let name, let isPlain) = keyNode.content else {
                log.error(keyNode.span, "a key must be a word", "put the key before a colon on one line")
                return nil
            }
            guard !(isPlain && name == "<<") else {
                log.error(keyNode.span, "merge keys are not taken", "write the members out where they are used")
                return nil
            }
            if let first = firsts[name] {
                log.error(keyNode.span, "duplicate key `\(name)`", "it is first used in line \(first.line); keep one")
                continue
            }
            firsts[name] = keyNode.span
            guard let valueNode = convert(value, depth: depth + 1, isKey: false) else { return nil }
            members.append(YAMLNode.Member(key: Spanned(name, keyNode.span), value: valueNode))
        }
        return members
    }

    /// Quoted scalars always carry the string tag, and keys are resolved by the parser; any other tag was written out.
    private func isTagged(_ scalar: Node.Scalar, isKey: Bool) -> Bool {
        let tag = scalar.tag.rawValue
        if tag.isEmpty { return false }
        if isKey { return !tag.hasPrefix("tag:yaml.org,2002:") }
        return scalar.style == .plain || tag != "tag:yaml.org,2002:str"
    }

    private func refuseTag(_ span: SourceSpan) -> YAMLNode? {
        log.error(span, "yaml tags are not taken", "leave the tag out; quote the value if it must be text")
        return nil
    }

    private func span(_ mark: Mark?) -> SourceSpan {
        SourceSpan(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1)
    }

    /// The first character that YAML does not take (YAML 1.2.2, 5.1), and its number.
    private func unprintable(_ text: String) -> (SourceSpan, String) {
        var (line, column) = (1, 1)
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0x0A: (line, column) = (line + 1, 1)
            case 0x09, 0x0D, 0x20...0x7E, 0x85, 0xA0...0xD7FF, 0xE000...0xFFFD, 0x1_0000...0x10_FFFF: column += 1
            default:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                let code = "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
                return (SourceSpan(file: file, line: line, column: column), ", \(code)")
            }
        }
        return (.start(of: file), "")
    }

    private func note(_ error: YamlError, _ text: String) {
        let advice = "check the indentation, the quotes and the colons before this place"
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _):
            if problem.contains("nesting level") {
                log.error(span(mark), "nested deeper than \(Self.depthMax)", "flatten this part")
            } else {
                log.error(span(mark), "not yaml: \(problem)", advice)
            }
        case .composer(_, let problem, let mark, _):
            if problem.contains("another document") {
                log.error(span(mark), "more than one yaml document", "keep one document a file; take out the `---`")
            } else {
                log.error(span(mark), "anchors and aliases are not taken", "write the value out where it is used")
            }
        case .duplicatedKeysInMapping(let names, let context):
            for name in names {
                let span = YAMLDuplicate.second(of: name, after: context.mark, in: text, file: file)
                log.error(span, "duplicate key `\(name)`", "keep one of them; the rest of this file was not checked")
            }
        case .reader:
            let (place, code) = unprintable(text)
            log.error(place, "not yaml: a control character\(code)", "take it out, or write it as an escape in quotes")
        case .no, .memory, .writer, .emitter, .representer, .dataCouldNotBeDecoded:
            log.error(.start(of: file), "not readable as yaml", advice)
        }
    }
}
