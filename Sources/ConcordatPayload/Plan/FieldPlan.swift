/// What happens to each field of one message for one recipient: (schema node × subject) → action.
///
/// Not a list of paths: the same plan serves however many items the document has. A pair the plan does not name is
/// dropped.
package struct FieldPlan: Sendable, Equatable {
    /// One pair that a plan names.
    package struct Entry: Sendable, Equatable {
        package let field: FieldOccurrence
        package let action: FieldAction
        /// Whether the recipient is not told of its absence, since existence itself would tell.
        package let isSilent: Bool

        package init(field: FieldOccurrence, action: FieldAction, isSilent: Bool = false) {
            (self.field, self.action, self.isSilent) = (field, action, isSilent)
        }
    }

    /// Sorted by field, each once: a plan is made for every message, and sorting is cheaper than hashing.
    private var entries: [Entry]

    package init() { entries = [] }

    /// A plan of these pairs, in any order; each stands there once.
    package init(_ entries: consuming [Entry]) {
        self.entries = entries
        let isSorted = self.entries.indices.dropFirst().allSatisfy {
            self.entries[$0 - 1].field.isBefore(self.entries[$0].field)
        }
        if !isSorted { self.entries.sort { $0.field.isBefore($1.field) } }
    }

    /// The action for one pair; drop when the plan does not name it.
    package func action(for field: FieldOccurrence) -> FieldAction {
        let place = place(of: field)
        return place < entries.count && entries[place].field == field ? entries[place].action : .drop
    }

    /// Every pair the plan names, in no order that means anything.
    package func forEach(_ body: (Entry) -> Void) { entries.forEach(body) }

    /// Pairs whose absence the recipient is not told of.
    package var silent: Set<FieldOccurrence> { Set(entries.lazy.filter(\.isSilent).map(\.field)) }

    /// Sets the action for one pair, and whether a drop of it is told.
    package mutating func set(_ action: FieldAction, for field: FieldOccurrence, silent isSilent: Bool = false) {
        let entry = Entry(field: field, action: action, isSilent: isSilent)
        let place = place(of: field)
        if place < entries.count, entries[place].field == field {
            entries[place] = entry
        } else {
            entries.insert(entry, at: place)
        }
    }

    /// Whether anything at all passes.
    package var sharesAnything: Bool { entries.contains { $0.action != .drop } }

    /// Where a pair stands, or would.
    private func place(of field: FieldOccurrence) -> Int {
        var (low, high) = (0, entries.count)
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].field.isBefore(field) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension FieldOccurrence {
    /// One order of all pairs: by node, then nobody, persons by index, roles by name.
    fileprivate func isBefore(_ other: FieldOccurrence) -> Bool {
        if node != other.node { return node < other.node }
        switch (subject, other.subject) {
        case (.person(let one), .person(let two)): return one < two
        case (.role(let one), .role(let two)): return one < two
        case (.nobody, .person), (.nobody, .role), (.person, .role): return true
        case (.nobody, .nobody), (.person, .nobody), (.role, .nobody), (.role, .person): return false
        }
    }
}
