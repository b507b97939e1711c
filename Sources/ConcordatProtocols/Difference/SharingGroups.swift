import ConcordatTerms

/// Tells changes together that are alike but for one dimension, so that few sentences are left.
enum SharingGroups {
    static func merged(_ cells: [SharingChange]) -> [SharingChange] {
        var changes = cells
        // Order matters: fields first, so that what the other dimensions share is as much as possible.
        for _ in 0..<2 {
            changes = merge(changes) {
                $0.fields = []; $0.categories = []
            } into: {
                $0.fields.formUnion($1.fields)
                $0.categories.formUnion($1.categories)
            }
            changes = merge(changes) {
                $0.from = []
            } into: {
                $0.from.formUnion($1.from)
            }
            changes = merge(changes) {
                $0.purposes = []
            } into: {
                $0.purposes.formUnion($1.purposes)
            }
            changes = merge(changes) {
                $0.messages = []
            } into: {
                $0.messages.formUnion($1.messages)
            }
            changes = merge(changes) {
                $0.about = []
            } into: {
                $0.about.formUnion($1.about)
            }
            changes = merge(changes) {
                $0.to = []
            } into: {
                $0.to.formUnion($1.to)
            }
        }
        return changes.sorted { $0.sortKey.lexicographicallyPrecedes($1.sortKey) }
    }

    private static func merge(
        _ changes: [SharingChange], ignoring strip: (inout SharingChange) -> Void,
        into join: (inout SharingChange, SharingChange) -> Void
    ) -> [SharingChange] {
        var order: [[String]] = []
        var groups: [[String]: SharingChange] = [:]
        for change in changes {
            var stripped = change
            strip(&stripped)
            stripped.rules = []
            // Where fields differ, so may their categories, which are told and not compared.
            if !stripped.fields.isEmpty { stripped.categories = [] }
            let key = stripped.sortKey
            if groups[key] == nil {
                order.append(key)
                groups[key] = change
            } else {
                join(&groups[key]!, change)
                groups[key]?.rules.formUnion(change.rules)
                groups[key]?.categories.formUnion(change.categories)
            }
        }
        return order.compactMap { groups[$0] }
    }
}

extension SharingChange {
    /// Everything but rules and categories, as text: equal only for equal changes.
    fileprivate var sortKey: [String] {
        let sets: [[String]] = [
            to.map(\.rawValue).sorted(), messages.map(\.rawValue).sorted(), about.sorted(),
            from.map(\.rawValue).sorted(),
            purposes.map(\.rawValue).sorted(), fields.sorted(),
        ]
        return sets.map { $0.joined(separator: " ") } + [kind.rawValue, isGain ? "1" : "0", now, before]
    }
}
