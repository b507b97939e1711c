import ConcordatPayload

/// The fields of one message in the order of a decision: by data path and subject.
struct FieldOrder {
    private struct Key {
        let rank: Int
        /// Nobody first, then persons by index, then all roles alike.
        let subject: Int
        /// Index of `fields`.
        let place: Int
    }

    /// Each field, and how many times the document holds it.
    private(set) var fields: [(field: FieldOccurrence, count: Int)] = []
    /// Plain numbers, which are cheap to move about while they are sorted.
    private var keys: [Key] = []

    /// The fields that are there, and those left out with a count of 0.
    ///
    /// A node that is no field of the message's schema is not among them: a plan drops what it does not name.
    init(_ facts: MessageFacts, _ table: MessageTable) {
        fields.reserveCapacity(facts.fields.count + facts.absent.count)
        keys.reserveCapacity(facts.fields.count + facts.absent.count)
        for (field, count) in facts.fields { add(field, count, table) }
        for field in facts.absent where facts.fields[field] == nil { add(field, 0, table) }
        keys.sort { left, right in
            if left.rank != right.rank { return left.rank < right.rank }
            if left.subject != right.subject { return left.subject < right.subject }
            return fields[left.place].field.subject < fields[right.place].field.subject
        }
    }

    /// In order.
    var places: some Sequence<Int> { keys.lazy.map(\.place) }

    private mutating func add(_ field: FieldOccurrence, _ count: Int, _ table: MessageTable) {
        guard let node = table.node(field.node) else { return }
        let subject =
            switch field.subject {
            case .nobody: -1
            case .person(let index): index
            case .role: Int.max
            }
        keys.append(Key(rank: node.rank, subject: subject, place: fields.count))
        fields.append((field, count))
    }
}
