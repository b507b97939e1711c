/// The path and the query of an origin-form target.
///
/// Everything an address of this gateway can hold is plain: nothing is percent-encoded, so nothing is decoded and no two
/// spellings mean one address.
package struct RequestTarget: Sendable {
    package let path: String
    /// Names and values in the order given, each name once.
    package let query: [(name: String, value: String)]

    /// - Throws: `http.malformed` for a target that is not plain origin form, `query.malformed` for a query that is not
    ///   `name=value&…` with each name once.
    package init(_ target: String) throws(Problem) {
        guard target.utf8.first == UInt8(ascii: "/"), target.utf8.allSatisfy(Self.isPlain) else { throw Self.notPlain }
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        path = String(parts[0])
        guard path.utf8.allSatisfy({ $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "&") }) else { throw Self.notPlain }
        query = parts.count == 1 ? [] : try Self.query(parts[1])
    }

    /// The values by name, when every name is one of `names`.
    ///
    /// - Throws: `query.malformed`, saying which names the address takes.
    package func parameters(among names: [String]) throws(Problem) -> [String: String] {
        var values: [String: String] = [:]
        for (name, value) in query {
            guard names.contains(name) else {
                let shown = names.map { "`\($0)`" }.joined(separator: ", ")
                throw ProblemCatalogue.problem(
                    "query.malformed",
                    detail: names.isEmpty ? "this address takes no parameter" : "this address takes \(shown) only")
            }
            values[name] = value
        }
        return values
    }

    private static func query(_ text: Substring) throws(Problem) -> [(name: String, value: String)] {
        var query: [(name: String, value: String)] = []
        for pair in text.split(separator: "&", omittingEmptySubsequences: false) {
            let parts = pair.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, query.count < parametersMax,
                !query.contains(where: { $0.name == parts[0] })
            else {
                throw ProblemCatalogue.problem(
                    "query.malformed", detail: "write `name=value`, each name once, with `&` between")
            }
            query.append((String(parts[0]), String(parts[1])))
        }
        return query
    }

    private static var notPlain: Problem {
        ProblemCatalogue.problem("http.malformed", detail: "the target must be a plain path and query")
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "/._-~?&=".utf8.contains(byte)
        }
    }

    // Bound: more than any address takes.
    private static let parametersMax = 8
}
