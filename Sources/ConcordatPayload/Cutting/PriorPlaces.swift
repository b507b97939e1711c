import ConcordatTerms

/// What the recipient of a copy has been told already, moved along while the copy is narrowed.
///
/// A tree of the pointers told; the walk marks the places that are still there and where they are now.
struct PriorPlaces {
    private struct Place {
        var children: [String: Int] = [:]
        /// The copy at hand has a value here.
        var isVisited = false
        /// Where it is in the new copy; -1 when it is not.
        var now: Int32 = -1
        /// Told as not supplied, and still would be.
        var isStillAbsent = false
        var withheld = false
        var masked = false
        var notSupplied = false
    }

    private var tree = [Place()]
    private let applied: [AppliedField]
    /// The fields that the copy holds in another form, with every form it holds them in.
    let transforms: [Treatments.PriorField: Set<FieldAction>]

    init(_ copy: CutDocument) {
        applied = copy.applied
        var forms: [Treatments.PriorField: Set<FieldAction>] = [:]
        for field in copy.applied where field.action != .drop {
            forms[Treatments.PriorField(path: field.path, subject: field.subject), default: []].insert(field.action)
        }
        transforms = forms.filter { $0.value.contains { $0.isTransform } }
        for pointer in copy.withheld { tree[add(pointer)].withheld = true }
        for pointer in copy.masked { tree[add(pointer)].masked = true }
        for pointer in copy.notSupplied { tree[add(pointer)].notSupplied = true }
    }

    private mutating func add(_ pointer: JSONPointer) -> Int {
        var here = 0
        for token in pointer.tokens {
            if let known = tree[here].children[token] { here = known; continue }
            tree.append(Place())
            tree[here].children[token] = tree.count - 1
            here = tree.count - 1
        }
        return here
    }

    mutating func visitRoot() -> Int {
        tree[0].isVisited = true
        return 0
    }

    mutating func visit(_ token: String, in parent: Int) -> Int {
        guard let place = tree[parent].children[token] else { return -1 }
        tree[place].isVisited = true
        return place
    }

    mutating func stays(_ place: Int, at now: Int32) {
        if place >= 0 { tree[place].now = now }
    }

    mutating func stillAbsent(_ name: String, in parent: Int) {
        guard parent >= 0, let place = tree[parent].children[name] else { return }
        tree[place].isStillAbsent = true
    }

    /// Whether anything at a place or inside it was told as withheld.
    func tellsWithheld(_ place: Int) -> Bool {
        var stack = place >= 0 ? [place] : []
        while let index = stack.popLast() {
            if tree[index].withheld { return true }
            stack += tree[index].children.values
        }
        return false
    }

    /// The pointers told before that still hold, as places in the new copy.
    func moved(
        _ places: CutPlaces, names: [String]
    ) -> (withheld: [JSONPointer], masked: [JSONPointer], notSupplied: [JSONPointer]) {
        var out: (withheld: [JSONPointer], masked: [JSONPointer], notSupplied: [JSONPointer]) = ([], [], [])
        var stack: [(place: Int, pointer: JSONPointer)] = tree[0].now >= 0 ? [(0, JSONPointer())] : []
        while let (index, pointer) = stack.popLast() {
            let place = tree[index]
            if place.withheld { out.withheld.append(pointer) }
            if place.masked { out.masked.append(pointer) }
            if place.notSupplied, place.isVisited || place.isStillAbsent { out.notSupplied.append(pointer) }
            for (token, child) in place.children {
                if tree[child].now >= 0 {
                    stack.append((child, places.pointer(tree[child].now, names: names)))
                } else if !tree[child].isVisited, place.isVisited {
                    // Not in the copy at hand: it is missing beside its siblings, wherever they are now.
                    stack.append((child, pointer.appending(token)))
                }
            }
        }
        return (out.withheld.sorted(), out.masked.sorted(), out.notSupplied.sorted())
    }

    static func merged(_ earlier: [JSONPointer], _ later: [JSONPointer]) -> [JSONPointer] {
        var known = Set(earlier)
        return earlier + later.filter { known.insert($0).inserted }
    }

    /// What was done in all: the drops of the first cut still count.
    func joined(_ later: [AppliedField]) -> [AppliedField] {
        var out = later
        for field in applied where field.action == .drop {
            let same = out.firstIndex { $0.path == field.path && $0.subject == field.subject && $0.action == .drop }
            if let same {
                out[same] = AppliedField(
                    path: field.path, subject: field.subject, action: .drop, count: out[same].count + field.count)
            } else {
                out.append(field)
            }
        }
        return out.sorted { ($0.path, $0.action.rawValue) < ($1.path, $1.action.rawValue) }
    }
}
