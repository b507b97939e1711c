import ConcordatDecision

// What an author writes under `when`: forgotten, turned round, or a part of it forgotten.
extension ClauseMutants {
    mutating func conditions() {
        // What a route leads to, a ground or `yields-to` add is no condition of the author's.
        guard syntax.when != nil else { return }
        let others = maker.checker.clauseCondition(syntax, nil)
        let written: Condition
        if others == nil {
            guard let when = rule.when else { return }
            written = when
        } else {
            guard case .all(let parts)? = rule.when, let first = parts.first else { return }
            written = first
        }
        condition("without its condition", nil)
        condition("with its condition turned round", .not(written))
        for (change, part) in Self.narrower(written, isStrict: !isPermit) { condition(change, part) }
    }

    private mutating func condition(_ change: String, _ written: Condition?) {
        let whole = maker.checker.clauseCondition(syntax, written)
        add(.condition, change) { $0.when = whole }
    }

    /// The condition with one part of it gone or moved, and what was done to it. `isStrict` where the rule stands against
    /// sharing, so that a number moves to where it stops less.
    static func narrower(_ condition: Condition, isStrict: Bool, place: String = "") -> [(String, Condition)] {
        switch condition {
        case .all(let parts): some(of: parts, isStrict, place) { .all($0) }
        case .any(let parts): some(of: parts, isStrict, place) { .any($0) }
        case .not(let part): narrower(part, isStrict: !isStrict, place: place).map { ($0.0, .not($0.1)) }
        case .test(let source, let test): tests(source, test, isStrict).map { ($0.0, .test(source, $0.1)) }
        }
    }

    private static func some(
        of parts: [Condition], _ isStrict: Bool, _ outer: String, _ whole: ([Condition]) -> Condition
    ) -> [(String, Condition)] {
        var all: [(String, Condition)] = []
        for (place, part) in parts.enumerated() {
            let number = outer + "\(place + 1)"
            if parts.count > 1 {
                var rest = parts
                rest.remove(at: place)
                all.append(("without part \(number) of its condition", rest.count == 1 ? rest[0] : whole(rest)))
            }
            for (change, altered) in narrower(part, isStrict: isStrict, place: number + ".") {
                var others = parts
                others[place] = altered
                all.append((change, whole(others)))
            }
        }
        return all
    }

    private static func tests(
        _ source: Condition.Source, _ test: Condition.Test, _ isStrict: Bool
    ) -> [(String, Condition.Test)] {
        func without(_ values: Set<String>, _ test: (Set<String>) -> Condition.Test) -> [(String, Condition.Test)] {
            values.sorted().filter { _ in values.count > 1 }.map { value in
                ("without the value `\(value)` of \(source.text)", test(values.subtracting([value])))
            }
        }
        switch test {
        case .containsAny(let values): return without(values) { .containsAny($0) }
        case .only(let values): return without(values) { .only($0) }
        case .number(let min, let max):
            let step = isStrict ? 1 : -1
            let moved = Condition.Test.number(min: min.map { $0 + step }, max: max.map { $0 - step })
            return [("with the bound of \(source.text) moved by one", moved)]
        case .contains, .lacks, .present: return []
        }
    }
}
