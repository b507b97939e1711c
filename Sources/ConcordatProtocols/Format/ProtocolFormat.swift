import ConcordatJSON

/// The canonical layout of a protocol's YAML: `protocol fmt`.
///
/// Changes layout alone: indentation, spaces, quotes that are not needed, lines over 120 columns, blank lines, and the order
/// of keys within a rule or another numbered clause. The choice between `{flow}` and block is the author's until a line is
/// too long. Comments stay with what they stand over or behind. What comes out is read again and compared: if it did not
/// mean the same, or a comment was lost, nothing is written.
package enum ProtocolFormat {
    /// Columns of a line.
    package static let widthMax = 120

    /// Why a file is left as it is.
    package enum Refusal: Error, Equatable, CustomStringConvertible {
        /// It is no YAML that a protocol may be written in; `protocol check` says why.
        case unreadable(line: Int)
        /// A comment inside `{…}` or `[…]` has no place in one line.
        case commentInFlow(line: Int)
        /// The new text would not mean the same. A defect of the formatter, met before anything was written.
        case wouldChange

        package var description: String {
            switch self {
            case .unreadable(let line): "line \(line): this cannot be read; see `concordat protocol check`"
            case .commentInFlow(let line): "line \(line): a comment inside `{…}` or `[…]`; put it on the line above"
            case .wouldChange: "the new layout would not mean the same; the file is left as it is"
            }
        }
    }

    /// The files of a protocol that have a canonical layout, those it includes among them; sorted.
    package static func paths(in files: ProtocolFiles) -> [String] {
        files.contents.keys.filter { path in
            path == ProtocolDirectory.textName
                || path.hasSuffix(".yaml") && (["parties/", "prohibitions/", "../"].contains { path.hasPrefix($0) })
        }.sorted()
    }

    /// The file in its canonical layout. Formatting that again changes nothing.
    package static func format(_ bytes: [UInt8], file: String) -> Result<[UInt8], Refusal> {
        let log = ProblemLog(ProtocolFiles([file: bytes]))
        guard let root = YAMLText(file: file, log: log).read(bytes), let text = String(validating: bytes, as: UTF8.self)
        else { return .failure(.unreadable(line: log.problems().errors.first?.line ?? 1)) }
        let source = LayoutSource(text: text, root: root)
        if let line = source.commentInFlow { return .failure(.commentInFlow(line: line)) }
        var writer = LayoutWriter(source: source)
        let result = Array(writer.write(root).utf8)
        guard isSame(root, source, result, file) else { return .failure(.wouldChange) }
        return .success(result)
    }

    private static func isSame(_ root: YAMLNode, _ source: LayoutSource, _ bytes: [UInt8], _ file: String) -> Bool {
        let log = ProblemLog(ProtocolFiles([file: bytes]))
        guard let again = YAMLText(file: file, log: log).read(bytes),
            let text = String(validating: bytes, as: UTF8.self)
        else { return false }
        let comments = LayoutSource(text: text, root: again).comments
        guard comments.map(\.text).sorted() == source.comments.map(\.text).sorted(),
            let before = try? ProtocolDigest.json(root).canonical(requiringExactNumbers: false),
            let after = try? ProtocolDigest.json(again).canonical(requiringExactNumbers: false)
        else { return false }
        return before == after
    }
}
