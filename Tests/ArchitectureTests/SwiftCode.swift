/// Swift source with comments and the text of string literals blanked out; code inside interpolations stays.
///
/// Line numbers are those of the source. Regex literals are not known; the tree has none.
struct SwiftCode: Sendable {
    let lines: [[UInt8]]
    /// Every identifier and keyword, so that a file without a token's word is not searched.
    private let words: Set<String>

    init(_ source: String) {
        var stripper = Stripper(bytes: Array(source.utf8))
        stripper.run()
        self.init(bytes: stripper.output)
    }

    /// Any text, with nothing blanked.
    init(plain text: String) { self.init(bytes: Array(text.utf8)) }

    private init(bytes: [UInt8]) {
        lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
        words = Set(bytes.split { !Self.isWord($0) }.map { String(decoding: $0, as: UTF8.self) })
    }

    /// The identifiers and keywords in the code, each once.
    var vocabulary: Set<String> { words }

    /// The numbers, from 1, of lines in which `token` stands.
    ///
    /// A token that begins or ends with an identifier character must begin or end there: `print(` is not in `debugPrint(`.
    func linesHolding(_ token: String) -> [Int] {
        guard mayHold(token) else { return [] }
        return lines.indices.filter { count(of: Array(token.utf8), in: lines[$0]) > 0 }.map { $0 + 1 }
    }

    /// How often `token` stands in the code.
    func count(of token: String) -> Int {
        guard mayHold(token) else { return 0 }
        return lines.reduce(0) { $0 + count(of: Array(token.utf8), in: $1) }
    }

    /// The line as text, for a failure's message.
    func line(_ number: Int) -> String { String(decoding: lines[number - 1], as: UTF8.self) }

    /// Modules imported, with the line of each.
    var imports: [(module: String, line: Int)] {
        lines.enumerated().compactMap { index, line in
            var words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
            while let first = words.first, first.hasPrefix("@") || Self.accessLevels.contains(first) {
                words.removeFirst()
            }
            guard words.first == "import", words.count >= 2 else { return nil }
            // `import struct Module.Type` names its kind first.
            let name = words.count > 2 ? words[2] : words[1]
            return (String(name.split(separator: ".")[0]), index + 1)
        }
    }

    private static let accessLevels: Set<String> = ["public", "package", "internal", "fileprivate", "private"]

    private func mayHold(_ token: String) -> Bool {
        token.utf8.split { !Self.isWord($0) }.allSatisfy { words.contains(String(decoding: $0, as: UTF8.self)) }
    }

    private func count(of token: [UInt8], in line: [UInt8]) -> Int {
        guard line.count >= token.count, let head = token.first, let tail = token.last else { return 0 }
        var found = 0
        for start in 0...(line.count - token.count) where line[start] == head {
            let end = start + token.count
            guard line[start..<end].elementsEqual(token) else { continue }
            if Self.isWord(head), start > 0, Self.isWord(line[start - 1]) { continue }
            if Self.isWord(tail), end < line.count, Self.isWord(line[end]) { continue }
            found += 1
        }
        return found
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }
}

/// Copies code and newlines, writes a space for every byte of a comment or a literal's text.
private struct Stripper {
    private enum State {
        /// Code; inside an interpolation `parentheses` counts those still open.
        case code(parentheses: Int)
        case lineComment
        case blockComment(depth: Int)
        case string(hashes: Int, isMultiline: Bool)
    }

    let bytes: [UInt8]
    var output: [UInt8] = []
    private var states: [State] = [.code(parentheses: 0)]
    private var at = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
        output.reserveCapacity(bytes.count)
    }

    mutating func run() {
        while at < bytes.count {
            // Most bytes begin nothing.
            switch (states[states.count - 1], bytes[at]) {
            case (.code, let byte) where !Self.opensSomething(byte): copy(); continue
            case (.lineComment, let byte) where byte != UInt8(ascii: "\n"): blank(); continue
            default: break
            }
            switch states[states.count - 1] {
            case .code(let parentheses): readCode(parentheses)
            case .lineComment: if bytes[at] == UInt8(ascii: "\n") { states.removeLast(); copy() } else { blank() }
            case .blockComment(let depth): readBlockComment(depth)
            case .string(let hashes, let isMultiline): readString(hashes, isMultiline)
            }
        }
    }

    private static func opensSomething(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "/"), UInt8(ascii: "#"), UInt8(ascii: "\""), UInt8(ascii: "("), UInt8(ascii: ")"): true
        default: false
        }
    }

    private mutating func readCode(_ parentheses: Int) {
        if follows("//") { states.append(.lineComment); return blank(2) }
        if follows("/*") { states.append(.blockComment(depth: 1)); return blank(2) }
        let hashes = bytes[at...].prefix { $0 == UInt8(ascii: "#") }.count
        if at + hashes < bytes.count, bytes[at + hashes] == UInt8(ascii: "\"") {
            at += hashes
            output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: hashes))
            let isMultiline = follows("\"\"\"")
            states.append(.string(hashes: hashes, isMultiline: isMultiline))
            return blank(isMultiline ? 3 : 1)
        }
        if bytes[at] == UInt8(ascii: "(") { states[states.count - 1] = .code(parentheses: parentheses + 1) }
        if bytes[at] == UInt8(ascii: ")") {
            if states.count > 1, parentheses == 1 {
                states.removeLast()
                return copy()
            }
            states[states.count - 1] = .code(parentheses: parentheses - 1)
        }
        copy()
    }

    private mutating func readBlockComment(_ depth: Int) {
        if follows("/*") { states[states.count - 1] = .blockComment(depth: depth + 1); return blank(2) }
        guard follows("*/") else { return blank() }
        if depth == 1 { states.removeLast() } else { states[states.count - 1] = .blockComment(depth: depth - 1) }
        blank(2)
    }

    private mutating func readString(_ hashes: Int, _ isMultiline: Bool) {
        let marks = String(repeating: "#", count: hashes)
        if follows("\\" + marks + "(") {
            blank(1 + hashes)
            copy()
            states.append(.code(parentheses: 1))
            return
        }
        if follows("\\" + marks) { return blank(2 + hashes) }
        let close = (isMultiline ? "\"\"\"" : "\"") + marks
        if follows(close) {
            states.removeLast()
            return blank(close.utf8.count)
        }
        // A one-line literal ends with its line, whatever else is wrong with it.
        if bytes[at] == UInt8(ascii: "\n"), !isMultiline { states.removeLast() }
        blank()
    }

    private func follows(_ text: String) -> Bool { bytes[at...].starts(with: text.utf8) }

    private mutating func copy() {
        output.append(bytes[at])
        at += 1
    }

    private mutating func blank() {
        output.append(bytes[at] == UInt8(ascii: "\n") ? bytes[at] : UInt8(ascii: " "))
        at += 1
    }

    private mutating func blank(_ count: Int) {
        for _ in 0..<count where at < bytes.count {
            output.append(bytes[at] == UInt8(ascii: "\n") ? bytes[at] : UInt8(ascii: " "))
            at += 1
        }
    }
}
