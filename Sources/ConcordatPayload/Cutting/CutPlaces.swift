import ConcordatTerms

/// Places in the copy being written, as a tree: a pointer is made only of those that are told.
struct CutPlaces {
    /// The place above; -1 for the root.
    private var parents: [Int32] = [-1]
    /// The node of a member, or the bits of an item's index turned over.
    private var tokens: [Int32] = [0]

    static let root: Int32 = 0
    static func item(_ index: Int) -> Int32 { ~Int32(index) }

    /// The place of a member or item inside another place.
    mutating func add(_ token: Int32, in parent: Int32) -> Int32 {
        parents.append(parent)
        tokens.append(token)
        return Int32(parents.count - 1)
    }

    /// The pointer of a place.
    func pointer(_ place: Int32, names: [String]) -> JSONPointer {
        var reversed: [String] = []
        var here = place
        while here > 0 {
            let token = tokens[Int(here)]
            reversed.append(token >= 0 ? names[Int(token)] : String(~token))
            here = parents[Int(here)]
        }
        return JSONPointer(tokens: reversed.reversed())
    }
}

/// One list of places that the recipient is told of.
struct PlaceList {
    private(set) var places: [Int32] = []

    var count: Int { places.count }
    mutating func append(_ place: Int32) { places.append(place) }
    /// Forgets what was told inside something that is taken back.
    mutating func truncate(to count: Int) { places.removeLast(places.count - count) }

    /// Whether so much was told since `base` that the container which ends now should stand for it.
    func overflows(since base: Int) -> Bool { places.count > CutDocument.pointersMax && places.count - base > 1 }

    /// Tells of one place instead of everything since `base`.
    mutating func collapse(since base: Int, to place: Int32) {
        truncate(to: base)
        append(place)
    }

    /// The pointers, at most ``CutDocument/pointersMax``; what would be more is told by parents, the deepest first.
    func pointers(_ all: CutPlaces, names: [String]) -> [JSONPointer] {
        Self.bounded(places.map { all.pointer($0, names: names) })
    }

    static func bounded(_ pointers: [JSONPointer]) -> [JSONPointer] {
        var pointers = pointers
        while pointers.count > CutDocument.pointersMax {
            let deepest = pointers.map(\.tokens.count).max() ?? 0
            var known: Set<JSONPointer> = []
            pointers = pointers.compactMap { pointer in
                let told = pointer.tokens.count == deepest ? JSONPointer(tokens: pointer.tokens.dropLast()) : pointer
                return known.insert(told).inserted ? told : nil
            }
        }
        return pointers
    }
}
