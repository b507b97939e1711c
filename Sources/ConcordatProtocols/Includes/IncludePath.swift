import ConcordatTerms

/// A file that several protocols share, as one of them names it: beside its own directory, and nowhere else.
///
/// Paths are relative to the protocol's directory, `../common/words.yaml`. One step up is all there is, so that a protocol
/// can be handed on with the folders beside it and never reaches into anything else of a machine.
package struct IncludePath: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// `../` and one or more folders and a file, each a plain name.
    package let description: String

    // Bound: parts of a path, the file included.
    private static let partsMax = 6

    /// The path that `text` names from a file in `folder` (empty for the protocol's directory itself).
    ///
    /// Nil when it leads anywhere but into a folder beside the protocol's directory, or to a file of another ending.
    package init?(_ text: String, from folder: String, endings: [String]) {
        guard !text.hasPrefix("/"), endings.contains(where: text.hasSuffix) else { return nil }
        // Steps down from the directory that holds the protocol's; nil in front stands for the protocol's own.
        var place: [Substring?] = folder.hasPrefix("../") ? [] : [nil]
        place += folder.split(separator: "/").filter { $0 != ".." }.map { Optional($0) }
        for part in text.split(separator: "/", omittingEmptySubsequences: false) {
            if part == ".." {
                guard !place.isEmpty else { return nil }
                place.removeLast()
                continue
            }
            guard IdentifierGrammar.accepts(String(part)), part.first != "." else { return nil }
            place.append(part)
        }
        let parts = place.compactMap { $0 }
        guard parts.count == place.count, (2...Self.partsMax).contains(parts.count) else { return nil }
        description = "../" + parts.joined(separator: "/")
    }

    /// The folder the file lies in, for what it names itself.
    package var folder: String { String(description[..<(description.lastIndex(of: "/") ?? description.startIndex)]) }

    package static func < (left: IncludePath, right: IncludePath) -> Bool { left.description < right.description }
}
