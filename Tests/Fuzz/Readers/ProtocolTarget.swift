import ConcordatProtocols

/// The loader of protocols: it loads a text or says what is wrong with it and where, whatever the text.
///
/// What loads is judged by its own worked cases too: a text that was changed may fail them, but must not trap.
struct ProtocolTarget: FuzzTarget {
    static let name = "protocol"

    private let files: ProtocolFiles
    private let paths: [String]
    private let words: [String]
    private let mutator: ByteMutator

    init(_ corpus: Corpus) {
        files = corpus.files
        // The main text as often as all others together.
        let others = corpus.files.contents.keys.filter { path in
            path.hasPrefix("messages/") || path.hasPrefix("parties/") || path.hasPrefix("codelists/")
                || path.hasPrefix("cases/")
        }.sorted()
        paths = [String](repeating: ProtocolDirectory.textName, count: max(1, others.count)) + others
        let text = String(decoding: corpus.files[ProtocolDirectory.textName] ?? [], as: UTF8.self)
        words = Set(text.split { " ,:[]{}\n\"".contains($0) }.map(String.init)).sorted()
        mutator = ByteMutator(words: words)
    }

    /// The path of the changed file, a line feed, its new text.
    mutating func input(_ dice: inout FuzzDice) -> [UInt8] {
        let path = dice.pick(paths)
        let original = files[path] ?? []
        var text = original
        for _ in 0..<1 + dice.below(3) { text = changed(text, &dice) }
        if dice.oneIn(4) { text = mutator.mutate(text, other: original, &dice) }
        return Array(path.utf8) + [UInt8(ascii: "\n")] + text
    }

    func check(_ input: [UInt8], _ dice: inout FuzzDice) throws(Finding) -> Bool {
        guard let end = input.firstIndex(of: UInt8(ascii: "\n")) else { return false }
        let path = String(decoding: input[..<end], as: UTF8.self)
        var files = files
        files[path] = Array(input[(end + 1)...])
        switch ProtocolDirectory.load(files) {
        case .failure(let problems):
            try claim(!problems.errors.isEmpty, "a load fails without a reason")
            for problem in problems.errors { _ = problem.description }
            return false
        case .success(let loaded):
            for folder in files.folders(in: "cases") where path.hasPrefix("cases/\(folder)/") || dice.oneIn(20) {
                _ = ProtocolCases.run(folder, compiled: loaded.compiled, files: files).text
            }
            return true
        }
    }

    /// A line taken out, doubled, moved, indented otherwise, or with another word of the same text in it.
    private func changed(_ text: [UInt8], _ dice: inout FuzzDice) -> [UInt8] {
        var lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
        guard !lines.isEmpty else { return text }
        let at = dice.below(lines.count)
        switch dice.below(6) {
        case 0: lines.remove(at: at)
        case 1: lines.insert(lines[at], at: at)
        case 2: lines.swapAt(at, dice.below(lines.count))
        case 3: lines[at] = dice.oneIn(2) ? [UInt8(ascii: " ")] + lines[at] : Array(lines[at].dropFirst())
        default:
            var parts = lines[at].split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false).map(Array.init)
            guard !parts.isEmpty, !words.isEmpty else { return text }
            parts[dice.below(parts.count)] = Array(dice.pick(words).utf8)
            lines[at] = Array(parts.joined(separator: [UInt8(ascii: " ")]))
        }
        return Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    }
}
