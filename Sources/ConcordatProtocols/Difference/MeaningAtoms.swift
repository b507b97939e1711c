import ConcordatDecision
import ConcordatTerms

/// The single things that assignments of a cell differ in, so that a set of assignments can be put in few words.
struct MeaningAtoms {
    /// One thing, with its possible values numbered.
    enum Atom {
        /// A source with at most one value: each value that came up; nil when it is missing.
        case value(Condition.Source, [String?])
        /// Whether a source with several values holds this one.
        case includes(Condition.Source, String)
        case consent(Assignment.ConsentKey)
        case sender(Capacity)
        case recipient(Capacity)

        var choices: Int {
            switch self {
            case .value(_, let values): values.count
            case .includes, .consent, .sender, .recipient: 2
            }
        }
    }

    let atoms: [Atom]

    init(_ assignments: [Assignment]) {
        var sets: [Condition.Source: Set<Set<String>>] = [:]
        var consents: Set<Assignment.ConsentKey> = []
        var (senders, recipients) = (Set<Capacity>(), Set<Capacity>())
        for assignment in assignments {
            for (source, values) in assignment.facts { sets[source, default: []].insert(values) }
            consents.formUnion(assignment.consents)
            senders.formUnion(assignment.sender)
            recipients.formUnion(assignment.recipient)
        }
        var atoms: [Atom] = []
        for (source, values) in sets.sorted(by: { $0.key.text < $1.key.text }) {
            let all = Set(values.flatMap { $0 }).sorted(by: Self.order)
            if values.contains(where: { $0.count > 1 }) {
                atoms += all.map { .includes(source, $0) }
            } else {
                atoms.append(.value(source, (values.contains([]) ? [nil] : []) + all.map { $0 }))
            }
        }
        atoms += consents.sorted { $0.text < $1.text }.map { .consent($0) }
        atoms += senders.sorted().map { .sender($0) }
        self.atoms = atoms + recipients.sorted().map { .recipient($0) }
    }

    /// The number of the value that each atom has in an assignment.
    func code(_ assignment: Assignment) -> [Int] {
        atoms.map { atom in
            switch atom {
            case .value(let source, let values):
                values.firstIndex(of: assignment.facts[source]?.first) ?? 0
            case .includes(let source, let value): assignment.facts[source]?.contains(value) ?? false ? 1 : 0
            case .consent(let key): assignment.consents.contains(key) ? 1 : 0
            case .sender(let capacity): assignment.sender.contains(capacity) ? 1 : 0
            case .recipient(let capacity): assignment.recipient.contains(capacity) ? 1 : 0
            }
        }
    }

    /// Numbers by size, words by letters.
    private static func order(_ left: String, _ right: String) -> Bool {
        guard let one = Int(left), let other = Int(right) else { return left < right }
        return one < other
    }
}

/// A part of a cell in which every atom may have any of some values.
struct MeaningBox: Equatable {
    /// By number of the atom.
    var allowed: [Set<Int>]

    // Bound: boxes found; beyond it the region is told in part.
    static let countMax = 8

    /// Few boxes that together hold all of `region` and nothing of `outside`; what is in neither cannot come about.
    ///
    /// Deterministic; not always the least number, and at most ``countMax``.
    static func cover(region: [[Int]], outside: [[Int]], atoms: MeaningAtoms) -> [MeaningBox] {
        var boxes: [MeaningBox] = []
        for seed in region where boxes.count < countMax && !boxes.contains(where: { $0.holds(seed) }) {
            var box = MeaningBox(allowed: seed.map { [$0] })
            for place in seed.indices {
                for choice in 0..<atoms.atoms[place].choices where !box.allowed[place].contains(choice) {
                    let isFree = !outside.contains { $0[place] == choice && box.holds($0, besides: place) }
                    if isFree { box.allowed[place].insert(choice) }
                }
            }
            boxes.append(box)
        }
        return pruned(boxes, region)
    }

    /// Without boxes whose part of the region the others hold together.
    private static func pruned(_ boxes: [MeaningBox], _ region: [[Int]]) -> [MeaningBox] {
        var kept = boxes
        for box in boxes where kept.count > 1 {
            let others = kept.filter { $0 != box }
            let isSpare = !region.contains { code in box.holds(code) && !others.contains { $0.holds(code) } }
            if isSpare { kept = others }
        }
        return kept
    }

    func holds(_ code: [Int], besides place: Int? = nil) -> Bool {
        code.indices.allSatisfy { $0 == place || allowed[$0].contains(code[$0]) }
    }
}
