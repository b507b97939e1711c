import ConcordatTerms
import ConcordatWire

/// The query of a request, every parameter known by name and given once.
struct DeskQuery {
    private let values: [String: String]

    /// - Throws: `http.malformed` for a target that is not plain, `query.malformed` for a parameter that is not among
    ///   `names`, comes twice or is empty.
    init(_ target: String, names: [String]) throws(Problem) {
        values = try RequestTarget(target).parameters(among: names)
    }

    /// Whether `name` was given; what it says is checked and not kept.
    func has(_ name: String) throws(Problem) -> Bool {
        guard let text = values[name] else { return false }
        guard IdentifierGrammar.accepts(text) else {
            throw Self.malformed("`\(name)` must be 1 to 64 of [A-Za-z0-9._-]")
        }
        return true
    }

    func term<ID: Identifier>(_ name: String) throws(Problem) -> ID? {
        guard let text = values[name] else { return nil }
        guard let id = ID(text) else { throw Self.malformed("`\(name)` must be 1 to 64 of [A-Za-z0-9._-]") }
        return id
    }

    func number(_ name: String, _ range: ClosedRange<Int64>) throws(Problem) -> Int64? {
        guard let text = values[name] else { return nil }
        guard let value = Int64(text), String(value) == text, range.contains(value) else {
            throw Self.malformed("`\(name)` must be a number of its range")
        }
        return value
    }

    private static func malformed(_ detail: String) -> Problem {
        ProblemCatalogue.problem("query.malformed", detail: detail)
    }
}
