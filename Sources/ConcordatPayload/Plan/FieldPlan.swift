/// What happens to each field of one message for one recipient: (schema node × subject) → action.
///
/// Not a list of paths: the same plan serves however many items the document has. A pair the plan does not name is
/// dropped.
package struct FieldPlan: Sendable, Equatable {
    private var actions: [FieldOccurrence: FieldAction]
    /// Pairs whose absence the recipient is not told of, since existence itself would tell.
    package private(set) var silent: Set<FieldOccurrence>

    package init() {
        actions = [:]
        silent = []
    }

    /// A plan that names nothing yet and has room for so many pairs.
    package init(capacity: Int) {
        self.init()
        actions.reserveCapacity(capacity)
    }

    /// The action for one pair; drop when the plan does not name it.
    package func action(for field: FieldOccurrence) -> FieldAction { actions[field] ?? .drop }

    /// Every pair the plan names with its action, in no order. Cheaper than asking for each.
    package func forEach(_ body: (FieldOccurrence, FieldAction) -> Void) {
        for (field, action) in actions { body(field, action) }
    }

    /// Sets the action for one pair, and whether a drop of it is told.
    package mutating func set(_ action: FieldAction, for field: FieldOccurrence, silent isSilent: Bool = false) {
        actions[field] = action
        if isSilent { silent.insert(field) } else if !silent.isEmpty { silent.remove(field) }
    }

    /// Whether anything at all passes.
    package var sharesAnything: Bool { actions.values.contains { $0 != .drop } }
}
