/// Finds the name an author may have meant.
enum NearestName {
    // Bound: names longer than this are not compared.
    private static let lengthMax = 64

    /// The candidate with the fewest edits from `word`, when that is at most a third of its length; else nil.
    static func suggestion(for word: String, among candidates: some Sequence<String>) -> String? {
        let target = Array(word.lowercased().utf8)
        guard target.count <= lengthMax else { return nil }
        let limit = max(1, target.count / 3)
        var best: (name: String, edits: Int)?
        for candidate in candidates.sorted() where candidate != word {
            let edits = distance(target, Array(candidate.lowercased().utf8))
            if edits <= limit, edits < best?.edits ?? .max { best = (candidate, edits) }
        }
        return best?.name
    }

    /// Advice that names the nearest candidate, or lists what there is.
    static func advice(for word: String, among candidates: some Sequence<String>, declare: String) -> String {
        if let near = suggestion(for: word, among: candidates) { return "did you mean `\(near)`?" }
        let known = candidates.sorted()
        guard !known.isEmpty, known.count <= 24 else { return declare }
        return "\(declare); known: \(known.joined(separator: ", "))"
    }

    /// Optimal string alignment distance: a swap of neighbours is one edit.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        guard right.count <= lengthMax else { return .max }
        var before = [Int](repeating: 0, count: right.count + 1)
        var row = Array(0...right.count)
        for i in left.indices {
            var next = [i + 1] + [Int](repeating: 0, count: right.count)
            for j in right.indices {
                let change = row[j] + (left[i] == right[j] ? 0 : 1)
                next[j + 1] = min(change, row[j + 1] + 1, next[j] + 1)
                if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                    next[j + 1] = min(next[j + 1], before[j - 1] + 1)
                }
            }
            (before, row) = (row, next)
        }
        return row[right.count]
    }
}
