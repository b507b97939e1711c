import ConcordatDecision

extension Condition {
    /// Whether the condition holds; a source without a value is the empty set.
    func holds(_ values: [Source: Set<String>]) -> Bool {
        switch self {
        case .all(let parts): parts.allSatisfy { $0.holds(values) }
        case .any(let parts): parts.contains { $0.holds(values) }
        case .not(let part): !part.holds(values)
        case .test(let source, let test): test.holds(values[source] ?? [])
        }
    }

    /// Every source with the values it is tested for.
    var mentions: [Source: Set<String>] {
        switch self {
        case .all(let parts), .any(let parts):
            parts.reduce(into: [:]) { $0.merge($1.mentions) { $0.union($1) } }
        case .not(let part): part.mentions
        case .test(let source, let test): [source: test.mentioned]
        }
    }

    /// The sources whose presence is itself tested.
    var presenceTested: Set<Source> {
        switch self {
        case .all(let parts), .any(let parts): parts.reduce(into: []) { $0.formUnion($1.presenceTested) }
        case .not(let part): part.presenceTested
        case .test(let source, .present): [source]
        case .test: []
        }
    }
}

extension Condition.Test {
    func holds(_ set: Set<String>) -> Bool {
        switch self {
        case .contains(let value): set.contains(value)
        case .lacks(let value): !set.isEmpty && !set.contains(value)
        case .containsAny(let values): !set.isDisjoint(with: values)
        case .only(let values): !set.isEmpty && set.isSubset(of: values)
        case .present(let truth): set.isEmpty != truth
        case .number(let min, let max):
            set.contains { text in
                Int(text).map { value in (min.map { $0 <= value } ?? true) && (max.map { value <= $0 } ?? true) }
                    ?? false
            }
        }
    }

    var mentioned: Set<String> {
        switch self {
        case .contains(let value), .lacks(let value): [value]
        case .containsAny(let values), .only(let values): values
        case .present: []
        // Both sides of each bound: a value in between behaves as one of them.
        case .number(let min, let max):
            Set([min.map { $0 - 1 }, min, max, max.map { $0 + 1 }].compactMap { $0.map { String($0) } })
        }
    }
}

extension Condition {
    /// The sources that a test for numbers asks.
    var numberTested: Set<Source> {
        switch self {
        case .all(let parts), .any(let parts): parts.reduce(into: []) { $0.formUnion($1.numberTested) }
        case .not(let part): part.numberTested
        case .test(let source, .number): [source]
        case .test: []
        }
    }
}

extension Condition.Source {
    /// How the author writes it.
    var text: String {
        switch self {
        case .field(let path): "field \(path)"
        case .flag(let name): "flag \(name)"
        case .recipientSpeciality: "recipient speciality"
        case .senderSpeciality: "sender speciality"
        case .recipientKind: "recipient kind"
        case .senderKind: "sender kind"
        case .days(let path): "days \(path)"
        case .age(let role): "age \(role)"
        case .count(let role): "count \(role)"
        case .ground: "break-glass ground"
        }
    }
}
